/* Samples of a subject: radiographs in random poses and the maps they are made of. */
#ifndef GAN_RENDER_H
#define GAN_RENDER_H
#include "drr/spectrum.h"
#include "gan/dataset_file.h"
#include "gan/subject.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Ranges of the films a training set imitates. */
struct render_range {
	double rotate_deg[3];     /* +- about x, y, z */
	double shift_mm[3];       /* +- */
	double sdd_mm[2], object_to_detector_mm[2];
	int64_t film_cols, film_rows;
	double film_pixel_mm;
};
struct render_range render_range_default(void);
struct render_draw { /* one film */
	struct geometry geometry;
	struct pose pose;
	double kvp;
};
/* A pure function of (seed, stream, index). */
struct render_draw render_draw(const struct render_range *range, const double isocentre_mm[3], uint64_t seed,
	uint64_t stream, int64_t index);
/*
 * Renders one film and cuts both hips: for each usable hip input (rows, cols) and target (rows, cols, channels).
 * inputs, targets: one block a hip, right then left.
 */
int render_film(const struct device *device, float *const inputs[SUBJECT_HIPS], float *const targets[SUBJECT_HIPS],
	struct subject *subject, const struct render_draw *draw, const struct sample_view *view);
/*
 * Cuts the maps of one hip (0 right, 1 left) out of projections of the subject with mineral and path: target (rows, cols,
 * channels).  The femur's from one, the pelvis's from the other: the two may lie in poses of their own.
 */
int render_cut_maps(float *target, const struct projection *femur, const struct projection *pelvis, int hip,
	enum label_side side, const struct sample_view *view, double pixel_mm);
#ifdef __cplusplus
}
#endif
#endif
