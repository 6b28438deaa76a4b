/*
 * The error of every ray through metal, reconstructed by filtered back-projection of parallel rays (Ram-Lak) and added to
 * the slice.  What a ray through L g/cm2 of metal behind WATER_G_CM2 of the patient reads, -ln of the detected signal of
 * the scanner's spectrum, falls short of L times the attenuation at the effective energy: that part is dark between pieces
 * of metal and bright beside them.  Its noise is the image's, brought back to a ray and raised by the photons lost.
 */
#include "drr/cohort/scan_streak.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/stream.h"
#include "drr/spectrum.h"
#include "host/run/err.h"

#define WATER_G_CM2 25.0
#define ADDED_AL_MM 3.0
#define STEP_G_CM2 0.25
#define LEAST_G_CM2 1e-3
#define NOISE_PART 1000000 /* slices of STREAM_SCAN_NOISE below it are the whole image's noise */
#define LEAST_HU (-900.0)  /* air shows no streaks: it is clipped */
enum { VIEWS = 180, STEPS = 400 };

static const double pi = 3.14159265358979323846;

/* By metal in the way, in steps: a ray's mean error, and how much its noise's variance grows. */
struct ray_error {
	double mean[STEPS], variance[STEPS];
	double hu_per_mm; /* of an attenuation of 1 / mm */
};

/* The tables know a few voltages; a scanner's own is near one of them. */
static double tabulated_kvp(double kvp)
{
	static const double known[] = { 80, 100, 120, 140 };
	double best = known[0];
	for (size_t i = 1; i < sizeof(known) / sizeof(known[0]); i++)
		if (fabs(known[i] - kvp) < fabs(best - kvp))
			best = known[i];
	return best;
}

static int ray_error_make(struct ray_error *e, const struct site_ct *site)
{
	struct spectrum *s = malloc(sizeof(*s));
	double metal, water;
	int rc = -1;
	if (!s)
		return ERR_RESOURCE("out of memory for a spectrum");
	TRY(spectrum_load(s, tabulated_kvp(site->kvp), ADDED_AL_MM));
	TRY(attenuation_cm2_g(spectrum_material(MATERIAL_METAL), site->kev, &metal));
	TRY(attenuation_cm2_g("water", site->kev, &water));
	e->hu_per_mm = 1000 / (0.1 * water);
	double open = 0;
	for (int i = 0; i < STEPS; i++) {
		double sum = 0, length = i * STEP_G_CM2;
		for (int b = 0; b < SPECTRUM_BINS; b++)
			sum += s->weight[b] * exp(-s->mu_rho_cm2_g[b][MATERIAL_SOFT] * WATER_G_CM2 -
						  s->mu_rho_cm2_g[b][MATERIAL_METAL] * length);
		open = i == 0 ? sum : open;
		e->mean[i] = -log(sum / open) - metal * length;
		e->variance[i] = open / sum - 1;
	}
	rc = 0;
cleanup:
	free(s);
	return rc;
}

static double between(const double table[STEPS], double length)
{
	double at = fmin(length / STEP_G_CM2, STEPS - 1.001);
	int i = (int)at;
	return table[i] + (at - i) * (table[i + 1] - table[i]);
}

/* One slice; bins are as wide as its pixels. */
struct slice {
	int64_t cols, rows, bins;
	double pixel_mm;
	float *sum;            /* (rows, cols) of filtered rays */
	double *length, *error; /* (bins) g/cm2 of metal; a ray's error */
	float *filtered;       /* (bins) */
	int64_t *where, n;     /* pixels with metal */
};

static int slice_alloc(struct slice *s, const struct volume *hu)
{
	*s = (struct slice){ .cols = hu->n[0], .rows = hu->n[1], .pixel_mm = hu->to_world[0][0] };
	s->bins = (int64_t)ceil(hypot((double)s->cols, (double)s->rows)) + 4;
	size_t pixels = (size_t)(s->cols * s->rows), bins = (size_t)s->bins;
	s->where = malloc(pixels * (sizeof(int64_t) + sizeof(float)) + bins * (2 * sizeof(double) + sizeof(float)));
	if (!s->where)
		return ERR_RESOURCE("out of memory for the rays of a slice");
	s->length = (double *)(s->where + pixels);
	s->error = s->length + bins;
	s->sum = (float *)(s->error + bins);
	s->filtered = s->sum + pixels;
	return 0;
}

static double bin_of(const struct slice *s, int64_t col, int64_t row, double cosine, double sine)
{
	return ((double)col - 0.5 * (double)(s->cols - 1)) * cosine + ((double)row - 0.5 * (double)(s->rows - 1)) * sine +
	       0.5 * (double)(s->bins - 1);
}

