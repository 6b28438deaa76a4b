/* The whole body on a grid, cell by cell. */
#include <string.h>

#include "ct/anatomy_field.h"
#include "ct/anatomy_raster.h"
#include "host/run/err.h"

/* What there is in a cell. */
struct scene {
	const struct anatomy *a;
	const struct anatomy_raster *raster;
	double label_fraction, row_step_mm; /* from a voxel of a row to the next, and a hair */
	struct anatomy_near near[ANATOMY_PARTS];
	bool has[ANATOMY_PARTS], bone;
	bool plain; /* no bone, and soft tissue that anatomy_tissue_row() knows */
	int64_t due[ANATOMY_PARTS]; /* before this voxel of the row the part is too far away */
	struct anatomy_local local;
	struct anatomy_smooth corner[8];
};

static void scale_tissue(struct anatomy_share *c, double factor)
{
	c->soft *= factor;
	c->fat *= factor;
	c->mineral *= factor;
}

/* Mineral takes the place of tissue. */
static void add_phlebolith(struct anatomy_share *c, double mineral_g_cm3)
{
	if (!(mineral_g_cm3 > 0))
		return;
	scale_tissue(c, 1 - mineral_g_cm3 / ANATOMY_MINERAL_G_CM3);
	c->mineral += mineral_g_cm3;
}

/* Where two bones blur into one voxel the earlier keeps its share.  Returns the part with most of it. */
static enum anatomy_part add_bones(
	struct anatomy_share *sum, double *most, struct scene *s, int64_t x, const double p[3])
{
	enum anatomy_part owner = ANATOMY_FEMUR_RIGHT;
	*most = 0;
	for (int part = 0; s->bone && part < ANATOMY_PARTS && sum->bone < 1 - 1e-9; part++) {
		struct anatomy_share c = { 0, 0, 0, 0 };
		if (!s->has[part] || x < s->due[part])
			continue;
		double away = anatomy_raster_bone(
			&c, s->a, (enum anatomy_part)part, &s->near[part], s->raster, p);
		if (away > 0 && !s->a->params.map)
			s->due[part] = x + (int64_t)ceil(away / s->row_step_mm);
		double share = c.bone > 1 - sum->bone ? (1 - sum->bone) / c.bone : 1;
		sum->soft += share * c.soft;
		sum->fat += share * c.fat;
		sum->mineral += share * c.mineral;
		sum->bone += share * c.bone;
		if (share * c.bone > *most) {
			*most = share * c.bone;
			owner = (enum anatomy_part)part;
		}
	}
	return owner;
}

static double metal_share(const struct scene *s, const double middle[3])
{
	double sum = 0;
	int n = anatomy_raster_subs(s->raster);
	for (int i = 0; i < n; i++) {
		double p[3];
		anatomy_raster_sub(s->raster, middle, i, p);
		sum += anatomy_metal(s->a, p, s->raster->sub_width_mm, s->local.metal);
	}
	return sum / n;
}

/* Voxel i of the target's materials; returns its label, 0 where no bone is. */
static uint8_t fill_voxel(const struct anatomy_target *t, int64_t i, struct scene *s, int64_t x,
	const struct anatomy_smooth *smooth, const double p[3])
{
	struct anatomy_share sum = { 0, 0, 0, 0 };
	double most, soft, fat, width = s->raster->width_mm;
	enum anatomy_part owner = add_bones(&sum, &most, s, x, p);
	if (sum.bone < 1) {
		anatomy_tissue_mix(&soft, &fat, s->a, p, width, smooth, &s->local);
		sum.soft += (1 - sum.bone) * soft * ANATOMY_SOFT_G_CM3;
		sum.fat += (1 - sum.bone) * fat * ANATOMY_FAT_G_CM3;
	}
	if (sum.bone <= 0 && s->local.phlebolith)
		add_phlebolith(&sum, anatomy_phleboliths(s->a, p, width, s->local.phlebolith));
	if (t->metal && s->local.metal) {
		/* Metal takes the place of whatever was there. */
		double share = metal_share(s, p);
		scale_tissue(&sum, 1 - share);
		t->metal[i] = (float)(share * ANATOMY_TITANIUM_G_CM3);
	}
	t->soft[i] = (float)sum.soft;
	t->fat[i] = (float)sum.fat;
	t->mineral[i] = (float)sum.mineral;
	return most > 0 && sum.bone >= s->label_fraction ? anatomy_label(owner) : 0;
}

