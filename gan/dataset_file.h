/*
 * A training set on disk: HDF5, schema "xbmd-dataset" version 1.
 *
 *	/                        attributes schema, schema_version, cols, rows, pixel_mm, centre_mm, channels, units,
 *	                         synthetic (yes/no), options (JSON text), version
 *	/samples/input           float32 (samples, rows, cols, 1)          radiograph, -ln(I/I0)
 *	/samples/target          float32 (samples, rows, cols, channels)   see gan/sample.h
 *	/samples/info            float64 (samples, DATASET_INFO)           numbers below
 *	/samples/{participant, session, side, site}                        texts, one a sample
 *	/volumes/<participant>_<session>_<side>/density  int16 (nz, ny, nx), 0.1 mg/cm3 a unit; one chunk
 *	/volumes/.../labels      uint8 (nz, ny, nx), HIP_* of ct/frame.h, 8 = other bone
 *	/volumes/...             attributes to_world (16 numbers as text, row by row),
 *	                         unit_mg_cm3, slope_mg_cm3_per_hu, intercept_mg_cm3
 */
#ifndef GAN_DATASET_FILE_H
#define GAN_DATASET_FILE_H
#include <stdbool.h>
#include "gan/sample.h"
#include "host/files/h5.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { DATASET_SCHEMA_VERSION = 1 };
enum dataset_info {
	DATASET_KVP,
	DATASET_RX_DEG, DATASET_RY_DEG, DATASET_RZ_DEG,
	DATASET_TX_MM, DATASET_TY_MM, DATASET_TZ_MM,
	DATASET_ABMD_QCT, /* g/cm2, of the CT in its neutral pose */
	DATASET_VBMD_QCT, /* mg/cm3 */
	DATASET_ABMD_DXA, /* g/cm2, from the study's dxa.tsv; NaN where it has none */
	DATASET_INFO
};
struct dataset_key {
	char participant[64], session[64], side[8], site[64];
};
struct dataset_meta {
	struct sample_view view;
	bool synthetic;
	int64_t n_samples;
};

/* Writing. */
struct dataset_writer {
	struct h5 file;
	struct sample_view view;
	struct dataset_key *keys;
	int64_t n, room;
};
int dataset_create(struct dataset_writer *w, const char *path, const struct sample_view *view, bool synthetic,
	const char *options_json);
int dataset_append(struct dataset_writer *w, const struct dataset_key *key, const float *input, const float *target,
	const double info[DATASET_INFO]);
int dataset_commit(struct dataset_writer *w);
void dataset_writer_free(struct dataset_writer *w); /* without a commit the file never appears */

/* Reading. */
struct dataset {
	struct h5 file;
	struct dataset_meta meta;
	struct dataset_key *keys; /* (n_samples) */
};
int dataset_open(struct dataset *d, const char *path);
int dataset_read(struct dataset *d, int64_t sample, float *input, float *target, double info[DATASET_INFO]);
void dataset_close(struct dataset *d);
#ifdef __cplusplus
}
#endif
#endif
