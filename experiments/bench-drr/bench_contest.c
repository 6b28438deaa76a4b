/* The projector against plastimatch: same volume, same detector, in turns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/bench-drr/bench.h"
#include "experiments/bench-drr/plastimatch.h"
#include "host/run/err.h"

#define STEP_DEG 18.0
enum views { ABOUT_Z, RANDOM, VIEWS };

struct contest {
	const char *name;
	struct volume volume;
	struct geometry geometry;
	int n_poses;
	/* What is timed. */
	struct resident resident;
	struct projection out;
	struct pose poses[VIEWS][BENCH_POSES_MOST];
	struct bench_samples ours[VIEWS][BENCH_MODELS], peer, peer_total;
	struct bench_error error[VIEWS][BENCH_MODELS], peer_error;
};

static struct projector_source source_of(const struct contest *c)
{
	return (struct projector_source){ .values = &c->volume, .hu_per_value = 1 };
}

static int render(struct contest *c, enum projector_model model, enum views views)
{
	return projector_render(&c->out, &c->resident, model, &c->geometry, c->poses[views], c->n_poses);
}

/* Makes the resident copies that these poses need. */
static int first_render(struct contest *c)
{
	for (int v = 0; v < VIEWS; v++) {
		struct bench_samples first = { 0 }, second = { 0 };
		struct bench_time start = bench_clock();
		if (render(c, PROJECTOR_PWC, (enum views)v) != 0)
			return -1;
		bench_samples_since(&first, start, 1);
		start = bench_clock();
		if (render(c, PROJECTOR_PWC, (enum views)v) != 0)
			return -1;
		bench_samples_since(&second, start, 1);
		bench_note("%s, %s: the first render of %d poses takes %.0f ms, the next %.0f ms; the "
			   "difference makes the volume resident",
			c->name, v == ABOUT_Z ? "about z" : "random poses", c->n_poses, bench_wall_ms(&first),
			bench_wall_ms(&second));
	}
	return 0;
}

/* A run of all images less a run of one: the time of an image without reading and conversion. */
static int peer_round(struct contest *c, const struct bench *b)
{
	struct plastimatch_run many, one;
	double images = c->n_poses - 1;
	if (plastimatch_drr(&many, b->scratch, &c->geometry, c->n_poses, STEP_DEG, PLASTIMATCH_PREPROCESS) !=
			0 ||
		plastimatch_drr(&one, b->scratch, &c->geometry, 1, STEP_DEG, PLASTIMATCH_PREPROCESS) != 0)
		return -1;
	bench_samples_add(&c->peer, (many.wall_s - one.wall_s) / images, (many.cpu_s - one.cpu_s) / images);
	bench_samples_add(&c->peer_total, many.total_s / c->n_poses, many.total_s / c->n_poses);
	return 0;
}

static int rounds(struct contest *c, const struct bench *b)
{
	for (int round = 0; round < b->rounds; round++) {
		for (int v = 0; v < VIEWS; v++)
			for (int m = 0; m < BENCH_MODELS; m++) {
				struct bench_time start = bench_clock();
				if (render(c, (enum projector_model)m, (enum views)v) != 0)
					return -1;
				bench_samples_since(&c->ours[v][m], start, c->n_poses);
			}
		if (b->peer && peer_round(c, b) != 0)
			return -1;
	}
	return 0;
}

