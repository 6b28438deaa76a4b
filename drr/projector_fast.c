#include "drr/projector_fast.h"

#include <math.h>

#include "drr/projector_gpu.h"
#include "host/run/err.h"
#include "kernels/slab_ray.h"

static double dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* The volume with its interpolation's border lies strictly between the source and the detector's plane. */
static bool pose_fits(const struct ray_pose *p, const int64_t n[3])
{
	const double *u = p->du, *v = p->dv;
	double normal[3] = { u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0] };
	double detector = dot(normal, p->origin), source = dot(normal, p->source);
	if (!p->cone)
		return true;
	for (int corner = 0; corner < 8; corner++) {
		double at[3];
		for (int k = 0; k < 3; k++)
			at[k] = corner >> k & 1 ? (double)n[k] : -1.0;
		double share = (dot(normal, at) - detector) / (source - detector);
		if (!(share > 0 && share < 1))
			return false;
	}
	return true;
}

bool projector_fast_fits(const struct ray_args *a, int64_t n_poses)
{
	/* Lanes address a volume with 32-bit offsets. */
	if ((double)a->n[0] * (double)a->n[1] * (double)a->n[2] > 1.5e9)
		return false;
	for (int64_t p = 0; p < n_poses; p++)
		if (!pose_fits(&a->poses[p], a->n))
			return false;
	return true;
}

/* The layouts that rays of these poses may ask for on a GPU, by the ranges of their directions over the detector. */
static void layouts_of(int layouts[SLAB_LAYOUTS], const struct ray_args *a, int64_t n_poses)
{
	for (int64_t i = 0; i < n_poses; i++) {
		const struct ray_pose *p = &a->poses[i];
		double least[3], most[3];
		for (int k = 0; k < 3; k++) {
			double low = INFINITY, high = -INFINITY;
			for (int corner = 0; corner < 4; corner++) {
				double c = corner & 1 ? (double)(a->cols - 1) : 0, r = corner >> 1 ? (double)(a->rows - 1) : 0;
				double step = p->cone ? p->origin[k] + c * p->du[k] + r * p->dv[k] - p->source[k]
						      : p->direction[k];
				low = fmin(low, step);
				high = fmax(high, step);
			}
			most[k] = fmax(fabs(low), fabs(high)) * (1 + 1e-6);
			least[k] = low < 0 && high > 0 ? 0 : fmin(fabs(low), fabs(high));
		}
		layouts[SLAB_Y] |= most[0] >= fmax(least[1], least[2]);
		layouts[SLAB_X] |= most[1] >= fmax(least[0], least[2]) || most[2] >= fmax(least[0], least[1]);
	}
}

static void slow(const void *context, int64_t i)
{
	ray_pixel(context, i);
}

static struct slab_ray_args args_of(const struct resident *volume, const struct ray_args *a, int64_t n_poses)
{
	struct slab_ray_args s = { .n = { a->n[0], a->n[1], a->n[2] },
		.poses = a->poses,
		.n_poses = n_poses,
		.cols = a->cols,
		.rows = a->rows,
		.model = a->model,
		.slow = slow };
	for (int l = 0; l < SLAB_LAYOUTS; l++)
		s.layout[l] = volume->layout[l];
	return s;
}

static int pass(struct resident *volume, const struct slab_ray_args *s)
{
	if (volume->device->kind == DEVICE_CUDA)
		return projector_gpu_pass(volume, s);
	slab_ray_cpu(s);
	return 0;
}

static int zero(const struct resident *volume, float *plane, int64_t count)
{
	const struct device *where = volume->device->kind == DEVICE_CUDA ? volume->device : NULL;
	struct memory there = { plane, (size_t)count * sizeof(float), where };
	return memory_zero(&there, 0, there.bytes);
}

static int render_integral(struct resident *volume, const struct ray_args *a, int64_t n_poses, const int *layouts)
{
	struct slab_ray_args s = args_of(volume, a, n_poses);
	struct ray_args other = *a;
	other.materials = other.mineral = other.path = NULL;
	other.n_channels = 0;
	s.slow_context = &other;
	s.n_fields = 1;
	s.sum[0] = a->integral;
	s.step[0] = a->cols * a->rows;
	s.factor[0] = 1;
	if (resident_field(&s.field[0], volume, RESIDENT_VALUE, layouts) != 0)
		return -1;
	return pass(volume, &s);
}

