/* Runs a generator on hips and reads BMD off its maps. */
#ifndef GAN_PREDICTOR_H
#define GAN_PREDICTOR_H
#include "gan/bundle.h"
#ifdef __cplusplus
extern "C" {
#endif
struct predictor {
	struct nn *nn;            /* owned when opened from a run, else the trainer's */
	bool owns;
	struct nn_program *program;
	int x, maps;
	struct sample_view view;
	struct sampler_scale scale;
};
struct predictor_reading {
	double abmd_g_cm2, vbmd_mg_cm3; /* as read off the maps; NaN when the region's mask is empty */
	int64_t mask_pixels;
	double mean_grey;               /* of the view, -ln(I/I0) */
};
/* A prediction program over parameters that exist already (during training) ... */
int predictor_attach(struct predictor *p, struct nn *nn, const struct config *config, const struct sample_view *view,
	const struct sampler_scale *scale);
/* ... or over a finished model. */
int predictor_open(struct predictor *p, struct bundle *bundle, const struct device *device, const char *run);
void predictor_close(struct predictor *p);
/* radiograph (rows, cols): the view of one hip, -ln(I/I0); maps (rows, cols, channels) physical, may be NULL. */
int predictor_read(struct predictor *p, const float *radiograph, float *maps, struct predictor_reading *reading);
#ifdef __cplusplus
}
#endif
#endif
