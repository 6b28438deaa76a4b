/* simd.h in AVX-512 (F, DQ, BW, VL): 16 lanes. */
#ifndef KERNELS_CPU_SIMD_AVX512_H
#define KERNELS_CPU_SIMD_AVX512_H
#include <immintrin.h>

enum { SIMD_LANES = 16 };
typedef __m512 simd_f;
typedef __m512i simd_i;
typedef __mmask16 simd_m;
struct simd_window {
	simd_f low, high;
};

SIMD_FN simd_f simd_set(float x)
{
	return _mm512_set1_ps(x);
}
SIMD_FN simd_f simd_load(const float *p)
{
	return _mm512_loadu_ps(p);
}
SIMD_FN void simd_store(float *p, simd_f x)
{
	_mm512_storeu_ps(p, x);
}
/* Past the caches; p on a boundary of 64 bytes.  simd_settle() makes it visible to other threads. */
SIMD_FN void simd_stream(float *p, simd_f x)
{
	_mm512_stream_ps(p, x);
}
SIMD_FN void simd_settle(void)
{
	_mm_sfence();
}
SIMD_FN simd_f simd_add(simd_f a, simd_f b)
{
	return _mm512_add_ps(a, b);
}
SIMD_FN simd_f simd_sub(simd_f a, simd_f b)
{
	return _mm512_sub_ps(a, b);
}
SIMD_FN simd_f simd_mul(simd_f a, simd_f b)
{
	return _mm512_mul_ps(a, b);
}
SIMD_FN simd_f simd_fma(simd_f a, simd_f b, simd_f c)
{
	return _mm512_fmadd_ps(a, b, c);
}
SIMD_FN simd_f simd_fnma(simd_f a, simd_f b, simd_f c)
{
	return _mm512_fnmadd_ps(a, b, c);
}
SIMD_FN simd_f simd_min(simd_f a, simd_f b)
{
	return _mm512_min_ps(a, b);
}
SIMD_FN simd_f simd_max(simd_f a, simd_f b)
{
	return _mm512_max_ps(a, b);
}
SIMD_FN simd_f simd_abs(simd_f a)
{
	return _mm512_abs_ps(a);
}
SIMD_FN simd_f simd_floor(simd_f a)
{
	return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
/* 1 / a, at most 1e6 with a's sign. */
SIMD_FN simd_f simd_steep(simd_f a)
{
	simd_f least = simd_max(simd_abs(a), simd_set(1e-6F));
	simd_f size = _mm512_div_ps(simd_set(1), least);
	return _mm512_or_ps(size, _mm512_and_ps(a, simd_set(-0.0F)));
}
SIMD_FN simd_f simd_narrow(const double *d)
{
	__m256 low = _mm512_cvtpd_ps(_mm512_loadu_pd(d)), high = _mm512_cvtpd_ps(_mm512_loadu_pd(d + 8));
	return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
}
SIMD_FN simd_f simd_line(const double *a, const double *b, double s, double o)
{
	__m512d vs = _mm512_set1_pd(s), vo = _mm512_set1_pd(o);
	__m512d x = _mm512_sub_pd(_mm512_fmadd_pd(_mm512_loadu_pd(b), vs, _mm512_loadu_pd(a)), vo);
	__m512d y = _mm512_sub_pd(_mm512_fmadd_pd(_mm512_loadu_pd(b + 8), vs, _mm512_loadu_pd(a + 8)), vo);
	return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(x)), _mm512_cvtpd_ps(y), 1);
}

SIMD_FN simd_f simd_line_from(const double *a, const double *b, double s, double o, simd_f lane)
{
	__m512d vs = _mm512_set1_pd(s), vo = _mm512_set1_pd(o);
	__m512d low = _mm512_add_pd(vo, _mm512_cvtps_pd(_mm512_castps512_ps256(lane)));
	__m512d high = _mm512_add_pd(vo, _mm512_cvtps_pd(_mm512_extractf32x8_ps(lane, 1)));
	__m512d x = _mm512_sub_pd(_mm512_fmadd_pd(_mm512_loadu_pd(b), vs, _mm512_loadu_pd(a)), low);
	__m512d y = _mm512_sub_pd(_mm512_fmadd_pd(_mm512_loadu_pd(b + 8), vs, _mm512_loadu_pd(a + 8)), high);
	return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(x)), _mm512_cvtpd_ps(y), 1);
}

