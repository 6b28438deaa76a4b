#include "ct/bone_map.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/vec3.h"
#include "host/run/err.h"

/* What is the same for every voxel. */
struct job {
	const struct volume *density;
	struct bone_map *map;
	double cm3, half_px;	   /* of a cube: volume, half its edge in pixels */
	double at0[2], step[3][2]; /* picture coordinates in pixels of index (0, 0, 0); per index step */
	int cuts[3];
};

static void prepare(struct job *j, const struct bone_map_view *view)
{
	const struct volume *v = j->density;
	double spacing_mm[3], origin[3];
	int cubes = 1;
	volume_spacing_mm(v, spacing_mm);
	for (int a = 0; a < 3; a++) {
		j->cuts[a] = (int)fmin(16, fmax(1, ceil(spacing_mm[a] / BONE_MAP_CUBE_MM)));
		cubes *= j->cuts[a];
		origin[a] = v->to_world[a][3] - view->origin_mm[a];
	}
	j->cm3 = volume_voxel_cm3(v) / cubes;
	j->half_px = 0.5 * cbrt(1000 * j->cm3) / BONE_MAP_PIXEL_MM;
	j->at0[0] = vec3_dot(origin, view->x) / BONE_MAP_PIXEL_MM;
	j->at0[1] = vec3_dot(origin, view->y) / BONE_MAP_PIXEL_MM;
	for (int a = 0; a < 3; a++) {
		const double e[3] = { v->to_world[0][a], v->to_world[1][a], v->to_world[2][a] };
		j->step[a][0] = vec3_dot(e, view->x) / BONE_MAP_PIXEL_MM;
		j->step[a][1] = vec3_dot(e, view->y) / BONE_MAP_PIXEL_MM;
	}
}

static void place(double px[2], const struct job *j, const double index[3])
{
	for (int k = 0; k < 2; k++)
		px[k] = j->at0[k] + index[0] * j->step[0][k] + index[1] * j->step[1][k] +
			index[2] * j->step[2][k];
}

/* The box of the piece's voxels, two voxels wider, in whole pixels. */
static void find_box(struct job *j, const struct component *c)
{
	double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
	int64_t at[3], i = 0;
	for (at[2] = c->lo[2]; at[2] < c->lo[2] + c->n[2]; at[2]++)
		for (at[1] = c->lo[1]; at[1] < c->lo[1] + c->n[1]; at[1]++)
			for (at[0] = c->lo[0]; at[0] < c->lo[0] + c->n[0]; at[0]++) {
				const double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
				double px[2];
				if (!c->in[i++])
					continue;
				place(px, j, index);
				for (int k = 0; k < 2; k++) {
					low[k] = fmin(low[k], px[k]);
					high[k] = fmax(high[k], px[k]);
				}
			}
	int64_t n[2];
	for (int k = 0; k < 2; k++) {
		double margin = 2 + fabs(j->step[0][k]) + fabs(j->step[1][k]) + fabs(j->step[2][k]);
		double first = floor(low[k] - margin);
		n[k] = (int64_t)(ceil(high[k] + margin) - first);
		j->map->low_mm[k] = first * BONE_MAP_PIXEL_MM;
		j->at0[k] -= first;
	}
	j->map->cols = n[0];
	j->map->rows = n[1];
}

/* Adds mass and volume evenly over the square about px. */
static void share(const struct job *j, float *mass, float *path, const double px[2], double mass_g)
{
	const double wide = 2 * j->half_px, x0 = px[0] - j->half_px, y0 = px[1] - j->half_px;
	for (int64_t r = (int64_t)floor(y0); (double)r < y0 + wide; r++) {
		const double tall = fmin(y0 + wide, (double)(r + 1)) - fmax(y0, (double)r);
		for (int64_t c = (int64_t)floor(x0); (double)c < x0 + wide; c++) {
			const double broad = fmin(x0 + wide, (double)(c + 1)) - fmax(x0, (double)c);
			const double part = tall * broad / (wide * wide);
			const int64_t i = c + j->map->cols * r;
			if (r < 0 || c < 0 || r >= j->map->rows || c >= j->map->cols)
				continue; /* a sliver of rounding */
			mass[i] += (float)(part * mass_g);
			path[i] += (float)(part * j->cm3);
		}
	}
}

static void share_voxel(const struct job *j, const int64_t at[3], uint8_t class, bool clip)
{
	const struct volume *v = j->density;
	double mg_cm3 = (double)volume_f32(v)[at[0] + v->n[0] * (at[1] + v->n[1] * at[2])];
	if (clip && mg_cm3 < 0)
		mg_cm3 = 0;
	for (int z = 0; z < j->cuts[2]; z++)
		for (int y = 0; y < j->cuts[1]; y++)
			for (int x = 0; x < j->cuts[0]; x++) {
				const int cut[3] = { x, y, z };
				double index[3], px[2];
				for (int a = 0; a < 3; a++)
					index[a] = (double)at[a] + (cut[a] + 0.5) / j->cuts[a] - 0.5;
				place(px, j, index);
				share(j, j->map->mineral_g_cm2[class], j->map->path_cm[class], px,
					mg_cm3 * j->cm3 / 1000);
			}
}

static int allocate(struct bone_map *map)
{
	const size_t pixels = (size_t)(map->cols * map->rows);
	for (int k = 0; k < TISSUE_CLASSES; k++) {
		map->mineral_g_cm2[k] = calloc(pixels, sizeof(float));
		map->path_cm[k] = calloc(pixels, sizeof(float));
		if (!map->mineral_g_cm2[k] || !map->path_cm[k])
			return ERR_RESOURCE("no memory for a picture of %zu pixels", pixels);
	}
	return 0;
}

/* Mass and volume per pixel to g/cm2 and cm; the sum of all classes. */
static void finish(struct bone_map *map)
{
	const float per_cm2 = (float)(1 / BONE_MAP_PIXEL_CM2);
	for (int k = TISSUE_OTHER; k < TISSUE_CLASSES; k++)
		for (int64_t i = 0; i < map->cols * map->rows; i++) {
			map->mineral_g_cm2[k][i] *= per_cm2;
			map->path_cm[k][i] *= per_cm2;
			map->mineral_g_cm2[TISSUE_NONE][i] += map->mineral_g_cm2[k][i];
			map->path_cm[TISSUE_NONE][i] += map->path_cm[k][i];
		}
}

int bone_map_make(struct bone_map *map, const struct volume *density, const struct component *c,
	const uint8_t *classes, const struct bone_map_view *view, bool clip)
{
	struct job j = { .density = density, .map = map };
	int64_t at[3], i = 0;
	*map = (struct bone_map){ 0 };
	prepare(&j, view);
	find_box(&j, c);
	if (allocate(map) != 0) {
		bone_map_free(map);
		return -1;
	}
	for (at[2] = c->lo[2]; at[2] < c->lo[2] + c->n[2]; at[2]++)
		for (at[1] = c->lo[1]; at[1] < c->lo[1] + c->n[1]; at[1]++)
			for (at[0] = c->lo[0]; at[0] < c->lo[0] + c->n[0]; at[0]++, i++)
				if (c->in[i])
					share_voxel(&j, at, classes[i], clip);
	finish(map);
	return 0;
}

void bone_map_free(struct bone_map *map)
{
	for (int k = 0; k < TISSUE_CLASSES; k++) {
		free(map->mineral_g_cm2[k]);
		free(map->path_cm[k]);
	}
	*map = (struct bone_map){ 0 };
}
