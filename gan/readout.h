/* The lines that turn what is read off the maps into BMD, fitted on the training set alone. */
#ifndef GAN_READOUT_H
#define GAN_READOUT_H
#include "gan/predictor.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Fills bundle->abmd, vbmd and baseline from at most READOUT_SAMPLES samples spread through the set. */
enum { READOUT_SAMPLES = 256 };
int readout_fit(struct bundle *bundle, struct predictor *predictor, struct sampler *sampler);
#ifdef __cplusplus
}
#endif
#endif
