/*
 * How a DXA scanner sees the patient: the material integrals of its image.
 *
 *	pencil  parallel rays: a source and a detector that travel together over the table
 *	fan     a narrow fan across the patient (the columns), parallel along the table (the rows): cone beam for one
 *	        row at a time, the patient moved along z by a pixel from row to row, all rows in one batch
 *
 * Pixels are square and pixel_mm wide in the plane through the isocentre.  In a fan an object whose depth is d mm
 * towards the source is magnified sod / (sod - d) along the columns and not along the rows.
 */
#ifndef DRR_DXA_GEOMETRY_H
#define DRR_DXA_GEOMETRY_H
#include "drr/geometry.h"
#include "drr/projector.h"
#ifdef __cplusplus
extern "C" {
#endif
enum dxa_geometry_kind { DXA_GEOMETRY_PENCIL, DXA_GEOMETRY_FAN };
struct dxa_geometry {
	enum dxa_geometry_kind kind;
	enum geometry_view view;
	int64_t cols, rows;
	double pixel_mm;        /* in the isocentre's plane */
	double sod_mm, sdd_mm;  /* fan only: source to isocentre and to detector */
	double isocentre_mm[3]; /* world */
};
/* As the projector sees it: pencil, one image of one pose; fan, `rows` images of one row, one pose each. */
void dxa_geometry_detector(struct geometry *detector, const struct dxa_geometry *g);
int64_t dxa_geometry_poses(const struct dxa_geometry *g);
/* The pose of image `row` (0 for a pencil): the patient's own, moved along the table. */
struct pose dxa_geometry_pose(const struct dxa_geometry *g, const struct pose *patient, int64_t row);
/*
 * Soft tissue, fat, mineral and metal of every pixel.  materials_g_cm2 (MATERIALS, rows, cols), the caller's.
 * ERR_USAGE for an impossible geometry, ERR_RESOURCE out of memory, and as projector_render().
 */
int dxa_geometry_materials(float *materials_g_cm2, struct resident *volume, enum projector_model model,
	const struct dxa_geometry *g, const struct pose *patient);
#ifdef __cplusplus
}
#endif
#endif
