#include "ct/remove.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "host/run/err.h"

static bool is_rod(const struct calibration *calibration, uint16_t label)
{
	for (int k = 0; k < calibration->n_rods; k++)
		if (calibration->rods[k].label == label)
			return true;
	return false;
}

static void clear_around(struct volume *image, const int64_t at[3], const int64_t reach[3], float air)
{
	float *values = volume_f32(image);
	int64_t low[3], high[3];
	for (int k = 0; k < 3; k++) {
		low[k] = at[k] - reach[k] < 0 ? 0 : at[k] - reach[k];
		high[k] = at[k] + reach[k] >= image->n[k] ? image->n[k] - 1 : at[k] + reach[k];
	}
	for (int64_t z = low[2]; z <= high[2]; z++)
		for (int64_t y = low[1]; y <= high[1]; y++)
			for (int64_t x = low[0]; x <= high[0]; x++)
				values[(z * image->n[1] + y) * image->n[0] + x] = air;
}

/* Mean index of each rod's voxels. */
static void rod_centres(double centres[PHANTOM_RODS][3], const struct volume *labels, const struct calibration *c)
{
	const uint16_t *label = volume_u16(labels);
	int64_t counts[PHANTOM_RODS] = { 0 };
	memset(centres, 0, PHANTOM_RODS * sizeof(centres[0]));
	for (int64_t z = 0, i = 0; z < labels->n[2]; z++)
		for (int64_t y = 0; y < labels->n[1]; y++)
			for (int64_t x = 0; x < labels->n[0]; x++, i++)
				for (int k = 0; label[i] != 0 && k < c->n_rods; k++)
					if (c->rods[k].label == label[i]) {
						const double at[3] = { (double)x, (double)y, (double)z };
						counts[k]++;
						for (int d = 0; d < 3; d++)
							centres[k][d] += (at[d] - centres[k][d]) / (double)counts[k];
					}
}

/*
 * Along the row of rods the box reaches half way to the next rod, so that the holder between them, which carries no
 * label, goes too; on the other axes it reaches margin_mm.
 */
static void set_reach(int64_t reach[3], const struct volume *labels, const struct calibration *c, double margin_mm)
{
	double centres[PHANTOM_RODS][3], spacing_mm[3], widest_mm = 0;
	int along = 0;
	rod_centres(centres, labels, c);
	volume_spacing_mm(labels, spacing_mm);
	for (int k = 0; k < 3; k++) {
		double span_mm = fabs(centres[c->n_rods - 1][k] - centres[0][k]) * spacing_mm[k];
		reach[k] = (int64_t)ceil(margin_mm / spacing_mm[k]);
		if (span_mm > widest_mm) {
			widest_mm = span_mm;
			along = k;
		}
	}
	double half_pitch_mm = c->n_rods > 1 ? 0.5 * widest_mm / (c->n_rods - 1) : 0;
	if (half_pitch_mm > margin_mm)
		reach[along] = (int64_t)ceil(half_pitch_mm / spacing_mm[along]);
}

int remove_rods(struct volume *image, const struct volume *labels, const struct calibration *calibration, float air,
	double margin_mm)
{
	const uint16_t *label = volume_u16(labels);
	int64_t reach[3];
	if (volume_same_grid(image, "the image", labels, "its labels") != 0)
		return -1;
	if (calibration->n_rods == 0)
		return 0;
	if (strcmp(calibration->method, "phantom") == 0 && strcmp(calibration->rods_from, "found") == 0)
		return ERR_INVALID("the rods were found in the CT and carry no label, so the phantom cannot be taken out: "
				   "add the labels of `xbmd calibrate --save-rods` and calibrate by them");
	set_reach(reach, labels, calibration, margin_mm);
	for (int64_t z = 0, i = 0; z < labels->n[2]; z++)
		for (int64_t y = 0; y < labels->n[1]; y++)
			for (int64_t x = 0; x < labels->n[0]; x++, i++)
				if (label[i] != 0 && is_rod(calibration, label[i]))
					clear_around(image, (const int64_t[3]){ x, y, z }, reach, air);
	return 0;
}
