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
#define DXA_REGION_VOXEL_MM 1.5
/* Beside the bone, in pixels: where the soft-tissue ratio is read. */
enum { BESIDE_FROM = 4, BESIDE_TO = 16 };
#define BONE_FREE_G_CM2 0.02

/* The region lies lateral of the head and below it. */
static struct geometry window(const double head_mm[3], enum anatomy_side side, double pixel_mm)
{
	int64_t size = (int64_t)(WINDOW_MM / pixel_mm);
	struct geometry g = { .projection = GEOMETRY_PARALLEL,
		.view = GEOMETRY_AP,
		.cols = size,
		.rows = size,
		.pixel_mm = pixel_mm };
	g.isocentre_mm[0] = head_mm[0] + (side == ANATOMY_RIGHT ? 30 : -30);
	g.isocentre_mm[1] = head_mm[1];
	g.isocentre_mm[2] = head_mm[2] - 40;
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
	const float *path_cm, int64_t cols, int64_t rows, const char *beam_name)
{
	struct dxa_beam beam;
	int64_t plane = cols * rows, pixels = 0;
	double beside[DXA_ENERGIES] = { 0 }, bone[DXA_ENERGIES] = { 0 };
	if (dxa_beam_named(&beam, beam_name) != 0)
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

/* ---- makers ---- */

/* Total hip: sBMD = 1000 (a + b BMD). */
static const struct {
	const char *family;
	double a, b;
} makers[] = { { "hologic", 0.006, 1.008 }, { "lunar", -0.031, 0.979 }, { "norland", 0.026, 1.012 } };

static size_t maker_of(const char *family)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (strcmp(makers[i].family, family) == 0)
			return i;
	BUG("DXA family '%s'", family);
}

double areal_sbmd_mg_cm2(double bmd_g_cm2, const char *family)
{
	size_t i = maker_of(family);
	return 1000 * (makers[i].a + makers[i].b * bmd_g_cm2);
}

double areal_of_sbmd_g_cm2(double sbmd_mg_cm2, const char *family)
{
	size_t i = maker_of(family);
	return (sbmd_mg_cm2 / 1000 - makers[i].a) / makers[i].b;
}

/* ---- the two readings ---- */

static int measure_truth(
	struct abmd *truth, const struct device *device, const struct anatomy *a, enum anatomy_side side)
{
	const struct pose neutral = { { 0 }, { 0 } };
	const struct total_hip_rule rule = total_hip_rule_default();
	const struct geometry g = window(a->frame[side].head_centre_mm, side, PIXEL_MM);
	struct volume mineral = { 0 }, fraction = { 0 };
	int64_t pixels = g.cols * g.rows;
	float *maps = malloc((size_t)(2 * pixels) * sizeof(float));
	int rc = -1;
	if (!maps)
		return ERR_RESOURCE("out of memory for %lld pixels", (long long)pixels);
	TRY(anatomy_region(&mineral, &fraction, a, side, &rule, REGION_VOXEL_MM));
	TRY(project(maps, device, &mineral, &g, &neutral, 0.1f));
	TRY(project(maps + pixels, device, &fraction, &g, &neutral, 0.1f));
	*truth = abmd_read(maps, maps + pixels, 1, pixels);
	rc = 0;
cleanup:
	volume_free(&mineral);
	volume_free(&fraction);
	free(maps);
	return rc;
}

