#include "kernels/activation.h"
#include "kernels/k_erf.h"

K_FN k_real activation_gelu(k_real x)
{
	return (k_real)0.5 * x * (1 + k_erf(x * (k_real)0.7071067811865476));
}

#define ACTIVATION_RUN(value)                                                                                \
	K_SIMD for (int64_t k = 0; k < count; k++) {                                                         \
		k_real x = in[k];                                                                            \
		y[k] = value;                                                                                \
	}

K_FN_INLINED void activation_tile(const struct activation_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t from = row * a->channels + c;
	k_real slope = (k_real)a->slope;
	K_READ(in, a->x, from, count);
	K_WRITE(y, a->y, from, count, 0);
	switch (a->kind) {
	case ACTIVATION_LEAKY:
		ACTIVATION_RUN(x > 0 ? x : slope * x)
		break;
	case ACTIVATION_TANH:
		ACTIVATION_RUN(K_MATH(tanh)(x))
		break;
	case ACTIVATION_SIGMOID:
		ACTIVATION_RUN(k_sigmoid(x))
		break;
	case ACTIVATION_GELU:
		ACTIVATION_RUN(activation_gelu(x))
		break;
	case ACTIVATION_SILU:
		ACTIVATION_RUN(x * k_sigmoid(x))
		break;
	}
	K_PUT(y, a->y, from, count);
}
K_DEFINE_TILES(activation)
