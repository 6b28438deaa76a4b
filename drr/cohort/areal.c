#include "drr/cohort/areal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "drr/cohort/ray_body.h"
#include "drr/cohort/stream.h"
#include "drr/materials.h"
#include "host/run/err.h"

#define REGION_VOXEL_MM 1.0
#define PIXEL_MM 0.5
#define DXA_PIXEL_MM 1.0
#define DXA_REGION_VOXEL_MM 1.5

static const struct pose still = { { 0 }, { 0 } };

/* Maps of one femur's picture: mineral g/cm2, path cm, then all materials g/cm2. */
struct maps {
	int64_t pixels;
	float *mineral, *path, *materials; /* materials: NULL unless there is room for them */
	uint8_t *masks;			   /* (AREAL_REGIONS, rows, cols) */
};

static int maps_alloc(struct maps *m, const struct geometry *g, bool materials)
{
	m->pixels = g->cols * g->rows;
	m->mineral = malloc((size_t)((materials ? 2 + MATERIALS : 2) * m->pixels) * sizeof(float));
	m->masks = malloc((size_t)(AREAL_REGIONS * m->pixels));
	if (!m->mineral || !m->masks)
		return ERR_RESOURCE("out of memory for %lld pixels", (long long)m->pixels);
	m->path = m->mineral + m->pixels;
	m->materials = materials ? m->path + m->pixels : NULL;
	return 0;
}

static void maps_free(struct maps *m)
{
	free(m->mineral);
	free(m->masks);
}

/* The bone's own maps and the regions on them; the femur of the neutral body in this pose. */
static int draw_bone(struct maps *m, const struct device *device, const struct anatomy *neutral,
	enum anatomy_side side, const struct total_hip_rule *rule, double voxel_mm, const struct geometry *g,
	const struct pose *pose, const struct areal_neck *neck)
{
	struct volume mineral = { 0 }, fraction = { 0 };
	int rc = -1;
	TRY(anatomy_region(&mineral, &fraction, neutral, side, rule, voxel_mm));
	TRY(areal_project(m->mineral, device, &mineral, g, pose, 0.1f));
	TRY(areal_project(m->path, device, &fraction, g, pose, 0.1f));
	areal_masks(m->masks, m->path, g, neck);
	rc = 0;
cleanup:
	volume_free(&mineral);
	volume_free(&fraction);
	return rc;
}

/* abmd_read takes its mask from the path, so the path outside the region goes. */
static struct abmd read_region(const struct maps *m, enum areal_region region)
{
	float *path = malloc((size_t)m->pixels * sizeof(float));
	if (!path)
		BUG("out of memory for %lld pixels", (long long)m->pixels);
	for (int64_t i = 0; i < m->pixels; i++)
		path[i] = m->masks[region * m->pixels + i] ? m->path[i] : 0;
	struct abmd abmd = abmd_read(m->mineral, path, 1, m->pixels);
	free(path);
	return abmd;
}

static int measure_truth(struct abmd truth[AREAL_REGIONS], const struct device *device,
	const struct anatomy *a, enum anatomy_side side)
{
	const struct total_hip_rule rule = total_hip_rule_default();
	const struct geometry g = areal_window(a->frame[side].head_centre_mm, side, PIXEL_MM);
	const struct areal_neck neck = areal_neck_of(a, side, NULL, 0);
	struct maps maps = { 0 };
	int rc = -1;
	TRY(maps_alloc(&maps, &g, false));
	TRY(draw_bone(&maps, device, a, side, &rule, REGION_VOXEL_MM, &g, &still, &neck));
	for (int i = 0; i < AREAL_REGIONS; i++)
		truth[i] = read_region(&maps, (enum areal_region)i);
	rc = 0;
cleanup:
	maps_free(&maps);
	return rc;
}

/* The body as a DXA scanner has it, and the windows it is seen through. */
struct posed {
	struct anatomy anatomy;
	struct ray_body rays; /* in the scanner's world */
	double body_to_world[4][4];
	struct geometry window[ANATOMY_SIDES];
};

/* What a reader and a scanner do to one reading, drawn once a repeat. */
struct errors {
	double lower_mm;		 /* the total hip's lower edge, downwards */
	double neck_mm;			 /* the neck's box, into the shaft */
	double precision[AREAL_REGIONS]; /* relative */
};

static struct errors draw_errors(const struct site_dxa *site, uint64_t seed, int64_t who, int number)
{
	struct rng r = stream_of(seed, who, STREAM_DXA, number);
	struct errors e;
	e.lower_mm = site->roi_sd_mm * rng_normal(&r);
	e.precision[AREAL_TOTAL_HIP] = site->precision * rng_normal(&r);
	e.neck_mm = site->roi_sd_mm * rng_normal(&r);
	e.precision[AREAL_NECK] = site->neck_precision * rng_normal(&r);
	return e;
}

