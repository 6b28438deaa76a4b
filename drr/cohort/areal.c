#include "drr/cohort/areal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "drr/cohort/stream.h"
#include "drr/cohort/xray.h"
#include "drr/dxa_beam.h"
#include "drr/projector.h"
#include "host/run/err.h"

#define REGION_VOXEL_MM 1.0
#define PIXEL_MM 0.5
#define DXA_PIXEL_MM 1.0
#define WINDOW_MM 190.0
#define LOW_KEV 40.0 /* cerium-filtered 80 kVp: about 40 and 70 keV (physics 3.3) */
#define HIGH_KEV 70.0
#define PRECISION 0.015 /* coefficient of variation of repeated scans (physics 3.2) */
/* Beside the bone, in pixels: where the soft-tissue ratio is read. */
enum { BESIDE_FROM = 4, BESIDE_TO = 16 };
#define BONE_FREE_G_CM2 0.02

static struct geometry window(const struct anatomy *a, enum anatomy_side side, double pixel_mm)
{
	const double *head = a->frame[side].head_centre_mm;
	int64_t size = (int64_t)(WINDOW_MM / pixel_mm);
	struct geometry g = { .projection = GEOMETRY_PARALLEL,
		.view = GEOMETRY_AP,
		.cols = size,
		.rows = size,
		.pixel_mm = pixel_mm };
	/* The region lies lateral of the head and below it. */
	g.isocentre_mm[0] = head[0] + (side == ANATOMY_RIGHT ? 30 : -30);
	g.isocentre_mm[1] = head[1];
	g.isocentre_mm[2] = head[2] - 40;
	return g;
}

/* One volume's integral over the window; scale turns value x mm into the wanted unit. */
static int project(float *out, const struct device *device, const struct volume *volume,
	const struct geometry *g, const struct pose *pose, float scale)
{
	struct projector_source source = {
		.values = volume, .hu_per_value = 1, .materials = material_model_default()
	};
	struct projection p = { 0 };
	struct resident resident = { 0 };
	int rc = -1;
	TRY(projection_alloc(&p, g, 1, 0, true, false, false, false));
	TRY(resident_open(&resident, device, &source));
	TRY(projector_render(&p, &resident, PROJECTOR_PWC, g, pose, 1));
	for (int64_t i = 0; i < g->cols * g->rows; i++)
		out[i] = scale * p.integral[i];
	rc = 0;
cleanup:
	resident_close(&resident);
	projection_free(&p);
	return rc;
}

/* ---- dual energy ---- */

/* Attenuation at both energies through soft tissue, fat and this much mineral. */
static void attenuate(double j[DXA_ENERGIES], const struct dxa_beam *beam, const float *materials,
	int64_t plane, int64_t i, double mineral)
{
	const double g_cm2[MATERIALS] = { [MATERIAL_SOFT] = (double)materials[MATERIAL_SOFT * plane + i],
		[MATERIAL_FAT] = (double)materials[MATERIAL_FAT * plane + i],
		[MATERIAL_MINERAL] = mineral };
	dxa_beam_attenuation(j, beam, g_cm2);
}

/* Adds the attenuations of a row's bone-free pixels close to the mask [first, last]. */
static void add_beside(double sum[DXA_ENERGIES], const struct dxa_beam *beam, const float *materials,
	int64_t plane, int64_t cols, int64_t row, int64_t first, int64_t last)
{
	for (int64_t step = BESIDE_FROM; step <= BESIDE_TO; step++)
		for (int way = 0; way < 2; way++) {
			int64_t c = way ? last + step : first - step, i = row * cols + c;
			double j[DXA_ENERGIES];
			if (c < 0 || c >= cols ||
				!((double)materials[MATERIAL_MINERAL * plane + i] < BONE_FREE_G_CM2))
				continue;
			attenuate(j, beam, materials, plane, i, 0);
			sum[0] += j[0];
			sum[1] += j[1];
		}
}

int areal_dual_energy(double *bmd_g_cm2, const float *materials_g_cm2, const float *bone_mineral_g_cm2,
	const float *path_cm, int64_t cols, int64_t rows)
{
	struct dxa_beam beam;
	int64_t plane = cols * rows, pixels = 0;
	double beside[DXA_ENERGIES] = { 0 }, bone[DXA_ENERGIES] = { 0 };
	if (dxa_beam_kev(&beam, LOW_KEV, HIGH_KEV) != 0)
		return -1;
	for (int64_t row = 0; row < rows; row++) {
		int64_t first = -1, last = -1;
		for (int64_t c = 0; c < cols; c++) {
			int64_t i = row * cols + c;
			double j[DXA_ENERGIES];
			if (!((double)path_cm[i] >= ABMD_MASK_CM))
				continue;
			first = first < 0 ? c : first;
			last = c;
			attenuate(j, &beam, materials_g_cm2, plane, i, (double)bone_mineral_g_cm2[i]);
			bone[0] += j[0];
			bone[1] += j[1];
			pixels++;
		}
		if (first >= 0)
			add_beside(beside, &beam, materials_g_cm2, plane, cols, row, first, last);
	}
	if (pixels == 0 || !(beside[1] > 0))
		return ERR_INVALID("dual-energy reading: %s",
			pixels == 0 ? "no bone in the window" : "no bone-free tissue beside the bone");
	/* The equation is linear in the attenuations, so the mean over pixels may be taken first. */
	for (int e = 0; e < DXA_ENERGIES; e++)
		bone[e] /= (double)pixels;
	*bmd_g_cm2 = dxa_beam_mineral(&beam, bone, beside);
	return 0;
}

