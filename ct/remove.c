#include "ct/remove.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static bool is_rod(const struct calibration *calibration, uint16_t label)
{
	for (int k = 0; k < calibration->n_rods; k++)
		if (calibration->rods[k].label == label)
			return true;
	return false;
}

/* A box around the voxel: the margin only has to cover the holder's partial-volume rim. */
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

int remove_rods(struct volume *image, const struct volume *labels, const struct calibration *calibration, float air,
	double margin_mm)
{
	const uint16_t *label = volume_u16(labels);
	double spacing_mm[3];
	int64_t reach[3];
	if (volume_same_grid(image, "the image", labels, "its labels") != 0)
		return -1;
	volume_spacing_mm(image, spacing_mm);
	for (int k = 0; k < 3; k++)
		reach[k] = (int64_t)ceil(margin_mm / spacing_mm[k]);
	if (calibration->n_rods == 0)
		return 0;
	for (int64_t z = 0, i = 0; z < labels->n[2]; z++)
		for (int64_t y = 0; y < labels->n[1]; y++)
			for (int64_t x = 0; x < labels->n[0]; x++, i++)
				if (label[i] != 0 && is_rod(calibration, label[i]))
					clear_around(image, (const int64_t[3]){ x, y, z }, reach, air);
	return 0;
}
