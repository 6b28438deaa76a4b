#include "ct/rods.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/run/err.h"
#include "host/run/log.h"

const struct rods_limits rods_limits = {
	.min_voxels = 50,
	.min_interior = 30,
	.max_sd_hu = 60,
	.low_hu = -200,
	.high_hu = 1500,
	.rising_hu = 13,
	.warn_r2 = 0.02,
	.refuse_r2 = 0.10,
	.low_slope = 0.2,
	.high_slope = 2.0,
};

/* Running sums of one rod; [0] its whole label, [1] its interior. */
struct sums {
	int64_t lo[3], hi[3]; /* extent in voxels */
	int64_t n[2];
	double sum[2], squares[2]; /* about the HU of the first voxel seen, against cancellation */
	double offset;
};

/* rod[label] is the rod's number, -1 for every other label. */
static int8_t *rod_table(const struct phantom *phantom)
{
	int8_t *rod = malloc(UINT16_MAX + 1);
	if (!rod)
		return NULL;
	memset(rod, -1, UINT16_MAX + 1);
	for (int i = 0; i < phantom->n_rods; i++)
		rod[phantom->rods[i].label] = (int8_t)i;
	return rod;
}

static void find_extents(
	struct sums *sums, const struct volume *labels, const struct volume *ct, const int8_t *rod)
{
	const uint16_t *label = volume_u16(labels);
	const float *hu = volume_f32(ct);
	const int64_t *n = labels->n;
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < n[2]; at[2]++)
		for (at[1] = 0; at[1] < n[1]; at[1]++)
			for (at[0] = 0; at[0] < n[0]; at[0]++, i++) {
				if (rod[label[i]] < 0)
					continue;
				struct sums *s = &sums[rod[label[i]]];
				for (int a = 0; a < 3; a++) {
					s->lo[a] = s->n[0] && s->lo[a] < at[a] ? s->lo[a] : at[a];
					s->hi[a] = s->n[0] && s->hi[a] > at[a] ? s->hi[a] : at[a];
				}
				if (s->n[0]++ == 0)
					s->offset = (double)hu[i];
			}
}

static bool is_interior(
	const struct sums *s, const uint16_t *label, const int64_t n[3], const int64_t at[3], int64_t i)
{
	const int64_t stride[3] = { 1, n[0], n[0] * n[1] };
	for (int a = 0; a < 3; a++) {
		if (s->lo[a] == s->hi[a])
			continue;
		if (at[a] > 0 && label[i - stride[a]] != label[i])
			return false;
		if (at[a] < n[a] - 1 && label[i + stride[a]] != label[i])
			return false;
	}
	return true;
}

static void add_up(struct sums *s, const struct volume *labels, const struct volume *ct, uint16_t rod)
{
	const uint16_t *label = volume_u16(labels);
	const float *hu = volume_f32(ct);
	const int64_t *n = labels->n;
	int64_t at[3];
	s->n[0] = 0;
	for (at[2] = s->lo[2]; at[2] <= s->hi[2]; at[2]++)
		for (at[1] = s->lo[1]; at[1] <= s->hi[1]; at[1]++)
			for (at[0] = s->lo[0]; at[0] <= s->hi[0]; at[0]++) {
				int64_t i = at[0] + n[0] * (at[1] + n[1] * at[2]);
				if (label[i] != rod)
					continue;
				double value = (double)hu[i] - s->offset;
				int kinds = is_interior(s, label, n, at, i) ? 2 : 1;
				for (int k = 0; k < kinds; k++) {
					s->n[k]++;
					s->sum[k] += value;
					s->squares[k] += value * value;
				}
			}
}

static struct calibration_rod rod_of_sums(const struct sums *s, uint16_t label, double mg_cm3)
{
	int k = s->n[1] >= rods_limits.min_interior ? 1 : 0;
	double n = (double)s->n[k], mean = s->sum[k] / n;
	double variance = n > 1 ? (s->squares[k] - n * mean * mean) / (n - 1) : 0;
	if (k == 0)
		log_warn("rod %u: only %lld voxels lie wholly inside; its %lld voxels are all used, edges "
			 "included",
			label, (long long)s->n[1], (long long)s->n[0]);
	return (struct calibration_rod){ .label = label,
		.mg_cm3 = mg_cm3,
		.seen = 1,
		.mean_hu = mean + s->offset,
		.sd_hu = sqrt(variance > 0 ? variance : 0),
		.voxels = s->n[k] };
}

