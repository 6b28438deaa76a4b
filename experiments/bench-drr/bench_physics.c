/* What stands on the projector: channels of labels, the spectrum, the film's effects. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drr/film.h"
#include "drr/processing.h"
#include "drr/spectrum.h"
#include "experiments/bench-drr/bench.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"

enum { POSES = 8, GROUPS = 8 };

/* ---- many labels ---- */

enum outputs { INTEGRAL, MINERAL, MINERAL_AND_PATH, OUTPUTS };
static const char *const output_names[OUTPUTS] = { "unlabelled", "mineral", "mineral and path" };

struct slab {
	struct volume ct, labels;
	uint8_t channel_of_label[65536];
	struct geometry geometry;
	struct pose poses[POSES];
	struct resident resident;
	struct projection out[OUTPUTS];
};

/* Every label, background too, belongs to one of the groups: the next label to the next group. */
static int read_slab(struct slab *s, const struct bench *b)
{
	char ct[PATH_BYTES], labels[PATH_BYTES];
	bool there[65536] = { false };
	int n = 0;
	snprintf(ct, sizeof(ct), "%s/real/torso_slab_ct.nii.gz", b->data);
	snprintf(labels, sizeof(labels), "%s/real/torso_slab_dseg.nii.gz", b->data);
	if (nifti_read_image(&s->ct, ct) != 0 || nifti_read_labels(&s->labels, labels) != 0)
		return -1;
	for (int64_t i = 0; i < volume_count(&s->labels); i++)
		there[volume_u16(&s->labels)[i]] = true;
	for (int label = 0; label < 65536; label++)
		s->channel_of_label[label] = (uint8_t)(there[label] ? n++ % GROUPS : PROJECTOR_NO_CHANNEL);
	/* As what attenuates, 0 in air: else sums of both signs cancel, and no share of the image means
	 * anything. */
	for (int64_t i = 0; i < volume_count(&s->ct); i++)
		volume_f32(&s->ct)[i] = fmaxf(0, volume_f32(&s->ct)[i] + 1000);
	bench_note("torso slab %lldx%lldx%lld: %d labels in %d groups", (long long)s->ct.n[0],
		(long long)s->ct.n[1], (long long)s->ct.n[2], n, GROUPS);
	return 0;
}

static int slab_open(struct slab *s, const struct bench *b)
{
	s->geometry =
		(struct geometry){ .sdd_mm = 1000, .sod_mm = 800, .cols = 512, .rows = 512, .pixel_mm = 0.9 };
	if (read_slab(s, b) != 0)
		return -1;
	geometry_volume_centre_mm(&s->ct, s->geometry.isocentre_mm);
	bench_random_poses(s->poses, POSES);
	for (int o = 0; o < OUTPUTS; o++)
		if (projection_alloc(&s->out[o], &s->geometry, POSES, GROUPS, o == INTEGRAL, false,
			    o != INTEGRAL, o == MINERAL_AND_PATH) != 0)
			return -1;
	const struct projector_source source = { .values = &s->ct,
		.labels = &s->labels,
		.channel_of_label = s->channel_of_label,
		.n_channels = GROUPS,
		.hu_per_value = 1 };
	return resident_open(&s->resident, &b->cpu, &source);
}

/* The groups' sum against the whole, as a share of the largest. */
static double sum_error(const struct slab *s)
{
	const int64_t pixels = s->geometry.cols * s->geometry.rows;
	double worst = 0, most = 0;
	for (int64_t i = 0; i < POSES * pixels; i++) {
		double sum = 0, whole = 1e-4 * (double)s->out[INTEGRAL].integral[i];
		for (int c = 0; c < GROUPS; c++)
			sum += (double)s->out[MINERAL]
				       .mineral[(i / pixels * GROUPS + c) * pixels + i % pixels];
		worst = fmax(worst, fabs(sum - whole));
		most = fmax(most, fabs(whole));
	}
	return worst / most;
}

