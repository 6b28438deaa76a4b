/* The whole body on a grid. */
#include <string.h>

#include "ct/anatomy_device.h"
#include "ct/anatomy_raster.h"
#include "ct/anatomy_rows.h"
#include "host/run/err.h"
#include "kernels/anatomy_cells.h"

int anatomy_fill(const struct anatomy_target *target, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid)
{
	static const struct device cpu = { .kind = DEVICE_CPU, .name = "cpu" };
	const bool gpu = device && device->kind == DEVICE_CUDA;
	struct anatomy_cells_args args = { .job = { .body = a, .grid = *grid, .target = *target } };
	struct anatomy_job *job = &args.job;
	struct anatomy_device there = { 0 };
	struct memory nodes = { 0 };
	int rc = -1;
	TRY(anatomy_raster_init(&job->raster, grid->n, grid->to_world, grid->world_to_body, grid->subsamples));
	if (gpu) {
		TRY(anatomy_device_make(&there, device, a));
		job->body = there.body.data;
	}
	const int64_t *cells = job->raster.cells, corners = (cells[0] + 1) * (cells[1] + 1) * (cells[2] + 1);
	TRY(memory_alloc(&nodes, gpu ? device : NULL, (size_t)corners * sizeof(struct anatomy_smooth),
		"the soft tissue's lattice"));
	job->nodes = nodes.data;
	TRY(anatomy_cells_nodes(gpu ? device : &cpu, &args, corners));
	if (gpu)
		TRY(anatomy_device_fill(job, device));
	else
		anatomy_rows_fill(job);
	rc = 0;
cleanup:
	memory_free(&nodes);
	anatomy_device_free(&there);
	return rc;
}

/* ---- into volumes on the host ---- */

static int init_voxels(struct anatomy_voxels *v, const struct anatomy_grid *grid, bool metal)
{
	v->metal = (struct volume){ 0 };
	if (metal && volume_init(&v->metal, grid->n, grid->to_world, VOLUME_F32) != 0)
		return -1;
	if (volume_init(&v->soft, grid->n, grid->to_world, VOLUME_F32) != 0 ||
		volume_init(&v->fat, grid->n, grid->to_world, VOLUME_F32) != 0 ||
		volume_init(&v->mineral, grid->n, grid->to_world, VOLUME_F32) != 0 ||
		volume_init(&v->labels, grid->n, grid->to_world, VOLUME_U8) != 0)
		return -1;
	return 0;
}

/* The volumes of a body, those it has: what is filled on a GPU goes through a block there. */
static int fill_volumes(struct anatomy_voxels *v, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid)
{
	struct volume *volumes[] = { &v->soft, &v->fat, &v->mineral, &v->metal, &v->labels };
	enum { VOLUMES = sizeof(volumes) / sizeof(volumes[0]), LABELS = VOLUMES - 1 };
	const bool gpu = device && device->kind == DEVICE_CUDA;
	struct memory there[VOLUMES] = { 0 };
	void *at[VOLUMES];
	int rc = -1;
	for (int i = 0; i < VOLUMES; i++) {
		const struct memory *voxels = &volumes[i]->voxels;
		if (gpu && voxels->data)
			TRY(memory_alloc(&there[i], device, voxels->bytes, "a digital body's voxels"));
		at[i] = gpu ? there[i].data : voxels->data;
	}
	const struct anatomy_target target = { .soft = at[0],
		.fat = at[1],
		.mineral = at[2],
		.metal = at[3],
		.stride = { 1, grid->n[0], grid->n[0] * grid->n[1] },
		.labels = at[LABELS] };
	TRY(anatomy_fill(&target, device, a, grid));
	for (int i = 0; i < VOLUMES; i++)
		if (there[i].data)
			TRY(memory_read(volumes[i]->voxels.data, &there[i], 0, there[i].bytes));
	rc = 0;
cleanup:
	for (int i = 0; i < VOLUMES; i++)
		memory_free(&there[i]);
	return rc;
}

int anatomy_voxelise(struct anatomy_voxels *v, const struct device *device, const struct anatomy *a,
	const struct anatomy_grid *grid)
{
	memset(v, 0, sizeof(*v));
	if (init_voxels(v, grid, anatomy_has_metal(a)) == 0 && fill_volumes(v, device, a, grid) == 0)
		return 0;
	anatomy_voxels_free(v);
	return -1;
}

void anatomy_voxels_free(struct anatomy_voxels *v)
{
	volume_free(&v->soft);
	volume_free(&v->fat);
	volume_free(&v->mineral);
	volume_free(&v->metal);
	volume_free(&v->labels);
}
