/*
 * Training configuration: one table of fields drives the YAML reader (unknown keys are errors), the resolved file
 * written to the run (itself valid for --config) and the fingerprint a resumed run is checked by.
 */
#ifndef GAN_CONFIG_H
#define GAN_CONFIG_H
#include "gan/model/model.h"
#ifdef __cplusplus
extern "C" {
#endif
struct config {
	struct model_config model;
	int64_t steps, batch, log_every, keep_checkpoints;
	double checkpoint_minutes;
	double learning_rate, beta1, beta2, weight_decay;
	char schedule[16];            /* "linear" or "cosine": how the rate falls to 0 */
	double decay_from;            /* share of the steps after which it does; 1 = never */
	int64_t warmup_steps;         /* in which the rate rises */
	double clip_norm;             /* largest norm of a network's gradient; 0 = any */
	double ema_decay;             /* of the moving average of the weights that predicts; 0 = the last weights predict */
	int64_t recompute;            /* 1: less memory, more time, the same bits */
	double critic_learning_rate;
	double weight_l1, weight_gradient_correlation, weight_intensity_sum, weight_gan;
	/* SD: factor - 1; -ln(I/I0); -ln(I/I0) across the view (slope and bow); largest -ln(I/I0) per pixel */
	double augment_gain, augment_offset, augment_field, augment_noise;
};
struct config config_default(void);
int config_read(struct config *c, const char *yaml_path); /* over the defaults */
int config_parse(struct config *c, const char *yaml, const char *name);
/* The first key whose value matters to the result and differs; NULL when there is none. */
const char *config_difference(const struct config *a, const struct config *b);
char *config_text(const struct config *c); /* YAML, malloc'd */
#ifdef __cplusplus
}
#endif
#endif
