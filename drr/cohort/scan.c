#include "drr/cohort/scan.h"

#include <math.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "drr/cohort/stream.h"
#include "drr/spectrum.h"
#include "host/run/err.h"

#define ROD_RADIUS_MM 9.5
#define ROD_PITCH_MM 32.0
#define ROD_GAP_MM 16.0 /* below the back, which the patient's pose tilts by up to 9 mm at the ends */
static const double rod_mg_cm3[SCAN_RODS] = { 0, 50, 100, 150, 200 };
/*
 * A voxel is bone from this share of bone on: segmentations follow the bright edge, which partial volume
 * pushes outwards (at a cortex of 1000 mg/cm3 a fifth of a voxel already stands 250 HU above muscle).  At 2
 * mm a label cut at one half would lose 0.07 g/cm2 of a hip's areal density, this one loses 0.03.
 */
#define LABEL_FRACTION 0.2

/* CT numbers per partial density: HU = soft k0 + fat k1 + mineral k2 + water k3 - 1000. */
struct response {
	double per_g_cm3[4];
};

static int response_at(struct response *r, double kev)
{
	static const char *const materials[4] = { "muscle_icrp", "adipose_icrp", "hydroxyapatite", "water" };
	double mu[4];
	for (int k = 0; k < 4; k++)
		if (attenuation_cm2_g(materials[k], kev, &mu[k]) != 0)
			return -1;
	for (int k = 0; k < 4; k++)
		r->per_g_cm3[k] = 1000 * mu[k] / mu[3];
	return 0;
}

static double hu_of(const struct response *r, double soft, double fat, double mineral, double water)
{
	const double *k = r->per_g_cm3;
	return soft * k[0] + fat * k[1] + mineral * k[2] + water * k[3] - 1000;
}

int scan_hu(double *hu, double soft, double fat, double mineral, double water, double kev)
{
	struct response r;
	if (response_at(&r, kev) != 0)
		return -1;
	*hu = hu_of(&r, soft, fat, mineral, water);
	return 0;
}

static double rod_height_mm(const struct anatomy *a)
{
	double half_width, front, back;
	anatomy_extent_mm(a, &half_width, &front, &back);
	return back - ROD_GAP_MM - ROD_RADIUS_MM;
}

void scan_body_grid(struct anatomy_grid *g, const struct anatomy *a, const double body_to_world[4][4],
	double low_y_mm, const struct scan_setting *setting)
{
	static const double margin[3] = { 12, 12, 0 };
	double half_width, front, back, low[3], high[3];
	anatomy_extent_mm(a, &half_width, &front, &back);
	low[0] = -half_width;
	high[0] = half_width;
	low[1] = low_y_mm;
	high[1] = front;
	low[2] = -SCAN_REACH_MM;
	high[2] = SCAN_REACH_MM;
	memset(g, 0, sizeof(*g));
	for (int k = 0; k < 3; k++) {
		low[k] -= margin[k];
		high[k] += margin[k];
		g->n[k] = (int64_t)ceil((high[k] - low[k]) / setting->voxel_mm);
		g->to_world[k][k] = setting->voxel_mm;
		g->to_world[k][3] =
			0.5 * (low[k] + high[k]) - 0.5 * (double)(g->n[k] - 1) * setting->voxel_mm;
	}
	g->to_world[3][3] = 1;
	g->subsamples = setting->subsamples;
	g->label_fraction = LABEL_FRACTION;
	motion_inverse(g->world_to_body, body_to_world);
}

/* The rod a point (x, y) of the table lies in, and how much of a voxel there is rod. */
static int rod_at(double x, double y, double height_mm, double voxel_mm, double *share)
{
	int rod = (int)lround(x / ROD_PITCH_MM) + SCAN_RODS / 2;
	rod = rod < 0 ? 0 : rod >= SCAN_RODS ? SCAN_RODS - 1 : rod;
	double d = hypot(x - ROD_PITCH_MM * (rod - SCAN_RODS / 2), y - height_mm) - ROD_RADIUS_MM;
	*share = fmin(fmax(0.5 - d / voxel_mm, 0), 1);
	return rod;
}

/* Beam hardening left over: lowest in the body's middle, nothing at its rim (an ellipse). */
static double cupping(const struct scan *s, const struct site_ct *site, double x_mm, double y_mm, const double half_mm[2])
{
	double x = (x_mm - s->isocentre_mm[0]) / half_mm[0], y = (y_mm - s->isocentre_mm[1]) / half_mm[1];
	return site->cupping_hu * fmax(1 - x * x - y * y, 0);
}

