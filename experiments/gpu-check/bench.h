/* What the parts of bench_gpu share. */
#ifndef EXPERIMENTS_GPU_CHECK_BENCH_H
#define EXPERIMENTS_GPU_CHECK_BENCH_H
#include "host/run/device.h"

typedef int (*bench_step)(void *context);
/* Median seconds of `runs` calls, each until the device is done, after one that is not counted. */
int bench_measure(double *seconds, const struct device *device, bench_step step, void *context, int runs);
/* A row of the table: ms, or `per` / seconds in `unit` where per > 0.  NAN seconds: not measured. */
void bench_row(const char *what, double cpu, double gpu, double per, const char *unit);
/* Whether the part of the benchmarks asked for is `name` or all. */
int bench_wanted(const char *part, const char *name);
/* The projector with the volume resident and the images left on the device; sizes are divided by `shrink`. */
int bench_projector_gates(const struct device *cpu, const struct device *gpu, int shrink, const char *part);
#endif