/* Materials that are nowhere stay out of the pass; their planes are 0. */
static int render_materials(struct resident *volume, const struct ray_args *a, int64_t n_poses, const int *layouts)
{
	struct slab_ray_args s = args_of(volume, a, n_poses);
	struct ray_args other = *a;
	const int64_t pixels = a->cols * a->rows;
	other.integral = other.mineral = other.path = NULL;
	other.n_channels = 0;
	s.slow_context = &other;
	for (int m = 0; m < MATERIALS; m++) {
		struct slab_field field;
		if (resident_field(&field, volume, RESIDENT_MATERIAL + m, layouts) != 0)
			return -1;
		if (volume->field[RESIDENT_MATERIAL + m].empty) {
			for (int64_t p = 0; p < n_poses; p++)
				if (zero(volume, a->materials + (p * MATERIALS + m) * pixels, pixels) != 0)
					return -1;
			continue;
		}
		s.field[s.n_fields] = field;
		s.sum[s.n_fields] = a->materials + m * pixels;
		s.step[s.n_fields] = MATERIALS * pixels;
		s.factor[s.n_fields++] = 0.1; /* g/cm3 x mm -> g/cm2 */
	}
	if (s.n_fields == 0)
		return 0;
	if (s.n_fields == 2) { /* the kernels take 1, 3 or 4 */
		s.field[2] = s.field[0];
		s.n_fields = 3;
	}
	return pass(volume, &s);
}

static int render_channels(struct resident *volume, const struct ray_args *a, int64_t n_poses, const int *layouts)
{
	struct slab_ray_args s = args_of(volume, a, n_poses);
	struct ray_args other = *a;
	other.integral = other.materials = NULL;
	s.slow_context = &other;
	s.n_fields = 1;
	s.n_channels = a->n_channels;
	s.sum[0] = a->mineral;
	s.path = a->path;
	s.step[0] = s.path_step = a->n_channels * a->cols * a->rows;
	s.factor[0] = 1e-4; /* mg/cm3 x mm -> g/cm2 */
	if (volume->device->kind == DEVICE_CUDA ? resident_words(&s.field[0], s.words, volume, layouts) != 0
						: resident_tags(&s.field[0], s.tags, s.spans, volume, layouts) != 0)
		return -1;
	return pass(volume, &s);
}

/* What a pass over these poses will read; one by label may differ from one of whole fields. */
static void pass_layouts(int layouts[SLAB_LAYOUTS], const struct resident *volume, const struct ray_args *a,
	int64_t n_poses, int64_t n_channels)
{
	for (int l = 0; l < SLAB_LAYOUTS; l++)
		layouts[l] = 0;
	if (volume->device->kind == DEVICE_CUDA) {
		layouts_of(layouts, a, n_poses);
		return;
	}
	struct slab_ray_args s = args_of(volume, a, n_poses);
	s.n_channels = n_channels;
	slab_ray_cpu_layouts(layouts, &s);
}

int projector_fast_layout(const struct device *device, const struct ray_args *a)
{
	const struct slab_ray_args s = { .n = { a->n[0], a->n[1], a->n[2] },
		.poses = a->poses,
		.n_poses = 1,
		.cols = a->cols,
		.rows = a->rows,
		.model = a->model };
	int wanted[SLAB_LAYOUTS] = { 0 }, which = 0;
	if (device->kind == DEVICE_CUDA)
		layouts_of(wanted, a, 1);
	else
		slab_ray_cpu_layouts(wanted, &s);
	while (which < SLAB_LAYOUTS - 1 && !wanted[which])
		which++;
	return which;
}

/* Whether all rays of a pose move fastest along the same axis: so it is for the detector when it is for its corners. */
static bool one_axis(const struct ray_pose *p, int64_t cols, int64_t rows)
{
	int axis = -1;
	for (int corner = 0; corner < 4; corner++) {
		double c = corner & 1 ? (double)(cols - 1) : 0, r = corner >> 1 ? (double)(rows - 1) : 0, step[3];
		int fastest = 0;
		for (int k = 0; k < 3; k++) {
			step[k] = p->cone ? p->origin[k] + c * p->du[k] + r * p->dv[k] - p->source[k] : p->direction[k];
			fastest = fabs(step[k]) > fabs(step[fastest]) ? k : fastest;
		}
		if (axis >= 0 && fastest != axis)
			return false;
		axis = fastest;
	}
	return true;
}

int projector_fast_check_laid(const struct resident *volume, const struct ray_args *a, int64_t n_poses)
{
	if (!a->materials || a->integral || a->mineral || a->path)
		BUG("only materials can be rendered of laid materials");
	if (volume->device->elem != DEVICE_F32)
		BUG("laid materials are float32");
	bool fits = projector_fast_fits(a, n_poses);
	for (int64_t p = 0; p < n_poses && fits; p++)
		fits = one_axis(&a->poses[p], a->cols, a->rows);
	if (!fits)
		return ERR_INVALID("a ray begins or ends inside the body, or runs across the others");
	return 0;
}

int projector_fast_render(struct resident *volume, const struct ray_args *a, int64_t n_poses)
{
	int layouts[SLAB_LAYOUTS];
	pass_layouts(layouts, volume, a, n_poses, 0);
	if (a->integral && render_integral(volume, a, n_poses, layouts) != 0)
		return -1;
	if (a->materials && render_materials(volume, a, n_poses, layouts) != 0)
		return -1;
	if (!(a->mineral || a->path) || a->n_channels == 0)
		return 0;
	pass_layouts(layouts, volume, a, n_poses, a->n_channels);
	return render_channels(volume, a, n_poses, layouts);
}
