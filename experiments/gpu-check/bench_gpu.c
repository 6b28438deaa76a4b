/*
 * Benchmarks of one GPU against this machine's CPU, as rows of a markdown table (| what | CPU | GPU | ratio |).
 * Times are medians of whole calls, copies across the bus included; then the projector alone (bench_projector.c).
 *
 *	bench_gpu [cuda:0] [shrink] [part]
 *
 * `bench_gpu cpu` fills the CPU column only; shrink divides the projector's sizes; part is one of map, projector,
 * training, body, dense, slab (of the labels, where $XBMD_TEST_DATA has it), chest, or all.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drr/projector.h"
#include "experiments/gpu-check/bench.h"
#include "gan/model/model.h"
#include "host/run/device.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "kernels/leaky_relu.h"

enum { RUNS_MOST = 32 };

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int bench_measure(double *seconds, const struct device *device, bench_step step, void *context, int runs)
{
	double times[RUNS_MOST];
	for (int i = -1; i < runs; i++) {
		double start = now_s();
		if (step(context) != 0 || device_synchronize(device) != 0)
			return -1;
		if (i >= 0)
			times[i] = now_s() - start;
	}
	qsort(times, (size_t)runs, sizeof(times[0]), compare);
	*seconds = times[runs / 2];
	return 0;
}

void bench_row(const char *what, double cpu, double gpu, double per, const char *unit)
{
	printf("| %s |", what);
	const double seconds[] = { cpu, gpu };
	for (int i = 0; i < 2; i++) {
		if (isnan(seconds[i]))
			printf(" - |");
		else if (per > 0)
			printf(" %.4g %s |", per / seconds[i], unit);
		else
			printf(" %.4g ms |", 1e3 * seconds[i]);
	}
	if (isnan(cpu) || isnan(gpu))
		printf(" - |\n");
	else
		printf(" %.1f |\n", cpu / gpu);
	fflush(stdout);
}

/* ---- memory bandwidth of a map: one read and one write an element ---- */
enum { MAP_LAUNCHES = 8 };
struct map {
	const struct device *device;
	struct leaky_relu_args args;
	int64_t n;
};

static int map_step(void *context)
{
	struct map *m = context;
	for (int i = 0; i < MAP_LAUNCHES; i++)
		if (leaky_relu(m->device, &m->args, m->n) != 0)
			return -1;
	return 0;
}

static int map_seconds(double *seconds, const struct device *device, int64_t n)
{
	struct memory x = { 0 }, y = { 0 };
	size_t bytes = (size_t)n * device_elem_bytes(device->elem);
	int rc = -1;
	TRY(memory_alloc(&x, device, bytes, "input"));
	TRY(memory_alloc(&y, device, bytes, "output"));
	struct map m = { device, { .y = y.data, .x = x.data, .slope = 0.2F }, n };
	TRY(bench_measure(seconds, device, map_step, &m, 7));
	*seconds /= MAP_LAUNCHES;
	rc = 0;
cleanup:
	memory_free(&x);
	memory_free(&y);
	return rc;
}

static int bench_map(const struct device *cpu, const struct device *gpu)
{
	const int64_t n = 1 << 26;
	double c = NAN, g = NAN;
	if (map_seconds(&c, cpu, n) != 0)
		return -1;
	if (gpu && map_seconds(&g, gpu, n) != 0)
		return -1;
	bench_row("map kernel, float, 64 Mi elements", c, g, 8.0 * (double)n / 1e9, "GB/s");
	if (!gpu)
		return 0;
	const struct device half = device_as(gpu, DEVICE_BF16);
	if (map_seconds(&g, &half, 4 * n) != 0)
		return -1;
	bench_row("map kernel, bf16, 256 Mi elements", NAN, g, 16.0 * (double)n / 1e9, "GB/s");
	return 0;
}

/* ---- projector: 256^3 voxels of 1 mm onto 512 x 512 pixels ---- */
enum { POSES = 8 };
struct drr {
	const struct device *device;
	struct projector_source source;
	struct resident resident;
	struct geometry geometry;
	struct pose poses[POSES];
	struct projection out;
	enum projector_model model;
	int n_poses;
};

static int drr_step(void *context)
{
	struct drr *d = context;
	return projector_render(&d->out, &d->resident, d->model, &d->geometry, d->poses, d->n_poses);
}

static int drr_seconds(double *seconds, struct drr *d, const struct device *device, int n_poses, int runs)
{
	d->device = device;
	d->n_poses = n_poses;
	if (projection_alloc(&d->out, &d->geometry, n_poses, 0, true, false, false, false) != 0)
		return -1;
	int rc = resident_open(&d->resident, device, &d->source);
	if (rc == 0)
		rc = bench_measure(seconds, device, drr_step, d, runs);
	resident_close(&d->resident);
	projection_free(&d->out);
	return rc;
}

