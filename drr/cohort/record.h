/*
 * All that is known about one visit of a synthetic participant: truth/records/sub-X_ses-Y.json.  Written after the
 * visit's images, so its presence says that they are whole.
 */
#ifndef DRR_COHORT_RECORD_H
#define DRR_COHORT_RECORD_H
#include "drr/cohort/areal.h"
#include "drr/cohort/cohort.h"
#include "drr/cohort/xray.h"
#include "host/files/json.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { RECORD_FILMS = 4, RECORD_FILES = 64 };
struct record_file {
	char path[160]; /* below the study */
	int64_t bytes;
	uint32_t crc32; /* of zlib */
};
struct record {
	struct person person;
	int visit;                               /* 0 .. : session "ses-01" .. */
	int films;                               /* radiographs */
	double mean_femur_grey;                  /* of the first film, for presentation */
	struct femur_frame frame[ANATOMY_SIDES]; /* in the CT's world */
	struct areal areal[ANATOMY_SIDES];
	int n_files;
	struct record_file files[RECORD_FILES];
};
/* What a record was made with; another setting's record is made again. */
struct record_origin {
	uint64_t seed;
	const struct sites *sites;
	const char *quality, *films; /* "fast"; "site", "primary" */
	bool by_profile;
	const char *computed_on;     /* "cpu" or "gpu", which differ by rounding alone: noted, no reason to make it again */
};
/* session: "ses-01". */
void record_session(char session[64], int visit);
/* Adds a file that was just written: its size and checksum. */
int record_add_file(struct record *r, const char *root, const char *path);
/* Postures and films, for the file only. */
struct record_scene {
	const struct posture *ct;
	const struct xray *films; /* (n) */
	int n;
};
/* The femora's frames of the body in its CT pose. */
void record_set_frames(struct record *r, const struct anatomy *a, const double body_to_world[4][4]);
int record_write(const struct record *r, const struct record_origin *origin, const struct record_scene *scene,
	const char *path);
/*
 * Fills frame, areal, films and files of a record whose person and visit are set.  1: no record of this origin there, or a
 * file of it is missing or of another size below root; -1: unreadable.
 */
int record_read(struct record *r, const struct record_origin *origin, const char *root, const char *path);
/* drr/cohort/record_hip.c: a hip's frame and densities in a record. */
void record_put_hip(struct json *hip, const struct record *r, enum anatomy_side side);
int record_get_hip(struct record *r, enum anatomy_side side, const struct json *hip, const char *path);
/* drr/cohort/record_files.c: the list of files in a record. */
void record_put_files(struct json *root, const struct record *r);
int record_get_files(struct record *r, const struct json *root, const char *path);
bool record_files_there(const struct record *r, const char *root);
/* Columns of the sampled parameters and their values in a row of truth/participants.tsv. */
void record_add_columns(struct table *t);
void record_set_row(struct table *t, int64_t row, const struct person *p);
#ifdef __cplusplus
}
#endif
#endif
