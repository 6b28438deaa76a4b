/*
 * Digital X-ray films as DICOM files, through DCMTK: SOP classes Digital X-Ray Image Storage For Processing and For
 * Presentation (PS3.3 A.26); read besides: Computed Radiography.  Not compressed, one frame, grey.
 *
 * Missing or unreadable is exit code 3; damaged, truncated, of another kind or without a needed attribute is 4; the
 * message names file, attribute and reason.  What a film means is host/files/xray.h.
 */
#ifndef HOST_FILES_DICOM_H
#define HOST_FILES_DICOM_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { DICOM_UID_BYTES = 65, DICOM_TEXT_BYTES = 65, DICOM_CODE_BYTES = 17 };
/* Texts are ASCII; empty, NaN and 0 stand for "absent" unless said otherwise. */
struct dicom_film {
	char sop_class[DICOM_UID_BYTES]; /* read only; written by for_presentation */
	char instance[DICOM_UID_BYTES], series[DICOM_UID_BYTES], study[DICOM_UID_BYTES];
	char patient[DICOM_TEXT_BYTES];  /* name and number alike: no person is behind it */
	char sex[DICOM_CODE_BYTES];      /* "F", "M", "O" */
	double age_years;
	char maker[DICOM_TEXT_BYTES], model[DICOM_TEXT_BYTES], version[DICOM_TEXT_BYTES];
	int number;                      /* of the instance in its series */
	bool for_presentation;
	char photometric[DICOM_CODE_BYTES]; /* MONOCHROME1: 0 is white; MONOCHROME2: 0 is black */
	char relation[DICOM_CODE_BYTES]; /* pixel intensity relationship: LIN, LOG, DISP; written: LIN, LOG */
	int sign;                        /* -1: higher values are less intensity; 1: more; 0: not said */
	double rescale_slope, rescale_intercept; /* 1, 0 where absent */
	double window_centre, window_width;      /* of rescaled values; the first of several */
	char lut_shape[DICOM_CODE_BYTES]; /* IDENTITY, INVERSE */
	double imager_mm[2], pixel_mm[2]; /* Imager Pixel Spacing (at the detector), Pixel Spacing: row, column pitch */
	double kvp, sdd_mm, sod_mm;      /* source to detector, source to patient */
	double relative_exposure;        /* Relative X-ray Exposure */
	char view[DICOM_CODE_BYTES];     /* AP, PA, LL, ... */
	char laterality[DICOM_CODE_BYTES]; /* image's, else series's: R, L, B (both), U */
	char orientation[2][DICOM_CODE_BYTES]; /* along the columns' index, along the rows': "L", "F" */
	char body_part[DICOM_CODE_BYTES];
	bool burned_in;                  /* read only: Burned In Annotation is YES */
	double radiograph_slope, radiograph_intercept; /* ours, private block XBMD: -ln(I/I0) = slope value + intercept */
	int64_t cols, rows;
	int bits_stored;                 /* of 16; written unsigned */
	int32_t *values;                 /* (rows, cols), stored values; malloc'd by dicom_read */
};
/* False in a build without DCMTK, in which the functions below fail with exit code 2. */
bool dicom_available(void);
int dicom_read(struct dicom_film *film, const char *path);
void dicom_film_free(struct dicom_film *film);
/* Explicit VR little endian; whole or absent.  The same film gives the same bytes. */
int dicom_write(const char *path, const struct dicom_film *film);
#ifdef __cplusplus
}
#endif
#endif
