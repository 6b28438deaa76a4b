/*
 * Some films and what the network took them apart into, as one grey picture: a row a hip, the film at the left, then the
 * maps of areal density.  From the folder of `xbmd predict --maps`: *_desc-maps_xr.nii.gz (cols, rows, frames) with sidecars
 * that name the frames, the first of them the film.
 */
#ifndef EVAL_MONTAGE_H
#define EVAL_MONTAGE_H
#include <stdint.h>
#include <stdio.h>
#include "host/files/table.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { MONTAGE_HIPS = 4, MONTAGE_PANELS = 6, MONTAGE_NAME_BYTES = 32 };

struct montage {
	struct memory block;
	float *grey; /* (rows, cols), 0 black .. 1 white */
	int64_t cols, rows;
	int n_hips, n_panels;
	struct {
		char side[4];
		double abmd_g_cm2; /* NaN = not measured */
		double film_range[2]; /* -ln(I/I0), black and white */
	} hip[MONTAGE_HIPS];
	char panel[MONTAGE_PANELS][MONTAGE_NAME_BYTES];
	double white_g_cm2; /* of all maps; black is 0 */
};
/*
 * At most MONTAGE_HIPS of the folder's files, evenly by name.  ERR_INPUT when there is none; ERR_INVALID for sizes or frames
 * that differ, or that the sidecar does not name.
 */
int montage_read(struct montage *m, const char *folder);
void montage_free(struct montage *m);
/* As PNG into an open file; path for messages. */
int montage_png(FILE *out, const struct montage *m, const char *path);
/* As an HTML figure with the picture inside; note: HTML at the caption's end. */
int montage_html(FILE *out, const struct montage *m, const char *note);
/* hip, side, abmd_g_cm2, panel, black, white, unit; t is empty before. */
void montage_numbers(struct table *t, const struct montage *m);
#ifdef __cplusplus
}
#endif
#endif
