/*
 * A picture of a projection for looking at: 16-bit grey, row 0 at the top, high values bright, in a window
 * that the sidecar and the PNG's own text state.  Many frames side by side, row by row, with white gaps of
 * PREVIEW_GAP pixels.
 */
#ifndef DRR_PREVIEW_H
#define DRR_PREVIEW_H
#include <stdint.h>
#include "host/files/json.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PREVIEW_GAP = 2, PREVIEW_MOST_FRAMES = 64 };
struct preview {
	double low, high;	/* black, white */
	int64_t shown, columns; /* frames: the first `shown`, `columns` a row */
};
/*
 * The layout, and the window: given[0] .. given[1] unless NaN, else 0 .. 1 for unit "grey", else from the
 * 0.5th to the 99.5th percentile of the shown frames' pixels that are not 0 or less (rays that met nothing).
 */
void preview_plan(struct preview *p, const struct volume *image, const char *unit, const double given[2]);
/* unit: of the values, for the PNG's text. */
int preview_write(const char *path, const struct preview *p, const struct volume *image, const char *unit);
struct json *preview_to_json(const struct preview *p);
#ifdef __cplusplus
}
#endif
#endif
