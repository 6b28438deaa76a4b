#include "ct/anatomy_device.h"

#include "host/run/err.h"
#include "kernels/anatomy_cells.h"

int anatomy_device_make(struct anatomy_device *d, const struct device *device, const struct anatomy *a)
{
	struct anatomy there = *a;
	*d = (struct anatomy_device){ 0 };
	for (int part = 0; part < ANATOMY_PARTS && a->params.map; part++) {
		struct anatomy_sampled *s = &there.sampled[part];
		const size_t bytes = (size_t)(s->n[0] * s->n[1] * s->n[2]) * sizeof(float);
		if (memory_alloc(&d->map[part], device, bytes, "a label map") != 0 ||
			memory_write(&d->map[part], 0, s->distance_mm, bytes) != 0)
			goto cleanup;
		s->distance_mm = d->map[part].data;
	}
	if (memory_alloc(&d->body, device, sizeof(there), "a digital body") == 0 &&
		memory_write(&d->body, 0, &there, sizeof(there)) == 0)
		return 0;
cleanup:
	anatomy_device_free(d);
	return -1;
}

void anatomy_device_free(struct anatomy_device *d)
{
	for (int part = 0; part < ANATOMY_PARTS; part++)
		memory_free(&d->map[part]);
	memory_free(&d->body);
}

int anatomy_device_fill(const struct anatomy_job *job, const struct device *device)
{
	const struct anatomy_raster *r = &job->raster;
	const int64_t cells = r->cells[0] * r->cells[1] * r->cells[2];
	const int64_t voxels = (int64_t)r->edge[0] * r->edge[1] * r->edge[2], most = K_MAP_MOST / voxels;
	struct memory scenes = { 0 };
	struct anatomy_cells_args args = { .job = *job };
	int rc = -1;
	/* Some 600 bytes for each cell of 6 mm: 0.2 GB of a whole body, three times that where a voxel is a cell. */
	TRY(memory_alloc(&scenes, device, (size_t)cells * sizeof(struct anatomy_scene), "a digital body's cells"));
	args.scenes = scenes.data;
	TRY(anatomy_cells_scenes(device, &args, cells));
	for (; args.first_cell < cells; args.first_cell += most) {
		const int64_t left = cells - args.first_cell;
		TRY(anatomy_cells_voxels(device, &args, (left < most ? left : most) * voxels));
	}
	rc = 0;
cleanup:
	memory_free(&scenes);
	return rc;
}