/* Without noise. */
static void fill_slice(struct scan *s, struct volume *hu_out, int64_t z, double rod_height,
	const struct site_ct *site, const struct response *response, const double half_mm[2])
{
	const struct volume *v = &s->hu;
	double voxel_mm = v->to_world[0][0];
	const float *soft = volume_f32(&s->truth.soft), *fat = volume_f32(&s->truth.fat);
	const float *mineral = volume_f32(&s->truth.mineral);
	uint8_t *labels = volume_u8(&s->truth.labels);
	float *out = volume_f32(hu_out);
	for (int64_t y = 0, i = z * v->n[0] * v->n[1]; y < v->n[1]; y++) {
		double y_mm = v->to_world[1][1] * (double)y + v->to_world[1][3];
		bool at_rods = fabs(y_mm - rod_height) < ROD_RADIUS_MM + voxel_mm;
		for (int64_t x = 0; x < v->n[0]; x++, i++) {
			double m = (double)mineral[i], water = 0, share = 0;
			double x_mm = v->to_world[0][0] * (double)x + v->to_world[0][3];
			if (at_rods) {
				int rod = rod_at(x_mm, y_mm, rod_height, voxel_mm, &share);
				double rho = 1e-3 * rod_mg_cm3[rod];
				m += share * rho;
				water = share * (1 - rho / ANATOMY_MINERAL_G_CM3);
				if (share >= 0.5)
					labels[i] = (uint8_t)(SCAN_ROD_LABEL + rod);
			}
			double hu = hu_of(response, (double)soft[i], (double)fat[i], m, water);
			if (hu > -900)
				hu -= cupping(s, site, x_mm, y_mm, half_mm);
			out[i] = (float)hu;
		}
	}
}

static void add_noise(struct scan *s, const struct volume *clean, int64_t z, const struct site_ct *site,
	struct rng noise)
{
	int64_t plane = clean->n[0] * clean->n[1];
	const float *in = volume_f32(clean);
	int16_t *out = volume_i16(&s->hu);
	for (int64_t i = z * plane; i < (z + 1) * plane; i++) {
		double hu = (double)in[i];
		/* Noise fades with the object; in air the reconstruction is clipped. */
		double filled = fmin(fmax((hu + 1000) / 1000, 0), 1);
		if (filled > 0)
			hu += filled * site->noise_hu * rng_normal(&noise);
		hu = site->gain * hu + filled * site->offset_hu;
		out[i] = (int16_t)lround(fmin(fmax(hu, -1024), 32767));
	}
}

int scan_make(struct scan *s, const struct anatomy *a, const struct pose *pose, const struct site *site,
	const struct scan_setting *setting, uint64_t seed, int64_t who)
{
	static const double origin[3] = { 0, 0, 0 };
	struct anatomy_grid grid;
	struct response response;
	struct volume clean = { 0 };
	double rod_height = rod_height_mm(a), half_mm[2], front, back;
	int rc = -1;
	memset(s, 0, sizeof(*s));
	anatomy_extent_mm(a, &half_mm[0], &front, &back);
	half_mm[1] = 0.5 * (front - back);
	motion_of_pose(s->body_to_world, pose, origin);
	affine_apply((const double(*)[4])s->body_to_world, origin, s->isocentre_mm);
	/* The phantom lies still on the table. */
	scan_body_grid(
		&grid, a, (const double(*)[4])s->body_to_world, rod_height - ROD_RADIUS_MM + 8, setting);
	TRY(response_at(&response, site->ct.kev));
	TRY(anatomy_voxelise(&s->truth, a, &grid));
	TRY(volume_init(&s->hu, grid.n, (const double(*)[4])grid.to_world, VOLUME_I16));
	TRY(volume_init(&clean, grid.n, (const double(*)[4])grid.to_world, VOLUME_F32));
#pragma omp parallel for schedule(dynamic)
	for (int64_t z = 0; z < grid.n[2]; z++)
		fill_slice(s, &clean, z, rod_height, &site->ct, &response, half_mm);
	TRY(scan_blur(&clean, site->ct.kernel_fwhm_mm, site->ct.slice_mm));
#pragma omp parallel for schedule(dynamic)
	for (int64_t z = 0; z < grid.n[2]; z++)
		add_noise(s, &clean, z, &site->ct, stream_of(seed, who, STREAM_SCAN_NOISE, z));
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