static void project(struct slice *s, const float *metal, double cosine, double sine)
{
	memset(s->length, 0, (size_t)s->bins * sizeof(double));
	for (int64_t k = 0; k < s->n; k++) {
		double at = bin_of(s, s->where[k] % s->cols, s->where[k] / s->cols, cosine, sine);
		int64_t i = (int64_t)at;
		double g_cm2 = 0.1 * s->pixel_mm * (double)metal[s->where[k]], part = at - (double)i;
		s->length[i] += (1 - part) * g_cm2;
		s->length[i + 1] += part * g_cm2;
	}
}

/* Ram-Lak: 1/4 in the middle, -1 / (pi n)^2 at odd distances, over the pixel's size. */
static void filter(struct slice *s)
{
	int64_t first = s->bins, last = -1;
	for (int64_t i = 0; i < s->bins; i++)
		if (s->error[i] != 0) {
			first = i < first ? i : first;
			last = i;
		}
	for (int64_t i = 0; i < s->bins; i++) {
		double sum = 0.25 * s->error[i];
		for (int64_t j = first + ((first + i + 1) & 1); j <= last; j += 2)
			sum -= s->error[j] / (pi * pi * (double)((i - j) * (i - j)));
		s->filtered[i] = (float)(sum / s->pixel_mm);
	}
}

static void back_project(struct slice *s, double cosine, double sine)
{
	for (int64_t row = 0; row < s->rows; row++) {
		float at = (float)bin_of(s, 0, row, cosine, sine), step = (float)cosine;
		float *sum = s->sum + row * s->cols;
		for (int64_t col = 0; col < s->cols; col++) {
			float place = at + step * (float)col;
			int i = (int)place;
			sum[col] += s->filtered[i] + (place - (float)i) * (s->filtered[i + 1] - s->filtered[i]);
		}
	}
}

static void streak_slice(struct slice *s, float *hu, const float *metal, const struct ray_error *e, double noise_hu,
	struct rng noise)
{
	int64_t pixels = s->cols * s->rows;
	/* Noise of a ray that makes the image's: its variance times pi^2 / (12 views x pixel^2). */
	double ray_sd = noise_hu / e->hu_per_mm * s->pixel_mm * sqrt(12.0 * VIEWS) / pi;
	memset(s->sum, 0, (size_t)pixels * sizeof(float));
	for (int view = 0; view < VIEWS; view++) {
		double cosine = cos(pi * view / VIEWS), sine = sin(pi * view / VIEWS);
		project(s, metal, cosine, sine);
		for (int64_t i = 0; i < s->bins; i++) {
			s->error[i] = 0;
			if (s->length[i] > LEAST_G_CM2)
				s->error[i] = between(e->mean, s->length[i]) +
					      ray_sd * sqrt(between(e->variance, s->length[i])) * rng_normal(&noise);
		}
		filter(s);
		back_project(s, cosine, sine);
	}
	for (int64_t i = 0; i < pixels; i++)
		if ((double)hu[i] > LEAST_HU)
			hu[i] += (float)(e->hu_per_mm * pi / VIEWS * (double)s->sum[i]);
}

static int streak_at(struct volume *hu, const struct volume *metal, int64_t z, const struct ray_error *e,
	const struct site_ct *site, struct rng noise)
{
	struct slice s;
	int64_t pixels = hu->n[0] * hu->n[1];
	const float *in = volume_f32(metal) + z * pixels;
	bool any = false;
	for (int64_t i = 0; i < pixels && !any; i++)
		any = in[i] > 0;
	if (!any)
		return 0;
	if (slice_alloc(&s, hu) != 0)
		return -1;
	for (int64_t i = 0; i < pixels; i++)
		if (in[i] > 0)
			s.where[s.n++] = i;
	streak_slice(&s, volume_f32(hu) + z * pixels, in, e, site->noise_hu, noise);
	free(s.where);
	return 0;
}

int scan_streak(struct volume *hu, const struct volume *metal, const struct site_ct *site, uint64_t seed, int64_t who)
{
	struct ray_error e;
	bool failed = false;
	if (ray_error_make(&e, site) != 0)
		return -1;
#pragma omp parallel for schedule(dynamic) reduction(|| : failed)
	for (int64_t z = 0; z < hu->n[2]; z++)
		failed = streak_at(hu, metal, z, &e, site,
				 stream_of(seed, who, STREAM_SCAN_NOISE, NOISE_PART + z)) != 0 ||
			 failed;
	return failed ? ERR_RESOURCE("out of memory for the rays of a slice") : 0;
}
