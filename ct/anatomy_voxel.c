/*
 * The body on a grid.  A voxel farther from a bone's surface than its half diagonal is pure; one that a
 * surface crosses is cut into subsamples, each weighted by a ramp as wide as itself, so that a plane's share
 * of the voxel is right for any position of the plane.
 */
#include "ct/anatomy_sdf.h"

#include "host/run/err.h"

/* Per volume of the voxel: partial densities and the share of it that is bone. */
struct content {
	double soft, fat, mineral; /* g/cm3 */
	double bone;		   /* fraction */
};

struct grid {
	double to_body[4][4]; /* index -> body mm */
	double step[3][3];    /* columns: body mm along each index axis */
	double half_diagonal_mm, sub_width_mm, width_mm;
	int subsamples;
};

static int grid_of(
	struct grid *g, const double to_world[4][4], const double world_to_body[4][4], int subsamples)
{
	if (subsamples < 1 || subsamples > 8)
		return ERR_INVALID("anatomy: %d subsamples per axis, must be 1 to 8", subsamples);
	affine_multiply(g->to_body, world_to_body, to_world);
	double diagonal = 0, volume;
	for (int axis = 0; axis < 3; axis++)
		for (int k = 0; k < 3; k++)
			g->step[axis][k] = g->to_body[k][axis];
	for (int axis = 0; axis < 3; axis++)
		diagonal += anatomy_sdf_dot(g->step[axis], g->step[axis]);
	volume = fabs(g->step[0][0] * (g->step[1][1] * g->step[2][2] - g->step[1][2] * g->step[2][1]) -
		      g->step[0][1] * (g->step[1][0] * g->step[2][2] - g->step[1][2] * g->step[2][0]) +
		      g->step[0][2] * (g->step[1][0] * g->step[2][1] - g->step[1][1] * g->step[2][0]));
	if (!(volume > 0))
		return ERR_INVALID("anatomy: the grid's affine is singular");
	g->width_mm = cbrt(volume);
	g->half_diagonal_mm = 0.5 * sqrt(diagonal);
	g->sub_width_mm = g->width_mm / subsamples;
	g->subsamples = subsamples;
	return 0;
}

static void at_index(const struct grid *g, double x, double y, double z, double p[3])
{
	const double index[3] = { x, y, z };
	affine_apply(g->to_body, index, p);
}

static double marrow_fat(const struct anatomy *a, enum anatomy_part part)
{
	return part <= ANATOMY_FEMUR_LEFT ? a->params.femur[part].marrow_fat : a->params.pelvis_marrow_fat;
}

/* Adds `share` of a voxel: mineral of that density, and marrow or matrix of that fat fraction between it. */
static void add_bone(struct content *c, double share, double mineral_g_cm3, double fat)
{
	double rest = 1 - mineral_g_cm3 / ANATOMY_MINERAL_G_CM3;
	c->mineral += share * mineral_g_cm3;
	c->fat += share * rest * fat * ANATOMY_FAT_G_CM3;
	c->soft += share * rest * (1 - fat) * ANATOMY_SOFT_G_CM3;
	c->bone += share;
}

/* A small cell: `outer` of it lies within the bone, `inner` of it within the cortex's inner face. */
static void add_point(struct content *c, const struct anatomy *a, enum anatomy_part part, const double p[3],
	double outer, double inner, double weight)
{
	if (outer > inner)
		add_bone(c, weight * (outer - inner), 1e-3 * anatomy_cortical_mg_cm3(a, part, p), 0);
	if (inner > 0)
		add_bone(
			c, weight * inner, 1e-3 * anatomy_trabecular_mg_cm3(a, part, p), marrow_fat(a, part));
}

static void add_cut_voxel(struct content *c, const struct anatomy *a, enum anatomy_part part,
	const struct grid *g, const double middle[3])
{
	double weight = 1.0 / (g->subsamples * g->subsamples * g->subsamples);
	for (int i = 0; i < g->subsamples * g->subsamples * g->subsamples; i++) {
		const int at[3] = { i % g->subsamples, i / g->subsamples % g->subsamples,
			i / (g->subsamples * g->subsamples) };
		double p[3] = { middle[0], middle[1], middle[2] };
		for (int axis = 0; axis < 3; axis++)
			for (int k = 0; k < 3; k++)
				p[k] += ((at[axis] + 0.5) / g->subsamples - 0.5) * g->step[axis][k];
		double d = anatomy_sdf(a, part, p), outer = anatomy_inside(d, g->sub_width_mm);
		if (outer <= 0)
			continue;
		double inner = anatomy_inside(d + anatomy_cortex_mm(a, part, p), g->sub_width_mm);
		add_point(c, a, part, p, outer, inner, weight);
	}
}

