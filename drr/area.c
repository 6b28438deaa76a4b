#include "drr/area.h"

#include <math.h>

#include "drr/ray_poses.h"
#include "host/run/err.h"
#include "kernels/area_mean.h"

#define GOLDEN 0.61803398874989485
enum { SCRATCH = 16 * 1024 * 1024, MOST_SETS = 1 << 16 }; /* SCRATCH in floats */

/*
 * Rays along one detector axis.  comb: one in the middle of every interval between phase + i step, which is a
 * voxel or part of one; else `per_pixel` a pixel, `step` apart.  Pixels.
 */
struct axis {
	bool comb;
	double phase, step;
	int64_t per_pixel;
};
/* The rays of one pose: `sets` grids. */
struct pattern {
	struct axis axis[2];
	int64_t sets;
};
/* A band of rows of one pose and its grids. */
struct band {
	int64_t first_row, rows, n[2];
	double first[2]; /* combs: the first ray, pixels */
};

/* Voxels along the finest spacing that a pixel covers, at the isocentre. */
static double voxels_per_pixel(const struct geometry *g, const struct volume *v)
{
	double spacing_mm[3], pixel_mm = g->pixel_mm;
	volume_spacing_mm(v, spacing_mm);
	if (g->projection == GEOMETRY_CONE)
		pixel_mm *= g->sod_mm / g->sdd_mm;
	return pixel_mm / fmin(spacing_mm[0], fmin(spacing_mm[1], spacing_mm[2]));
}

static double rays_per_voxel(enum projector_model model)
{
	return model == PROJECTOR_PWC ? AREA_RAYS_PWC : AREA_RAYS;
}

/*
 * A comb along the detector axis `way`, for index axis k, when over the whole detector the other way moves
 * less than half a voxel along k, and over the whole volume the beam moves less than four.
 */
static bool comb_of(struct axis *axis, const struct ray_pose *p, const int64_t n[3],
	enum projector_model model, const double way[3], const double other[3], int64_t n_other)
{
	int w = 0, k = 0;
	for (int i = 1; i < 3; i++) {
		w = fabs(p->direction[i]) > fabs(p->direction[w]) ? i : w;
		k = fabs(way[i]) > fabs(way[k]) ? i : k;
	}
	double slope = p->direction[k] / p->direction[w];
	double drift = fabs(slope) * (double)n[w];
	if (p->cone || k == w || drift > 4 || fabs(other[k] - slope * other[w]) * (double)n_other > 0.5)
		return false;
	double per_pixel = way[k] - slope * way[w];
	double middle = p->origin[k] + slope * (0.5 * (double)(n[w] - 1) - p->origin[w]);
	double pixels = fabs(1 / per_pixel); /* of a voxel */
	/* Where a voxel's image is flat one ray is exact; else so many that what a pixel shares with its
	 * neighbour is little. */
	bool flat = model == PROJECTOR_PWC && drift < 0.01;
	double parts = flat ? 1 : ceil(rays_per_voxel(model) * fmax(1, pixels));
	/* Pixel c is at middle + c per_pixel; voxels meet at i - 0.5, the trilinear pieces at i. */
	axis->comb = true;
	axis->step = pixels / parts;
	axis->phase = ((model == PROJECTOR_PWC ? 0.5 : 0) - middle) / per_pixel;
	return true;
}

