#include "experiments/bench-drr/bench.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "host/run/err.h"
#include "host/run/rng.h"

const char *const bench_model_names[BENCH_MODELS] = { "pwc", "trilinear", "joseph" };

struct bench_time bench_clock(void)
{
	struct timespec t;
	struct rusage used;
	clock_gettime(CLOCK_MONOTONIC, &t);
	getrusage(RUSAGE_SELF, &used);
	return (struct bench_time){
		.wall_s = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec,
		.cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
			 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec),
	};
}

void bench_samples_add(struct bench_samples *s, double wall_s, double cpu_s)
{
	if (s->n == BENCH_ROUNDS_MOST)
		return;
	s->wall_s[s->n] = wall_s;
	s->cpu_s[s->n++] = cpu_s;
}

void bench_samples_since(struct bench_samples *s, struct bench_time start, double per)
{
	struct bench_time now = bench_clock();
	bench_samples_add(s, (now.wall_s - start.wall_s) / per, (now.cpu_s - start.cpu_s) / per);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median_ms(const double *seconds, int n)
{
	double sorted[BENCH_ROUNDS_MOST];
	if (n == 0)
		return NAN;
	memcpy(sorted, seconds, (size_t)n * sizeof(*seconds));
	qsort(sorted, (size_t)n, sizeof(*sorted), compare);
	return 500 * (sorted[n / 2] + sorted[(n - 1) / 2]);
}

double bench_wall_ms(const struct bench_samples *s)
{
	return median_ms(s->wall_s, s->n);
}

double bench_cpu_ms(const struct bench_samples *s)
{
	return median_ms(s->cpu_s, s->n);
}

static const char *number(char text[32], double value)
{
	if (isfinite(value))
		snprintf(text, 32, "%.4g", value);
	else
		strcpy(text, "null");
	return text;
}

void bench_row(
	const char *name, double ours, double peer, const char *peer_name, const char *unit, double error)
{
	char t[4][32];
	printf("row;%s;cpu;%s;%s;%s;%s;%s;%s\n", name, number(t[0], ours), number(t[1], peer), peer_name,
		unit, number(t[2], peer / ours), number(t[3], error));
	fflush(stdout);
}

void bench_gate(const char *what, double value, double bar, bool at_least)
{
	char text[32];
	const char *met = isnan(value)				     ? "not measured"
			  : (at_least ? value >= bar : value <= bar) ? "yes"
								     : "NO";
	printf("gate;%s;%s;%s %g;%s\n", what, number(text, value), at_least ? ">=" : "<=", bar, met);
	fflush(stdout);
}

void bench_note(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("note;");
	vprintf(format, arguments);
	printf("\n");
	fflush(stdout);
	va_end(arguments);
}

void bench_error_line(const char *scene, const char *model, struct bench_error e)
{
	char t[2][32];
	printf("error;%s;%s;%s;%s\n", scene, model, number(t[0], e.max), number(t[1], e.rms));
	fflush(stdout);
}

int bench_random_volume(struct volume *v, const int64_t n[3], const double spacing_mm[3])
{
	double to_world[4][4] = { [3] = { 0, 0, 0, 1 } };
	for (int k = 0; k < 3; k++) {
		double step = k < 2 ? -spacing_mm[k] : spacing_mm[k];
		to_world[k][k] = step;
		to_world[k][3] = -step * 0.5 * (double)(n[k] - 1);
	}
	if (volume_init(v, n, AFFINE(to_world), VOLUME_F32) != 0)
		return -1;
	uint64_t state =
		0x9e3779b97f4a7c15u; /* xorshift (Marsaglia 2003): fast, and good enough to defeat skipping */
	for (int64_t i = 0; i < volume_count(v); i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		volume_f32(v)[i] = (float)((state >> 32) % 2000);
	}
	return 0;
}

void bench_random_poses(struct pose *poses, int64_t n)
{
	struct rng r = rng_init(3, 0);
	for (int64_t i = 0; i < n; i++) {
		poses[i] = (struct pose){ .shift_mm = { 0 } };
		for (int k = 0; k < 3; k++)
			poses[i].rotate_rad[k] = rng_range(&r, -8, 8) * 3.14159265358979 / 180;
	}
}

struct bench_error bench_compare(const float *image, const float *exact, int64_t n)
{
	double most = 0, worst = 0, squares = 0;
	for (int64_t i = 0; i < n; i++) {
		double d = fabs((double)image[i] - (double)exact[i]);
		most = fmax(most, fabs((double)exact[i]));
		worst = d <= worst ? worst : d; /* NaN stays */
		squares += d * d;
	}
	return (struct bench_error){ .max = worst / most, .rms = sqrt(squares / (double)n) / most };
}

static int integral(struct projection *out, const struct device *device,
	const struct projector_source *source, enum projector_model model, const struct geometry *g,
	const struct pose *poses, int64_t n_poses)
{
	struct resident r = { 0 };
	int rc = -1;
	TRY(projection_alloc(out, g, n_poses, 0, true, false, false, false));
	TRY(resident_open(&r, device, source));
	TRY(projector_render(out, &r, model, g, poses, n_poses));
	rc = 0;
cleanup:
	resident_close(&r);
	return rc;
}

int bench_integral_error(struct bench_error *error, const struct bench *b,
	const struct projector_source *source, enum projector_model model, const struct geometry *g,
	const struct pose *poses, int64_t n_poses)
{
	struct projection ours = { 0 }, exact = { 0 };
	int64_t pixels = g->cols * g->rows;
	int rc = -1;
	*error = (struct bench_error){ 0 };
	TRY(integral(&ours, &b->cpu, source, model, g, poses, n_poses));
	TRY(integral(&exact, &b->ref, source, model, g, poses, n_poses));
	for (int64_t i = 0; i < n_poses; i++) {
		struct bench_error e =
			bench_compare(ours.integral + i * pixels, exact.integral + i * pixels, pixels);
		error->max = fmax(error->max, e.max);
		error->rms = fmax(error->rms, e.rms);
	}
	rc = 0;
cleanup:
	projection_free(&ours);
	projection_free(&exact);
	return rc;
}