static int bench_projector(const struct device *cpu, const struct device *gpu)
{
	static const struct {
		enum projector_model model;
		const char *one, *many;
	} models[] = {
		{ PROJECTOR_PWC, "projector pwc, 256^3 -> 512^2, one pose", "projector pwc, a pose of 8" },
		{ PROJECTOR_TRILINEAR, "projector trilinear, one pose", "projector trilinear, a pose of 8" },
	};
	const int64_t n[3] = { 256, 256, 256 };
	const double affine[4][4] = { { 1, 0, 0, -127.5 }, { 0, 1, 0, -127.5 }, { 0, 0, 1, -127.5 },
		{ 0, 0, 0, 1 } };
	struct volume volume = { 0 };
	int rc = -1;
	TRY(volume_init(&volume, n, affine, VOLUME_F32));
	for (int64_t i = 0; i < volume_count(&volume); i++)
		volume_f32(&volume)[i] = (float)(i % 1009);
	struct drr d = { .source = { .values = &volume, .hu_per_value = 1 },
		.geometry = { .projection = GEOMETRY_CONE,
			.sdd_mm = 1000,
			.sod_mm = 800,
			.cols = 512,
			.rows = 512,
			.pixel_mm = 0.6 } };
	for (int i = 0; i < POSES; i++)
		d.poses[i].rotate_rad[2] = 0.05 * i;
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		double c = NAN, g = NAN, many = NAN;
		d.model = models[i].model;
		TRY(drr_seconds(&c, &d, cpu, 1, 3));
		if (gpu) {
			TRY(drr_seconds(&g, &d, gpu, 1, 15));
			TRY(drr_seconds(&many, &d, gpu, POSES, 15));
		}
		bench_row(models[i].one, c, g, 0, "");
		if (gpu)
			bench_row(models[i].many, c, many / POSES, 0, "");
	}
	rc = 0;
cleanup:
	volume_free(&volume);
	return rc;
}

/* ---- one training step of a U-Net, batch 4, 256 x 256 ---- */
static int train_step(void *context)
{
	return nn_step(context);
}

static int train_seconds(double *seconds, const struct device *device, int runs)
{
	const struct nn_shape in = { 4, 256, 256, 1, 1 };
	const struct nn_adam adam = { 2e-4, 0.5, 0.999, 1e-8, 0 };
	struct model_config config = model_config_default();
	float *values = calloc((size_t)(in.n * in.h * in.w), sizeof(*values));
	struct nn *nn = NULL;
	int rc = -1;
	config.base = 32;
	if (!values)
		return ERR_RESOURCE("no memory for the input");
	for (int64_t i = 0; i < in.n * in.h * in.w; i++)
		values[i] = (float)(i % 251) / 251.0F;
	TRY(nn_open(&nn, device, 1));
	struct nn_program *p = nn_program_new(nn, "step");
	int x = nn_input(p, "x", in);
	nn_loss_lsgan(p, "square", model_generator(p, &config, x), 0.5, 1);
	nn_train(p, "G", &adam);
	TRY(nn_compile(p, NULL));
	TRY(nn_set(p, x, values));
	TRY(bench_measure(seconds, device, train_step, p, runs));
	rc = 0;
cleanup:
	nn_close(nn);
	free(values);
	return rc;
}

static int bench_training(const struct device *cpu, const struct device *gpu)
{
	double c = NAN, g = NAN;
	if (train_seconds(&c, cpu, 3) != 0)
		return -1;
	if (gpu && train_seconds(&g, gpu, 15) != 0)
		return -1;
	bench_row("U-Net step, base 32, 4 x 256 x 256, float", c, g, 0, "");
	if (!gpu)
		return 0;
	const struct device half = device_as(gpu, DEVICE_BF16);
	if (train_seconds(&g, &half, 15) != 0)
		return -1;
	bench_row("the same, bf16 on the GPU", c, g, 0, "");
	return 0;
}

int bench_wanted(const char *part, const char *name)
{
	return strcmp(part, "all") == 0 || strcmp(part, name) == 0;
}

int main(int argc, char **argv)
{
	const char *spec = argc > 1 ? argv[1] : "cuda:0";
	const int shrink = argc > 2 && atoi(argv[2]) > 0 ? atoi(argv[2]) : 1;
	const char *part = argc > 3 ? argv[3] : "all";
	struct device cpu, gpu = { 0 };
	int rc = -1;
	TRY(device_open(&cpu, "cpu"));
	TRY(device_open(&gpu, spec));
	const struct device *tested = gpu.kind == DEVICE_CUDA ? &gpu : NULL;
	if (bench_wanted(part, "map"))
		TRY(bench_map(&cpu, tested));
	if (bench_wanted(part, "projector"))
		TRY(bench_projector(&cpu, tested));
	if (bench_wanted(part, "training"))
		TRY(bench_training(&cpu, tested));
	TRY(bench_projector_gates(&cpu, tested, shrink, part));
	rc = 0;
cleanup:
	if (rc != 0)
		fprintf(stderr, "bench_gpu: %s\n", err_message());
	device_close(&gpu);
	return rc == 0 ? 0 : (int)err_code();
}
