#include "drr/projector_gpu.h"

#include <math.h>
#include <string.h>

#include "drr/projector_fast.h"
#include "host/run/err.h"

/* Whether a row of voxels lies along the detector's rows rather than its columns, at the central ray. */
static uint8_t turned_of(const struct ray_pose *p, int64_t cols, int64_t rows)
{
	const double *ways[2] = { p->du, p->dv };
	double step[3], drift[2];
	int w = 0;
	for (int k = 0; k < 3; k++) {
		double middle = p->origin[k] + 0.5 * (double)(cols - 1) * p->du[k] +
				0.5 * (double)(rows - 1) * p->dv[k];
		step[k] = p->cone ? middle - p->source[k] : p->direction[k];
		w = fabs(step[k]) > fabs(step[w]) ? k : w;
	}
	const int u = w == 0 ? 1 : 0, v = w == 2 ? 1 : 2;
	for (int i = 0; i < 2; i++) { /* voxel rows crossed for each voxel along them, from pixel to pixel */
		double forth = ways[i][w] / step[w];
		drift[i] = fabs(ways[i][v] - forth * step[v]) / (fabs(ways[i][u] - forth * step[u]) + 1e-300);
	}
	return drift[1] < drift[0];
}

/* The poses of the call before are there already: one call makes up to three passes. */
static int poses_upload(struct slab_ray_args *a, struct resident *volume)
{
	const size_t n = (size_t)a->n_poses, bytes = n * sizeof(*a->poses);
	struct memory here = { 0 }, *sent = &volume->poses_sent, *there;
	if (memory_alloc(&here, NULL, bytes + n, "poses") != 0)
		return -1;
	uint8_t *turned = (uint8_t *)here.data + bytes;
	memcpy(here.data, a->poses, bytes);
	for (size_t p = 0; p < n; p++)
		turned[p] = turned_of(&a->poses[p], a->cols, a->rows);
	const bool known = sent->bytes == here.bytes && memcmp(sent->data, here.data, here.bytes) == 0;
	memory_free(sent);
	if (resident_buffer(&there, volume, RESIDENT_POSES, here.bytes) != 0 ||
		(!known && memory_write(there, 0, here.data, here.bytes) != 0)) {
		memory_free(&here);
		return -1;
	}
	*sent = here;
	a->poses = there->data;
	a->turned = (const uint8_t *)there->data + bytes;
	return 0;
}

/* Poses first .. first + count - 1 of a pass. */
static struct slab_ray_args some_poses(const struct slab_ray_args *a, int64_t first, int64_t count)
{
	struct slab_ray_args b = *a;
	b.poses += first;
	b.turned += first;
	b.n_poses = count;
	for (int64_t f = 0; f < b.n_fields; f++)
		if (b.sum[f])
			b.sum[f] += first * b.step[f];
	if (b.path)
		b.path += first * b.path_step;
	return b;
}

int projector_gpu_pass(struct resident *volume, const struct slab_ray_args *args)
{
	struct slab_ray_args a = *args, one = *args;
	struct memory *partial;
	one.n_poses = 1;
	a.parts = one.parts = slab_ray_parts(&a);
	const int64_t bytes = slab_ray_partial(&one) * (int64_t)sizeof(float);
	int64_t most = slab_ray_poses_most(&a), fit = bytes > 0 ? volume->partial_bytes_most / bytes : most;
	if (most == 0)
		return ERR_INVALID("a detector of %lld x %lld pixels is too large for the GPU",
			(long long)a.cols, (long long)a.rows);
	if (most > fit)
		most = fit > 1 ? fit : 1;
	if (most > a.n_poses)
		most = a.n_poses;
	if (a.n_poses == 0)
		return 0;
	if (poses_upload(&a, volume) != 0 ||
		resident_buffer(&partial, volume, RESIDENT_PARTIAL, (size_t)(most * bytes)) != 0)
		return -1;
	a.partial = partial->data;
	for (int64_t first = 0; first < a.n_poses; first += most) {
		int64_t left = a.n_poses - first;
		const struct slab_ray_args some = some_poses(&a, first, left < most ? left : most);
		if (slab_ray(volume->device, &some) != 0)
			return -1;
	}
	return 0;
}