static int slab_times(struct slab *s, const struct bench *b)
{
	for (int m = 0; m < BENCH_MODELS; m++) {
		struct bench_samples t[OUTPUTS] = { 0 };
		char name[128];
		for (int round = -1; round < 2 * b->rounds; round++)
			for (int o = 0; o < OUTPUTS; o++) {
				struct bench_time start = bench_clock();
				if (projector_render(&s->out[o], &s->resident, (enum projector_model)m,
					    &s->geometry, s->poses, POSES) != 0)
					return -1;
				if (round >= 0) /* the first makes the copies */
					bench_samples_since(&t[o], start, POSES);
			}
		double unlabelled = bench_wall_ms(&t[INTEGRAL]);
		for (int o = MINERAL; o < OUTPUTS; o++) {
			double ms = bench_wall_ms(&t[o]);
			snprintf(name, sizeof(name), "torso slab %s, eight groups of labels, %s",
				bench_model_names[m], output_names[o]);
			bench_row(name, ms, unlabelled, "the unlabelled render", "ms/image", sum_error(s));
			snprintf(name, sizeof(name), "%s, eight groups of labels, %s: times unlabelled",
				bench_model_names[m], output_names[o]);
			bench_gate(name, ms / unlabelled, 1.5, false);
		}
		snprintf(name, sizeof(name), "%s: sum of labels against the total", bench_model_names[m]);
		bench_gate(name, sum_error(s), 1e-6, false);
	}
	return 0;
}

int bench_labels(const struct bench *b)
{
	static struct slab s;
	int rc = -1;
	if (!*b->data) {
		bench_note("no test data: many labels were not measured");
		return 0;
	}
	TRY(slab_open(&s, b));
	TRY(slab_times(&s, b));
	rc = 0;
cleanup:
	resident_close(&s.resident);
	for (int o = 0; o < OUTPUTS; o++)
		projection_free(&s.out[o]);
	volume_free(&s.ct);
	volume_free(&s.labels);
	return rc;
}

/* ---- spectrum and film ---- */

struct exposure {
	const struct bench *b;
	struct geometry geometry;
	struct pose poses[POSES];
	struct resident resident;
	struct projection out;
	struct spectrum spectrum;
	float *film, *effect; /* (rows, cols) */
};

/* One image's time of the materials and of the epilogue, in turns. */
static int epilogue_times(struct exposure *x, const char *scene, enum projector_model model, bool gate)
{
	const int64_t pixels = x->geometry.cols * x->geometry.rows;
	struct bench_samples render = { 0 }, epilogue = { 0 };
	char name[128];
	for (int round = -1; round < 2 * x->b->rounds; round++) {
		struct bench_time start = bench_clock();
		if (projector_render(&x->out, &x->resident, model, &x->geometry, x->poses, POSES) != 0)
			return -1;
		if (round >= 0)
			bench_samples_since(&render, start, POSES);
		start = bench_clock();
		for (int64_t pose = 0; pose < POSES; pose++)
			if (radiograph_apply(&x->b->cpu, x->film,
				    x->out.materials + pose * MATERIALS * pixels, pixels, &x->spectrum) != 0)
				return -1;
		if (round >= 0)
			bench_samples_since(&epilogue, start, POSES);
	}
	double share = bench_wall_ms(&epilogue) / bench_wall_ms(&render);
	snprintf(name, sizeof(name), "%s %s: 80 kVp spectrum", scene, bench_model_names[model]);
	bench_row(name, bench_wall_ms(&epilogue), bench_wall_ms(&render), "the render of its materials",
		"ms/image", NAN);
	if (gate) {
		snprintf(name, sizeof(name), "%s %s: spectrum, share of the render", scene,
			bench_model_names[model]);
		bench_gate(name, share, 0.15, false);
	}
	return 0;
}