SIMD_FN simd_i simd_iset(int32_t x)
{
	return _mm512_set1_epi32(x);
}
SIMD_FN simd_i simd_iload(const int32_t *p)
{
	return _mm512_loadu_si512(p);
}
SIMD_FN void simd_istore(int32_t *p, simd_i x)
{
	_mm512_storeu_si512(p, x);
}
SIMD_FN simd_i simd_iadd(simd_i a, simd_i b)
{
	return _mm512_add_epi32(a, b);
}
SIMD_FN simd_i simd_imul(simd_i a, simd_i b)
{
	return _mm512_mullo_epi32(a, b);
}
SIMD_FN simd_i simd_int(simd_f a)
{
	return _mm512_cvttps_epi32(a);
}
SIMD_FN simd_f simd_float(simd_i a)
{
	return _mm512_cvtepi32_ps(a);
}

SIMD_FN simd_m simd_lt(simd_f a, simd_f b)
{
	return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
SIMD_FN simd_m simd_le(simd_f a, simd_f b)
{
	return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ);
}
SIMD_FN simd_m simd_eq(simd_f a, simd_f b)
{
	return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ);
}
SIMD_FN simd_m simd_ieq(simd_i a, simd_i b)
{
	return _mm512_cmpeq_epi32_mask(a, b);
}
SIMD_FN simd_m simd_and(simd_m a, simd_m b)
{
	return (simd_m)(a & b);
}
SIMD_FN int simd_all(simd_m a)
{
	return _mm512_kortestc(a, a);
}
/* Bit l is lane l. */
SIMD_FN uint32_t simd_bits(simd_m a)
{
	return a;
}
SIMD_FN simd_f simd_select(simd_m m, simd_f yes, simd_f no)
{
	return _mm512_mask_blend_ps(m, no, yes);
}
SIMD_FN simd_i simd_iselect(simd_m m, simd_i yes, simd_i no)
{
	return _mm512_mask_blend_epi32(m, no, yes);
}
SIMD_FN simd_i simd_iadd_where(simd_m m, simd_i a, simd_i c)
{
	return _mm512_mask_add_epi32(c, m, c, a);
}
SIMD_FN simd_m simd_or(simd_m a, simd_m b)
{
	return (simd_m)(a | b);
}
/* c + (m ? a : 0) */
SIMD_FN simd_f simd_add_where(simd_m m, simd_f a, simd_f c)
{
	return _mm512_mask_add_ps(c, m, c, a);
}
/* c + (m ? a * b : 0) */
SIMD_FN simd_f simd_fma_where(simd_m m, simd_f a, simd_f b, simd_f c)
{
	return _mm512_mask3_fmadd_ps(a, b, c, m);
}

SIMD_FN struct simd_window simd_window_f32(const float *p)
{
	return (struct simd_window){ _mm512_loadu_ps(p), _mm512_loadu_ps(p + 16) };
}
SIMD_FN simd_f simd_widen(const int16_t *p)
{
	return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)p)));
}
SIMD_FN struct simd_window simd_window_i16(const int16_t *p)
{
	return (struct simd_window){ simd_widen(p), simd_widen(p + 16) };
}
SIMD_FN struct simd_window simd_pair(simd_f low, simd_f high)
{
	return (struct simd_window){ low, high };
}
SIMD_FN simd_f simd_pick_row(simd_f row, simd_i index)
{
	return _mm512_permutexvar_ps(index, row);
}
SIMD_FN simd_f simd_pick(struct simd_window w, simd_i index)
{
	return _mm512_permutex2var_ps(w.low, index, w.high);
}
SIMD_FN simd_m simd_tagged(const uint8_t *p, int32_t tag)
{
	return _mm_cmpeq_epi8_mask(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8((char)tag));
}
SIMD_FN simd_m simd_pick_mask(simd_m low, simd_m high, simd_i index)
{
	__m512i window = _mm512_set1_epi32((int32_t)((uint32_t)low | (uint32_t)high << 16));
	return _mm512_test_epi32_mask(_mm512_sllv_epi32(_mm512_set1_epi32(1), index), window);
}
SIMD_FN simd_f simd_gather_f32(const float *p, simd_i index)
{
	return _mm512_i32gather_ps(index, p, 4);
}
/* Reads two bytes past each value. */
SIMD_FN simd_f simd_gather_i16(const int16_t *p, simd_i index)
{
	__m512i x = _mm512_i32gather_epi32(index, p, 2);
	return _mm512_cvtepi32_ps(_mm512_srai_epi32(_mm512_slli_epi32(x, 16), 16));
}
/* Reads three bytes past each value. */
SIMD_FN simd_i simd_gather_u8(const uint8_t *p, simd_i index)
{
	return _mm512_and_si512(_mm512_i32gather_epi32(index, p, 1), _mm512_set1_epi32(255));
}
#endif
