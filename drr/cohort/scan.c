#include "drr/cohort/scan.h"

#include <math.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "drr/cohort/scan_reach.h"
#include "drr/cohort/scan_streak.h"
#include "drr/spectrum.h"
#include "host/run/err.h"

/*
 * A voxel is bone from this share of bone on: segmentations follow the bright edge, which partial volume
 * pushes outwards (at a cortex of 1000 mg/cm3 a fifth of a voxel already stands 250 HU above muscle).  At 2
 * mm a label cut at one half would lose 0.07 g/cm2 of a hip's areal density, this one loses 0.03.
 */
#define LABEL_FRACTION 0.2
#define BODY_HU (-900.0) /* from this CT number on a voxel is hardened with the body */
#define MARGIN_MM 10.0 /* of the grid beyond the skin: cloth and blur */

/* CT numbers per partial density: HU = the sum over materials of density x factor - 1000. */
enum { SOFT, FAT, MINERAL, WATER, METAL, ABSORBERS };
struct response {
	double per_g_cm3[ABSORBERS];
};

static int response_at(struct response *r, double kev)
{
	static const char *const materials[ABSORBERS] = { "muscle_icrp", "adipose_icrp", "hydroxyapatite",
		"water", "ti6al4v" };
	double mu[ABSORBERS];
	for (int k = 0; k < ABSORBERS; k++)
		if (attenuation_cm2_g(materials[k], kev, &mu[k]) != 0)
			return -1;
	for (int k = 0; k < ABSORBERS; k++)
		r->per_g_cm3[k] = 1000 * mu[k] / mu[WATER];
	return 0;
}

static double hu_of(const struct response *r, double soft, double fat, double mineral, double water)
{
	const double *k = r->per_g_cm3;
	return soft * k[SOFT] + fat * k[FAT] + mineral * k[MINERAL] + water * k[WATER] - 1000;
}

int scan_hu(double *hu, double soft, double fat, double mineral, double water, double kev)
{
	struct response r;
	if (response_at(&r, kev) != 0)
		return -1;
	*hu = hu_of(&r, soft, fat, mineral, water);
	return 0;
}

void scan_grid(struct anatomy_grid *g, const struct scan_reach *box, const double body_to_world[4][4],
	const double voxel_mm[3], int subsamples)
{
	static const double margin_mm[3] = { MARGIN_MM, MARGIN_MM, 0 };
	memset(g, 0, sizeof(*g));
	for (int k = 0; k < 3; k++) {
		double low = box->low_mm[k] - margin_mm[k], high = box->high_mm[k] + margin_mm[k];
		g->n[k] = (int64_t)ceil((high - low) / voxel_mm[k]);
		g->to_world[k][k] = voxel_mm[k];
		g->to_world[k][3] = 0.5 * (low + high) - 0.5 * (double)(g->n[k] - 1) * voxel_mm[k];
	}
	g->to_world[3][3] = 1;
	g->subsamples = subsamples;
	g->label_fraction = LABEL_FRACTION;
	motion_inverse(g->world_to_body, body_to_world);
}

void scan_body_grid(struct anatomy_grid *g, const struct anatomy *a, const double body_to_world[4][4],
	double low_y_mm, const struct scan_setting *setting)
{
	struct scan_reach box = scan_reach_of(a, body_to_world, -SCAN_REACH_MM, SCAN_REACH_MM);
	box.low_mm[1] = fmin(box.low_mm[1], low_y_mm);
	const double voxel_mm[3] = { setting->voxel_mm, setting->voxel_mm, setting->voxel_mm };
	scan_grid(g, &box, body_to_world, voxel_mm, setting->subsamples);
}

/* Beam hardening left over: lowest in the body's middle, nothing at its rim (an ellipse). */
struct cup {
	double hu, middle_mm[2], half_mm[2];
};

static struct cup cup_of(const struct scan_reach *skin, double hu)
{
	struct cup c = { .hu = hu };
	for (int k = 0; k < 2; k++) {
		c.middle_mm[k] = 0.5 * (skin->low_mm[k] + skin->high_mm[k]);
		c.half_mm[k] = 0.5 * (skin->high_mm[k] - skin->low_mm[k]);
	}
	return c;
}

static double cupping(const struct cup *c, double x_mm, double y_mm)
{
	double x = (x_mm - c->middle_mm[0]) / c->half_mm[0], y = (y_mm - c->middle_mm[1]) / c->half_mm[1];
	double middle = 1 - x * x - y * y;
	return c->hu * (middle > 0 ? middle : 0);
}

/* A row of tissue: the choices are selections, so that several voxels go at once. */
static void fill_row(float *restrict out, const struct scan *s, int64_t first, const struct response *response,
	const struct cup *cup, double y_mm)
{
	const struct volume *v = &s->hu;
	const float *restrict soft = volume_f32(&s->truth.soft) + first, *restrict fat = volume_f32(&s->truth.fat) + first;
	const float *restrict mineral = volume_f32(&s->truth.mineral) + first;
	const double step_mm = v->to_world[0][0], origin_mm = v->to_world[0][3];
	const struct response k = *response;
	const struct cup c = *cup;
	const int32_t n = (int32_t)v->n[0];
	for (int32_t x = 0; x < n; x++) {
		double hu = hu_of(&k, (double)soft[x], (double)fat[x], (double)mineral[x], 0);
		double less = cupping(&c, step_mm * (double)x + origin_mm, y_mm);
		out[x] = (float)(hu - (hu > BODY_HU ? less : 0));
	}
}