/* Effect by effect; x->film is a radiograph of x->out's last pose. */
static int film_times(struct exposure *x, const char *scene)
{
	static const char *const names[] = { "quantum noise", "detector blur", "scatter and grid",
		"all of these", "standard processing" };
	enum { EFFECTS = 4 };
	struct film_model models[EFFECTS];
	const struct film_plane plane = { .cols = x->geometry.cols,
		.rows = x->geometry.rows,
		.pixel_mm = x->geometry.pixel_mm,
		.magnification = x->geometry.sdd_mm / x->geometry.sod_mm };
	const float *materials = x->out.materials + (POSES - 1) * MATERIALS * plane.cols * plane.rows;
	struct processing_model processing;
	char name[128];
	if (processing_parse(&processing, "standard") != 0)
		return -1;
	for (int i = 0; i < EFFECTS; i++) {
		struct film_model *m = &models[i];
		bool all = i == EFFECTS - 1;
		*m = film_model_default();
		m->photons_per_mm2 = i == 0 || all ? 72500 : 0;
		m->detector_blur_mm = i == 1 || all ? 0.3 : 0;
		m->scatter_to_primary = i == 2 || all ? 3.5 : 0;
		m->grid_primary = i >= 2 ? 0.68 : 1;
		m->grid_scatter = i >= 2 ? 0.12 : 1;
	}
	for (int i = 0; i <= EFFECTS; i++) {
		struct bench_samples t = { 0 };
		for (int round = 0; round < 2 * x->b->rounds; round++) {
			struct bench_time start = bench_clock();
			int failed = i < EFFECTS ? film_apply(&x->b->cpu, x->effect, x->film, materials,
							   &plane, &models[i], 0)
						 : processing_apply(&x->b->cpu, x->effect, x->film,
							   plane.cols, plane.rows, &processing);
			if (failed)
				return -1;
			bench_samples_since(&t, start, 1);
		}
		snprintf(name, sizeof(name), "%s: %s", scene, names[i]);
		bench_row(name, bench_wall_ms(&t), NAN, "none", "ms/image", NAN);
	}
	return 0;
}

static int expose(
	const struct bench *b, const struct volume *hu, double hu_offset, const char *scene, bool gate)
{
	struct exposure x = { .b = b };
	struct projector_source source = {
		.values = hu, .hu_per_value = 1, .hu_offset = hu_offset, .materials = material_model_default()
	};
	int rc = -1;
	x.geometry = (struct geometry){
		.sdd_mm = 1500, .sod_mm = 1000, .cols = 512, .rows = 512, .pixel_mm = 400.0 / 512
	};
	geometry_volume_centre_mm(hu, x.geometry.isocentre_mm);
	bench_random_poses(x.poses, POSES);
	TRY(spectrum_load(&x.spectrum, 80, 0));
	TRY(projection_alloc(&x.out, &x.geometry, POSES, 0, false, true, false, false));
	TRY(resident_open(&x.resident, &b->cpu, &source));
	x.film = malloc((size_t)(x.geometry.cols * x.geometry.rows) * sizeof(float));
	x.effect = malloc((size_t)(x.geometry.cols * x.geometry.rows) * sizeof(float));
	if (!x.film || !x.effect) {
		ERR_RESOURCE("out of memory for a film");
		goto cleanup;
	}
	for (int m = 0; m < BENCH_MODELS; m++)
		TRY(epilogue_times(&x, scene, (enum projector_model)m, gate));
	TRY(film_times(&x, scene));
	rc = 0;
cleanup:
	free(x.film);
	free(x.effect);
	resident_close(&x.resident);
	projection_free(&x.out);
	return rc;
}

/* The cube of the contest, as HU from -1000: every voxel holds something.  And the real CT, small and part
 * air. */
int bench_radiograph(const struct bench *b)
{
	const int64_t n[3] = { 256, 256, 256 };
	const double mm[3] = { 1, 1, 1 };
	struct volume cube = { 0 }, torso = { 0 };
	char path[PATH_BYTES];
	int rc = -1;
	TRY(bench_random_volume(&cube, n, mm));
	TRY(expose(b, &cube, -1000, "256^3 -> 512x512", true));
	if (*b->data) {
		snprintf(path, sizeof(path), "%s/real/torso_ct.nii.gz", b->data);
		TRY(nifti_read_image(&torso, path));
		TRY(expose(b, &torso, 0, "real torso CT -> 512x512", false));
	}
	rc = 0;
cleanup:
	volume_free(&cube);
	volume_free(&torso);
	return rc;
}
