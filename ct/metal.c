/* Metal beside a bone: calibration_flag_metal(). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ct/calibrate.h"
#include "host/run/err.h"

/* The steps from a voxel to all voxels whose centre lies within a margin of its own. */
struct ball {
	int64_t (*step)[3];
	int64_t n;
};

static double step_mm(const struct volume *v, const int64_t d[3])
{
	double square = 0;
	for (int r = 0; r < 3; r++) {
		double mm = 0;
		for (int a = 0; a < 3; a++)
			mm += v->to_world[r][a] * (double)d[a];
		square += mm * mm;
	}
	return sqrt(square);
}

static int ball_init(struct ball *b, const struct volume *v, double margin_mm)
{
	double inverse[4][4];
	int64_t reach[3], d[3], room = 1;
	if (volume_world_to_index(v, inverse) != 0)
		return -1;
	for (int a = 0; a < 3; a++) {
		const double *row = inverse[a];
		double length = sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2]);
		reach[a] = (int64_t)fmin(ceil(margin_mm * length), (double)v->n[a]);
		room *= 2 * reach[a] + 1;
	}
	b->step = malloc((size_t)room * sizeof *b->step);
	if (!b->step)
		return ERR_RESOURCE("no memory for a margin of %g mm", margin_mm);
	for (d[2] = -reach[2]; d[2] <= reach[2]; d[2]++)
		for (d[1] = -reach[1]; d[1] <= reach[1]; d[1]++)
			for (d[0] = -reach[0]; d[0] <= reach[0]; d[0]++)
				if (step_mm(v, d) <=
					margin_mm + 1e-6) /* 1e-6 mm: voxels exactly on the margin count */
					memcpy(b->step[b->n++], d, sizeof d);
	return 0;
}

static bool is_rod(const struct calibration *c, uint16_t label)
{
	for (int i = 0; i < c->n_rods; i++)
		if (c->rods[i].label == label)
			return true;
	return false;
}

/* bone[label] = place of the bone in the map, -1 for all else; a rod of the phantom is no bone. */
static int32_t *bone_table(const struct calibration *c, const struct label_map *map)
{
	int32_t *bone = malloc((UINT16_MAX + 1) * sizeof *bone);
	if (!bone)
		return NULL;
	memset(bone, -1, (UINT16_MAX + 1) * sizeof *bone);
	for (int64_t i = 0; i < map->n; i++)
		if (map->labels[i].kind == LABEL_BONE && !is_rod(c, map->labels[i].id))
			bone[map->labels[i].id] = (int32_t)i;
	return bone;
}

/* Counts one metal voxel for each bone within the margin; last[bone] is the last voxel counted for it. */
static void count_voxel(int64_t *count, int64_t *last, const struct volume *labels, const int32_t *bone,
	const struct ball *ball, const int64_t at[3], int64_t voxel)
{
	const uint16_t *label = volume_u16(labels);
	const int64_t *n = labels->n;
	for (int64_t k = 0; k < ball->n; k++) {
		const int64_t x = at[0] + ball->step[k][0], y = at[1] + ball->step[k][1],
			      z = at[2] + ball->step[k][2];
		if (x < 0 || y < 0 || z < 0 || x >= n[0] || y >= n[1] || z >= n[2])
			continue;
		int32_t b = bone[label[x + n[0] * (y + n[1] * z)]];
		if (b < 0 || last[b] == voxel + 1)
			continue;
		last[b] = voxel + 1;
		count[b]++;
	}
}

static void count_metal(int64_t *count, int64_t *last, const struct calibration *c,
	const struct volume *ct_hu, const struct volume *labels, const int32_t *bone, const struct ball *ball)
{
	const float *hu = volume_f32(ct_hu);
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < ct_hu->n[2]; at[2]++)
		for (at[1] = 0; at[1] < ct_hu->n[1]; at[1]++)
			for (at[0] = 0; at[0] < ct_hu->n[0]; at[0]++, i++)
				if ((double)hu[i] > c->metal_threshold_hu)
					count_voxel(count, last, labels, bone, ball, at, i);
}

static int add_flag(struct calibration *c, const char *bone, double metal_cm3)
{
	if (c->n_flags == CALIBRATION_BONES)
		return ERR_INVALID("more than %d bones with metal", CALIBRATION_BONES);
	struct calibration_flag *flag = &c->flags[c->n_flags++];
	*flag = (struct calibration_flag){ .metal_cm3 = metal_cm3, .streak_hu = NAN };
	snprintf(flag->bone, sizeof flag->bone, "%s", bone);
	snprintf(flag->reason, sizeof flag->reason, "metal: %.2f cm3 above %g HU within %g mm of the label",
		metal_cm3, c->metal_threshold_hu, c->metal_margin_mm);
	return 0;
}

int calibration_flag_metal(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map)
{
	struct ball ball = { 0 };
	int32_t *bone = bone_table(c, map);
	int64_t *count = calloc((size_t)map->n + 1, sizeof *count),
		*last = calloc((size_t)map->n + 1, sizeof *last);
	int rc = -1;
	if (!bone || !count || !last) {
		ERR_RESOURCE("no memory for the table of bones");
		goto cleanup;
	}
	TRY(volume_same_grid(ct_hu, "the CT", labels, "its labels"));
	TRY(ball_init(&ball, ct_hu, c->metal_margin_mm));
	count_metal(count, last, c, ct_hu, labels, bone, &ball);
	c->flags_known = true;
	c->n_flags = 0;
	for (int64_t i = 0; i < map->n; i++) {
		double metal_cm3 = (double)count[i] * volume_voxel_cm3(ct_hu);
		if (count[i] > 0 && metal_cm3 >= c->metal_minimum_cm3)
			TRY(add_flag(c, map->labels[i].name, metal_cm3));
	}
	rc = 0;
cleanup:
	free(bone);
	free(count);
	free(last);
	free(ball.step);
	return rc;
}
