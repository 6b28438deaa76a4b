/*
 * All that is known about one synthetic participant: truth/records/sub-X.json.  Written after the participant's
 * images, so its presence says that they are whole.
 */
#ifndef DRR_COHORT_RECORD_H
#define DRR_COHORT_RECORD_H
#include "drr/cohort/areal.h"
#include "drr/cohort/person.h"
#include "host/files/json.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct record {
	struct person person;
	struct femur_frame frame[ANATOMY_SIDES]; /* in the CT's world */
	struct areal areal[ANATOMY_SIDES];
};
/* What a record was made with; another setting's record is made again. */
struct record_origin {
	uint64_t seed;
	int sites;
	const char *quality;
};
/* The femora's frames of the body in its CT pose. */
void record_set_frames(struct record *r, const struct anatomy *a, const double body_to_world[4][4]);
int record_write(const struct record *r, const struct record_origin *origin, const char *path);
/* Fills frame and areal of a record whose person is set.  1: no record of this origin there; -1: unreadable. */
int record_read(struct record *r, const struct record_origin *origin, const char *path);
/* Columns of the sampled parameters and their values in a row of truth/participants.tsv. */
void record_add_columns(struct table *t);
void record_set_row(struct table *t, int64_t row, const struct person *p);
#ifdef __cplusplus
}
#endif
#endif
