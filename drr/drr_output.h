/* The files of one run of `xbmd drr`: the image, its sidecar, the preview; whole or absent. */
#ifndef DRR_DRR_OUTPUT_H
#define DRR_DRR_OUTPUT_H
#include "drr/drr_job.h"
#include "host/run/opt.h"
#ifdef __cplusplus
extern "C" {
#endif
/* ERR_USAGE when an output is an input or has the wrong suffix, ERR_OUTPUT when one exists without --force.
 */
int drr_output_check(const struct drr_arguments *a);
/* Writes job->image and what belongs to it, then warns of what the user should know; the sidecar says it too.
 */
int drr_output_write(const struct drr_job *job, const struct drr_arguments *a, const struct opt *table);
#ifdef __cplusplus
}
#endif
#endif