/* The regions the reader drew, projected where the DXA scanner has the femur. */
static int measure_dxa(struct areal *out, const struct device *device, const struct anatomy *neutral,
	enum anatomy_side side, struct posed *dxa, const struct errors *e, const char *beam)
{
	const struct geometry g = dxa->window[side];
	struct total_hip_rule rule = total_hip_rule_default();
	struct maps maps = { 0 };
	double femur[4][4], motion[4][4], exact[AREAL_REGIONS];
	struct pose pose;
	int rc = -1;
	rule.distal_cut_radii += e->lower_mm / neutral->frame[side].head_radius_mm;
	posture_femur_motion(femur, neutral, &dxa->anatomy, side);
	affine_multiply(motion, AFFINE(dxa->body_to_world), (const double(*)[4])femur);
	motion_to_pose(&pose, (const double(*)[4])motion, g.isocentre_mm);
	const struct areal_neck neck = areal_neck_of(neutral, side, (const double(*)[4])motion, e->neck_mm);
	TRY(maps_alloc(&maps, &g, true));
	TRY(draw_bone(&maps, device, neutral, side, &rule, DXA_REGION_VOXEL_MM, &g, &pose, &neck));
	TRY(ray_body_project(maps.materials, &dxa->rays, &g));
	TRY(areal_dual_energy(exact, maps.materials, maps.mineral, maps.masks, g.cols, g.rows, beam));
	for (int i = 0; i < AREAL_REGIONS; i++) {
		out->dxa[i].true_g_cm2 = read_region(&maps, (enum areal_region)i).abmd_g_cm2;
		out->dxa[i].exact_g_cm2 = exact[i];
	}
	rc = 0;
cleanup:
	maps_free(&maps);
	return rc;
}

static int measure(struct areal *out, const struct device *device, const struct anatomy *neutral,
	enum anatomy_side side, struct posed *dxa, const struct site_dxa *site, uint64_t seed, int64_t who, int repeat)
{
	const struct errors e = draw_errors(site, seed, who, ANATOMY_SIDES * repeat + (int)side);
	if (measure_truth(out->truth, device, neutral, side) != 0 ||
		measure_dxa(out, device, neutral, side, dxa, &e, site->beam) != 0)
		return -1;
	for (int i = 0; i < AREAL_REGIONS; i++) {
		enum areal_region region = (enum areal_region)i;
		double unbiased = out->dxa[i].exact_g_cm2 * (1 + e.precision[i]);
		double sbmd = areal_sbmd_mg_cm2(unbiased, region, "hologic");
		out->dxa[i].shown_g_cm2 =
			site->slope * areal_of_sbmd_g_cm2(sbmd, region, site->family) + site->offset_g_cm2;
	}
	return 0;
}

const char *areal_exclusion(const struct anatomy_params *params, enum anatomy_side side)
{
	const struct anatomy_femur *f = &params->femur[side];
	return f->nail_mm > 0 || f->cup_mm > 0 ? "metal" : NULL;
}

static void leave_out(struct areal *out)
{
	for (int i = 0; i < AREAL_REGIONS; i++) {
		out->truth[i] = (struct abmd){ .abmd_g_cm2 = NAN, .vbmd_mg_cm3 = NAN };
		out->dxa[i] = (struct areal_reading){ NAN, NAN, NAN };
	}
}

static int pose_body(struct posed *dxa, const struct device *device, const struct person *p,
	const struct posture *posture, const struct scan_setting *setting)
{
	static const double origin[3] = { 0, 0, 0 };
	struct anatomy_grid grid;
	double half_width, front, back;
	if (posture_anatomy(&dxa->anatomy, &p->anatomy, posture) != 0)
		return -1;
	motion_of_pose(dxa->body_to_world, &posture->body, origin);
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		double head[3];
		affine_apply(AFFINE(dxa->body_to_world), dxa->anatomy.frame[side].head_centre_mm, head);
		dxa->window[side] = areal_window(head, (enum anatomy_side)side, DXA_PIXEL_MM);
	}
	anatomy_extent_mm(&dxa->anatomy, &half_width, &front, &back);
	scan_body_grid(&grid, &dxa->anatomy, AFFINE(dxa->body_to_world), back, setting);
	return ray_body_make(&dxa->rays, device, &dxa->anatomy, &grid, dxa->window, ANATOMY_SIDES, false);
}

int areal_scan(struct areal *out, const struct device *device, const struct anatomy *neutral,
	const struct person *p, const struct site_dxa *site, const struct scan_setting *setting,
	uint64_t seed, int64_t who, int repeat)
{
	const struct posture posture = posture_dxa(p, site, seed, who, repeat);
	struct posed *dxa = calloc(1, sizeof(*dxa));
	int rc = -1;
	if (!dxa)
		return ERR_RESOURCE("out of memory for a digital body");
	TRY(pose_body(dxa, device, p, &posture, setting));
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		if (areal_exclusion(&p->anatomy, (enum anatomy_side)side))
			leave_out(&out[side]);
		else
			TRY(measure(&out[side], device, neutral, (enum anatomy_side)side, dxa, site, seed, who,
				repeat));
	}
	rc = 0;
cleanup:
	ray_body_free(&dxa->rays);
	free(dxa);
	return rc;
}
