/* The soft tissue's ratio of a DXA scan, row by row, read beside the bone. */
#include "drr/dxa_baseline.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "host/run/err.h"

/* Less attenuation at the high energy is air beside the patient: about 1 g/cm2. */
#define TISSUE_ATTENUATION 0.2

/* Sums of bone-free pixels: both attenuations and how many; and whether the row has bone. */
struct beside {
	double j[DXA_ENERGIES], n;
	bool bone;
};

static void beside_add(struct beside *to, const struct beside *more)
{
	for (int e = 0; e < DXA_ENERGIES; e++)
		to->j[e] += more->j[e];
	to->n += more->n;
}

/* distance (cols): pixels to the next bone or metal of the row, a large number without any. */
static bool bone_distance(int64_t *distance, const float *mineral, const float *metal, int64_t cols,
	const struct dxa_simulator_options *o)
{
	int64_t far = INT64_MAX / 2, next = far;
	for (int64_t c = 0; c < cols; c++) {
		bool bone = (double)mineral[c] >= o->bone_g_cm2 || (double)metal[c] >= o->metal_g_cm2;
		next = bone ? 0 : next < far ? next + 1 : far;
		distance[c] = next;
	}
	next = far;
	for (int64_t c = cols - 1; c >= 0; c--) {
		next = distance[c] == 0 ? 0 : next < far ? next + 1 : far;
		distance[c] = next < distance[c] ? next : distance[c];
	}
	return distance[0] < far;
}

/* Tissue of one row: beside its bone, or, of a row without bone, all. */
static struct beside beside_of_row(const struct dxa_scan *s, const float *materials, int64_t row,
	int64_t *distance, const struct dxa_simulator_options *o)
{
	const int64_t plane = s->cols * s->rows, first = row * s->cols;
	const float *low = s->attenuation + DXA_LOW * plane + first,
		    *high = s->attenuation + DXA_HIGH * plane + first;
	struct beside sum = { .n = 0 };
	sum.bone = bone_distance(distance, materials + MATERIAL_MINERAL * plane + first,
		materials + MATERIAL_METAL * plane + first, s->cols, o);
	for (int64_t c = 0; c < s->cols; c++) {
		double mm = (double)distance[c] * s->pixel_mm;
		bool close = mm >= o->beside_from_mm && mm <= o->beside_to_mm;
		if ((sum.bone && !close) || distance[c] == 0 || s->status[first + c] != DXA_SIMULATOR_OK ||
			!((double)high[c] > TISSUE_ATTENUATION))
			continue;
		beside_add(&sum, &(struct beside){ .j = { (double)low[c], (double)high[c] }, .n = 1 });
	}
	return sum;
}

/* Rows `row - reach` .. `row + reach`, only those with bone if any row of the scan has it. */
static struct beside window(const struct beside *rows, int64_t n, int64_t row, int64_t reach, bool bone)
{
	struct beside sum = { .n = 0 };
	for (int64_t r = row > reach ? row - reach : 0; r < n && r <= row + reach; r++)
		if (rows[r].bone == bone)
			beside_add(&sum, &rows[r]);
	return sum;
}

static int fill(double *fat_fraction, struct dxa_scan *s, const struct beside *rows,
	const struct dxa_beam *beam, const struct dxa_simulator_options *o)
{
	bool bone = false, found = false;
	for (int64_t r = 0; r < s->rows; r++)
		bone = bone || rows[r].bone;
	for (int64_t r = 0; r < s->rows; r++)
		found = found || (rows[r].bone == bone && rows[r].n > 0);
	if (!found)
		return ERR_INVALID("dual-energy scan: %s",
			s->refused[DXA_SIMULATOR_OK] > 0      ? "no bone-free tissue beside the bone"
			: s->refused[DXA_SIMULATOR_METAL] > 0 ? "metal in the way everywhere"
							      : "no photon counted anywhere");
	for (int64_t r = 0; r < s->rows; r++) {
		int64_t reach = (int64_t)floor(o->smooth_mm / s->pixel_mm);
		struct beside sum = window(rows, s->rows, r, reach, bone);
		while (!(sum.n > 0))
			sum = window(rows, s->rows, r, ++reach, bone);
		double mean[DXA_ENERGIES] = { sum.j[DXA_LOW] / sum.n, sum.j[DXA_HIGH] / sum.n };
		s->ratio[r] = mean[DXA_LOW] / mean[DXA_HIGH];
		fat_fraction[r] = dxa_beam_fat_fraction(beam, mean);
	}
	return 0;
}

int dxa_baseline(double *fat_fraction, struct dxa_scan *scan, const float *materials_g_cm2,
	const struct dxa_beam *beam, const struct dxa_simulator_options *options)
{
	struct beside *rows = malloc((size_t)scan->rows * sizeof(*rows));
	int64_t *distance = malloc((size_t)scan->cols * sizeof(*distance));
	int rc = -1;
	if (!rows || !distance) {
		ERR_RESOURCE("out of memory for the baselines of %lld rows", (long long)scan->rows);
		goto cleanup;
	}
	for (int64_t r = 0; r < scan->rows; r++)
		rows[r] = beside_of_row(scan, materials_g_cm2, r, distance, options);
	TRY(fill(fat_fraction, scan, rows, beam, options));
	rc = 0;
cleanup:
	free(rows);
	free(distance);
	return rc;
}
