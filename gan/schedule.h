/* The learning rate over a run, as a factor of the configured one: a pure function of the step. */
#ifndef GAN_SCHEDULE_H
#define GAN_SCHEDULE_H
#include "gan/config.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * Warm-up: (step + 1) / warmup_steps in the first warmup_steps.  From the share decay_from of the steps on it falls to
 * 0: in a straight line (linear, pix2pix) or along half a cosine (Loshchilov & Hutter 2017).  decay_from 1 is constant.
 */
double schedule_factor(const struct config *c, int64_t step);
#ifdef __cplusplus
}
#endif
#endif