/* The same with what is nowhere else: rods, with their labels, and metal. */
static void fill_mixed_row(float *out, struct scan *s, int64_t first, const struct response *response,
	const struct cup *cup, double y_mm)
{
	const struct volume *v = &s->hu;
	const double voxel_mm = v->to_world[0][0];
	const bool at_rods = fabs(y_mm - s->rods.height_mm) < ROD_RADIUS_MM + voxel_mm;
	for (int64_t x = 0; x < v->n[0]; x++) {
		const int64_t i = first + x;
		double m = (double)volume_f32(&s->truth.mineral)[i], water = 0, share = 0;
		double x_mm = voxel_mm * (double)x + v->to_world[0][3];
		if (at_rods) {
			int rod = rod_bed_at(&s->rods, x_mm, y_mm, voxel_mm, &share);
			double rho = 1e-3 * rod_bed_mg_cm3(rod);
			m += share * rho;
			water = share * (1 - rho / ANATOMY_MINERAL_G_CM3);
			if (share >= 0.5)
				volume_u8(&s->truth.labels)[i] = (uint8_t)(SCAN_ROD_LABEL + rod);
		}
		double hu = hu_of(response, (double)volume_f32(&s->truth.soft)[i],
			(double)volume_f32(&s->truth.fat)[i], m, water);
		if (s->truth.metal.voxels.data)
			hu += response->per_g_cm3[METAL] * (double)volume_f32(&s->truth.metal)[i];
		out[x] = (float)(hu > BODY_HU ? hu - cupping(cup, x_mm, y_mm) : hu);
	}
}

/* Without noise. */
static void fill_slice(struct scan *s, struct volume *hu, int64_t z, const struct response *response,
	const struct cup *cup)
{
	for (int64_t y = 0; y < hu->n[1]; y++) {
		const int64_t first = (z * hu->n[1] + y) * hu->n[0];
		double y_mm = hu->to_world[1][1] * (double)y + hu->to_world[1][3];
		bool at_rods = fabs(y_mm - s->rods.height_mm) < ROD_RADIUS_MM + hu->to_world[0][0];
		if (at_rods || s->truth.metal.voxels.data)
			fill_mixed_row(volume_f32(hu) + first, s, first, response, cup, y_mm);
		else
			fill_row(volume_f32(hu) + first, s, first, response, cup, y_mm);
	}
}

int scan_make(struct scan *s, const struct device *device, const struct anatomy *a, const struct pose *pose,
	const struct site *site, const struct scan_setting *setting, uint64_t seed, int64_t who)
{
	static const double origin[3] = { 0, 0, 0 };
	struct anatomy_grid grid;
	struct response response;
	struct volume clean = { 0 };
	int rc = -1;
	memset(s, 0, sizeof(*s));
	motion_of_pose(s->body_to_world, pose, origin);
	const double(*to_world)[4] = (const double(*)[4])s->body_to_world;
	affine_apply(to_world, origin, s->isocentre_mm);
	struct scan_reach box = scan_reach_of(a, to_world, -SCAN_REACH_MM, SCAN_REACH_MM);
	const struct cup cup = cup_of(&box, site->ct.cupping_hu);
	s->rods = rod_bed_under(0, box.low_mm[1]);
	box.low_mm[1] = s->rods.height_mm - ROD_RADIUS_MM;
	const double voxel_mm[3] = { setting->voxel_mm, setting->voxel_mm, setting->voxel_mm };
	scan_grid(&grid, &box, to_world, voxel_mm, setting->subsamples);
	TRY(response_at(&response, site->ct.kev));
	TRY(anatomy_voxelise(&s->truth, device, a, &grid));
	TRY(volume_init(&s->hu, grid.n, (const double(*)[4])grid.to_world, VOLUME_I16));
	TRY(volume_init(&clean, grid.n, (const double(*)[4])grid.to_world, VOLUME_F32));
#pragma omp parallel for schedule(dynamic)
	for (int64_t z = 0; z < grid.n[2]; z++)
		fill_slice(s, &clean, z, &response, &cup);
	if (s->truth.metal.voxels.data)
		TRY(scan_streak(&clean, &s->truth.metal, &site->ct, seed, who));
	TRY(scan_blur(&clean, site->ct.kernel_fwhm_mm, site->ct.slice_mm));
	scan_noise(&s->hu, &clean, &site->ct, seed, who);
	rc = 0;
cleanup:
	volume_free(&clean);
	if (rc != 0)
		scan_free(s);
	return rc;
}

void scan_free(struct scan *s)
{
	anatomy_voxels_free(&s->truth);
	volume_free(&s->hu);
}
