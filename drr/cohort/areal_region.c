#include "drr/cohort/areal_region.h"

#include <math.h>

#include "ct/abmd.h"
#include "drr/cohort/motion.h"
#include "drr/projector.h"
#include "host/run/err.h"

#define WINDOW_MM 190.0
#define NECK_MIDDLE 0.62
#define MAP_NECK_RADII 2.0 /* the shape model's necks in radii of their heads */
#define NECK_HALF_ALONG_MM 7.5
#define NECK_HALF_ACROSS_MM 24.5

const char *areal_region_name(enum areal_region region)
{
	static const char *const names[AREAL_REGIONS] = { "total_hip", "neck" };
	return names[region];
}

struct areal_neck areal_neck_of(
	const struct anatomy *a, enum anatomy_side side, const double moved[4][4], double along_mm)
{
	const struct femur_frame still = anatomy_femur_frame(a, side), seen = moved ? motion_of_frame(moved, &still) : still;
	double flat = hypot(seen.neck_axis[0], seen.neck_axis[2]); /* the picture shortens the neck */
	double neck_mm = a->params.map ? MAP_NECK_RADII * still.head_radius_mm : a->axes[side].neck_length_mm;
	return (struct areal_neck){ .head_mm = { seen.head_centre_mm[0], seen.head_centre_mm[2] },
		.axis = { seen.neck_axis[0] / flat, seen.neck_axis[2] / flat },
		.middle_mm = NECK_MIDDLE * flat * neck_mm + along_mm };
}

bool areal_neck_contains(const struct areal_neck *neck, double x_mm, double z_mm)
{
	double x = x_mm - neck->head_mm[0], z = z_mm - neck->head_mm[1];
	double along = x * neck->axis[0] + z * neck->axis[1], across = z * neck->axis[0] - x * neck->axis[1];
	return fabs(along - neck->middle_mm) <= NECK_HALF_ALONG_MM && fabs(across) <= NECK_HALF_ACROSS_MM;
}

/* The region lies lateral of the head and below it. */
struct geometry areal_window(const double head_mm[3], enum anatomy_side side, double pixel_mm)
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

void areal_masks(
	uint8_t *masks, const float *path_cm, const struct geometry *g, const struct areal_neck *neck)
{
	int64_t pixels = g->cols * g->rows;
	for (int64_t i = 0; i < pixels; i++) {
		double col = (double)(i % g->cols) - 0.5 * (double)(g->cols - 1);
		double row = (double)(i / g->cols) - 0.5 * (double)(g->rows - 1);
		bool bone = (double)path_cm[i] >= ABMD_MASK_CM;
		/* Columns grow to the patient's left, rows to the feet. */
		masks[AREAL_TOTAL_HIP * pixels + i] = bone;
		masks[AREAL_NECK * pixels + i] =
			bone && areal_neck_contains(neck, g->isocentre_mm[0] - col * g->pixel_mm,
					g->isocentre_mm[2] - row * g->pixel_mm);
	}
}

int areal_project(float *out, const struct device *device, const struct volume *volume,
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
