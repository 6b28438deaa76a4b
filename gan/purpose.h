/*
 * What a synthetic study was drawn for (dataset_description.json, GeneratedBy: Purpose).  Studies for evaluation are
 * never trained on: what is measured on them would then be memory.
 */
#ifndef GAN_PURPOSE_H
#define GAN_PURPOSE_H
#include "host/files/h5.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PURPOSE_BYTES = 32 };
/*
 * Reads a study's purpose: "development", or "n/a" where the study does not say.  ERR_INVALID for one that was made with
 * evaluation seeds.
 */
int purpose_of_study(char purpose[PURPOSE_BYTES], const char *study_root);
/* Notes it in a training set. */
int purpose_put(struct h5 *set, const char *purpose);
/* ERR_INVALID for a training set of a study for evaluation. */
int purpose_check_set(const char *set_path);
#ifdef __cplusplus
}
#endif
#endif
