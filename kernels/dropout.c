#include "kernels/dropout.h"
#include "kernels/philox.h"

/* Philox counter (position / 4, draw), key seed + stream; one of four words for each position. */
K_FN void dropout_words(uint32_t *words, const struct dropout_args *a, uint64_t block)
{
	uint32_t counter[4];
	counter[0] = (uint32_t)block;
	counter[1] = (uint32_t)(block >> 32);
	counter[2] = (uint32_t)a->draw[0];
	counter[3] = (uint32_t)(a->draw[0] >> 32);
	philox_block(words, counter, a->seed + a->stream);
}

K_FN void dropout_tile(const struct dropout_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels + c;
	double threshold = a->probability * 4294967296.0;
	k_real scale = (k_real)(1 / (1 - a->probability));
	uint32_t words[4];
	dropout_words(words, a, (uint64_t)i / 4);
	for (int64_t k = i; k < i + count; k++) {
		if (k > i && k % 4 == 0)
			dropout_words(words, a, (uint64_t)k / 4);
		k_real x = (double)words[k % 4] >= threshold ? scale * K_LOAD(a->x, k) : 0;
		K_STORE(a->y, k, a->accumulate ? K_LOAD(a->y, k) + x : x);
	}
}
K_DEFINE_TILES(dropout)
