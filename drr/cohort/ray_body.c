#include "drr/cohort/ray_body.h"

#include <math.h>
#include <string.h>

#include "drr/slab_fill.h"
#include "host/run/err.h"

static const struct pose still = { { 0 }, { 0 } };

static double dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(double out[3], const double a[3], const double b[3])
{
	for (int k = 0; k < 3; k++)
		out[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

/* The detector's corner rays bound what it sees: a plane through each two of them that are neighbours. */
static int planes_of(double plane[4][4], const struct geometry *g)
{
	/* A grid whose index is the world, mm. */
	static const struct volume world = { .n = { 1, 1, 1 },
		.to_world = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } } };
	static const int round[4][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };
	const int64_t last[2] = { g->cols - 1, g->rows - 1 };
	struct geometry_rays rays;
	double corner[4][3], middle[3] = { 0, 0, 0 };
	if (geometry_rays(&rays, g, &still, &world) != 0)
		return -1;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 3; k++) {
			corner[i][k] = rays.origin[k] + (double)(round[i][0] * last[0]) * rays.du[k] +
				       (double)(round[i][1] * last[1]) * rays.dv[k];
			middle[k] += 0.25 * corner[i][k];
		}
	for (int i = 0; i < 4; i++) {
		double along[3], edge[3], *normal = plane[i];
		for (int k = 0; k < 3; k++) {
			along[k] = rays.cone ? corner[i][k] - rays.source[k] : rays.direction[k];
			edge[k] = corner[(i + 1) % 4][k] - corner[i][k];
		}
		cross(normal, along, edge);
		double length = sqrt(dot(normal, normal)) * (dot(normal, middle) < dot(normal, corner[i]) ? -1 : 1);
		for (int k = 0; k < 3; k++)
			normal[k] /= length;
		normal[3] = -dot(normal, corner[i]);
	}
	return 0;
}

/* What any of the detectors sees lies within the farther of their planes. */
static int want(struct anatomy_grid *grid, const struct geometry *seen, int n)
{
	for (int i = 0; i < n; i++) {
		double plane[4][4];
		if (planes_of(plane, &seen[i]) != 0)
			return -1;
		for (int k = 0; k < 4; k++) {
			double farthest = i > 0 ? fmax(grid->wanted[k][3], plane[k][3]) : plane[k][3];
			memcpy(grid->wanted[k], plane[k], sizeof(plane[k]));
			grid->wanted[k][3] = farthest;
		}
	}
	grid->n_wanted = 4;
	return 0;
}

static int allocate(struct ray_body *b, const struct slab_layout *layout, const struct anatomy_grid *grid, bool metal,
	bool labels)
{
	for (int m = 0; m < MATERIALS; m++) {
		if (m == MATERIAL_METAL && !metal)
			continue;
		if (memory_alloc(&b->values[m], b->laid.where, (size_t)layout->elements * sizeof(float), "a body") != 0)
			return -1;
		b->laid.g_cm3[m] = b->values[m].data;
	}
	return labels ? volume_init(&b->labels, grid->n, grid->to_world, VOLUME_U8) : 0;
}

/* Labels are wanted on the host: of a GPU they go through a block there. */
static int fill(struct ray_body *b, const struct slab_layout *layout, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *part)
{
	struct memory *here = &b->labels.voxels, there = { 0 };
	int rc = -1;
	struct anatomy_target target = { .soft = b->values[MATERIAL_SOFT].data,
		.fat = b->values[MATERIAL_FAT].data,
		.mineral = b->values[MATERIAL_MINERAL].data,
		.metal = b->values[MATERIAL_METAL].data,
		.first = layout->first,
		.labels = here->data };
	memcpy(target.stride, layout->stride, sizeof(target.stride));
	if (b->laid.where && here->data) {
		TRY(memory_alloc(&there, device, here->bytes, "a body's labels"));
		target.labels = there.data;
	}
	TRY(anatomy_fill(&target, device, a, part));
	if (there.data)
		TRY(memory_read(here->data, &there, 0, here->bytes));
	rc = 0;
cleanup:
	memory_free(&there);
	return rc;
}

int ray_body_make(struct ray_body *b, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid, const struct geometry *seen, int n, bool labels)
{
	struct anatomy_grid part = *grid;
	const struct projector_source source = { .values = &b->grid, .laid = &b->laid };
	b->laid.where = device->kind == DEVICE_CUDA ? device : NULL;
	b->grid.type = VOLUME_F32;
	memcpy(b->grid.n, grid->n, sizeof(grid->n));
	memcpy(b->grid.to_world, grid->to_world, sizeof(grid->to_world));
	if (want(&part, seen, n) != 0 || projector_layout(&b->laid.which, device, &b->grid, &seen[0], &still) != 0)
		return -1;
	const struct slab_layout layout = slab_layout_of(grid->n, b->laid.which);
	if (allocate(b, &layout, grid, anatomy_has_metal(a), labels) != 0 || fill(b, &layout, device, a, &part) != 0)
		return -1;
	return resident_open(&b->resident, device, &source);
}

int ray_body_project(float *materials_g_cm2, struct ray_body *b, const struct geometry *geometry)
{
	struct projection out = { .cols = geometry->cols,
		.rows = geometry->rows,
		.n_poses = 1,
		.materials = materials_g_cm2 };
	return projector_render(&out, &b->resident, PROJECTOR_TRILINEAR, geometry, &still, 1);
}

void ray_body_free(struct ray_body *b)
{
	resident_close(&b->resident);
	for (int m = 0; m < MATERIALS; m++)
		memory_free(&b->values[m]);
	volume_free(&b->labels);
	*b = (struct ray_body){ 0 };
}
