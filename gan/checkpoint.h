/*
 * Checkpoints of a run: RUN/checkpoints/step-NNNNNNNN.safetensors, whole or absent.  The newest that reads is the one
 * a resumed run continues from, with the same bits as if it had not stopped.
 */
#ifndef GAN_CHECKPOINT_H
#define GAN_CHECKPOINT_H
#include "gan/config.h"
#ifdef __cplusplus
extern "C" {
#endif
struct checkpoint {
	int64_t step; /* steps done */
	int64_t seed;
	char config[8192];      /* YAML */
	char dataset[128];      /* fingerprint of the training set */
};
int checkpoint_write(const struct checkpoint *c, struct nn *nn, const char *run, int64_t keep);
/* found = 0 when there is none; a damaged newest one is passed over with a warning. */
int checkpoint_find(struct checkpoint *c, struct safetensors *tensors, int *found, const char *run);
int checkpoint_remove_all(const char *run);
#ifdef __cplusplus
}
#endif
#endif
