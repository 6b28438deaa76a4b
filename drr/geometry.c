#include "drr/geometry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/table.h"
#include "host/run/err.h"

#define RAD_PER_DEG 0.017453292519943295

/* Unit vectors in world axes: where rays travel, where columns and where rows grow. */
struct axes {
	double direction[3], column[3], row[3];
};
static const struct axes view_axes[] = {
	[GEOMETRY_AP] = { { 0, -1, 0 }, { -1, 0, 0 }, { 0, 0, -1 } },
	[GEOMETRY_PA] = { { 0, 1, 0 }, { -1, 0, 0 }, { 0, 0, -1 } },
	[GEOMETRY_LAT] = { { 1, 0, 0 }, { 0, -1, 0 }, { 0, 0, -1 } },
};
static const char *const view_names[] = { "ap", "pa", "lat" };

int geometry_check(const struct geometry *g)
{
	if (g->cols < 1 || g->rows < 1 || g->cols > 32767 || g->rows > 32767)
		return ERR_USAGE("--size %lldx%lld: each side must be 1 to 32767 pixels", (long long)g->cols,
			(long long)g->rows);
	if (!(g->pixel_mm > 0 && isfinite(g->pixel_mm)))
		return ERR_USAGE("--pixel-mm %g: must be positive", g->pixel_mm);
	for (int k = 0; k < 3; k++)
		if (!isfinite(g->isocentre_mm[k]))
			return ERR_USAGE("--isocentre-mm: must be three finite numbers");
	if (g->projection == GEOMETRY_PARALLEL)
		return 0;
	if (!(g->sod_mm > 0 && isfinite(g->sod_mm)))
		return ERR_USAGE("--sod-mm %g: must be positive", g->sod_mm);
	if (!(g->sdd_mm >= g->sod_mm && isfinite(g->sdd_mm)))
		return ERR_USAGE("--sdd-mm %g: must be at least --sod-mm %g", g->sdd_mm, g->sod_mm);
	return 0;
}

/* R = Rz Ry Rx. */
static void rotation(const double rad[3], double r[3][3])
{
	double cx = cos(rad[0]), sx = sin(rad[0]), cy = cos(rad[1]), sy = sin(rad[1]), cz = cos(rad[2]),
	       sz = sin(rad[2]);
	double matrix[3][3] = {
		{ cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx },
		{ sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx },
		{ -sy, cy * sx, cy * cx },
	};
	memcpy(r, matrix, sizeof(matrix));
}

/* World point of pixel (0, 0)'s centre, and of the source (cone). */
static void detector(const struct geometry *g, double origin_mm[3], double source_mm[3])
{
	const struct axes *a = &view_axes[g->view];
	double behind = g->projection == GEOMETRY_CONE ? g->sdd_mm - g->sod_mm : 0;
	double c = -0.5 * (double)(g->cols - 1) * g->pixel_mm, r = -0.5 * (double)(g->rows - 1) * g->pixel_mm;
	for (int k = 0; k < 3; k++) {
		source_mm[k] = g->isocentre_mm[k] - a->direction[k] * g->sod_mm;
		origin_mm[k] =
			g->isocentre_mm[k] + a->direction[k] * behind + c * a->column[k] + r * a->row[k];
	}
}

/* The patient's motion undone: v -> R^T v, and for points about the isocentre after the shift. */
static void undo_vector(double r[3][3], const double in[3], double out[3])
{
	for (int k = 0; k < 3; k++)
		out[k] = r[0][k] * in[0] + r[1][k] * in[1] + r[2][k] * in[2];
}

static void undo_point(
	const struct geometry *g, const struct pose *pose, double r[3][3], const double in[3], double out[3])
{
	double arm[3];
	for (int k = 0; k < 3; k++)
		arm[k] = in[k] - g->isocentre_mm[k] - pose->shift_mm[k];
	undo_vector(r, arm, out);
	for (int k = 0; k < 3; k++)
		out[k] += g->isocentre_mm[k];
}

/* Index-space image of a world vector of the given length. */
static void index_vector(
	double to_index[4][4], double r[3][3], const double axis[3], double length, double out[3])
{
	double scaled[3] = { axis[0] * length, axis[1] * length, axis[2] * length }, undone[3];
	undo_vector(r, scaled, undone);
	for (int k = 0; k < 3; k++)
		out[k] = to_index[k][0] * undone[0] + to_index[k][1] * undone[1] + to_index[k][2] * undone[2];
}

