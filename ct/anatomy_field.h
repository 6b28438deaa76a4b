/*
 * The soft tissue's smooth part (struct anatomy_smooth) on the corners of a grid's cells, read between them: skin and
 * muscles curve with radii of 50 mm and more, so that a cell of 6 mm is true to 0.1 mm.  Internal to ct/anatomy*.c.
 */
#ifndef CT_ANATOMY_FIELD_H
#define CT_ANATOMY_FIELD_H
#include "ct/anatomy_raster.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
struct anatomy_field {
	const struct anatomy_raster *raster; /* borrowed */
	struct memory nodes;                 /* struct anatomy_smooth (cells[2]+1, cells[1]+1, cells[0]+1) */
};
/* ANATOMY_ROW voxels or fewer of a row, value by value. */
enum { ANATOMY_ROW = 16 };
struct anatomy_smooth_row {
	double skin_mm[ANATOMY_ROW], muscle_mm[ANATOMY_ROW], wave[ANATOMY_ROW], cavity[ANATOMY_ROW];
};
/*
 * A row's anatomy_tissue_mix in a plain cell, several voxels at a time.  Plain: neither cloth nor bowel within its
 * corners, and no muscle, or one whose fat varies only as the smooth part does.
 */
bool anatomy_tissue_is_plain(const struct anatomy_smooth corner[8], const struct anatomy_local *local, double width_mm);
void anatomy_tissue_row(double *soft, double *fat, int n, const struct anatomy *a, double width_mm,
	const struct anatomy_smooth_row *row, const struct anatomy_local *local);
int anatomy_field_init(struct anatomy_field *f, const struct anatomy *a, const struct anatomy_raster *r);
void anatomy_field_free(struct anatomy_field *f);
/* The corners of a cell: x fastest, z slowest. */
void anatomy_field_corners(struct anatomy_smooth corner[8], const struct anatomy_field *f, int64_t x, int64_t y, int64_t z);
/* Its voxels first .. first + n - 1 between two ends, per_voxel of the way apart. */
void anatomy_field_row(struct anatomy_smooth_row *row, const struct anatomy_smooth *from, const struct anatomy_smooth *to,
	int first, int n, double per_voxel);
/* Between corner values; at: 0 .. 1 along each axis. */
void anatomy_field_between(struct anatomy_smooth *out, const struct anatomy_smooth *from, const struct anatomy_smooth *to,
	double at);
#ifdef __cplusplus
}
#endif
#endif
