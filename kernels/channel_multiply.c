#include "kernels/channel_multiply.h"

#define CHANNEL_MULTIPLY_RUN(value)                                                                          \
	for (int64_t k = c; k < c + count; k++) {                                                            \
		k_real y = scale * (value);                                                                  \
		K_STORE(a->y, i + k, a->accumulate ? K_LOAD(a->y, i + k) + y : y);                           \
	}

K_FN void channel_multiply_tile(const struct channel_multiply_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels, f = k_div(row, a->pixels) * a->channels;
	const k_master *master = (const k_master *)a->factor;
	k_real scale = (k_real)a->scale;
	if (a->master)
		CHANNEL_MULTIPLY_RUN((k_real)master[f + k] * K_LOAD(a->x, i + k))
	else if (a->x)
		CHANNEL_MULTIPLY_RUN(K_LOAD(a->factor, f + k) * K_LOAD(a->x, i + k))
	else
		CHANNEL_MULTIPLY_RUN(K_LOAD(a->factor, f + k))
}
K_DEFINE_TILES(channel_multiply)
