/* Measuring films: one row a hip and frame. */
#ifndef GAN_PREDICT_H
#define GAN_PREDICT_H
#include "gan/predictor.h"
#include "gan/true_maps.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The columns: those every row has and, for a study that has them, dxa_g_cm2 and true_abmd_g_cm2.  study_root: or NULL. */
int predict_start_table(struct table *t, const char *study_root);
struct predict_subject {
	const char *participant, *session, *site; /* "n/a" where unknown */
};
/*
 * Adds a row for each hip of each frame of the film.  A hip that cannot be read has n/a values and its reason in the
 * column `note`.  maps_folder: NULL, or where each hip's view of the film and its maps are written as
 * NIfTI (cols, rows, frames: film, then the channels) with a sidecar that names the frames; with
 * truth, NULL or of the film's first frame, the true channels behind them, named true_...
 */
int predict_film(struct table *t, struct predictor *p, const struct bundle *bundle, const char *path,
	const struct predict_subject *subject, const char *maps_folder, const struct true_maps *truth);
/* Fills dxa_g_cm2 (phenotype/dxa.tsv) and, for synthetic studies, true_abmd_g_cm2 and ceiling_r (truth/abmd.tsv). */
int predict_join_study(struct table *t, const char *study_root);
#ifdef __cplusplus
}
#endif
#endif
