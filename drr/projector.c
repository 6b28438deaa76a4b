#include "drr/projector.h"

#include <stdlib.h>

#include "drr/projector_fast.h"
#include "drr/ray_poses.h"
#include "host/run/err.h"
#include "kernels/ray.h"

_Static_assert((int)PROJECTOR_PWC == (int)RAY_PWC && (int)PROJECTOR_TRILINEAR == (int)RAY_TRILINEAR &&
		       (int)PROJECTOR_JOSEPH == (int)RAY_JOSEPH,
	"the kernel and the projector number the models alike");

static int plane_alloc(float **plane, bool wanted, int64_t planes, int64_t pixels, const char *what)
{
	*plane = NULL;
	if (!wanted || planes == 0)
		return 0;
	if (planes <= INT64_MAX / pixels && (uint64_t)(planes * pixels) <= SIZE_MAX / sizeof(float))
		*plane = calloc((size_t)(planes * pixels), sizeof(float));
	if (!*plane)
		return ERR_RESOURCE("out of memory for %lld %s images of %lld pixels", (long long)planes,
			what, (long long)pixels);
	return 0;
}

int projection_alloc(struct projection *p, const struct geometry *g, int64_t n_poses, int n_channels,
	bool integral, bool materials, bool mineral, bool path)
{
	*p = (struct projection){ .cols = g->cols, .rows = g->rows, .n_poses = n_poses };
	int64_t pixels = g->cols * g->rows;
	if (plane_alloc(&p->integral, integral, n_poses, pixels, "integral") != 0 ||
		plane_alloc(&p->materials, materials, n_poses * MATERIALS, pixels, "material") != 0 ||
		plane_alloc(&p->mineral, mineral, n_poses * n_channels, pixels, "mineral") != 0 ||
		plane_alloc(&p->path, path, n_poses * n_channels, pixels, "path length") != 0) {
		projection_free(p);
		return -1;
	}
	return 0;
}

void projection_free(struct projection *p)
{
	free(p->integral);
	free(p->materials);
	free(p->mineral);
	free(p->path);
	*p = (struct projection){ 0 };
}

/* What a render holds on the device. */
struct staging {
	struct memory values, tags, poses, integral, materials, mineral, path;
};

static void staging_free(struct staging *s)
{
	memory_free(&s->values);
	memory_free(&s->tags);
	memory_free(&s->poses);
	memory_free(&s->integral);
	memory_free(&s->materials);
	memory_free(&s->mineral);
	memory_free(&s->path);
}

static int stage_in(
	struct memory *m, const struct device *device, const void *host, size_t bytes, const char *what)
{
	if (!host)
		return 0;
	if (memory_alloc(m, device, bytes, what) != 0)
		return -1;
	return memory_write(m, 0, host, bytes);
}

static int stage_out(
	struct memory *m, const struct device *device, float **plane, int64_t count, const char *what)
{
	if (!*plane)
		return 0;
	if (memory_alloc(m, device, (size_t)count * sizeof(float), what) != 0)
		return -1;
	*plane = m->data;
	return 0;
}

static int stage_back(float *plane, const struct memory *m)
{
	return plane ? memory_read(plane, m, 0, m->bytes) : 0;
}

/* The same launch with everything copied to the device and back. */
static int render_on_gpu(const struct device *device, const struct ray_args *host, int64_t n_poses)
{
	struct staging s = { 0 };
	struct ray_args a = *host;
	int64_t voxels = a.n[0] * a.n[1] * a.n[2], pixels = n_poses * a.cols * a.rows;
	int rc = -1;
	TRY(stage_in(&s.values, device, host->values, (size_t)voxels * sizeof(float), "volume"));
	TRY(stage_in(&s.tags, device, host->tags, (size_t)voxels, "label tags"));
	TRY(stage_in(&s.poses, device, host->poses, (size_t)n_poses * sizeof(*a.poses), "poses"));
	a.values = s.values.data;
	a.tags = s.tags.data;
	a.poses = s.poses.data;
	TRY(stage_out(&s.integral, device, &a.integral, pixels, "integral images"));
	TRY(stage_out(&s.materials, device, &a.materials, pixels * MATERIALS, "material images"));
	TRY(stage_out(&s.mineral, device, &a.mineral, pixels * a.n_channels, "mineral images"));
	TRY(stage_out(&s.path, device, &a.path, pixels * a.n_channels, "path length images"));
	TRY(ray(device, &a, pixels));
	TRY(stage_back(host->integral, &s.integral));
	TRY(stage_back(host->materials, &s.materials));
	TRY(stage_back(host->mineral, &s.mineral));
	TRY(stage_back(host->path, &s.path));
	rc = 0;
cleanup:
	staging_free(&s);
	return rc;
}

int projector_render_rays(struct projection *out, struct resident *volume, enum projector_model model,
	const struct ray_pose *rays, int64_t n_poses)
{
	const struct projector_source *source = &volume->source;
	const struct device *device = volume->device;
	if (out->n_poses != n_poses)
		BUG("the projection was allocated for another number of poses");
	struct ray_args a = {
		.values = volume_f32(source->values),
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
	if (out->materials) {
		if (material_model_check(&source->materials) != 0)
			return -1;
		material_model_rule(&source->materials, &a.rule);
	}
	if (resident_voxel_tags(&a.tags, volume) != 0)
		return -1;
	if (device->kind == DEVICE_CUDA)
		return render_on_gpu(device, &a, n_poses);
	if (device->elem == DEVICE_F32 && projector_fast_fits(&a, n_poses))
		return projector_fast_render(volume, &a, n_poses);
	return ray(device, &a, n_poses * out->cols * out->rows);
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
