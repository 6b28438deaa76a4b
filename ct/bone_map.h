/*
 * A bone seen along any direction: mineral (g/cm2) and path length (cm) on square pixels of a picture plane,
 * apart for each class of tissue.  Voxels are cut into cubes of at most BONE_MAP_CUBE_MM, each spread over a
 * square of its own face: totals are exact for every direction.
 */
#ifndef CT_BONE_MAP_H
#define CT_BONE_MAP_H
#include "ct/tissue_class.h"
#ifdef __cplusplus
extern "C" {
#endif
#define BONE_MAP_PIXEL_MM 0.5
#define BONE_MAP_PIXEL_CM2 (BONE_MAP_PIXEL_MM * BONE_MAP_PIXEL_MM / 100)
#define BONE_MAP_CUBE_MM 0.75
struct bone_map {
	int64_t cols, rows; /* along the picture's x, y */
	double low_mm[2];   /* x, y of the first pixel's lower corner */
	/* (rows, cols), by enum tissue_class; TISSUE_NONE holds the sum of all */
	float *mineral_g_cm2[TISSUE_CLASSES], *path_cm[TISSUE_CLASSES];
};
/* Picture coordinates of world p: row . (p - origin), mm. */
struct bone_map_view {
	double origin_mm[3], x[3], y[3];
};
/* classes: of tissue_classify().  clip: negative densities count as 0. */
int bone_map_make(struct bone_map *map, const struct volume *density_mg_cm3, const struct component *bone,
	const uint8_t *classes, const struct bone_map_view *view, bool clip);
void bone_map_free(struct bone_map *map);
static inline double bone_map_x_mm(const struct bone_map *map, int64_t col)
{
	return map->low_mm[0] + ((double)col + 0.5) * BONE_MAP_PIXEL_MM;
}
static inline double bone_map_y_mm(const struct bone_map *map, int64_t row)
{
	return map->low_mm[1] + ((double)row + 0.5) * BONE_MAP_PIXEL_MM;
}
#ifdef __cplusplus
}
#endif
#endif
