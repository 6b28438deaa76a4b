#include "drr/projector.h"

#include <stdlib.h>
#include <string.h>

#include "drr/projector_fast.h"
#include "drr/projector_gpu.h"
#include "drr/ray_poses.h"
#include "host/run/err.h"
#include "kernels/ray.h"

_Static_assert((int)PROJECTOR_PWC == (int)RAY_PWC && (int)PROJECTOR_TRILINEAR == (int)RAY_TRILINEAR &&
		       (int)PROJECTOR_JOSEPH == (int)RAY_JOSEPH,
	"the kernel and the projector number the models alike");

static int plane_alloc(float **plane, const struct device *where, bool wanted, int64_t planes, int64_t pixels,
	const char *what)
{
	struct memory there;
	*plane = NULL;
	if (!wanted || planes == 0)
		return 0;
	/* On the host on a cache line's boundary, so that whole lines are written past the caches. */
	if (planes <= (INT64_MAX / 8) / pixels) {
		const size_t bytes = ((size_t)(planes * pixels) * sizeof(float) + 63) / 64 * 64;
		if (where && memory_alloc(&there, where, bytes, what) != 0)
			return -1;
		*plane = where ? there.data : aligned_alloc(64, bytes);
		if (*plane && !where)
			memset(*plane, 0, bytes);
	}
	if (!*plane)
		return ERR_RESOURCE("out of memory for %lld %s images of %lld pixels", (long long)planes,
			what, (long long)pixels);
	return 0;
}

int projection_alloc_on(struct projection *p, const struct device *device, const struct geometry *g, int64_t n_poses,
	int n_channels, bool integral, bool materials, bool mineral, bool path)
{
	const struct device *where = device && device->kind == DEVICE_CUDA ? device : NULL;
	const int64_t pixels = g->cols * g->rows;
	*p = (struct projection){ .cols = g->cols, .rows = g->rows, .n_poses = n_poses, .where = where };
	if (plane_alloc(&p->integral, where, integral, n_poses, pixels, "integral") != 0 ||
		plane_alloc(&p->materials, where, materials, n_poses * MATERIALS, pixels, "material") != 0 ||
		plane_alloc(&p->mineral, where, mineral, n_poses * n_channels, pixels, "mineral") != 0 ||
		plane_alloc(&p->path, where, path, n_poses * n_channels, pixels, "path length") != 0) {
		projection_free(p);
		return -1;
	}
	return 0;
}

int projection_alloc(struct projection *p, const struct geometry *g, int64_t n_poses, int n_channels,
	bool integral, bool materials, bool mineral, bool path)
{
	return projection_alloc_on(p, NULL, g, n_poses, n_channels, integral, materials, mineral, path);
}

void projection_free(struct projection *p)
{
	float *const planes[] = { p->integral, p->materials, p->mineral, p->path };
	for (size_t i = 0; i < sizeof(planes) / sizeof(planes[0]); i++) {
		struct memory there = { planes[i], sizeof(float), p->where };
		if (p->where)
			memory_free(&there);
		else
			free(planes[i]);
	}
	*p = (struct projection){ 0 };
}

int projector_render_rays(struct projection *out, struct resident *volume, enum projector_model model,
	const struct ray_pose *rays, int64_t n_poses)
{
	const struct projector_source *source = &volume->source;
	const struct device *device = volume->device;
	if (out->n_poses != n_poses)
		BUG("the projection was allocated for another number of poses");
	if (out->where && device->kind == DEVICE_CPU)
		BUG("the projection is on %s, the volume on the CPU", out->where->name);
	struct ray_args a = {
		.values = source->laid ? NULL : volume_f32(source->values),
		.n = { source->values->n[0], source->values->n[1], source->values->n[2] },
		.poses = rays,
		.cols = out->cols,
		.rows = out->rows,
		.model = (int64_t)model,
		.n_channels = source->n_channels,
		.hu_per_value = source->hu_per_value,
		.hu_offset = source->hu_offset,
		.integral = out->integral,
		.materials = out->materials,
		.mineral = out->mineral,
		.path = out->path,
	};
	if (source->laid && projector_fast_check_laid(volume, &a, n_poses) != 0)
		return -1;
	if (out->materials && !source->laid) {
		if (material_model_check(&source->materials) != 0)
			return -1;
		material_model_rule(&source->materials, &a.rule);
	}
	if (resident_voxel_tags(&a.tags, volume) != 0)
		return -1;
	if (device->kind == DEVICE_CUDA)
		return projector_gpu_render(out, volume, &a, n_poses);
	if (device->elem == DEVICE_F32 && projector_fast_fits(&a, n_poses))
		return projector_fast_render(volume, &a, n_poses);
	return ray(device, &a, n_poses * out->cols * out->rows);
}

int projector_layout(int *which, const struct device *device, const struct volume *grid, const struct geometry *geometry,
	const struct pose *pose)
{
	struct memory rays = { 0 };
	int rc = ray_poses_fill(&rays, grid, geometry, pose, 1);
	if (rc == 0) {
		const struct ray_args a = { .n = { grid->n[0], grid->n[1], grid->n[2] },
			.poses = rays.data,
			.cols = geometry->cols,
			.rows = geometry->rows,
			.model = RAY_TRILINEAR };
		*which = projector_fast_layout(device, &a);
	}
	memory_free(&rays);
	return rc;
}

int projector_render(struct projection *out, struct resident *volume, enum projector_model model,
	const struct geometry *geometry, const struct pose *poses, int64_t n_poses)
{
	struct memory rays = { 0 };
	if (out->cols != geometry->cols || out->rows != geometry->rows || out->n_poses != n_poses)
		BUG("the projection was allocated for another geometry or number of poses");
	int rc = ray_poses_fill(&rays, volume->source.values, geometry, poses, n_poses);
	if (rc == 0)
		rc = projector_render_rays(out, volume, model, rays.data, n_poses);
	memory_free(&rays);
	return rc;
}