/* Returns the distance of the voxel's middle to the bone, for skipping ahead. */
static double add_voxel(struct content *c, const struct anatomy *a, enum anatomy_part part,
	const struct grid *g, const double p[3])
{
	double d = anatomy_sdf(a, part, p), far = g->half_diagonal_mm + 0.5 * g->sub_width_mm;
	if (d > far)
		return d;
	double to_marrow = d + anatomy_cortex_mm(a, part, p);
	/* The cortex's inner face is no distance function, but near enough to one: a margin of a quarter. */
	bool cut = d > -far || fabs(to_marrow) < 1.25 * far;
	if (cut)
		add_cut_voxel(c, a, part, g, p);
	else
		add_point(c, a, part, p, 1, to_marrow < 0 ? 1 : 0, 1);
	return d;
}

static bool in_box(const struct anatomy_bone *bone, const double p[3], double margin)
{
	for (int k = 0; k < 3; k++)
		if (!(p[k] > bone->low[k] - margin && p[k] < bone->high[k] + margin))
			return false;
	return true;
}

/* ---- the whole body ---- */

struct row {
	float *soft, *fat, *mineral;
	float *metal; /* NULL in a body without */
	uint8_t *labels;
};

static void scale_tissue(struct content *c, double factor)
{
	c->soft *= factor;
	c->fat *= factor;
	c->mineral *= factor;
}

/* Mineral takes the place of tissue. */
static void add_phlebolith(struct content *c, double mineral_g_cm3)
{
	if (!(mineral_g_cm3 > 0))
		return;
	scale_tissue(c, 1 - mineral_g_cm3 / ANATOMY_MINERAL_G_CM3);
	c->mineral += mineral_g_cm3;
}

/* Metal takes the place of whatever was there; returns its g/cm3 of the voxel. */
static double take_metal(struct content *c, double share)
{
	scale_tissue(c, 1 - share);
	return share * ANATOMY_TITANIUM_G_CM3;
}

static void fill_voxel(const struct row *row, int64_t x, const struct anatomy *a, const struct grid *g,
	const double p[3], int64_t skip[ANATOMY_PARTS], double label_fraction)
{
	struct content sum = { 0, 0, 0, 0 };
	double most = 0, soft, fat;
	enum anatomy_part owner = ANATOMY_FEMUR_RIGHT;
	double step = sqrt(anatomy_sdf_dot(g->step[0], g->step[0]));
	for (int part = 0; part < ANATOMY_PARTS && sum.bone < 1 - 1e-9; part++) {
		struct content c = { 0, 0, 0, 0 };
		if (x < skip[part] || !in_box(&a->bone[part], p, g->half_diagonal_mm))
			continue;
		double d = add_voxel(&c, a, (enum anatomy_part)part, g, p);
		double clear = d - g->half_diagonal_mm - g->sub_width_mm;
		skip[part] = clear > 0 ? x + 1 + (int64_t)(clear / step) : x;
		/* Where two bones blur into one voxel the earlier keeps its share. */
		double share = c.bone > 1 - sum.bone ? (1 - sum.bone) / c.bone : 1;
		sum.soft += share * c.soft;
		sum.fat += share * c.fat;
		sum.mineral += share * c.mineral;
		sum.bone += share * c.bone;
		if (share * c.bone > most) {
			most = share * c.bone;
			owner = (enum anatomy_part)part;
		}
	}
	if (sum.bone < 1) {
		anatomy_tissue(a, p, g->width_mm, &soft, &fat);
		sum.soft += (1 - sum.bone) * soft * ANATOMY_SOFT_G_CM3;
		sum.fat += (1 - sum.bone) * fat * ANATOMY_FAT_G_CM3;
	}
	if (sum.bone <= 0)
		add_phlebolith(&sum, anatomy_phleboliths(a, p, g->width_mm));
	if (row->metal)
		row->metal[x] = (float)take_metal(&sum, anatomy_metal(a, p, g->width_mm));
	row->soft[x] = (float)sum.soft;
	row->fat[x] = (float)sum.fat;
	row->mineral[x] = (float)sum.mineral;
	row->labels[x] = most > 0 && sum.bone >= label_fraction ? anatomy_label(owner) : 0;
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
	struct grid g;
	const int64_t *n = grid->n;
	if (grid_of(&g, grid->to_world, grid->world_to_body, grid->subsamples) != 0)
		return -1;
	if (init_voxels(v, grid, anatomy_has_metal(a)) != 0) {
		anatomy_voxels_free(v);
		return -1;
	}
	float *metal = anatomy_has_metal(a) ? volume_f32(&v->metal) : NULL;
#pragma omp parallel for schedule(dynamic, 8)
	for (int64_t line = 0; line < n[1] * n[2]; line++) {
		const struct row row = { volume_f32(&v->soft) + line * n[0],
			volume_f32(&v->fat) + line * n[0], volume_f32(&v->mineral) + line * n[0],
			metal ? metal + line * n[0] : NULL, volume_u8(&v->labels) + line * n[0] };
		int64_t skip[ANATOMY_PARTS] = { 0 };
		for (int64_t x = 0; x < n[0]; x++) {
			double p[3];
			at_index(&g, (double)x, (double)(line % n[1]), (double)(line / n[1]), p);
			fill_voxel(&row, x, a, &g, p, skip, grid->label_fraction);
		}
	}
	return 0;
}

