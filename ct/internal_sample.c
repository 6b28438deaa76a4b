/* internal_sample(): the tissues' HU by histograms of one HU a bin. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/internal.h"
#include "ct/labels.h"
#include "host/files/volume.h"
#include "host/run/err.h"
#include "host/run/log.h"

enum { LOW_HU = -1200, HIGH_HU = 2500, BINS = HIGH_HU - LOW_HU, LEAST_VOXELS = 200, NOTHING = 255, UNLABELLED = 254 };
#define BONE_MM3 40.0
#define BONE_TOP_MM3 2.0
#define METAL_HU 2000.0
#define METAL_MM3 20.0 /* more in a bone, and it is not sampled */
#define PADDING_HU -1024.0 /* and below: filled in, not measured */

/* What is expected at 120 kVp (physics-and-clinical.md 1.5). */
static const struct {
	double low, high;
} expected[INTERNAL_TISSUES] = {
	[INTERNAL_ADIPOSE] = { -130, -70 },
	[INTERNAL_AIR] = { -1030, -980 },
	[INTERNAL_BLOOD] = { -20, 60 },
	[INTERNAL_BONE] = { 950, 1450 },
	[INTERNAL_MUSCLE] = { -5, 65 },
};

struct histograms {
	int64_t of[INTERNAL_TISSUES][BINS];
};

static bool is_vessel(const char *name)
{
	static const char *const vessels[] = { "aorta", "inferior_vena_cava", "iliac_artery_left",
		"iliac_artery_right", "iliac_vena_left", "iliac_vena_right", "blood" };
	for (size_t i = 0; i < sizeof vessels / sizeof vessels[0]; i++)
		if (strcmp(name, vessels[i]) == 0)
			return true;
	return false;
}

/* Voxels of each label that are metal: -1 for a label that is not in the image. */
static void count_metal(int64_t metal[UINT16_MAX + 1], const struct volume *ct, const struct volume *labels)
{
	const float *hu = volume_f32(ct);
	const uint16_t *label = volume_u16(labels);
	for (int l = 0; l <= UINT16_MAX; l++)
		metal[l] = -1;
	for (int64_t i = 0; i < volume_count(ct); i++) {
		if (metal[label[i]] < 0)
			metal[label[i]] = 0;
		metal[label[i]] += (double)hu[i] > METAL_HU;
	}
}

static bool is_femur(const struct label *l)
{
	return l->kind == LABEL_BONE && strncmp(l->name, "femur", 5) == 0;
}

/* tissue[label]; femora alone stand for bone where there are any, and none with metal. */
static uint8_t *tissue_table(const struct label_map *map, const struct volume *ct, const struct volume *labels)
{
	uint8_t *tissue = malloc(UINT16_MAX + 1);
	int64_t *metal = malloc((UINT16_MAX + 1) * sizeof *metal);
	bool femora = false;
	if (!tissue || !metal) {
		free(tissue);
		free(metal);
		return NULL;
	}
	count_metal(metal, ct, labels);
	const double most = METAL_MM3 / (1000 * volume_voxel_cm3(ct));
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *l = &map->labels[i];
		femora = femora || (is_femur(l) && metal[l->id] >= 0 && (double)metal[l->id] <= most);
	}
	memset(tissue, NOTHING, UINT16_MAX + 1);
	tissue[0] = UNLABELLED;
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *l = &map->labels[i];
		if (l->kind == LABEL_MUSCLE)
			tissue[l->id] = INTERNAL_MUSCLE;
		else if (l->kind == LABEL_BONE && (is_femur(l) || !femora) && (double)metal[l->id] <= most)
			tissue[l->id] = INTERNAL_BONE;
		else if (is_vessel(l->name))
			tissue[l->id] = INTERNAL_BLOOD;
		else if (strstr(l->name, "fat"))
			tissue[l->id] = INTERNAL_ADIPOSE;
	}
	free(metal);
	return tissue;
}

/* Neighbours of the same label on all sides: partial volume stays out.  Bone is taken whole. */
static bool is_inside(const uint16_t *label, const int64_t n[3], const int64_t at[3], int64_t i)
{
	const int64_t stride[3] = { 1, n[0], n[0] * n[1] };
	for (int a = 0; a < 3; a++)
		if ((at[a] > 0 && label[i - stride[a]] != label[i]) ||
			(at[a] < n[a] - 1 && label[i + stride[a]] != label[i]))
			return false;
	return true;
}

