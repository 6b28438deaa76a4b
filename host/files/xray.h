/*
 * A radiograph as somebody hands it over: DICOM (host/files/dicom.h) or our own NIfTI with its sidecar, read into pixels,
 * spacing, side, view and what the grey means.  PS3.3 C.8.11.3, PS3.3 10.7, reference conventions.md 7.
 */
#ifndef HOST_FILES_XRAY_H
#define HOST_FILES_XRAY_H
#include <stdbool.h>
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
enum xray_intent { XRAY_FOR_PROCESSING, XRAY_FOR_PRESENTATION };
/* What the values are: -ln(I/I0); a logarithm or multiple of the intensity of unknown scale; grey for the eye. */
enum xray_scale { XRAY_RADIOGRAPH, XRAY_LOG, XRAY_LINEAR, XRAY_GREY };
/* Where the spacing is from: the detector (never corrected), corrected to the patient's plane, unsaid. */
enum xray_spacing { XRAY_AT_DETECTOR, XRAY_CALIBRATED, XRAY_SPACING_UNKNOWN };
struct xray_film {
	/*
	 * (cols, rows, 1) float32, columns to the patient's left, rows to the feet; spacing in its affine.  XRAY_RADIOGRAPH:
	 * -ln(I/I0).  XRAY_GREY: 0 .. 1 within the window, bone bright whatever the photometric interpretation.  Else the
	 * rescaled values, turned so that more of them is more attenuation.
	 */
	struct volume image;
	enum xray_intent intent;
	enum xray_scale scale;
	enum xray_spacing spacing;
	double pixel_mm;
	double kvp, sdd_mm, sod_mm; /* NAN: not said */
	char laterality;            /* 'R', 'L', 'B' (both) or 0 */
	char view[17];              /* "AP"; "" not said */
	bool inverted;              /* was MONOCHROME1 */
};
/*
 * By the file's name: .nii, .nii.gz or else DICOM.  ERR_INVALID besides what those readers refuse: pixels not square,
 * spacing absent, a Pixel Spacing that contradicts Imager Pixel Spacing by more than a magnification can, an orientation
 * other than L\F, text burned into the picture.
 */
int xray_film_read(struct xray_film *film, const char *path);
void xray_film_free(struct xray_film *film);
#ifdef __cplusplus
}
#endif
#endif
