#include "host/files/volume.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "host/run/err.h"

/* A determinant this small beside the product of the columns' lengths is rounding, not a volume. */
static const double SINGULAR = 1e-9;
static const double SAME_GRID_VOXELS = 1e-3;

size_t volume_type_bytes(enum volume_type type)
{
	switch (type) {
	case VOLUME_F32:
		return 4;
	case VOLUME_I16:
	case VOLUME_U16:
		return 2;
	case VOLUME_U8:
		return 1;
	}
	BUG("volume type %d", (int)type);
}

int volume_init(struct volume *v, const int64_t n[3], const double to_world[4][4], enum volume_type type)
{
	struct volume fresh = { .type = type };
	int64_t bytes = (int64_t)volume_type_bytes(type);
	for (int axis = 0; axis < 3; axis++) {
		if (n[axis] < 1)
			return ERR_INVALID("a volume of %" PRId64 "x%" PRId64 "x%" PRId64 " voxels is empty",
				n[0], n[1], n[2]);
		if (bytes > INT64_MAX / n[axis])
			return ERR_RESOURCE("a volume of %" PRId64 "x%" PRId64 "x%" PRId64
					    " voxels is too large",
				n[0], n[1], n[2]);
		bytes *= n[axis];
		fresh.n[axis] = n[axis];
	}
	memcpy(fresh.to_world, to_world, sizeof fresh.to_world);
	if (memory_alloc(&fresh.voxels, NULL, (size_t)bytes, "a volume") != 0)
		return -1;
	*v = fresh;
	return 0;
}

void volume_free(struct volume *v)
{
	memory_free(&v->voxels);
	memset(v, 0, sizeof *v);
}

int64_t volume_count(const struct volume *v)
{
	return v->n[0] * v->n[1] * v->n[2];
}

static void *typed(const struct volume *v, enum volume_type type)
{
	if (v->type != type)
		BUG("the volume's type is %d, not %d", (int)v->type, (int)type);
	return v->voxels.data;
}

float *volume_f32(const struct volume *v)
{
	return typed(v, VOLUME_F32);
}

int16_t *volume_i16(const struct volume *v)
{
	return typed(v, VOLUME_I16);
}

uint16_t *volume_u16(const struct volume *v)
{
	return typed(v, VOLUME_U16);
}

uint8_t *volume_u8(const struct volume *v)
{
	return typed(v, VOLUME_U8);
}

static double column_length(const double m[4][4], int column)
{
	return sqrt(m[0][column] * m[0][column] + m[1][column] * m[1][column] + m[2][column] * m[2][column]);
}

static double determinant(const double m[4][4])
{
	return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
	       m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
	       m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

void volume_spacing_mm(const struct volume *v, double spacing_mm[3])
{
	for (int axis = 0; axis < 3; axis++)
		spacing_mm[axis] = column_length(v->to_world, axis);
}

double volume_voxel_cm3(const struct volume *v)
{
	return fabs(determinant(v->to_world)) / 1000.0;
}

void volume_index_to_world(const struct volume *v, const double index[3], double world_mm[3])
{
	affine_apply(v->to_world, index, world_mm);
}

int volume_world_to_index(const struct volume *v, double inverse[4][4])
{
	if (affine_invert(inverse, v->to_world) != 0)
		return ERR_INVALID(
			"the volume's affine is singular (determinant %g mm3)", determinant(v->to_world));
	return 0;
}

int volume_same_grid(const struct volume *a, const char *a_name, const struct volume *b, const char *b_name)
{
	double inverse[4][4], worst = 0, worst_mm = 0;
	if (memcmp(a->n, b->n, sizeof a->n) != 0)
		return ERR_INVALID("'%s' and '%s' lie on different grids: %" PRId64 "x%" PRId64 "x%" PRId64
				   " against %" PRId64 "x%" PRId64 "x%" PRId64 " voxels",
			a_name, b_name, a->n[0], a->n[1], a->n[2], b->n[0], b->n[1], b->n[2]);
	if (volume_world_to_index(b, inverse) != 0)
		return err_prefix("'%s'", b_name);
	for (int corner = 0; corner < 8; corner++) {
		double index[3], in_a[3], in_b[3], back[3], mm = 0;
		for (int axis = 0; axis < 3; axis++)
			index[axis] = (corner >> axis & 1) ? (double)a->n[axis] - 0.5 : -0.5;
		volume_index_to_world(a, index, in_a);
		volume_index_to_world(b, index, in_b);
		affine_apply(AFFINE(inverse), in_a, back);
		for (int axis = 0; axis < 3; axis++) {
			double shift = fabs(back[axis] - index[axis]);
			mm += (in_a[axis] - in_b[axis]) * (in_a[axis] - in_b[axis]);
			if (!(shift <= worst))
				worst = shift;
		}
		if (!(sqrt(mm) <= worst_mm))
			worst_mm = sqrt(mm);
	}
	if (!(worst <= SAME_GRID_VOXELS))
		return ERR_INVALID(
			"'%s' and '%s' lie on different grids: corners differ by up to %.4g voxels (%.4g mm)",
			a_name, b_name, worst, worst_mm);
	return 0;
}

void affine_multiply(double out[4][4], const double a[4][4], const double b[4][4])
{
	for (int row = 0; row < 4; row++) {
		for (int column = 0; column < 4; column++) {
			double sum = 0;
			for (int k = 0; k < 4; k++)
				sum += a[row][k] * b[k][column];
			out[row][column] = sum;
		}
	}
}

int affine_invert(double out[4][4], const double in[4][4])
{
	double det = determinant(in);
	double scale = column_length(in, 0) * column_length(in, 1) * column_length(in, 2);
	if (!(fabs(det) > SINGULAR * scale) || !isfinite(det))
		return -1;
	for (int row = 0; row < 3; row++) {
		int r1 = (row + 1) % 3, r2 = (row + 2) % 3;
		for (int column = 0; column < 3; column++) {
			int c1 = (column + 1) % 3, c2 = (column + 2) % 3;
			/* The adjugate, cyclic indices carrying the signs. */
			out[column][row] = (in[r1][c1] * in[r2][c2] - in[r1][c2] * in[r2][c1]) / det;
		}
	}
	for (int row = 0; row < 3; row++) {
		out[row][3] = -(out[row][0] * in[0][3] + out[row][1] * in[1][3] + out[row][2] * in[2][3]);
		out[3][row] = 0;
	}
	out[3][3] = 1;
	return 0;
}

void affine_apply(const double m[4][4], const double p[3], double out[3])
{
	for (int row = 0; row < 3; row++)
		out[row] = m[row][0] * p[0] + m[row][1] * p[1] + m[row][2] * p[2] + m[row][3];
}
