/* What there is in a cell of a grid, found once, and what that makes of each of its voxels. */
#ifndef KERNELS_ANATOMY_SCENE_H
#define KERNELS_ANATOMY_SCENE_H
#include "kernels/anatomy/raster.h"

/* All of a body on a grid: what the loops over its cells and voxels share. */
struct anatomy_job {
	const struct anatomy *body;
	struct anatomy_raster raster;
	struct anatomy_grid grid;
	struct anatomy_target target;
	/* The soft tissue's smooth part on the cells' corners, (cells[2] + 1, cells[1] + 1, cells[0] + 1).  Skin and muscles
	 * curve with radii of 50 mm and more, so that between corners 6 mm apart it is true to 0.1 mm. */
	struct anatomy_smooth *nodes;
};
/* Of a cell. */
struct anatomy_scene {
	struct anatomy_near near[ANATOMY_PARTS];
	struct anatomy_local local;
	uint32_t parts; /* bit of each that reaches into it */
	bool something; /* not air alone */
};
/* A row of voxels along x, one after the other: before voxel[part] the part is too far away. */
struct anatomy_due {
	int64_t voxel[ANATOMY_PARTS];
	double step_mm; /* from a voxel to the next, and a hair */
};

K_FN int64_t anatomy_scene_node(const struct anatomy_raster *r, int64_t x, int64_t y, int64_t z)
{
	return (z * (r->cells[1] + 1) + y) * (r->cells[0] + 1) + x;
}

/* What belongs to corner (x, y, z) of the cells. */
K_FN struct anatomy_smooth anatomy_scene_smooth(const struct anatomy_job *job, int64_t x, int64_t y, int64_t z)
{
	const struct anatomy_raster *r = &job->raster;
	double p[3];
	anatomy_raster_at(r, (double)(x * r->edge[0]), (double)(y * r->edge[1]), (double)(z * r->edge[2]), p);
	/* A voxel's cell has no corner farther from the skin than the voxel and a cell's diagonal. */
	return anatomy_smooth_at(job->body, p, 4 * anatomy_raster_radius_mm(r) + r->width_mm);
}

/* The corners of a cell: x fastest, z slowest. */
K_FN void anatomy_scene_corners(struct anatomy_smooth corner[8], const struct anatomy_job *job, const int64_t at[3])
{
	for (int i = 0; i < 8; i++)
		corner[i] = job->nodes[anatomy_scene_node(
			&job->raster, at[0] + (i & 1), at[1] + (i >> 1 & 1), at[2] + (i >> 2))];
}

/* Between two values; at: 0 .. 1. */
K_FN void anatomy_scene_between(struct anatomy_smooth *out, const struct anatomy_smooth *from,
	const struct anatomy_smooth *to, double at)
{
	out->skin_mm = from->skin_mm + at * (to->skin_mm - from->skin_mm);
	out->muscle_mm = from->muscle_mm + at * (to->muscle_mm - from->muscle_mm);
	out->wave = from->wave + at * (to->wave - from->wave);
	out->cavity = from->cavity + at * (to->cavity - from->cavity);
}

/* Both ends in x of row (y, z) of a cell. */
K_FN void anatomy_scene_ends(struct anatomy_smooth end[2], const struct anatomy_smooth corner[8],
	const struct anatomy_raster *r, const struct anatomy_cell *cell, int64_t y, int64_t z)
{
	const double at_y = (double)(y - cell->first[1]) * (1.0 / r->edge[1]);
	const double at_z = (double)(z - cell->first[2]) * (1.0 / r->edge[2]);
	for (int i = 0; i < 2; i++) {
		struct anatomy_smooth low, high;
		anatomy_scene_between(&low, &corner[i], &corner[i + 2], at_y);
		anatomy_scene_between(&high, &corner[i + 4], &corner[i + 6], at_y);
		anatomy_scene_between(&end[i], &low, &high, at_z);
	}
}

/* Whether any of a cell, or of the voxels around it, lies in the half spaces. */
K_FN bool anatomy_scene_wanted(const struct anatomy_job *job, const struct anatomy_cell *cell)
{
	const double reach_mm = cell->radius_mm + 2 * job->raster.half_diagonal_mm;
	double index[3], world[3];
	for (int k = 0; k < 3; k++)
		index[k] = (double)cell->first[k] + 0.5 * (job->raster.edge[k] - 1);
	anatomy_sdf_affine(job->grid.to_world, index, world);
	for (int i = 0; i < job->grid.n_wanted; i++)
		if (anatomy_sdf_dot(job->grid.wanted[i], world) + job->grid.wanted[i][3] < -reach_mm)
			return false;
	return true;
}

