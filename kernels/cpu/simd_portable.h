/* simd.h by the compiler's own vectors (gcc, clang): 4 lanes, for any processor. */
#ifndef KERNELS_CPU_SIMD_PORTABLE_H
#define KERNELS_CPU_SIMD_PORTABLE_H

enum { SIMD_LANES = 4 };
typedef float simd_f __attribute__((vector_size(16)));
typedef int32_t simd_i __attribute__((vector_size(16)));
typedef simd_i simd_m; /* 0 or -1 */
struct simd_window {
	float x[2 * SIMD_LANES];
};

SIMD_FN simd_f simd_set(float x)
{
	return (simd_f){ x, x, x, x };
}
SIMD_FN simd_f simd_load(const float *p)
{
	return (simd_f){ p[0], p[1], p[2], p[3] };
}
SIMD_FN void simd_store(float *p, simd_f x)
{
	memcpy(p, &x, sizeof(x));
}
SIMD_FN void simd_stream(float *p, simd_f x)
{
	simd_store(p, x);
}
SIMD_FN void simd_settle(void)
{
}
SIMD_FN simd_i simd_iset(int32_t x)
{
	return (simd_i){ x, x, x, x };
}
SIMD_FN simd_i simd_iload(const int32_t *p)
{
	return (simd_i){ p[0], p[1], p[2], p[3] };
}
SIMD_FN void simd_istore(int32_t *p, simd_i x)
{
	memcpy(p, &x, sizeof(x));
}

/* m ? yes : no, bit by bit. */
SIMD_FN simd_i simd_iselect(simd_m m, simd_i yes, simd_i no)
{
	return (m & yes) | (~m & no);
}
SIMD_FN simd_f simd_select(simd_m m, simd_f yes, simd_f no)
{
	return (simd_f)simd_iselect(m, (simd_i)yes, (simd_i)no);
}
SIMD_FN simd_f simd_add(simd_f a, simd_f b)
{
	return a + b;
}
SIMD_FN simd_f simd_sub(simd_f a, simd_f b)
{
	return a - b;
}
SIMD_FN simd_f simd_mul(simd_f a, simd_f b)
{
	return a * b;
}
SIMD_FN simd_f simd_fma(simd_f a, simd_f b, simd_f c)
{
	return a * b + c;
}
SIMD_FN simd_f simd_fnma(simd_f a, simd_f b, simd_f c)
{
	return c - a * b;
}
SIMD_FN simd_m simd_lt(simd_f a, simd_f b)
{
	return (simd_m)(a < b);
}
SIMD_FN simd_m simd_le(simd_f a, simd_f b)
{
	return (simd_m)(a <= b);
}
SIMD_FN simd_m simd_eq(simd_f a, simd_f b)
{
	return (simd_m)(a == b);
}
SIMD_FN simd_m simd_ieq(simd_i a, simd_i b)
{
	return (simd_m)(a == b);
}
SIMD_FN simd_m simd_and(simd_m a, simd_m b)
{
	return a & b;
}
SIMD_FN simd_f simd_min(simd_f a, simd_f b)
{
	return simd_select(simd_lt(a, b), a, b);
}
SIMD_FN simd_f simd_max(simd_f a, simd_f b)
{
	return simd_select(simd_lt(b, a), a, b);
}
SIMD_FN simd_f simd_abs(simd_f a)
{
	return (simd_f)((simd_i)a & simd_iset(INT32_MAX));
}
SIMD_FN simd_i simd_iadd(simd_i a, simd_i b)
{
	return a + b;
}
SIMD_FN simd_i simd_imul(simd_i a, simd_i b)
{
	return a * b;
}
SIMD_FN simd_i simd_int(simd_f a)
{
	return __builtin_convertvector(a, simd_i);
}
SIMD_FN simd_f simd_float(simd_i a)
{
	return __builtin_convertvector(a, simd_f);
}
/* Through integers: no caller comes near 2^31. */
SIMD_FN simd_f simd_floor(simd_f a)
{
	simd_f whole = simd_float(simd_int(a));
	return whole - simd_select(simd_lt(a, whole), simd_set(1), simd_set(0));
}
/* 1 / a, at most 1e6 with a's sign. */
SIMD_FN simd_f simd_steep(simd_f a)
{
	simd_f size = simd_set(1) / simd_max(simd_abs(a), simd_set(1e-6F));
	return (simd_f)((simd_i)size | ((simd_i)a & simd_iset(INT32_MIN)));
}
SIMD_FN simd_f simd_narrow(const double *d)
{
	return (simd_f){ (float)d[0], (float)d[1], (float)d[2], (float)d[3] };
}
SIMD_FN simd_f simd_line(const double *a, const double *b, double s, double o)
{
	return (simd_f){ (float)(a[0] + b[0] * s - o), (float)(a[1] + b[1] * s - o), (float)(a[2] + b[2] * s - o),
		(float)(a[3] + b[3] * s - o) };
}
SIMD_FN simd_f simd_line_from(const double *a, const double *b, double s, double o, simd_f lane)
{
	double x[SIMD_LANES];
	for (int l = 0; l < SIMD_LANES; l++)
		x[l] = a[l] + b[l] * s - (o + (double)lane[l]);
	return simd_narrow(x);
}

