#include "kernels/activation_grad.h"
#include "kernels/k_erf.h"

/* Phi(x) + x phi(x). */
K_FN k_real activation_grad_gelu(k_real x)
{
	k_real density = (k_real)0.3989422804014327 * k_exp((k_real)-0.5 * x * x);
	return (k_real)0.5 * (1 + k_erf(x * (k_real)0.7071067811865476)) + x * density;
}

K_FN k_real activation_grad_silu(k_real x)
{
	k_real s = k_sigmoid(x);
	return s * (1 + x * (1 - s));
}

#define ACTIVATION_GRAD_RUN(slope_at)                                                                        \
	K_SIMD for (int64_t k = 0; k < count; k++) {                                                         \
		k_real x = at[k];                                                                            \
		d[k] = dy[k] * (slope_at);                                                                   \
	}

K_FN_INLINED void activation_grad_tile(const struct activation_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t from = row * a->channels + c;
	k_real slope = (k_real)a->slope;
	K_READ(at, a->at, from, count);
	K_READ(dy, a->dy, from, count);
	K_WRITE(dx, a->dx, from, count, a->accumulate);
	k_real d[K_TILE];
	switch (a->kind) {
	case ACTIVATION_LEAKY:
		ACTIVATION_GRAD_RUN(x > 0 ? (k_real)1 : slope)
		break;
	case ACTIVATION_TANH:
		ACTIVATION_GRAD_RUN(1 - x * x)
		break;
	case ACTIVATION_SIGMOID:
		ACTIVATION_GRAD_RUN(x * (1 - x))
		break;
	case ACTIVATION_GELU:
		ACTIVATION_GRAD_RUN(activation_grad_gelu(x))
		break;
	case ACTIVATION_SILU:
		ACTIVATION_GRAD_RUN(activation_grad_silu(x))
		break;
	}
	K_GIVE(dx, d, count, a->accumulate);
	K_PUT(dx, a->dx, from, count);
}
K_DEFINE_TILES(activation_grad)