/* A parallel beam that moves less than a voxel along the other two axes. */
static bool beam_along_axis(const struct ray_pose *p, const int64_t n[3])
{
	const double *d = p->direction;
	int w = 0;
	for (int i = 1; i < 3; i++)
		w = fabs(d[i]) > fabs(d[w]) ? i : w;
	double drift = fmax(fabs(d[(w + 1) % 3]), fabs(d[(w + 2) % 3])) * (double)n[w];
	return !p->cone && drift < fabs(d[w]);
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

/* Steps of set s to s + 1 in one coordinate, such that s and s * stride (mod sets) fill the square evenly. */
static int64_t lattice_stride(int64_t sets)
{
	int64_t stride = (int64_t)(GOLDEN * (double)sets + 0.5);
	while (stride > 1 && common_divisor(sets, stride) != 1)
		stride--;
	return stride > 1 ? stride : 1;
}

static void pattern_of(struct pattern *pattern, const struct ray_pose *p, const struct geometry *g,
	const struct volume *v, enum projector_model model)
{
	bool cols = comb_of(&pattern->axis[0], p, v->n, model, p->du, p->dv, g->rows);
	bool rows = comb_of(&pattern->axis[1], p, v->n, model, p->dv, p->du, g->cols);
	bool steps = model == PROJECTOR_PWC && !cols && !rows && beam_along_axis(p, v->n);
	const double pixel = voxels_per_pixel(g, v), rays = steps ? AREA_RAYS_FACES : rays_per_voxel(model);
	const int64_t side = (int64_t)fmax(1, ceil(rays * pixel - 1e-9));
	/* Neighbouring rays of a set 0.75 voxels apart: near enough to share what they fetch. */
	int64_t across = (int64_t)ceil(pixel / 0.75);
	across = across < 1 ? 1 : across < side ? across : side;
	if (!cols)
		pattern->axis[0] = (struct axis){ .per_pixel = across, .step = 1.0 / (double)across };
	if (!rows)
		pattern->axis[1] = (struct axis){ .per_pixel = 1, .step = 1 };
	pattern->sets = cols && rows ? 1 : cols ? side : ((rows ? side : side * side) + across - 1) / across;
	if (pattern->sets > MOST_SETS)
		pattern->sets = MOST_SETS;
	while (pattern->sets > 2 && lattice_stride(pattern->sets) == 1)
		pattern->sets++; /* 4 and 6 would lie on a diagonal */
}

/* Rays of an axis that reach from pixel `from` to `to`. */
static int64_t span(double *first, const struct axis *axis, int64_t from, int64_t to)
{
	const double low = (double)from - 0.5, high = (double)to - 0.5;
	if (!axis->comb)
		return (to - from) * axis->per_pixel;
	double edge = axis->phase + floor((low - axis->phase) / axis->step + 1e-9) * axis->step;
	*first = edge + 0.5 * axis->step;
	return (int64_t)ceil((high - edge) / axis->step - 1e-9);
}

static void band_of(
	struct band *band, const struct pattern *p, const struct geometry *g, int64_t row, int64_t rows)
{
	*band = (struct band){ .first_row = row, .rows = g->rows - row < rows ? g->rows - row : rows };
	band->n[0] = span(&band->first[0], &p->axis[0], 0, g->cols);
	band->n[1] = span(&band->first[1], &p->axis[1], row, row + band->rows);
}

/* Where the sets' first rays are (pixels), and the sets as detectors. */
static void sets_of(double (*offsets)[2], struct ray_pose *rays, const struct ray_pose *pose,
	const struct pattern *p, const struct band *band)
{
	const int64_t stride = lattice_stride(p->sets);
	for (int64_t s = 0; s < p->sets; s++) {
		const double y = ((double)s + 0.5) / (double)p->sets;
		const double x =
			p->axis[1].comb ? y : ((double)(s * stride % p->sets) + 0.5) / (double)p->sets;
		offsets[s][0] = p->axis[0].comb ? band->first[0] : -0.5 + x * p->axis[0].step;
		offsets[s][1] = p->axis[1].comb ? band->first[1] : (double)band->first_row - 0.5 + y;
		rays[s] = *pose;
		for (int k = 0; k < 3; k++) {
			rays[s].origin[k] += offsets[s][0] * pose->du[k] + offsets[s][1] * pose->dv[k];
			rays[s].du[k] *= p->axis[0].step;
			rays[s].dv[k] *= p->axis[1].step;
		}
	}
}

/* What one render needs, and what stays the same over its bands. */
struct work {
	struct projection *out, fine;
	struct resident *volume;
	enum projector_model model;
	const struct geometry *geometry;
	int64_t planes[4]; /* of a pose: integral, materials, mineral, path */
	struct memory offsets, rays;
};

static int64_t planes_of(struct work *w)
{
	const int channels = w->volume->source.n_channels;
	w->planes[0] = w->out->integral != NULL;
	w->planes[1] = w->out->materials ? MATERIALS : 0;
	w->planes[2] = w->out->mineral ? channels : 0;
	w->planes[3] = w->out->path ? channels : 0;
	return w->planes[0] + w->planes[1] + w->planes[2] + w->planes[3];
}

static void average(const struct work *w, int quantity, float *to, const float *rays, int64_t pose,
	const struct pattern *p, const struct band *band)
{
	const struct geometry *g = w->geometry;
	struct area_mean_args a = { .rays = rays,
		.offsets = w->offsets.data,
		.sets = p->sets,
		.planes = w->planes[quantity],
		.plane = g->cols * g->rows,
		.cols = g->cols,
		.rows = band->rows,
		.first_row = band->first_row,
		.foot = { 0.5 * (double)(g->cols - 1), 0.5 * (double)(g->rows - 1) },
		.per_distance = g->projection == GEOMETRY_CONE ? g->pixel_mm / g->sdd_mm : 0 };
	for (int i = 0; i < 2; i++) {
		a.n[i] = band->n[i];
		a.step[i] = p->axis[i].step;
		a.half[i] = p->axis[i].comb ? 0.5 * a.step[i] : 0;
	}
	if (a.planes == 0)
		return;
	a.mean = to + pose * a.planes * a.plane + band->first_row * a.cols;
	area_mean_f32(&a, a.planes * a.rows * a.cols);
}

static int render_band(struct work *w, const struct ray_pose *ray, int64_t pose, const struct pattern *p,
	const struct band *band)
{
	struct geometry g = *w->geometry;
	int rc = -1;
	g.cols = band->n[0];
	g.rows = band->n[1];
	TRY(projection_alloc(&w->fine, &g, p->sets, w->volume->source.n_channels, w->planes[0], w->planes[1],
		w->planes[2], w->planes[3]));
	sets_of(w->offsets.data, w->rays.data, ray, p, band);
	TRY(projector_render_rays(&w->fine, w->volume, w->model, w->rays.data, p->sets));
	average(w, 0, w->out->integral, w->fine.integral, pose, p, band);
	average(w, 1, w->out->materials, w->fine.materials, pose, p, band);
	average(w, 2, w->out->mineral, w->fine.mineral, pose, p, band);
	average(w, 3, w->out->path, w->fine.path, pose, p, band);
	rc = 0;
cleanup:
	projection_free(&w->fine);
	return rc;
}

static int render_pose(struct work *w, const struct ray_pose *ray, int64_t pose, int64_t planes)
{
	const struct geometry *g = w->geometry;
	struct pattern p;
	struct band band;
	int rc = -1;
	pattern_of(&p, ray, g, w->volume->source.values, w->model);
	TRY(memory_alloc(&w->offsets, NULL, (size_t)p.sets * 2 * sizeof(double), "rays of a pixel"));
	TRY(memory_alloc(&w->rays, NULL, (size_t)p.sets * sizeof(struct ray_pose), "rays of a pixel"));
	band_of(&band, &p, g, 0, g->rows);
	double a_row =
		(double)planes * (double)p.sets * (double)band.n[0] * (double)band.n[1] / (double)g->rows;
	int64_t rows = (int64_t)fmax(1, fmin((double)g->rows, SCRATCH / a_row));
	for (int64_t row = 0; row < g->rows; row += rows) {
		band_of(&band, &p, g, row, rows);
		TRY(render_band(w, ray, pose, &p, &band));
	}
	rc = 0;
cleanup:
	memory_free(&w->offsets);
	memory_free(&w->rays);
	return rc;
}

int projector_render_area(struct projection *out, struct resident *volume, enum projector_model model,
	const struct geometry *geometry, const struct pose *poses, int64_t n_poses)
{
	struct work w = { .out = out, .volume = volume, .model = model, .geometry = geometry };
	struct memory rays = { 0 };
	const int64_t planes = planes_of(&w);
	int rc = -1;
	if (out->cols != geometry->cols || out->rows != geometry->rows || out->n_poses != n_poses)
		BUG("the projection was allocated for another geometry or number of poses");
	if (out->where)
		BUG("means over pixels are taken on the host: projection_alloc()");
	TRY(ray_poses_fill(&rays, volume->source.values, geometry, poses, n_poses));
	for (int64_t p = 0; p < n_poses && planes > 0; p++)
		TRY(render_pose(&w, (const struct ray_pose *)rays.data + p, p, planes));
	rc = 0;
cleanup:
	memory_free(&rays);
	return rc;
}
