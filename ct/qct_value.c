/* Sums over a region of a projected bone: qct_value_read(), qct_label_mass(). */
#include <math.h>
#include "ct/qct.h"

static double weight(const struct bone_map *map, const float *share, int64_t i)
{
	return !((double)map->path_cm[TISSUE_NONE][i] >= ABMD_MASK_CM) ? 0 : share ? (double)share[i] : 1;
}

static struct qct_part read_part(const struct bone_map *map, const float *share, enum tissue_class class)
{
	double mineral = 0, path = 0;
	for (int64_t i = 0; i < map->cols * map->rows; i++) {
		const double w = weight(map, share, i);
		mineral += w * (double)map->mineral_g_cm2[class][i];
		path += w * (double)map->path_cm[class][i];
	}
	return (struct qct_part){ .vbmd_mg_cm3 = path > 0 ? 1000 * mineral / path : NAN,
		.volume_cm3 = path * BONE_MAP_PIXEL_CM2,
		.bmc_g = mineral * BONE_MAP_PIXEL_CM2 };
}

struct qct_value qct_value_read(const struct bone_map *map, const float *share)
{
	const struct qct_part all = read_part(map, share, TISSUE_NONE);
	double pixels = 0;
	for (int64_t i = 0; i < map->cols * map->rows; i++)
		pixels += weight(map, share, i);
	const double area = pixels * BONE_MAP_PIXEL_CM2;
	return (struct qct_value){ .measured = pixels > 0,
		.abmd_g_cm2 = pixels > 0 ? all.bmc_g / area : NAN,
		.area_cm2 = area,
		.bmc_g = all.bmc_g,
		.vbmd_mg_cm3 = all.vbmd_mg_cm3,
		.volume_cm3 = all.volume_cm3,
		.cortical = read_part(map, share, TISSUE_CORTICAL),
		.trabecular = read_part(map, share, TISSUE_TRABECULAR) };
}

void qct_label_mass(double *mass_g, double *volume_cm3, const struct volume *density,
	const struct volume *labels, uint16_t label, bool clip)
{
	const uint16_t *value = volume_u16(labels);
	const float *mg_cm3 = volume_f32(density);
	const int64_t n = volume_count(labels);
	double sum = 0;
	int64_t voxels = 0;
	for (int64_t i = 0; i < n; i++)
		if (value[i] == label) {
			sum += clip && mg_cm3[i] < 0 ? 0 : (double)mg_cm3[i];
			voxels++;
		}
	*volume_cm3 = (double)voxels * volume_voxel_cm3(labels);
	*mass_g = sum * volume_voxel_cm3(labels) / 1000;
}
