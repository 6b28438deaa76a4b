/* RUN/metrics.jsonl: one line a logged step, {"step": n, "l1": ..., ...}; the source of truth of a training's course. */
#ifndef GAN_METRICS_LOG_H
#define GAN_METRICS_LOG_H
#include <stdio.h>
#include "gan/nn/nn.h"
#ifdef __cplusplus
extern "C" {
#endif
struct metrics_log {
	FILE *file;
	char path[4096];
	struct json *line;
};
/* Drops the lines after `step` (a resumed run writes them again), then appends. */
int metrics_log_open(struct metrics_log *m, const char *path, int64_t step);
int metrics_log_begin(struct metrics_log *m, int64_t step);
void metrics_log_loss(struct metrics_log *m, struct nn_program *p, const char *name); /* skipped when p has none */
int metrics_log_end(struct metrics_log *m);
void metrics_log_close(struct metrics_log *m);
#ifdef __cplusplus
}
#endif
#endif