void anatomy_voxels_free(struct anatomy_voxels *v)
{
	volume_free(&v->soft);
	volume_free(&v->fat);
	volume_free(&v->mineral);
	volume_free(&v->metal);
	volume_free(&v->labels);
}

/* ---- the total-hip region alone ---- */

/* The femur's box, cut below the region: its lowest point is the distal plane at the shaft's far side. */
static void region_grid(const struct anatomy *a, enum anatomy_side side, const struct total_hip_rule *rule,
	double spacing_mm, int64_t n[3], double to_world[4][4])
{
	const struct femur_frame *frame = &a->frame[side];
	const struct anatomy_bone *bone = &a->bone[ANATOMY_FEMUR_RIGHT + (int)side];
	double reach = rule->distal_cut_radii * frame->head_radius_mm + 1.5 * frame->head_radius_mm;
	double low[3], high[3];
	for (int k = 0; k < 3; k++) {
		low[k] = fmax(bone->low[k], frame->head_centre_mm[k] - reach);
		high[k] = fmin(bone->high[k], frame->head_centre_mm[k] + reach);
		n[k] = (int64_t)ceil((high[k] - low[k]) / spacing_mm);
		for (int j = 0; j < 4; j++)
			to_world[k][j] = j == k ? spacing_mm : 0;
		to_world[k][3] = 0.5 * (low[k] + high[k]) - 0.5 * (double)(n[k] - 1) * spacing_mm;
	}
	for (int j = 0; j < 4; j++)
		to_world[3][j] = j == 3;
}

int anatomy_region(struct volume *mineral_g_cm3, struct volume *fraction, const struct anatomy *a,
	enum anatomy_side side, const struct total_hip_rule *rule, double spacing_mm)
{
	static const double still[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
	const enum anatomy_part part = (enum anatomy_part)(ANATOMY_FEMUR_RIGHT + (int)side);
	int64_t n[3];
	double to_world[4][4];
	const double(*affine)[4] = (const double(*)[4])to_world;
	struct grid g;
	region_grid(a, side, rule, spacing_mm, n, to_world);
	if (grid_of(&g, affine, still, 2) != 0)
		return -1;
	if (volume_init(mineral_g_cm3, n, affine, VOLUME_F32) != 0 ||
		volume_init(fraction, n, affine, VOLUME_F32) != 0) {
		volume_free(mineral_g_cm3);
		return -1;
	}
#pragma omp parallel for schedule(dynamic, 8)
	for (int64_t line = 0; line < n[1] * n[2]; line++) {
		float *mineral = volume_f32(mineral_g_cm3) + line * n[0],
		      *bone = volume_f32(fraction) + line * n[0];
		for (int64_t x = 0, skip = 0; x < n[0]; x++) {
			double p[3];
			struct content c = { 0, 0, 0, 0 };
			at_index(&g, (double)x, (double)(line % n[1]), (double)(line / n[1]), p);
			if (x < skip || !total_hip_contains(&a->frame[side], rule, p))
				continue;
			double clear = add_voxel(&c, a, part, &g, p) - g.half_diagonal_mm - g.sub_width_mm;
			skip = clear > 0 ? x + 1 + (int64_t)(clear / spacing_mm) : x;
			mineral[x] = (float)c.mineral;
			bone[x] = (float)c.bone;
		}
	}
	return 0;
}