/* ---- rays that begin or end inside the volume: the double kernel, everything copied there for the call ---- */

static int stage_in(
	struct memory *m, const struct device *device, const void *host, size_t bytes, const char *what)
{
	if (!host)
		return 0;
	if (memory_alloc(m, device, bytes, what) != 0)
		return -1;
	return memory_write(m, 0, host, bytes);
}

static int render_inside(const struct device *device, const struct ray_args *host, int64_t n_poses)
{
	struct memory values = { 0 }, tags = { 0 }, poses = { 0 };
	struct ray_args a = *host;
	const size_t voxels = (size_t)(a.n[0] * a.n[1] * a.n[2]);
	int rc = -1;
	TRY(stage_in(&values, device, host->values, voxels * sizeof(float), "volume"));
	TRY(stage_in(&tags, device, host->tags, voxels, "label tags"));
	TRY(stage_in(&poses, device, host->poses, (size_t)n_poses * sizeof(*a.poses), "poses"));
	a.values = values.data;
	a.tags = tags.data;
	a.poses = poses.data;
	TRY(ray(device, &a, n_poses * a.cols * a.rows));
	TRY(device_synchronize(device));
	rc = 0;
cleanup:
	memory_free(&values);
	memory_free(&tags);
	memory_free(&poses);
	return rc;
}

/* ---- outputs ---- */

static int image_place(float **plane, struct resident *volume, int which, int64_t count)
{
	struct memory *there;
	if (!*plane)
		return 0;
	if (resident_buffer(&there, volume, RESIDENT_IMAGES + which, (size_t)count * sizeof(float)) != 0)
		return -1;
	*plane = there->data;
	return 0;
}

static int image_fetch(float *plane, struct resident *volume, int which, int64_t count)
{
	return plane ? memory_read(plane, &volume->buffer[RESIDENT_IMAGES + which], 0,
			       (size_t)count * sizeof(float))
		     : 0;
}

/* Threads address voxels with 32 bits. */
static bool fits(const struct resident *volume, const struct ray_args *a, int64_t n_poses)
{
	for (int l = 0; l < SLAB_LAYOUTS; l++)
		if (volume->layout[l].elements > INT32_MAX)
			return false;
	return projector_fast_fits(a, n_poses);
}

int projector_gpu_render(
	struct projection *out, struct resident *volume, const struct ray_args *host, int64_t n_poses)
{
	struct ray_args a = *host;
	const int64_t pixels = n_poses * a.cols * a.rows;
	const int64_t count[4] = { pixels, pixels * MATERIALS, pixels * a.n_channels, pixels * a.n_channels };
	float *const planes[4] = { host->integral, host->materials, host->mineral, host->path };
	float **const there[4] = { &a.integral, &a.materials, &a.mineral, &a.path };
	if (out->where && out->where->handle != volume->device->handle)
		BUG("the projection is on %s, the volume on %s", out->where->name, volume->device->name);
	const bool fast = fits(volume, &a, n_poses);
	if (!fast && volume->source.laid)
		return ERR_INVALID("a body of %lld x %lld x %lld voxels is too large for the GPU", (long long)a.n[0],
			(long long)a.n[1], (long long)a.n[2]);
	for (int i = 0; i < 4 && !out->where; i++)
		if (image_place(there[i], volume, i, count[i]) != 0)
			return -1;
	if ((fast ? projector_fast_render(volume, &a, n_poses) : render_inside(volume->device, &a, n_poses)) != 0)
		return -1;
	for (int i = 0; i < 4 && !out->where; i++)
		if (image_fetch(planes[i], volume, i, count[i]) != 0)
			return -1;
	return 0;
}