int geometry_rays(struct geometry_rays *rays, const struct geometry *g, const struct pose *pose,
	const struct volume *volume)
{
	const struct axes *a = &view_axes[g->view];
	double to_index[4][4], r[3][3], origin_mm[3], source_mm[3], moved[3];
	if (geometry_check(g) != 0 || volume_world_to_index(volume, to_index) != 0)
		return -1;
	rotation(pose->rotate_rad, r);
	detector(g, origin_mm, source_mm);
	*rays = (struct geometry_rays){ .cone = g->projection == GEOMETRY_CONE };
	undo_point(g, pose, r, origin_mm, moved);
	affine_apply((const double(*)[4])to_index, moved, rays->origin);
	if (rays->cone) {
		undo_point(g, pose, r, source_mm, moved);
		affine_apply((const double(*)[4])to_index, moved, rays->source);
	}
	index_vector(to_index, r, a->direction, 1, rays->direction);
	index_vector(to_index, r, a->column, g->pixel_mm, rays->du);
	index_vector(to_index, r, a->row, g->pixel_mm, rays->dv);
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			rays->to_mm[i][k] = volume->to_world[i][k];
	return 0;
}

/* dR by the angle about one axis: in Rz Ry Rx that axis' factor is replaced by its derivative. */
static void rotation_gradient(const double rad[3], int axis, double out[3][3])
{
	double product[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	for (int k = 0; k < 3; k++) {
		int a = (k + 1) % 3, b = (k + 2) % 3;
		double c = cos(rad[k]), s = sin(rad[k]), turn[3][3] = { { 0 } }, next[3][3] = { { 0 } };
		turn[k][k] = k == axis ? 0 : 1;
		turn[a][a] = turn[b][b] = k == axis ? -s : c;
		turn[b][a] = k == axis ? c : s;
		turn[a][b] = -turn[b][a];
		for (int i = 0; i < 9; i++)
			for (int j = 0; j < 3; j++)
				next[i / 3][i % 3] += turn[i / 3][j] * product[j][i % 3];
		memcpy(product, next, sizeof(product));
	}
	memcpy(out, product, sizeof(product));
}

int geometry_rays_gradient(
	struct geometry_rays d[6], const struct geometry *g, const struct pose *pose, const struct volume *volume)
{
	const struct axes *a = &view_axes[g->view];
	double to_index[4][4], r[3][3], origin_mm[3], source_mm[3], arm[3];
	if (geometry_check(g) != 0 || volume_world_to_index(volume, to_index) != 0)
		return -1;
	detector(g, origin_mm, source_mm);
	for (int p = 0; p < 3; p++) {
		d[p] = (struct geometry_rays){ .cone = g->projection == GEOMETRY_CONE };
		rotation_gradient(pose->rotate_rad, p, r);
		for (int k = 0; k < 3; k++)
			arm[k] = origin_mm[k] - g->isocentre_mm[k] - pose->shift_mm[k];
		index_vector(to_index, r, arm, 1, d[p].origin);
		for (int k = 0; k < 3; k++)
			arm[k] = source_mm[k] - g->isocentre_mm[k] - pose->shift_mm[k];
		if (d[p].cone)
			index_vector(to_index, r, arm, 1, d[p].source);
		index_vector(to_index, r, a->direction, 1, d[p].direction);
		index_vector(to_index, r, a->column, g->pixel_mm, d[p].du);
		index_vector(to_index, r, a->row, g->pixel_mm, d[p].dv);
	}
	rotation(pose->rotate_rad, r);
	for (int p = 3; p < 6; p++) {
		double back[3] = { p == 3 ? -1 : 0, p == 4 ? -1 : 0, p == 5 ? -1 : 0 };
		d[p] = (struct geometry_rays){ .cone = g->projection == GEOMETRY_CONE };
		index_vector(to_index, r, back, 1, d[p].origin);
		if (d[p].cone)
			index_vector(to_index, r, back, 1, d[p].source);
	}
	return 0;
}

void geometry_volume_centre_mm(const struct volume *volume, double centre_mm[3])
{
	double middle[3];
	for (int k = 0; k < 3; k++)
		middle[k] = 0.5 * (double)(volume->n[k] - 1);
	volume_index_to_world(volume, middle, centre_mm);
}

void geometry_image_affine(const struct geometry *g, double to_world[4][4])
{
	const struct axes *a = &view_axes[g->view];
	double origin_mm[3], source_mm[3];
	detector(g, origin_mm, source_mm);
	for (int k = 0; k < 3; k++) {
		to_world[k][0] = a->column[k] * g->pixel_mm;
		to_world[k][1] = a->row[k] * g->pixel_mm;
		to_world[k][2] = a->direction[k];
		to_world[k][3] = origin_mm[k];
	}
	for (int k = 0; k < 4; k++)
		to_world[3][k] = k == 3;
}

static double dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double geometry_project(
	const struct geometry *g, const struct pose *pose, const double point_mm[3], double *col, double *row)
{
	const struct axes *a = &view_axes[g->view];
	double r[3][3], arm[3], moved[3];
	rotation(pose->rotate_rad, r);
	for (int k = 0; k < 3; k++)
		arm[k] = point_mm[k] - g->isocentre_mm[k];
	for (int k = 0; k < 3; k++)
		moved[k] = dot(r[k], arm) + pose->shift_mm[k];
	double magnification = 1;
	if (g->projection == GEOMETRY_CONE) {
		double depth = g->sod_mm + dot(moved, a->direction);
		magnification = depth > 0 ? g->sdd_mm / depth : (double)NAN;
	}
	*col = magnification * dot(moved, a->column) / g->pixel_mm + 0.5 * (double)(g->cols - 1);
	*row = magnification * dot(moved, a->row) / g->pixel_mm + 0.5 * (double)(g->rows - 1);
	return magnification;
}

struct json *geometry_to_json(const struct geometry *g)
{
	struct json *object = json_object(), *size = json_array();
	json_put_text(object, "projection", g->projection == GEOMETRY_CONE ? "cone" : "parallel");
	json_put_text(object, "view", view_names[g->view]);
	if (g->projection == GEOMETRY_CONE) {
		json_put_number(object, "sdd_mm", g->sdd_mm);
		json_put_number(object, "sod_mm", g->sod_mm);
	}
	json_push_integer(size, g->cols);
	json_push_integer(size, g->rows);
	json_put(object, "size", size);
	json_put_number(object, "pixel_mm", g->pixel_mm);
	json_put_numbers(object, "isocentre_mm", g->isocentre_mm, 3);
	return object;
}

struct json *pose_to_json(const struct pose *pose)
{
	struct json *object = json_object();
	double degrees[3];
	for (int k = 0; k < 3; k++)
		degrees[k] = pose->rotate_rad[k] / RAD_PER_DEG;
	json_put_numbers(object, "rotate_deg", degrees, 3);
	json_put_numbers(object, "shift_mm", pose->shift_mm, 3);
	return object;
}

static int pose_read_row(struct pose *pose, const struct table *t, int64_t row, const int64_t column[6])
{
	double value[6];
	for (int k = 0; k < 6; k++) {
		if (table_number(t, row, column[k], &value[k]) != 0)
			return -1;
		if (!isfinite(value[k]))
			return ERR_INVALID("%s: pose %lld has no %s", t->path, (long long)row + 1,
				t->columns[column[k]]);
	}
	for (int k = 0; k < 3; k++) {
		pose->rotate_rad[k] = value[k] * RAD_PER_DEG;
		pose->shift_mm[k] = value[k + 3];
	}
	return 0;
}

int pose_read_table(struct pose **poses, int64_t *n, const char *path)
{
	static const char *const names[6] = { "rx", "ry", "rz", "tx", "ty", "tz" };
	struct table t = { 0 };
	int64_t column[6];
	struct pose *list = NULL;
	int rc = -1;
	*poses = NULL;
	*n = 0;
	TRY(table_read(&t, path));
	for (int k = 0; k < 6; k++)
		TRY(table_column(&t, names[k], &column[k]));
	if (t.n_rows == 0) {
		ERR_INVALID("%s: no poses", path);
		goto cleanup;
	}
	list = calloc((size_t)t.n_rows, sizeof(*list));
	if (!list) {
		ERR_RESOURCE("%s: out of memory for %lld poses", path, (long long)t.n_rows);
		goto cleanup;
	}
	for (int64_t i = 0; i < t.n_rows; i++)
		TRY(pose_read_row(&list[i], &t, i, column));
	*poses = list;
	*n = t.n_rows;
	list = NULL;
	rc = 0;
cleanup:
	free(list);
	table_free(&t);
	return rc;
}
