/* simd.h in AVX2 with FMA: 8 lanes. */
#ifndef KERNELS_CPU_SIMD_AVX2_H
#define KERNELS_CPU_SIMD_AVX2_H
#include <immintrin.h>

enum { SIMD_LANES = 8 };
typedef __m256 simd_f;
typedef __m256i simd_i;
typedef __m256 simd_m;
struct simd_window {
	simd_f low, high;
};

SIMD_FN simd_f simd_set(float x)
{
	return _mm256_set1_ps(x);
}
SIMD_FN simd_f simd_load(const float *p)
{
	return _mm256_loadu_ps(p);
}
SIMD_FN void simd_store(float *p, simd_f x)
{
	_mm256_storeu_ps(p, x);
}
/* Past the caches; p on a boundary of 64 bytes.  simd_settle() makes it visible to other threads. */
SIMD_FN void simd_stream(float *p, simd_f x)
{
	_mm256_stream_ps(p, x);
}
SIMD_FN void simd_settle(void)
{
	_mm_sfence();
}
SIMD_FN simd_f simd_add(simd_f a, simd_f b)
{
	return _mm256_add_ps(a, b);
}
SIMD_FN simd_f simd_sub(simd_f a, simd_f b)
{
	return _mm256_sub_ps(a, b);
}
SIMD_FN simd_f simd_mul(simd_f a, simd_f b)
{
	return _mm256_mul_ps(a, b);
}
SIMD_FN simd_f simd_fma(simd_f a, simd_f b, simd_f c)
{
	return _mm256_fmadd_ps(a, b, c);
}
SIMD_FN simd_f simd_fnma(simd_f a, simd_f b, simd_f c)
{
	return _mm256_fnmadd_ps(a, b, c);
}
SIMD_FN simd_f simd_min(simd_f a, simd_f b)
{
	return _mm256_min_ps(a, b);
}
SIMD_FN simd_f simd_max(simd_f a, simd_f b)
{
	return _mm256_max_ps(a, b);
}
SIMD_FN simd_f simd_abs(simd_f a)
{
	return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a);
}
SIMD_FN simd_f simd_floor(simd_f a)
{
	return _mm256_floor_ps(a);
}
/* 1 / a, at most 1e6 with a's sign. */
SIMD_FN simd_f simd_steep(simd_f a)
{
	simd_f least = simd_max(simd_abs(a), simd_set(1e-6F));
	simd_f size = _mm256_div_ps(simd_set(1), least);
	return _mm256_or_ps(size, _mm256_and_ps(a, simd_set(-0.0F)));
}
SIMD_FN simd_f simd_narrow(const double *d)
{
	return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_loadu_pd(d + 4)), _mm256_cvtpd_ps(_mm256_loadu_pd(d)));
}
SIMD_FN simd_f simd_line(const double *a, const double *b, double s, double o)
{
	__m256d vs = _mm256_set1_pd(s), vo = _mm256_set1_pd(o);
	__m256d x = _mm256_sub_pd(_mm256_fmadd_pd(_mm256_loadu_pd(b), vs, _mm256_loadu_pd(a)), vo);
	__m256d y = _mm256_sub_pd(_mm256_fmadd_pd(_mm256_loadu_pd(b + 4), vs, _mm256_loadu_pd(a + 4)), vo);
	return _mm256_set_m128(_mm256_cvtpd_ps(y), _mm256_cvtpd_ps(x));
}

SIMD_FN simd_f simd_line_from(const double *a, const double *b, double s, double o, simd_f lane)
{
	__m256d vs = _mm256_set1_pd(s), vo = _mm256_set1_pd(o);
	__m256d low = _mm256_add_pd(vo, _mm256_cvtps_pd(_mm256_castps256_ps128(lane)));
	__m256d high = _mm256_add_pd(vo, _mm256_cvtps_pd(_mm256_extractf128_ps(lane, 1)));
	__m256d x = _mm256_sub_pd(_mm256_fmadd_pd(_mm256_loadu_pd(b), vs, _mm256_loadu_pd(a)), low);
	__m256d y = _mm256_sub_pd(_mm256_fmadd_pd(_mm256_loadu_pd(b + 4), vs, _mm256_loadu_pd(a + 4)), high);
	return _mm256_set_m128(_mm256_cvtpd_ps(y), _mm256_cvtpd_ps(x));
}

SIMD_FN simd_i simd_iset(int32_t x)
{
	return _mm256_set1_epi32(x);
}
SIMD_FN simd_i simd_iload(const int32_t *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}
SIMD_FN void simd_istore(int32_t *p, simd_i x)
{
	_mm256_storeu_si256((__m256i *)(void *)p, x);
}
SIMD_FN simd_i simd_iadd(simd_i a, simd_i b)
{
	return _mm256_add_epi32(a, b);
}
SIMD_FN simd_i simd_imul(simd_i a, simd_i b)
{
	return _mm256_mullo_epi32(a, b);
}
SIMD_FN simd_i simd_int(simd_f a)
{
	return _mm256_cvttps_epi32(a);
}
SIMD_FN simd_f simd_float(simd_i a)
{
	return _mm256_cvtepi32_ps(a);
}

