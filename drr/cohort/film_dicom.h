/* A film of the cohort as a DICOM file, as its hospital's archive would have it. */
#ifndef DRR_COHORT_FILM_DICOM_H
#define DRR_COHORT_FILM_DICOM_H
#include "drr/cohort/record.h"
#include "host/files/dicom.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Of a study; equal ones give equal unique identifiers. */
struct film_id {
	uint64_t seed;
	int64_t who; /* cohort_who() */
	int number;  /* of the film within the visit, 1 .. */
};
/*
 * For processing: 14 bits of -ln(I/I0) from -1 to 15 (steps of 0.001), MONOCHROME2, the scale in a private block.  For
 * presentation: 12 bits of grey; pyramid vendors store it as MONOCHROME1.
 */
int film_dicom_write(const char *path, const struct xray *x, const struct person *p, const struct film_id *id,
	bool presentation);
#ifdef __cplusplus
}
#endif
#endif