/* Its images of unconverted values against the exact integral of piecewise-constant voxels, in double. */
static int peer_accuracy(struct contest *c, const struct bench *b)
{
	enum { IMAGES = 2 };
	int64_t pixels = c->geometry.cols * c->geometry.rows;
	struct projector_source source = source_of(c);
	struct projection exact = { 0 };
	struct resident r = { 0 };
	struct plastimatch_run run;
	float *image = malloc((size_t)pixels * sizeof(*image));
	int rc = -1;
	if (!image) {
		ERR_RESOURCE("out of memory for an image");
		goto cleanup;
	}
	TRY(plastimatch_drr(&run, b->scratch, &c->geometry, IMAGES, STEP_DEG, PLASTIMATCH_AS_THEY_ARE));
	TRY(resident_open(&r, &b->ref, &source));
	TRY(projection_alloc(&exact, &c->geometry, IMAGES, 0, true, false, false, false));
	TRY(projector_render(&exact, &r, PROJECTOR_PWC, &c->geometry, c->poses[ABOUT_Z], IMAGES));
	for (int i = 0; i < IMAGES; i++) {
		TRY(plastimatch_image(image, b->scratch, i, &c->geometry));
		struct bench_error e = bench_compare(image, exact.integral + i * pixels, pixels);
		c->peer_error.max = fmax(c->peer_error.max, e.max);
		c->peer_error.rms = fmax(c->peer_error.rms, e.rms);
	}
	rc = 0;
cleanup:
	resident_close(&r);
	projection_free(&exact);
	free(image);
	return rc;
}

static int accuracy(struct contest *c, const struct bench *b)
{
	static const char *const views[VIEWS] = { "about z", "random poses" };
	struct projector_source source = source_of(c);
	char name[96];
	for (int v = 0; v < VIEWS; v++)
		for (int m = 0; m < BENCH_MODELS; m++) {
			/* Not the first about z, whose rays run along an axis. */
			if (bench_integral_error(&c->error[v][m], b, &source, (enum projector_model)m,
				    &c->geometry, c->poses[v] + 1, 1) != 0)
				return -1;
			snprintf(name, sizeof(name), "%s, %s", c->name, views[v]);
			bench_error_line(name, bench_model_names[m], c->error[v][m]);
		}
	if (!b->peer)
		return 0;
	if (peer_accuracy(c, b) != 0)
		return -1;
	snprintf(name, sizeof(name), "%s, about z", c->name);
	bench_error_line(name, "plastimatch exact (against pwc)", c->peer_error);
	return 0;
}

static void report(const struct contest *c, const struct bench *b)
{
	static const char *const views[VIEWS] = { "", ", random poses" };
	/* What a render must read at least: every voxel once, as int16. */
	double bytes = 2 * (double)volume_count(&c->volume);
	double peer = bench_wall_ms(&c->peer), peer_cpu = bench_cpu_ms(&c->peer);
	char name[128];
	for (int v = 0; v < VIEWS; v++)
		for (int m = 0; m < BENCH_MODELS; m++) {
			double ms = bench_wall_ms(&c->ours[v][m]), rate = bytes / (1e-3 * ms);
			snprintf(name, sizeof(name), "%s %s%s", c->name, bench_model_names[m], views[v]);
			bench_row(name, ms, peer, "plastimatch exact", "ms/image", c->error[v][m].max);
			snprintf(name, sizeof(name), "%s %s%s, all processors", c->name, bench_model_names[m],
				views[v]);
			bench_row(name, bench_cpu_ms(&c->ours[v][m]), peer_cpu, "plastimatch exact",
				"CPU ms/image", c->error[v][m].max);
			bench_note(
				"%s %s%s: the volume once an image is %.1f GB/s, %.0f %% of a streaming read "
				"(%.1f GB/s)",
				c->name, bench_model_names[m], views[v], rate * 1e-9,
				100 * rate / b->read_bytes_s, b->read_bytes_s * 1e-9);
		}
	bench_note("%s: plastimatch's own \"Total time\" is %.0f ms/image, reading included", c->name,
		bench_wall_ms(&c->peer_total));
}

static void streaming_read(struct bench *b, const struct volume *v)
{
	const uint64_t *words = v->voxels.data;
	const int64_t n = volume_count(v) / 2;
	struct bench_samples s = { 0 };
	uint64_t sum = 0;
	for (int pass = 0; pass < 7; pass++) {
		struct bench_time start = bench_clock();
#pragma omp parallel for reduction(+ : sum) schedule(static)
		for (int64_t i = 0; i < n; i++)
			sum += words[i];
		bench_samples_since(&s, start, 1);
	}
	b->read_bytes_s = 8 * (double)n / (1e-3 * bench_wall_ms(&s));
	bench_note("streaming read of %.0f MB: %.1f GB/s (sum %llx)", 8e-6 * (double)n,
		b->read_bytes_s * 1e-9, (unsigned long long)sum);
}

