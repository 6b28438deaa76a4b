#include "drr/adjoint.h"

#include "drr/ray_poses.h"
#include "host/run/err.h"
#include "kernels/ray_adjoint.h"
#include "kernels/ray_lines.h"

static void cross(double out[3], const double a[3], const double b[3])
{
	for (int k = 0; k < 3; k++)
		out[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

/* y = (col . y) du + (row . y) dv + (depth . y) axis, the axis being where the rays of pixel (0, 0) run. */
static void view_of(struct ray_adjoint_view *view, const struct ray_pose *pose)
{
	double axis[3], volume = 0;
	for (int k = 0; k < 3; k++) {
		axis[k] = pose->cone ? pose->origin[k] - pose->source[k] : pose->direction[k];
		view->base[k] = pose->cone ? pose->source[k] : pose->origin[k];
	}
	view->cone = pose->cone;
	cross(view->col, pose->dv, axis);
	cross(view->row, axis, pose->du);
	cross(view->depth, pose->du, pose->dv);
	for (int k = 0; k < 3; k++)
		volume += view->depth[k] * axis[k];
	for (int k = 0; k < 3; k++) {
		view->col[k] /= volume;
		view->row[k] /= volume;
		view->depth[k] = pose->cone ? view->depth[k] / volume : 0;
	}
}

/* What lies on the device. */
struct staging {
	struct memory volume, rays, views, lines, images;
};

static void staging_free(struct staging *s)
{
	memory_free(&s->volume);
	memory_free(&s->rays);
	memory_free(&s->views);
	memory_free(&s->lines);
	memory_free(&s->images);
}

/* Poses first .. first + n - 1. */
static int gather(struct staging *s, const struct device *device, struct ray_adjoint_args *a,
	const struct ray_pose *rays, const struct ray_adjoint_view *views, int64_t first, int64_t n,
	const float *images)
{
	const int64_t pixels = a->cols * a->rows;
	struct ray_lines_args lines = {
		.n = { a->n[0], a->n[1], a->n[2] }, .cols = a->cols, .rows = a->rows, .model = a->model
	};
	if (memory_write(&s->rays, 0, rays + first, (size_t)n * sizeof(*rays)) != 0 ||
		memory_write(&s->views, 0, views + first, (size_t)n * sizeof(*views)) != 0 ||
		memory_write(&s->images, 0, images + first * pixels, (size_t)(n * pixels) * sizeof(float)) !=
			0)
		return -1;
	lines.lines = s->lines.data;
	lines.poses = s->rays.data;
	if (ray_lines(device, &lines, n * pixels) != 0)
		return -1;
	a->lines = s->lines.data;
	a->views = s->views.data;
	a->images = s->images.data;
	a->n_poses = n;
	a->accumulate = first > 0;
	return ray_adjoint(device, a, a->n[0] * a->n[1] * a->n[2]);
}

int projector_adjoint(float *volume, const struct device *device, const struct volume *grid,
	enum projector_model model, const struct geometry *geometry, const struct pose *poses,
	int64_t n_poses, const float *images)
{
	struct staging s = { 0 };
	struct memory rays = { 0 }, views = { 0 };
	const int64_t pixels = geometry->cols * geometry->rows;
	struct ray_adjoint_args a = { .n = { grid->n[0], grid->n[1], grid->n[2] },
		.cols = geometry->cols,
		.rows = geometry->rows,
		.model = (int64_t)model };
	const size_t bytes = (size_t)volume_count(grid) * sizeof(float);
	int rc = -1;
	TRY(geometry_check(geometry));
	TRY(ray_poses_fill(&rays, grid, geometry, poses, n_poses));
	TRY(memory_alloc(&views, NULL, (size_t)n_poses * sizeof(struct ray_adjoint_view), "poses"));
	for (int64_t p = 0; p < n_poses; p++)
		view_of((struct ray_adjoint_view *)views.data + p, (const struct ray_pose *)rays.data + p);
	int64_t turn = ADJOINT_RAYS / pixels;
	turn = turn < 1 ? 1 : turn > n_poses ? n_poses : turn;
	TRY(memory_alloc(&s.volume, device, bytes, "adjoint volume"));
	TRY(memory_alloc(&s.rays, device, (size_t)turn * sizeof(struct ray_pose), "poses"));
	TRY(memory_alloc(&s.views, device, (size_t)turn * sizeof(struct ray_adjoint_view), "poses"));
	TRY(memory_alloc(&s.lines, device, (size_t)(turn * pixels) * sizeof(struct ray_line), "rays"));
	TRY(memory_alloc(&s.images, device, (size_t)(turn * pixels) * sizeof(float), "images"));
	a.volume = s.volume.data;
	for (int64_t p = 0; p < n_poses; p += turn)
		TRY(gather(&s, device, &a, rays.data, views.data, p, n_poses - p < turn ? n_poses - p : turn,
			images));
	TRY(memory_read(volume, &s.volume, 0, bytes));
	rc = 0;
cleanup:
	staging_free(&s);
	memory_free(&rays);
	memory_free(&views);
	return rc;
}