/* False where there is nothing but air. */
static bool look_into(struct scene *s, const struct anatomy_field *field, const struct anatomy_cell *cell,
	const int64_t at[3])
{
	double skin = INFINITY, width = s->raster->width_mm;
	anatomy_field_corners(s->corner, field, at[0], at[1], at[2]);
	for (int i = 0; i < 8; i++)
		skin = anatomy_sdf_min(skin, s->corner[i].skin_mm);
	s->bone = false;
	for (int part = 0; part < ANATOMY_PARTS; part++) {
		s->has[part] =
			anatomy_raster_near(&s->near[part], s->a, (enum anatomy_part)part, s->raster, cell);
		s->bone = s->bone || s->has[part];
	}
	s->local = anatomy_local_of(s->a, cell->centre_mm, cell->radius_mm, width);
	s->plain = !s->bone && !s->local.metal && !s->local.phlebolith &&
		   anatomy_tissue_is_plain(s->corner, &s->local, width);
	return s->bone || s->local.metal || skin < anatomy_sdf_max(width, ANATOMY_CLOTH_MM);
}

/* Row (y, z) of a cell, between its two ends in x. */
struct row {
	const struct anatomy_cell *cell;
	int64_t y, z, first; /* first: the target's element of x = 0 */
	struct anatomy_smooth end[2];
	double per_voxel;
};

static struct row row_of(const struct anatomy_target *t, const struct scene *s, const struct anatomy_cell *cell,
	int64_t y, int64_t z)
{
	const int *edge = s->raster->edge;
	struct row row = { .cell = cell,
		.y = y,
		.z = z,
		.first = t->first + y * t->stride[1] + z * t->stride[2],
		.per_voxel = 1.0 / edge[0] };
	for (int i = 0; i < 2; i++) {
		struct anatomy_smooth low, high;
		double at = (double)(y - cell->first[1]) * (1.0 / edge[1]);
		anatomy_field_between(&low, &s->corner[i], &s->corner[i + 2], at);
		anatomy_field_between(&high, &s->corner[i + 4], &s->corner[i + 6], at);
		anatomy_field_between(&row.end[i], &low, &high, (double)(z - cell->first[2]) * (1.0 / edge[2]));
	}
	return row;
}

static void fill_row(const struct anatomy_target *t, struct scene *s, const struct row *row)
{
	const struct anatomy_raster *r = s->raster;
	for (int part = 0; part < ANATOMY_PARTS; part++)
		s->due[part] = 0;
	for (int64_t x = row->cell->first[0]; x < row->cell->end[0]; x++) {
		struct anatomy_smooth smooth;
		double p[3];
		anatomy_field_between(&smooth, &row->end[0], &row->end[1],
			(double)(x - row->cell->first[0]) * row->per_voxel);
		anatomy_raster_at(r, (double)x, (double)row->y, (double)row->z, p);
		t->labels[x + r->n[0] * (row->y + r->n[1] * row->z)] =
			fill_voxel(t, row->first + x * t->stride[0], s, x, &smooth, p);
	}
}

/* The same as fill_row() of a plain cell, several voxels at a time: no label, no mineral. */
static void fill_plain_row(const struct anatomy_target *t, const struct scene *s, const struct row *row)
{
	const int64_t end = row->cell->end[0];
	for (int64_t x = row->cell->first[0]; x < end; x += ANATOMY_ROW) {
		const int n = end - x < ANATOMY_ROW ? (int)(end - x) : ANATOMY_ROW;
		struct anatomy_smooth_row smooth;
		double soft[ANATOMY_ROW], fat[ANATOMY_ROW];
		anatomy_field_row(&smooth, &row->end[0], &row->end[1], (int)(x - row->cell->first[0]), n, row->per_voxel);
		anatomy_tissue_row(soft, fat, n, s->a, s->raster->width_mm, &smooth, &s->local);
		for (int i = 0; i < n; i++) {
			t->soft[row->first + (x + i) * t->stride[0]] = (float)(soft[i] * ANATOMY_SOFT_G_CM3);
			t->fat[row->first + (x + i) * t->stride[0]] = (float)(fat[i] * ANATOMY_FAT_G_CM3);
		}
	}
}

