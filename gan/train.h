/* Training: batches in, checkpoints and metrics out, a model at the end. */
#ifndef GAN_TRAIN_H
#define GAN_TRAIN_H
#include <stdio.h>
#include "gan/config.h"
#include "gan/dataset_file.h"
#ifdef __cplusplus
extern "C" {
#endif
enum train_resume { TRAIN_FRESH, TRAIN_RESUME, TRAIN_RESUME_AUTO /* fresh when there is nothing to resume */ };
struct train_job {
	const char *run;      /* folder: config.yaml, metrics.jsonl, checkpoints/, model.safetensors, model.json */
	const char *dataset_path;
	struct config config;
	int64_t seed;
	enum train_resume resume;
};
/* ERR_STOPPED after a signal, with a checkpoint written; ERR_MODEL when there is nothing to resume or it differs. */
int train_run(const struct train_job *job, const struct device *device);
/* Runs a few steps of a fresh network on the first batches and prints what they cost (nn_profile()); writes no file. */
int train_report(const struct train_job *job, const struct device *device, FILE *file);
#ifdef __cplusplus
}
#endif
#endif