/* The region with its lower edge moved by so much, projected where the DXA scanner has the femur. */
static int measure_dxa(struct areal *out, const struct device *device, const struct anatomy *neutral,
	enum anatomy_side side, const struct areal_posture *dxa, double lower_mm, const char *beam)
{
	const struct pose still = { { 0 }, { 0 } };
	struct total_hip_rule rule = total_hip_rule_default();
	struct volume mineral = { 0 }, fraction = { 0 };
	double femur[4][4], motion[4][4], head[3];
	struct pose pose;
	int rc = -1;
	affine_apply(dxa->body_to_world, dxa->anatomy->frame[side].head_centre_mm, head);
	const struct geometry g = window(head, side, DXA_PIXEL_MM);
	int64_t pixels = g.cols * g.rows;
	float *maps = malloc((size_t)((2 + MATERIALS) * pixels) * sizeof(float));
	if (!maps)
		return ERR_RESOURCE("out of memory for %lld pixels", (long long)pixels);
	rule.distal_cut_radii += lower_mm / neutral->frame[side].head_radius_mm;
	posture_femur_motion(femur, neutral, dxa->anatomy, side);
	affine_multiply(motion, dxa->body_to_world, (const double(*)[4])femur);
	motion_to_pose(&pose, (const double(*)[4])motion, g.isocentre_mm);
	TRY(anatomy_region(&mineral, &fraction, neutral, side, &rule, DXA_REGION_VOXEL_MM));
	TRY(project(maps, device, &mineral, &g, &pose, 0.1f));
	TRY(project(maps + pixels, device, &fraction, &g, &pose, 0.1f));
	TRY(xray_materials(maps + 2 * pixels, device, dxa->voxels, &g, &still));
	out->dxa_true_g_cm2 = abmd_read(maps, maps + pixels, 1, pixels).abmd_g_cm2;
	TRY(areal_dual_energy(
		&out->dxa_exact_g_cm2, maps + 2 * pixels, maps, maps + pixels, g.cols, g.rows, beam));
	rc = 0;
cleanup:
	volume_free(&mineral);
	volume_free(&fraction);
	free(maps);
	return rc;
}

int areal_measure(struct areal *out, const struct device *device, const struct anatomy *neutral,
	enum anatomy_side side, const struct areal_posture *dxa, const struct site_dxa *site, uint64_t seed,
	int64_t who, int repeat)
{
	struct rng r = stream_of(seed, who, STREAM_DXA, ANATOMY_SIDES * repeat + (int64_t)side);
	memset(out, 0, sizeof(*out));
	double lower_mm = site->roi_sd_mm * rng_normal(&r), error = site->precision * rng_normal(&r);
	if (measure_truth(&out->truth, device, neutral, side) != 0 ||
		measure_dxa(out, device, neutral, side, dxa, lower_mm, site->beam) != 0)
		return -1;
	double unbiased = out->dxa_exact_g_cm2 * (1 + error);
	double shown = areal_of_sbmd_g_cm2(areal_sbmd_mg_cm2(unbiased, "hologic"), site->family);
	out->dxa_g_cm2 = site->slope * shown + site->offset_g_cm2;
	return 0;
}

int areal_scan(struct areal *out, const struct device *device, const struct anatomy *neutral,
	const struct person *p, const struct site_dxa *site, const struct scan_setting *setting, uint64_t seed,
	int64_t who, int repeat)
{
	static const double origin[3] = { 0, 0, 0 };
	const struct posture posture = posture_dxa(p, site, seed, who, repeat);
	struct anatomy *articulated = malloc(sizeof(*articulated));
	struct anatomy_voxels voxels = { 0 };
	struct areal_posture dxa = { .anatomy = articulated, .voxels = &voxels };
	struct anatomy_grid grid;
	double half_width, front, back;
	int rc = -1;
	if (!articulated)
		return ERR_RESOURCE("out of memory for a digital body");
	TRY(posture_anatomy(articulated, &p->anatomy, &posture));
	motion_of_pose(dxa.body_to_world, &posture.body, origin);
	anatomy_extent_mm(articulated, &half_width, &front, &back);
	scan_body_grid(&grid, articulated, (const double(*)[4])dxa.body_to_world, back, setting);
	TRY(anatomy_voxelise(&voxels, articulated, &grid));
	for (int side = 0; side < ANATOMY_SIDES; side++)
		TRY(areal_measure(&out[side], device, neutral, (enum anatomy_side)side, &dxa, site, seed, who,
			repeat));
	rc = 0;
cleanup:
	anatomy_voxels_free(&voxels);
	free(articulated);
	return rc;
}