double areal_t_score(double bmd_g_cm2, char sex)
{
	return sex == 'F' ? (bmd_g_cm2 - 0.942) / 0.122 : (bmd_g_cm2 - 1.041) / 0.144;
}

/* ---- the two readings ---- */

static int measure_truth(struct abmd *truth, const struct device *device, const struct geometry *g,
	const struct volume *mineral, const struct volume *fraction)
{
	const struct pose neutral = { { 0 }, { 0 } };
	int64_t pixels = g->cols * g->rows;
	float *maps = malloc((size_t)(2 * pixels) * sizeof(float));
	int rc = -1;
	if (!maps)
		return ERR_RESOURCE("out of memory for %lld pixels", (long long)pixels);
	TRY(project(maps, device, mineral, g, &neutral, 0.1f));
	TRY(project(maps + pixels, device, fraction, g, &neutral, 0.1f));
	*truth = abmd_read(maps, maps + pixels, 1, pixels);
	rc = 0;
cleanup:
	free(maps);
	return rc;
}

static int measure_dxa(struct areal *out, const struct device *device, const struct geometry *g,
	const struct volume *mineral, const struct volume *fraction, const struct scan *scan,
	const double head_mm[3], const struct pose *leg_pose)
{
	int64_t pixels = g->cols * g->rows;
	float *maps = malloc((size_t)((2 + MATERIALS) * pixels) * sizeof(float));
	double moved[4][4], to_body[4][4], motion[4][4];
	struct pose of_body, of_scan;
	int rc = -1;
	if (!maps)
		return ERR_RESOURCE("out of memory for %lld pixels", (long long)pixels);
	motion_of_pose(moved, leg_pose, head_mm);
	motion_to_pose(&of_body, (const double(*)[4])moved, g->isocentre_mm);
	motion_inverse(to_body, (const double(*)[4])scan->body_to_world);
	affine_multiply(motion, (const double(*)[4])moved, (const double(*)[4])to_body);
	motion_to_pose(&of_scan, (const double(*)[4])motion, g->isocentre_mm);
	TRY(project(maps, device, mineral, g, &of_body, 0.1f));
	TRY(project(maps + pixels, device, fraction, g, &of_body, 0.1f));
	TRY(xray_materials(maps + 2 * pixels, device, &scan->truth, g, &of_scan));
	out->dxa_true_g_cm2 = abmd_read(maps, maps + pixels, 1, pixels).abmd_g_cm2;
	TRY(areal_dual_energy(&out->dxa_g_cm2, maps + 2 * pixels, maps, maps + pixels, g->cols, g->rows));
	rc = 0;
cleanup:
	free(maps);
	return rc;
}

int areal_measure(struct areal *out, const struct device *device, const struct anatomy *a,
	enum anatomy_side side, const struct scan *scan, const struct person *p, const struct site *site,
	uint64_t seed)
{
	struct volume mineral = { 0 }, fraction = { 0 };
	struct total_hip_rule rule = total_hip_rule_default();
	struct geometry fine = window(a, side, PIXEL_MM), coarse = window(a, side, DXA_PIXEL_MM);
	struct rng r = stream_of(seed, p->index, STREAM_DXA, (int64_t)side);
	int rc = -1;
	memset(out, 0, sizeof(*out));
	TRY(anatomy_region(&mineral, &fraction, a, side, &rule, REGION_VOXEL_MM));
	TRY(measure_truth(&out->truth, device, &fine, &mineral, &fraction));
	TRY(measure_dxa(out, device, &coarse, &mineral, &fraction, scan, a->frame[side].head_centre_mm,
		&p->dxa_pose[side]));
	out->dxa_g_cm2 = site->dxa_slope * out->dxa_g_cm2 + site->dxa_offset_g_cm2;
	out->dxa_g_cm2 *= 1 + PRECISION * rng_normal(&r);
	rc = 0;
cleanup:
	volume_free(&mineral);
	volume_free(&fraction);
	return rc;
}