SIMD_FN simd_m simd_lt(simd_f a, simd_f b)
{
	return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}
SIMD_FN simd_m simd_le(simd_f a, simd_f b)
{
	return _mm256_cmp_ps(a, b, _CMP_LE_OQ);
}
SIMD_FN simd_m simd_eq(simd_f a, simd_f b)
{
	return _mm256_cmp_ps(a, b, _CMP_EQ_OQ);
}
SIMD_FN simd_m simd_ieq(simd_i a, simd_i b)
{
	return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b));
}
SIMD_FN simd_m simd_and(simd_m a, simd_m b)
{
	return _mm256_and_ps(a, b);
}
SIMD_FN int simd_all(simd_m a)
{
	return _mm256_movemask_ps(a) == 255;
}
/* Bit l is lane l. */
SIMD_FN uint32_t simd_bits(simd_m a)
{
	return (uint32_t)_mm256_movemask_ps(a);
}
SIMD_FN simd_f simd_select(simd_m m, simd_f yes, simd_f no)
{
	return _mm256_blendv_ps(no, yes, m);
}
SIMD_FN simd_i simd_iselect(simd_m m, simd_i yes, simd_i no)
{
	return _mm256_blendv_epi8(no, yes, _mm256_castps_si256(m));
}
SIMD_FN simd_i simd_iadd_where(simd_m m, simd_i a, simd_i c)
{
	return _mm256_add_epi32(c, _mm256_and_si256(a, _mm256_castps_si256(m)));
}
SIMD_FN simd_m simd_or(simd_m a, simd_m b)
{
	return _mm256_or_ps(a, b);
}
/* c + (m ? a : 0) */
SIMD_FN simd_f simd_add_where(simd_m m, simd_f a, simd_f c)
{
	return _mm256_add_ps(c, _mm256_and_ps(m, a));
}
/* c + (m ? a * b : 0) */
SIMD_FN simd_f simd_fma_where(simd_m m, simd_f a, simd_f b, simd_f c)
{
	return _mm256_fmadd_ps(_mm256_and_ps(m, a), b, c);
}

SIMD_FN struct simd_window simd_window_f32(const float *p)
{
	return (struct simd_window){ _mm256_loadu_ps(p), _mm256_loadu_ps(p + 8) };
}
SIMD_FN simd_f simd_widen(const int16_t *p)
{
	return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p)));
}
SIMD_FN struct simd_window simd_window_i16(const int16_t *p)
{
	return (struct simd_window){ simd_widen(p), simd_widen(p + 8) };
}
SIMD_FN struct simd_window simd_pair(simd_f low, simd_f high)
{
	return (struct simd_window){ low, high };
}
SIMD_FN simd_f simd_pick_row(simd_f row, simd_i index)
{
	return _mm256_permutevar8x32_ps(row, index);
}
/* Bit 3 of the index says which half; moved to the sign for the blend. */
SIMD_FN simd_f simd_pick(struct simd_window w, simd_i index)
{
	return _mm256_blendv_ps(_mm256_permutevar8x32_ps(w.low, index),
		_mm256_permutevar8x32_ps(w.high, index), _mm256_castsi256_ps(_mm256_slli_epi32(index, 28)));
}
SIMD_FN simd_m simd_tagged(const uint8_t *p, int32_t tag)
{
	__m128i same = _mm_cmpeq_epi8(_mm_loadl_epi64((const __m128i *)(const void *)p), _mm_set1_epi8((char)tag));
	return _mm256_castsi256_ps(_mm256_cvtepi8_epi32(same));
}
SIMD_FN simd_m simd_pick_mask(simd_m low, simd_m high, simd_i index)
{
	return simd_pick((struct simd_window){ low, high }, index);
}
SIMD_FN simd_f simd_gather_f32(const float *p, simd_i index)
{
	return _mm256_i32gather_ps(p, index, 4);
}
/* Reads two bytes past each value. */
SIMD_FN simd_f simd_gather_i16(const int16_t *p, simd_i index)
{
	__m256i x = _mm256_i32gather_epi32((const int *)(const void *)p, index, 2);
	return _mm256_cvtepi32_ps(_mm256_srai_epi32(_mm256_slli_epi32(x, 16), 16));
}
/* Reads three bytes past each value. */
SIMD_FN simd_i simd_gather_u8(const uint8_t *p, simd_i index)
{
	return _mm256_and_si256(
		_mm256_i32gather_epi32((const int *)(const void *)p, index, 1), _mm256_set1_epi32(255));
}
#endif