K_FN void anatomy_scene_look(struct anatomy_scene *s, const struct anatomy_job *job, const struct anatomy_cell *cell,
	const struct anatomy_smooth corner[8])
{
	const struct anatomy_raster *r = &job->raster;
	double skin = INFINITY;
	for (int i = 0; i < 8; i++)
		skin = anatomy_sdf_min(skin, corner[i].skin_mm);
	s->parts = 0;
	for (int part = 0; part < ANATOMY_PARTS; part++)
		if (anatomy_raster_near(&s->near[part], job->body, (enum anatomy_part)part, r, cell))
			s->parts |= 1u << part;
	s->local = anatomy_local_of(job->body, cell->centre_mm, cell->radius_mm, r->width_mm);
	s->something = s->parts || s->local.metal || skin < anatomy_sdf_max(r->width_mm, ANATOMY_CLOTH_MM);
}

K_FN void anatomy_scene_scale(struct anatomy_share *c, double factor)
{
	c->soft *= factor;
	c->fat *= factor;
	c->mineral *= factor;
}

/* Mineral takes the place of tissue. */
K_FN void anatomy_scene_phlebolith(struct anatomy_share *c, double mineral_g_cm3)
{
	if (!(mineral_g_cm3 > 0))
		return;
	anatomy_scene_scale(c, 1 - mineral_g_cm3 / ANATOMY_MINERAL_G_CM3);
	c->mineral += mineral_g_cm3;
}

/* Where two bones blur into one voxel the earlier keeps its share.  Returns the part with most of it. */
K_FN enum anatomy_part anatomy_scene_bones(struct anatomy_share *sum, double *most, const struct anatomy_job *job,
	const struct anatomy_scene *s, struct anatomy_due *due, int64_t x, const double p[3])
{
	enum anatomy_part owner = ANATOMY_FEMUR_RIGHT;
	*most = 0;
	for (int part = 0; s->parts >> part && sum->bone < 1 - 1e-9; part++) {
		struct anatomy_share c = { 0, 0, 0, 0 };
		if (!(s->parts >> part & 1) || (due && x < due->voxel[part]))
			continue;
		double away = anatomy_raster_bone(
			&c, job->body, (enum anatomy_part)part, &s->near[part], &job->raster, p);
		if (due && away > 0 && !job->body->params.map)
			due->voxel[part] = x + (int64_t)ceil(away / due->step_mm);
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

K_FN double anatomy_scene_metal(const struct anatomy_job *job, const struct anatomy_scene *s, const double middle[3])
{
	double sum = 0;
	int n = anatomy_raster_subs(&job->raster);
	for (int i = 0; i < n; i++) {
		double p[3];
		anatomy_raster_sub(&job->raster, middle, i, p);
		sum += anatomy_metal(job->body, p, job->raster.sub_width_mm, s->local.metal);
	}
	return sum / n;
}

/*
 * Voxel (x, y, z), with the smooth part there: the target's materials and label.  due: of its row, NULL where voxels are
 * asked for one by one.
 */
K_FN void anatomy_scene_voxel(const struct anatomy_job *job, const struct anatomy_scene *s, struct anatomy_due *due,
	const int64_t at[3], const struct anatomy_smooth *smooth)
{
	const struct anatomy_target *t = &job->target;
	const struct anatomy_raster *r = &job->raster;
	const int64_t i = t->first + at[0] * t->stride[0] + at[1] * t->stride[1] + at[2] * t->stride[2];
	struct anatomy_share sum = { 0, 0, 0, 0 };
	double p[3], most, soft, fat;
	anatomy_raster_at(r, (double)at[0], (double)at[1], (double)at[2], p);
	enum anatomy_part owner = anatomy_scene_bones(&sum, &most, job, s, due, at[0], p);
	if (sum.bone < 1) {
		anatomy_tissue_mix(&soft, &fat, job->body, p, r->width_mm, smooth, &s->local);
		sum.soft += (1 - sum.bone) * soft * ANATOMY_SOFT_G_CM3;
		sum.fat += (1 - sum.bone) * fat * ANATOMY_FAT_G_CM3;
	}
	if (sum.bone <= 0 && s->local.phlebolith)
		anatomy_scene_phlebolith(&sum, anatomy_phleboliths(job->body, p, r->width_mm, s->local.phlebolith));
	if (t->metal && s->local.metal) {
		/* Metal takes the place of whatever was there. */
		double share = anatomy_scene_metal(job, s, p);
		anatomy_scene_scale(&sum, 1 - share);
		t->metal[i] = (float)(share * ANATOMY_TITANIUM_G_CM3);
	}
	t->soft[i] = (float)sum.soft;
	t->fat[i] = (float)sum.fat;
	t->mineral[i] = (float)sum.mineral;
	if (t->labels && most > 0 && sum.bone >= job->grid.label_fraction)
		t->labels[at[0] + r->n[0] * (at[1] + r->n[1] * at[2])] = anatomy_density_label(owner);
}
#endif
