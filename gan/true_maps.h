/*
 * The maps that a synthetic study's film truly shows, made as the training's targets are: the calibrated CT seen in the
 * film's geometry, pelvis and femora each in the pose that truth/records has of them for this film.
 */
#ifndef GAN_TRUE_MAPS_H
#define GAN_TRUE_MAPS_H
#include "gan/sample.h"
#include "gan/subject.h"
#include "host/files/study.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
struct true_maps {
	struct memory block;
	float *of[SUBJECT_HIPS]; /* (rows, cols, SAMPLE_CHANNELS) right, left; NULL = the hip has none */
};
/*
 * Of a session's first film.  None of either hip where the study has no truth or no calibrated CT of it, and none of a hip
 * that the CT cannot tell, as with metal.
 */
int true_maps_make(struct true_maps *m, const struct device *device, const char *study_root,
	const struct study_session *session, const struct sample_view *view);
void true_maps_free(struct true_maps *m);
#ifdef __cplusplus
}
#endif
#endif
