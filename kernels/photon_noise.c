#include "kernels/photon_noise.h"
#include "kernels/philox.h"

/* The count at which the cumulative Poisson probability passes u; mean below PHOTON_NOISE_EXACT. */
K_FN double photon_noise_count(double mean, double u)
{
	double term = exp(-mean), sum = term, count = 0;
	while (u > sum && count < 10 * PHOTON_NOISE_EXACT) {
		count += 1;
		term *= mean / count;
		sum += term;
	}
	return count;
}

K_FN void photon_noise_at(const struct photon_noise_args *a, int64_t i)
{
	int64_t row = k_div(i, a->cols), r = a->first_row + row, c = a->first_col + i - row * a->cols;
	double mean = a->photons * (double)a->in[i], read = 0;
	uint32_t block[4];
	philox_pixel(block, a->seed, a->stream, c, r, 0);
	if (mean >= PHOTON_NOISE_EXACT) {
		read = mean + sqrt(mean / a->swank) * philox_normal(block);
	} else if (mean > 0) {
		read = photon_noise_count(mean, philox_unit(block[0], block[1]));
		if (a->swank < 1)
			read += sqrt(read * (1 / a->swank - 1)) *
				philox_pixel_normal(a->seed, a->stream, c, r, 1);
	}
	a->out[i] = (float)((read > 0 ? read : 0) / a->photons);
}
K_DEFINE(photon_noise)