/* Rays that miss cost little: how many do? */
static double missed(const struct contest *c)
{
	int64_t n = c->n_poses * c->geometry.cols * c->geometry.rows, none = 0;
	for (int64_t i = 0; i < n; i++)
		none += c->out.integral[i] == 0;
	return 100 * (double)none / (double)n;
}

static int contest(struct bench *b, struct contest *c, const int64_t n[3], const double spacing_mm[3])
{
	struct projector_source source = source_of(c);
	int rc = -1;
	for (int i = 0; i < c->n_poses; i++)
		c->poses[ABOUT_Z][i].rotate_rad[2] =
			(PLASTIMATCH_FIRST_DEG + STEP_DEG * i) * 3.14159265358979324 / 180;
	bench_random_poses(c->poses[RANDOM], c->n_poses);
	TRY(bench_random_volume(&c->volume, n, spacing_mm));
	if (b->peer)
		TRY(plastimatch_write(b->scratch, &c->volume));
	if (!(b->read_bytes_s > 0))
		streaming_read(b, &c->volume);
	TRY(projection_alloc(&c->out, &c->geometry, c->n_poses, 0, true, false, false, false));
	TRY(resident_open(&c->resident, &b->cpu, &source));
	TRY(first_render(c));
	TRY(rounds(c, b));
	TRY(render(c, PROJECTOR_PWC, ABOUT_Z));
	bench_note("%s: %.2f %% of the rays about z miss the volume", c->name, missed(c));
	resident_close(&c->resident);
	TRY(accuracy(c, b));
	report(c, b);
	rc = 0;
cleanup:
	resident_close(&c->resident);
	projection_free(&c->out);
	volume_free(&c->volume);
	return rc;
}

static void gates(const struct contest *c, bool cube)
{
	static const int order[] = { PROJECTOR_PWC, PROJECTOR_JOSEPH, PROJECTOR_TRILINEAR };
	char what[128];
	for (int i = 0; i < BENCH_MODELS; i++) {
		int m = order[i];
		bool slow = m == PROJECTOR_TRILINEAR;
		double ms = bench_wall_ms(&c->ours[ABOUT_Z][m]);
		if (slow && !cube)
			continue;
		snprintf(what, sizeof(what), "%s %s: times plastimatch exact", c->name, bench_model_names[m]);
		bench_gate(what, bench_wall_ms(&c->peer) / ms, slow ? 4 : 10, true);
		snprintf(what, sizeof(what), "%s %s: ms/image (a goal)", c->name, bench_model_names[m]);
		bench_gate(what, ms, cube && !slow ? 20 : 60, false);
	}
}

int bench_contests(struct bench *b)
{
	static struct contest cube = {
		.name = "256^3 -> 512x512",
		.n_poses = 20,
		.geometry = { .sdd_mm = 1500,
			.sod_mm = 1000,
			.cols = 512,
			.rows = 512,
			.pixel_mm = 400.0 / 512 },
	};
	static struct contest body = {
		.name = "512x512x400 -> 512x512",
		.n_poses = 4,
		.geometry = { .sdd_mm = 1500, .sod_mm = 1000, .cols = 512, .rows = 512, .pixel_mm = 1 },
	};
	const int64_t cube_n[3] = { 256, 256, 256 }, body_n[3] = { 512, 512, 400 };
	const double cube_mm[3] = { 1, 1, 1 }, body_mm[3] = { 0.7, 0.7, 1 };
	/* The large one first: its volume is what the streaming read is measured on. */
	if (!b->small && contest(b, &body, body_n, body_mm) != 0)
		return -1;
	if (contest(b, &cube, cube_n, cube_mm) != 0)
		return -1;
	gates(&cube, true);
	gates(&body, false);
	return 0;
}