/* A general label map may use a rod's number for something else, so one missing rod refuses the whole
 * phantom. */
static int check_present(const struct sums *sums, const struct phantom *phantom)
{
	char missing[256] = "";
	for (int i = 0; i < phantom->n_rods; i++) {
		size_t used = strlen(missing);
		if (sums[i].n[0] < rods_limits.min_voxels)
			snprintf(missing + used, sizeof missing - used, "%s%u (%g mg/cm3: %lld voxels)",
				used ? ", " : "", phantom->rods[i].label, phantom->rods[i].mg_cm3,
				(long long)sums[i].n[0]);
	}
	if (missing[0])
		return ERR_INVALID("no phantom: rod label missing or below %lld voxels: %s (--rods find looks for "
				   "unlabelled ones)",
			(long long)rods_limits.min_voxels, missing);
	return 0;
}

int rods_measure(struct calibration_rod *rods, const struct volume *ct_hu, const struct volume *labels,
	const struct phantom *phantom)
{
	struct sums sums[PHANTOM_RODS] = { 0 };
	int8_t *rod = rod_table(phantom);
	if (!rod)
		return ERR_RESOURCE("no memory for the table of rods");
	find_extents(sums, labels, ct_hu, rod);
	free(rod);
	if (check_present(sums, phantom) != 0)
		return -1;
	for (int i = 0; i < phantom->n_rods; i++) {
		add_up(&sums[i], labels, ct_hu, phantom->rods[i].label);
		rods[i] = rod_of_sums(&sums[i], phantom->rods[i].label, phantom->rods[i].mg_cm3);
		rods[i].water_mg_cm3 = phantom->rods[i].water_mg_cm3;
	}
	return 0;
}

int rods_check(const struct calibration_rod *rods, const struct phantom *phantom)
{
	const int n = phantom->n_rods;
	const struct rods_limits *l = &rods_limits;
	for (int i = 0; i < n; i++) {
		if (!(rods[i].mean_hu >= l->low_hu && rods[i].mean_hu <= l->high_hu))
			return ERR_INVALID("rod %u (%g mg/cm3): mean %.1f HU is not in %g..%g HU",
				phantom->rods[i].label, rods[i].mg_cm3, rods[i].mean_hu, l->low_hu, l->high_hu);
		if (!(rods[i].sd_hu <= l->max_sd_hu))
			return ERR_INVALID("rod %u (%g mg/cm3): standard deviation %.1f HU is above %g HU",
				phantom->rods[i].label, rods[i].mg_cm3, rods[i].sd_hu, l->max_sd_hu);
	}
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++)
			if (phantom_expected_hu(phantom, k) - phantom_expected_hu(phantom, i) > l->rising_hu &&
				!(rods[k].mean_hu > rods[i].mean_hu))
				return ERR_INVALID("HU do not rise with density: rod %u (%g mg/cm3) %.1f HU, "
						   "rod %u (%g mg/cm3) %.1f HU",
					phantom->rods[i].label, rods[i].mg_cm3, rods[i].mean_hu, phantom->rods[k].label,
					rods[k].mg_cm3, rods[k].mean_hu);
	return 0;
}

int rods_check_slope(double slope_mg_cm3_per_hu)
{
	const struct rods_limits *l = &rods_limits;
	if (!(slope_mg_cm3_per_hu >= l->low_slope && slope_mg_cm3_per_hu <= l->high_slope))
		return ERR_INVALID("slope %g is not in %g..%g mg/cm3 per HU", slope_mg_cm3_per_hu,
			l->low_slope, l->high_slope);
	return 0;
}

int rods_check_r2(double r2, double min_r2)
{
	const struct rods_limits *l = &rods_limits;
	if (!(r2 >= min_r2))
		return ERR_INVALID("the rods lie off a line: 1 - r2 = %.2f %% is above %g %%", 100 * (1 - r2),
			100 * (1 - min_r2));
	if (!(1 - r2 <= l->warn_r2))
		log_warn("the rods lie off a line: 1 - r2 = %.2f %%", 100 * (1 - r2));
	return 0;
}
