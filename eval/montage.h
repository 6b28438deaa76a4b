/*
 * Some films and what the network took them apart into, as one grey picture, from the folder of `xbmd predict --maps`:
 * *_desc-maps_xr.nii.gz (cols, rows, frames) with sidecars that name the frames, the first of them the film.
 *
 * Without true maps a row is a hip: the film at the left, then its maps of areal density.  With them a row is one map of a hip:
 * film (in a hip's first row), predicted, true, and predicted - true, where grey is 0 and a step of grey is worth what it is in
 * the maps.
 */
#ifndef EVAL_MONTAGE_H
#define EVAL_MONTAGE_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "host/files/table.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { MONTAGE_HIPS = 4, MONTAGE_HIPS_WITH_TRUTH = 2, MONTAGE_MAPS = 5, MONTAGE_NAME_BYTES = 32 };

struct montage {
	struct memory block;
	float *grey; /* (rows, cols), 0 black .. 1 white */
	int64_t cols, rows;
	int n_hips, n_maps;
	bool has_truth;
	struct {
		char side[4];
		double abmd_g_cm2; /* NaN = not measured */
		double film_range[2]; /* -ln(I/I0), black and white */
	} hip[MONTAGE_HIPS];
	char map[MONTAGE_MAPS][MONTAGE_NAME_BYTES];
	double white_g_cm2; /* of all maps; black is 0.  Of a difference half of it, black its negative. */
};
/*
 * At most MONTAGE_HIPS of the folder's files, evenly by name; where some have true maps, at most MONTAGE_HIPS_WITH_TRUTH of
 * those.  ERR_INPUT when there is none; ERR_INVALID for sizes or frames that differ, or that the sidecar does not name.
 */
int montage_read(struct montage *m, const char *folder);
void montage_free(struct montage *m);
/* Panels side by side. */
int montage_columns(const struct montage *m);
const char *montage_column_name(const struct montage *m, int column);
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
