#include "drr/pose_gradient.h"

#include <string.h>

#include "drr/ray_poses.h"
#include "host/run/err.h"
#include "kernels/ray_pose_gradient.h"

enum { PIXELS_PER_PART = 1024 }; /* fixed, so that the order of the sums is */

static int changes_fill(struct memory *changes, const struct volume *volume, const struct geometry *g,
	const struct pose *poses, int64_t n_poses)
{
	if (memory_alloc(changes, NULL, (size_t)n_poses * 6 * sizeof(struct ray_pose_change), "poses") != 0)
		return -1;
	struct ray_pose_change *to = changes->data;
	for (int64_t p = 0; p < n_poses; p++) {
		struct geometry_rays from[6];
		if (geometry_rays_gradient(from, g, &poses[p], volume) != 0)
			return -1;
		for (int i = 0; i < 6; i++, to++)
			for (int k = 0; k < 3; k++) {
				to->source[k] = from[i].source[k];
				to->direction[k] = from[i].direction[k];
				to->origin[k] = from[i].origin[k];
				to->du[k] = from[i].du[k];
				to->dv[k] = from[i].dv[k];
			}
	}
	return 0;
}

/* What lies on the device. */
struct staging {
	struct memory values, upstream, rays, changes, gradient;
};

static void staging_free(struct staging *s)
{
	memory_free(&s->values);
	memory_free(&s->upstream);
	memory_free(&s->rays);
	memory_free(&s->changes);
	memory_free(&s->gradient);
}

/* The kernel over host arrays: on the CPU as they are, on a GPU through copies. */
static int run(const struct device *device, const struct ray_pose_gradient_args *host, int64_t n_poses)
{
	struct staging s = { 0 };
	struct ray_pose_gradient_args a = *host;
	const int64_t pixels = n_poses * a.cols * a.rows, groups = n_poses * a.parts;
	int rc = -1;
	if (device->kind == DEVICE_CPU)
		return ray_pose_gradient(device, host, groups, a.pixels_per_part);
	TRY(ray_poses_upload(
		&s.values, device, a.values, (size_t)(a.n[0] * a.n[1] * a.n[2]) * sizeof(float), "volume"));
	TRY(ray_poses_upload(&s.upstream, device, a.upstream, (size_t)pixels * sizeof(float), "images"));
	TRY(ray_poses_upload(&s.rays, device, a.poses, (size_t)n_poses * sizeof(*a.poses), "poses"));
	TRY(ray_poses_upload(
		&s.changes, device, a.changes, (size_t)n_poses * 6 * sizeof(*a.changes), "poses"));
	TRY(memory_alloc(&s.gradient, device, (size_t)groups * 6 * sizeof(double), "gradients"));
	a.values = s.values.data;
	a.upstream = s.upstream.data;
	a.poses = s.rays.data;
	a.changes = s.changes.data;
	a.gradient = s.gradient.data;
	TRY(ray_pose_gradient(device, &a, groups, a.pixels_per_part));
	TRY(memory_read(host->gradient, &s.gradient, 0, s.gradient.bytes));
	rc = 0;
cleanup:
	staging_free(&s);
	return rc;
}

int projector_pose_gradient(double (*gradient)[6], struct resident *volume, const struct geometry *geometry,
	const struct pose *poses, int64_t n_poses, const float *upstream)
{
	const struct volume *values = volume->source.values;
	const int64_t pixels = geometry->cols * geometry->rows;
	struct memory rays = { 0 }, changes = { 0 }, parts = { 0 };
	struct ray_pose_gradient_args a = { .values = volume_f32(values),
		.upstream = upstream,
		.n = { values->n[0], values->n[1], values->n[2] },
		.cols = geometry->cols,
		.rows = geometry->rows,
		.parts = (pixels + PIXELS_PER_PART - 1) / PIXELS_PER_PART,
		.pixels_per_part = PIXELS_PER_PART };
	int rc = -1;
	TRY(geometry_check(geometry));
	TRY(ray_poses_fill(&rays, values, geometry, poses, n_poses));
	TRY(changes_fill(&changes, values, geometry, poses, n_poses));
	TRY(memory_alloc(&parts, NULL, (size_t)(n_poses * a.parts) * 6 * sizeof(double), "gradients"));
	a.poses = rays.data;
	a.changes = changes.data;
	a.gradient = parts.data;
	TRY(run(volume->device, &a, n_poses));
	memset(gradient, 0, (size_t)n_poses * sizeof(*gradient));
	for (int64_t i = 0; i < n_poses * a.parts; i++)
		for (int p = 0; p < 6; p++)
			gradient[i / a.parts][p] += a.gradient[6 * i + p];
	rc = 0;
cleanup:
	memory_free(&rays);
	memory_free(&changes);
	memory_free(&parts);
	return rc;
}