static void count(struct histograms *h, const struct volume *ct, const struct volume *labels, const uint8_t *tissue)
{
	const float *hu = volume_f32(ct);
	const uint16_t *label = volume_u16(labels);
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < ct->n[2]; at[2]++)
		for (at[1] = 0; at[1] < ct->n[1]; at[1]++)
			for (at[0] = 0; at[0] < ct->n[0]; at[0]++, i++) {
				const int t = tissue[label[i]], bin = (int)floor((double)hu[i] + 0.5) - LOW_HU;
				if (t == NOTHING || bin < 0 || bin >= BINS)
					continue;
				if (t == UNLABELLED) {
					if ((double)hu[i] > PADDING_HU) {
						h->of[INTERNAL_AIR][bin]++;
						h->of[INTERNAL_ADIPOSE][bin]++;
					}
				} else if (t == INTERNAL_BONE || is_inside(label, ct->n, at, i)) {
					h->of[t][bin]++;
				}
			}
}

/* The peak of the histogram smoothed over 11 HU, between low and high; NaN with too few voxels. */
static double peak(const int64_t bins[BINS], double low, double high, int64_t *voxels)
{
	int64_t best = 0;
	double at = NAN;
	*voxels = 0;
	for (int hu = (int)low; hu <= (int)high; hu++) {
		int64_t sum = 0;
		double weighted = 0;
		for (int d = -5; d <= 5; d++) {
			sum += bins[hu + d - LOW_HU];
			weighted += (double)bins[hu + d - LOW_HU] * d;
		}
		*voxels += bins[hu - LOW_HU];
		if (sum > best) {
			best = sum;
			at = hu + weighted / (double)sum;
		}
	}
	return *voxels >= LEAST_VOXELS ? at : NAN;
}

static double median(const int64_t bins[BINS], int64_t *voxels)
{
	int64_t below = 0;
	*voxels = 0;
	for (int b = 0; b < BINS; b++)
		*voxels += bins[b];
	if (*voxels < LEAST_VOXELS)
		return NAN;
	for (int b = 0; b < BINS; b++) {
		if (2 * (below + bins[b]) >= *voxels)
			return LOW_HU + b - 0.5 + ((double)*voxels / 2 - (double)below) / (double)bins[b];
		below += bins[b];
	}
	return NAN;
}

/* The mean of the brightest 40 mm3 (at least 10 voxels) below the brightest 2 mm3. */
static double brightest(const int64_t bins[BINS], double voxel_mm3, int64_t *voxels)
{
	const int64_t skip = (int64_t)(BONE_TOP_MM3 / voxel_mm3), take = (int64_t)fmax(10, BONE_MM3 / voxel_mm3);
	int64_t seen = 0;
	double sum = 0;
	*voxels = 0;
	for (int b = BINS - 1; b >= 0 && *voxels < take; b--) {
		int64_t n = bins[b], skipped = skip - seen > 0 ? (skip - seen < n ? skip - seen : n) : 0;
		seen += n;
		n -= skipped;
		if (n > take - *voxels)
			n = take - *voxels;
		sum += (double)n * (LOW_HU + b);
		*voxels += n;
	}
	return *voxels == take ? sum / (double)take : NAN;
}

static void keep_plausible(struct internal *fit)
{
	for (int t = 0; t < INTERNAL_TISSUES; t++)
		if (isfinite(fit->hu[t]) && !(fit->hu[t] >= expected[t].low && fit->hu[t] <= expected[t].high)) {
			log_warn("%s reads %.0f HU, not %g..%g: left out of the internal calibration",
				internal_tissue_name((enum internal_tissue)t), fit->hu[t], expected[t].low,
				expected[t].high);
			fit->hu[t] = NAN;
			fit->voxels[t] = 0;
		}
}

int internal_sample(
	struct internal *fit, const struct volume *ct_hu, const struct volume *labels, const struct label_map *map)
{
	*fit = (struct internal){ 0 };
	if (volume_same_grid(ct_hu, "the CT", labels, "its labels") != 0)
		return -1;
	uint8_t *tissue = tissue_table(map, ct_hu, labels);
	struct histograms *h = calloc(1, sizeof *h);
	if (!tissue || !h) {
		free(tissue);
		free(h);
		return ERR_RESOURCE("no memory for the tissues' histograms");
	}
	count(h, ct_hu, labels, tissue);
	fit->hu[INTERNAL_AIR] = peak(h->of[INTERNAL_AIR], -1050, -950, &fit->voxels[INTERNAL_AIR]);
	fit->hu[INTERNAL_ADIPOSE] = peak(h->of[INTERNAL_ADIPOSE], -150, -50, &fit->voxels[INTERNAL_ADIPOSE]);
	fit->hu[INTERNAL_BLOOD] = median(h->of[INTERNAL_BLOOD], &fit->voxels[INTERNAL_BLOOD]);
	fit->hu[INTERNAL_MUSCLE] = median(h->of[INTERNAL_MUSCLE], &fit->voxels[INTERNAL_MUSCLE]);
	fit->hu[INTERNAL_BONE] = brightest(
		h->of[INTERNAL_BONE], 1000 * volume_voxel_cm3(ct_hu), &fit->voxels[INTERNAL_BONE]);
	keep_plausible(fit);
	free(tissue);
	free(h);
	return 0;
}
