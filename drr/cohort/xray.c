#include "drr/cohort/xray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "drr/cohort/stream.h"
#include "drr/projector.h"
#include "drr/spectrum.h"
#include "host/run/err.h"
#include "host/run/version.h"

#define SDD_MM 1100.0
#define SOD_MM 950.0
/* At the exposure control, behind the patient: 2.5 uGy at 29 000 photons/mm2/uGy (physics 7.1). */
#define PHOTONS_PER_MM2 72500.0

int xray_materials(float *materials_g_cm2, const struct device *device, const struct anatomy_voxels *truth,
	const struct geometry *geometry, const struct pose *pose)
{
	const struct volume *volumes[MATERIALS] = { [MATERIAL_SOFT] = &truth->soft,
		[MATERIAL_FAT] = &truth->fat,
		[MATERIAL_MINERAL] = &truth->mineral };
	int64_t pixels = geometry->cols * geometry->rows;
	struct projection out = { 0 };
	struct resident resident = { 0 };
	int rc = -1;
	memset(materials_g_cm2, 0, (size_t)(MATERIALS * pixels) * sizeof(float));
	TRY(projection_alloc(&out, geometry, 1, 0, true, false, false, false));
	for (int m = 0; m < MATERIALS; m++) {
		struct projector_source source = {
			.values = volumes[m], .hu_per_value = 1, .materials = material_model_default()
		};
		if (!volumes[m])
			continue;
		resident_close(&resident);
		TRY(resident_open(&resident, device, &source));
		TRY(projector_render(&out, &resident, PROJECTOR_PWC, geometry, pose, 1));
		for (int64_t i = 0; i < pixels; i++)
			materials_g_cm2[m * pixels + i] = 0.1f * out.integral[i]; /* g/cm3 x mm -> g/cm2 */
	}
	rc = 0;
cleanup:
	resident_close(&resident);
	projection_free(&out);
	return rc;
}

/* The exposure control's chamber: mean transmission over the film's middle third. */
static double chamber(const float *radiograph, int64_t cols, int64_t rows)
{
	double sum = 0;
	int64_t n = 0;
	for (int64_t r = rows / 3; r < rows - rows / 3; r++)
		for (int64_t c = cols / 3; c < cols - cols / 3; c++, n++)
			sum += exp(-(double)radiograph[r * cols + c]);
	return sum / (double)n;
}

/* Counting noise: the N photons that reach a pixel vary by sqrt(N). */
static void add_noise(
	float *radiograph, int64_t cols, int64_t rows, double pixel_mm, uint64_t seed, int64_t who)
{
	double open = PHOTONS_PER_MM2 * pixel_mm * pixel_mm / chamber(radiograph, cols, rows);
#pragma omp parallel for schedule(static)
	for (int64_t r = 0; r < rows; r++) {
		struct rng noise = stream_of(seed, who, STREAM_XRAY_NOISE, r);
		for (int64_t c = 0; c < cols; c++) {
			float *value = &radiograph[r * cols + c];
			double photons = open * exp(-(double)*value);
			double counted = fmax(photons + sqrt(photons) * rng_normal(&noise), 1);
			*value = (float)-log(counted / open);
		}
	}
}

static void place(struct xray *x, const struct scan *scan, const struct person *p)
{
	double to_body[4][4], moved[4][4], motion[4][4];
	/* In the room the body turns about its own origin, which lies at the isocentre plus the shift. */
	static const double origin[3] = { 0, 0, 0 };
	motion_inverse(to_body, (const double(*)[4])scan->body_to_world);
	motion_of_pose(moved, &p->xray_pose, origin);
	for (int k = 0; k < 3; k++)
		moved[k][3] += scan->isocentre_mm[k];
	affine_multiply(motion, (const double(*)[4])moved, (const double(*)[4])to_body);
	motion_to_pose(&x->pose, (const double(*)[4])motion, scan->isocentre_mm);
	memcpy(x->geometry.isocentre_mm, scan->isocentre_mm, sizeof(x->geometry.isocentre_mm));
}

int xray_make(struct xray *x, const struct device *device, const struct scan *scan, const struct person *p,
	const struct site *site, const struct xray_setting *setting, uint64_t seed)
{
	float *materials = NULL;
	double to_world[4][4];
	struct spectrum *spectrum = NULL;
	int rc = -1;
	memset(x, 0, sizeof(*x));
	x->geometry = (struct geometry){ .projection = GEOMETRY_CONE,
		.view = GEOMETRY_AP,
		.sdd_mm = SDD_MM,
		.sod_mm = SOD_MM,
		.cols = setting->cols,
		.rows = setting->rows,
		.pixel_mm = setting->pixel_mm };
	x->kvp = site->xray_kvp;
	x->photons_per_mm2 = PHOTONS_PER_MM2;
	place(x, scan, p);
	const int64_t n[3] = { setting->cols, setting->rows, 1 };
	int64_t pixels = n[0] * n[1];
	materials = malloc((size_t)(MATERIALS * pixels) * sizeof(float));
	spectrum = malloc(sizeof(*spectrum));
	if (!materials || !spectrum) {
		ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)pixels);
		goto cleanup;
	}
	geometry_image_affine(&x->geometry, to_world);
	TRY(volume_init(&x->film, n, (const double(*)[4])to_world, VOLUME_F32));
	TRY(xray_materials(materials, device, &scan->truth, &x->geometry, &x->pose));
	TRY(spectrum_load(spectrum, x->kvp, 0));
	TRY(radiograph_apply(device, volume_f32(&x->film), materials, pixels, spectrum));
	add_noise(volume_f32(&x->film), n[0], n[1], setting->pixel_mm, seed, p->index);
	rc = 0;
cleanup:
	free(materials);
	free(spectrum);
	if (rc != 0)
		xray_free(x);
	return rc;
}

void xray_free(struct xray *x)
{
	volume_free(&x->film);
}

struct json *xray_to_json(const struct xray *x)
{
	struct json *root = json_object(), *frames = json_array(), *frame = json_object(),
		    *noise = json_object();
	json_put_text(root, "quantity", "radiograph");
	json_put_text(root, "unit", "1");
	json_put_text(root, "definition", "-ln(I/I0)");
	json_put_bool(root, "synthetic", true);
	json_put(root, "geometry", geometry_to_json(&x->geometry));
	json_put(root, "pose", pose_to_json(&x->pose));
	json_put_text(root, "model", "pwc");
	json_put_number(root, "kvp", x->kvp);
	json_put_number(noise, "photons_per_mm2", x->photons_per_mm2);
	json_put_text(noise, "where", "mean over the middle third of the film");
	json_put(root, "noise", noise);
	json_put_text(frame, "name", "radiograph");
	json_put_text(frame, "label", NULL);
	json_put_text(frame, "quantity", "radiograph");
	json_put_text(frame, "unit", "1");
	json_push(frames, frame);
	json_put(root, "frames", frames);
	json_put(root, "excluded", json_array());
	json_put_text(root, "xbmd_version", version_number());
	return root;
}