/* Bit l is lane l. */
SIMD_FN uint32_t simd_bits(simd_m a)
{
	return (uint32_t)((a[0] & 1) | (a[1] & 2) | (a[2] & 4) | (a[3] & 8));
}
SIMD_FN int simd_all(simd_m a)
{
	return simd_bits(a) == 15;
}
SIMD_FN simd_i simd_iadd_where(simd_m m, simd_i a, simd_i c)
{
	return c + (a & m);
}
SIMD_FN simd_m simd_or(simd_m a, simd_m b)
{
	return a | b;
}
/* c + (m ? a : 0) */
SIMD_FN simd_f simd_add_where(simd_m m, simd_f a, simd_f c)
{
	return c + (simd_f)((simd_i)a & m);
}
/* c + (m ? a * b : 0) */
SIMD_FN simd_f simd_fma_where(simd_m m, simd_f a, simd_f b, simd_f c)
{
	return (simd_f)((simd_i)a & m) * b + c;
}

SIMD_FN struct simd_window simd_window_f32(const float *p)
{
	struct simd_window w;
	memcpy(w.x, p, sizeof(w.x));
	return w;
}
SIMD_FN struct simd_window simd_window_i16(const int16_t *p)
{
	struct simd_window w;
	for (int l = 0; l < 2 * SIMD_LANES; l++)
		w.x[l] = (float)p[l];
	return w;
}
SIMD_FN struct simd_window simd_pair(simd_f low, simd_f high)
{
	return (struct simd_window){ { low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3] } };
}
SIMD_FN simd_f simd_widen(const int16_t *p)
{
	return (simd_f){ (float)p[0], (float)p[1], (float)p[2], (float)p[3] };
}
SIMD_FN simd_f simd_pick_row(simd_f row, simd_i index)
{
	return (simd_f){ row[index[0] & 3], row[index[1] & 3], row[index[2] & 3], row[index[3] & 3] };
}
SIMD_FN simd_f simd_pick(struct simd_window w, simd_i index)
{
	return (simd_f){ w.x[index[0] & 7], w.x[index[1] & 7], w.x[index[2] & 7], w.x[index[3] & 7] };
}
SIMD_FN simd_m simd_tagged(const uint8_t *p, int32_t tag)
{
	return (simd_m){ -(p[0] == tag), -(p[1] == tag), -(p[2] == tag), -(p[3] == tag) };
}
SIMD_FN simd_m simd_pick_mask(simd_m low, simd_m high, simd_i index)
{
	const int32_t window[8] = { low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3] };
	return (simd_m){ window[index[0] & 7], window[index[1] & 7], window[index[2] & 7], window[index[3] & 7] };
}
SIMD_FN simd_f simd_gather_f32(const float *p, simd_i index)
{
	return (simd_f){ p[index[0]], p[index[1]], p[index[2]], p[index[3]] };
}
SIMD_FN simd_f simd_gather_i16(const int16_t *p, simd_i index)
{
	return (simd_f){ (float)p[index[0]], (float)p[index[1]], (float)p[index[2]], (float)p[index[3]] };
}
SIMD_FN simd_i simd_gather_u8(const uint8_t *p, simd_i index)
{
	return (simd_i){ p[index[0]], p[index[1]], p[index[2]], p[index[3]] };
}
#endif