/* Rows along x, one above the other in z: in the order of neither axis a target is likely to be far apart. */
static void fill_cell(const struct anatomy_target *t, struct scene *s, const struct anatomy_cell *cell)
{
	for (int64_t y = cell->first[1]; y < cell->end[1]; y++)
		for (int64_t z = cell->first[2]; z < cell->end[2]; z++) {
			const struct row row = row_of(t, s, cell, y, z);
			if (s->plain)
				fill_plain_row(t, s, &row);
			else
				fill_row(t, s, &row);
		}
}

/* Whether any of a cell, or of the voxels around it, lies in the half spaces. */
static bool is_wanted(const struct anatomy_grid *grid, const struct anatomy_raster *r, const struct anatomy_cell *cell)
{
	const double reach_mm = cell->radius_mm + 2 * r->half_diagonal_mm;
	double index[3], world[3];
	for (int k = 0; k < 3; k++)
		index[k] = (double)cell->first[k] + 0.5 * (r->edge[k] - 1);
	affine_apply(grid->to_world, index, world);
	for (int i = 0; i < grid->n_wanted; i++)
		if (anatomy_sdf_dot(grid->wanted[i], world) + grid->wanted[i][3] < -reach_mm)
			return false;
	return true;
}

int anatomy_fill(const struct anatomy_target *target, const struct anatomy *a, const struct anatomy_grid *grid)
{
	struct anatomy_raster r;
	struct anatomy_field field = { 0 };
	int rc = -1;
	TRY(anatomy_raster_init(&r, grid->n, grid->to_world, grid->world_to_body, grid->subsamples));
	TRY(anatomy_field_init(&field, a, &r));
	/* Neighbours along z follow one another: in some layouts they lie next to each other. */
#pragma omp parallel for schedule(dynamic, 4)
	for (int64_t row = 0; row < r.cells[1] * r.cells[2]; row++) {
		struct scene scene = { .a = a,
			.raster = &r,
			.label_fraction = grid->label_fraction,
			.row_step_mm = sqrt(anatomy_sdf_dot(r.step[0], r.step[0])) * (1 + 1e-9) };
		for (int64_t x = 0; x < r.cells[0]; x++) {
			const int64_t at[3] = { x, row / r.cells[2], row % r.cells[2] };
			const struct anatomy_cell cell = anatomy_raster_cell(&r, at[0], at[1], at[2]);
			if (is_wanted(grid, &r, &cell) && look_into(&scene, &field, &cell, at))
				fill_cell(target, &scene, &cell);
		}
	}
	rc = 0;
cleanup:
	anatomy_field_free(&field);
	return rc;
}

static int init_voxels(struct anatomy_voxels *v, const struct anatomy_grid *grid, bool metal)
{
	v->metal = (struct volume){ 0 };
	if (metal && volume_init(&v->metal, grid->n, grid->to_world, VOLUME_F32) != 0)
		return -1;
	if (volume_init(&v->soft, grid->n, grid->to_world, VOLUME_F32) != 0 ||
		volume_init(&v->fat, grid->n, grid->to_world, VOLUME_F32) != 0 ||
		volume_init(&v->mineral, grid->n, grid->to_world, VOLUME_F32) != 0 ||
		volume_init(&v->labels, grid->n, grid->to_world, VOLUME_U8) != 0)
		return -1;
	return 0;
}

int anatomy_voxelise(struct anatomy_voxels *v, const struct anatomy *a, const struct anatomy_grid *grid)
{
	int rc = -1;
	memset(v, 0, sizeof(*v));
	TRY(init_voxels(v, grid, anatomy_has_metal(a)));
	const struct anatomy_target target = { .soft = volume_f32(&v->soft),
		.fat = volume_f32(&v->fat),
		.mineral = volume_f32(&v->mineral),
		.metal = anatomy_has_metal(a) ? volume_f32(&v->metal) : NULL,
		.stride = { 1, grid->n[0], grid->n[0] * grid->n[1] },
		.labels = volume_u8(&v->labels) };
	TRY(anatomy_fill(&target, a, grid));
	rc = 0;
cleanup:
	if (rc != 0)
		anatomy_voxels_free(v);
	return rc;
}

void anatomy_voxels_free(struct anatomy_voxels *v)
{
	volume_free(&v->soft);
	volume_free(&v->fat);
	volume_free(&v->mineral);
	volume_free(&v->metal);
	volume_free(&v->labels);
}
