/* A scanner's noise, gain and offset on a CT image, and its 12 bits. */
#include <math.h>

#include "drr/cohort/scan.h"
#include "drr/cohort/stream.h"

#define HU_LEAST (-1024.0)
#define HU_MOST 3071.0 /* scanners write 12 bits: metal is no brighter */
enum { PIECE = 512 };  /* voxels at a time */

static double between(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* Noise fades with the object; in air the reconstruction is clipped.  The voxels with any draw one after the other. */
static void add_piece(int16_t *restrict out, const float *restrict clean, int64_t n, const struct site_ct *site,
	struct rng *noise)
{
	double draws[PIECE], filled[PIECE], hu[PIECE];
	int64_t drawn = 0;
	for (int64_t i = 0; i < n; i++) {
		filled[i] = between(((double)clean[i] + 1000) / 1000, 0, 1);
		drawn += filled[i] > 0;
	}
	if (drawn > 0)
		rng_normals(noise, draws, drawn);
	for (int64_t i = 0, next = 0; i < n; i++)
		hu[i] = filled[i] > 0 ? (double)clean[i] + filled[i] * site->noise_hu * draws[next++] : (double)clean[i];
	for (int64_t i = 0; i < n; i++) {
		double shown = between(site->gain * hu[i] + filled[i] * site->offset_hu, HU_LEAST, HU_MOST);
		out[i] = (int16_t)(int32_t)(shown + (shown < 0 ? -0.5 : 0.5));
	}
}

void scan_noise(struct volume *hu, const struct volume *clean, const struct site_ct *site, uint64_t seed, int64_t who)
{
	const int64_t plane = clean->n[0] * clean->n[1];
#pragma omp parallel for schedule(dynamic)
	for (int64_t z = 0; z < clean->n[2]; z++) {
		struct rng noise = stream_of(seed, who, STREAM_SCAN_NOISE, z);
		for (int64_t first = 0; first < plane; first += PIECE)
			add_piece(volume_i16(hu) + z * plane + first, volume_f32(clean) + z * plane + first,
				plane - first < PIECE ? plane - first : PIECE, site, &noise);
	}
}
