/*
 * The projector's gates: the volume resident, the images left on the device and allocated beforehand.
 *
 * On the GPU a time is that of LAUNCHES renders one after the other divided by their number: what the device
 * needs, as long as the host keeps ahead.  Two volumes: `body`, a body in air with a few bones, and `dense`,
 * in which no two neighbours are equal, so that no brick can be passed over.
 */
#include "experiments/gpu-check/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "drr/projector.h"
#include "drr/spectrum.h"
#include "host/files/nifti.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "kernels/radiograph.h"

enum { BATCH = 64, LAUNCHES = 20, BATCHES = 2, GROUPS = 8, LABELS = 42, RUNS = 7 };
enum wanted { INTEGRAL, CHANNELS, CHANNELS_AND_PATH, MATERIAL };

struct scene {
	struct volume values, labels;
	uint8_t channel_of_label[65536];
	struct geometry geometry;
	struct pose poses[BATCH];
};
struct render {
	struct resident resident;
	struct projection out;
	const struct scene *scene;
	enum projector_model model;
	int n_poses, times;
};

static void scene_free(struct scene *s)
{
	volume_free(&s->values);
	volume_free(&s->labels);
}

/* Air, an elliptic cylinder of tissue with some texture, and two bones; labels in 42 slanted pieces of it. */
static void voxels_fill(struct scene *s, bool dense)
{
	const int64_t *n = s->values.n;
	float *value = volume_f32(&s->values);
	uint8_t *label = volume_u8(&s->labels);
#pragma omp parallel for schedule(static)
	for (int64_t z = 0; z < n[2]; z++)
		for (int64_t y = 0; y < n[1]; y++)
			for (int64_t x = 0; x < n[0]; x++) {
				const int64_t i = (z * n[1] + y) * n[0] + x;
				double u = ((double)x + 0.5) / (double)n[0] - 0.5,
				       v = ((double)y + 0.5) / (double)n[1] - 0.5;
				double bone = hypot(fabs(u) - 0.2, v);
				int64_t hash = (x * 73856093 ^ y * 19349663 ^ z * 83492791) & 127;
				bool inside = u * u / 0.18 + v * v / 0.07 < 1;
				if (dense)
					value[i] = (float)(hash * 8 + (x + y + z) % 7);
				else
					value[i] =
						!inside ? -1000.0F
							: (float)(hash - 64) + (bone < 0.05 ? 800.0F : 40.0F);
				int64_t piece =
					(x * 7 / n[0] + y * 3 / n[1] * 7 + z * 2 / n[2] * 21) % LABELS;
				label[i] = inside ? (uint8_t)(piece + 1) : 0;
			}
}

static void poses_make(struct scene *s)
{
	for (int p = 0; p < BATCH; p++)
		s->poses[p] = (struct pose){ .rotate_rad = { 0.004 * (p % 16), -0.005 * (p % 11),
						     0.006 * (p - 32) },
			.shift_mm = { 0.5 * (p % 7), 0.3 * (p % 5), 0.4 * (p % 9) } };
}

static int scene_make(struct scene *s, const int64_t n[3], const double spacing[3], int64_t pixels,
	double pixel_mm, bool dense)
{
	const double middle[3] = { 0.5 * (double)(n[0] - 1), 0.5 * (double)(n[1] - 1),
		0.5 * (double)(n[2] - 1) };
	const double affine[4][4] = { { spacing[0], 0, 0, -spacing[0] * middle[0] },
		{ 0, spacing[1], 0, -spacing[1] * middle[1] }, { 0, 0, spacing[2], -spacing[2] * middle[2] },
		{ 0, 0, 0, 1 } };
	*s = (struct scene){ 0 };
	if (volume_init(&s->values, n, affine, VOLUME_F32) != 0 ||
		volume_init(&s->labels, n, affine, VOLUME_U8) != 0)
		return -1;
	voxels_fill(s, dense);
	for (int i = 0; i < 65536; i++)
		s->channel_of_label[i] = i > 0 && i <= LABELS ? (uint8_t)(i % GROUPS) : PROJECTOR_NO_CHANNEL;
	s->geometry = (struct geometry){ .projection = GEOMETRY_CONE,
		.sdd_mm = 1020,
		.sod_mm = 780,
		.cols = pixels,
		.rows = pixels,
		.pixel_mm = pixel_mm };
	poses_make(s);
	return 0;
}

static int render_step(void *context)
{
	struct render *r = context;
	for (int i = 0; i < r->times; i++)
		if (projector_render(&r->out, &r->resident, r->model, &r->scene->geometry, r->scene->poses,
			    r->n_poses) != 0)
			return -1;
	return 0;
}

static int render_open(struct render *r, const struct device *device, const struct scene *scene,
	enum wanted wanted, enum projector_model model, int n_poses)
{
	const bool labelled = wanted == CHANNELS || wanted == CHANNELS_AND_PATH;
	const struct projector_source source = { .values = &scene->values,
		.labels = labelled ? &scene->labels : NULL,
		.channel_of_label = scene->channel_of_label,
		.n_channels = labelled ? GROUPS : 0,
		.hu_per_value = 1,
		.materials = material_model_default() };
	*r = (struct render){ .scene = scene, .model = model, .n_poses = n_poses };
	r->times = device->kind == DEVICE_CUDA ? LAUNCHES : 1;
	if (resident_open(&r->resident, device, &source) != 0)
		return -1;
	return projection_alloc_on(&r->out, device, &scene->geometry, n_poses, source.n_channels,
		wanted == INTEGRAL, wanted == MATERIAL, labelled, wanted == CHANNELS_AND_PATH);
}

static void render_close(struct render *r)
{
	projection_free(&r->out);
	resident_close(&r->resident);
}

/* Seconds a pose. */
static int render_seconds(double *seconds, struct render *r, enum projector_model model, int n_poses)
{
	const struct device *device = r->resident.device;
	r->model = model;
	r->n_poses = n_poses;
	r->out.n_poses = n_poses; /* of those allocated */
	r->times = device->kind != DEVICE_CUDA ? 1 : n_poses > 1 ? BATCHES : LAUNCHES;
	int rc = bench_measure(seconds, device, render_step, r, device->kind == DEVICE_CUDA ? RUNS : 3);
	*seconds /= (double)n_poses * r->times;
	return rc;
}

/* A row, and the gate where there is one. */
static void row_of(const char *name, double c, double g, double gate_ms)
{
	char what[256];
	int used = snprintf(what, sizeof(what), "%s", name);
	if (gate_ms > 0)
		snprintf(what + used, sizeof(what) - (size_t)used, " (H200 gate %.3g ms%s)", gate_ms,
			isnan(g)	      ? ""
			: g <= 1e-3 * gate_ms ? ": met"
					      : ": not met");
	bench_row(what, c, g, 0, "");
}

/* The CPU one pose, the GPU one and many. */
static int models_rows(const char *name, const struct device *cpu, const struct device *gpu,
	const struct scene *scene, const double one_ms[3], const double batch_ms[3])
{
	static const char *const models[3] = { "pwc", "trilinear", "joseph" };
	double c[3] = { NAN, NAN, NAN }, one[3] = { NAN, NAN, NAN }, many[3] = { NAN, NAN, NAN };
	struct render here = { 0 }, there = { 0 };
	char what[96];
	int rc = -1;
	TRY(render_open(&here, cpu, scene, INTEGRAL, PROJECTOR_PWC, 1));
	if (gpu)
		TRY(render_open(&there, gpu, scene, INTEGRAL, PROJECTOR_PWC, BATCH));
	for (int m = 0; m < 3; m++) {
		TRY(render_seconds(&c[m], &here, (enum projector_model)m, 1));
		if (gpu) {
			TRY(render_seconds(&one[m], &there, (enum projector_model)m, 1));
			TRY(render_seconds(&many[m], &there, (enum projector_model)m, BATCH));
		}
	}
	for (int m = 0; m < 3; m++) {
		snprintf(what, sizeof(what), "%s, %s, one pose", name, models[m]);
		row_of(what, c[m], one[m], one_ms[m]);
		snprintf(what, sizeof(what), "%s, %s, a pose of 64", name, models[m]);
		if (gpu)
			row_of(what, NAN, many[m], batch_ms[m]);
	}
	rc = 0;
cleanup:
	render_close(&here);
	render_close(&there);
	return rc;
}

/* ---- eight groups of labels, and how much dearer than without ---- */
/*
 * The torso slab of the test data as experiments/bench-drr/ has it: every label, background too, in one of
 * the groups. *found is 0 where there are no test data.
 */
static int slab_make(struct scene *s, int *found)
{
	const char *data = getenv("XBMD_TEST_DATA");
	char ct[512], labels[512];
	uint8_t there[65536] = { 0 };
	int n = 0;
	*found = data != NULL;
	if (!data)
		return 0;
	snprintf(ct, sizeof(ct), "%s/real/torso_slab_ct.nii.gz", data);
	snprintf(labels, sizeof(labels), "%s/real/torso_slab_dseg.nii.gz", data);
	if (nifti_read_image(&s->values, ct) != 0 || nifti_read_labels(&s->labels, labels) != 0)
		return -1;
	for (int64_t i = 0; i < volume_count(&s->labels); i++) {
		there[volume_u16(&s->labels)[i]] = 1;
		volume_f32(&s->values)[i] = fmaxf(0, volume_f32(&s->values)[i] + 1000);
	}
	for (int label = 0; label < 65536; label++)
		s->channel_of_label[label] = there[label] ? (uint8_t)(n++ % GROUPS) : PROJECTOR_NO_CHANNEL;
	s->geometry =
		(struct geometry){ .sdd_mm = 1000, .sod_mm = 800, .cols = 512, .rows = 512, .pixel_mm = 0.9 };
	geometry_volume_centre_mm(&s->values, s->geometry.isocentre_mm);
	poses_make(s);
	return 0;
}

static int labels_row(const char *name, const struct device *device, const struct scene *scene, int n_poses)
{
	static const char *const models[3] = { "pwc", "trilinear", "joseph" };
	double plain = NAN, labelled = NAN, both = NAN;
	struct render without = { 0 }, with = { 0 }, path = { 0 };
	char what[256];
	int rc = -1;
	TRY(render_open(&without, device, scene, INTEGRAL, PROJECTOR_PWC, n_poses));
	TRY(render_open(&with, device, scene, CHANNELS, PROJECTOR_PWC, n_poses));
	TRY(render_open(&path, device, scene, CHANNELS_AND_PATH, PROJECTOR_PWC, n_poses));
	for (int m = 0; m < 3; m++) {
		TRY(render_seconds(&plain, &without, (enum projector_model)m, n_poses));
		TRY(render_seconds(&labelled, &with, (enum projector_model)m, n_poses));
		TRY(render_seconds(&both, &path, (enum projector_model)m, n_poses));
		snprintf(what, sizeof(what),
			"%s, eight groups of labels, %s, poses %d: %.2f x unlabelled (gate 1.5: %s), with "
			"path %.2f x",
			name, models[m], n_poses, labelled / plain,
			labelled <= 1.5 * plain ? "met" : "not met", both / plain);
		if (device->kind == DEVICE_CUDA)
			bench_row(what, NAN, labelled, 0, "");
		else
			bench_row(what, labelled, NAN, 0, "");
	}
	rc = 0;
cleanup:
	render_close(&without);
	render_close(&with);
	render_close(&path);
	return rc;
}

/* ---- the spectrum's share of a radiograph ---- */
struct film {
	const struct device *device;
	struct radiograph_args args;
	int times;
};

static int film_step(void *context)
{
	struct film *f = context;
	for (int i = 0; i < f->times; i++) {
		if (f->device->kind == DEVICE_CPU)
			radiograph_simd(&f->args, f->args.n);
		else if (radiograph(f->device, &f->args, f->args.n) != 0)
			return -1;
	}
	return 0;
}

static int spectrum_row(const struct device *device, const struct scene *scene)
{
	struct radiograph_bin energies[SPECTRUM_BINS];
	struct memory bins = { 0 }, image = { 0 };
	struct spectrum spectrum;
	struct render r;
	double render = NAN, film = NAN;
	char what[256];
	int rc = -1;
	TRY(render_open(&r, device, scene, MATERIAL, PROJECTOR_PWC, 1));
	TRY(spectrum_load(&spectrum, 80, 0));
	const int64_t n_bins = spectrum_energies(energies, device, &spectrum), n = r.out.cols * r.out.rows;
	TRY(memory_alloc(&bins, device, (size_t)n_bins * sizeof(energies[0]), "energies"));
	TRY(memory_write(&bins, 0, energies, bins.bytes));
	TRY(memory_alloc(&image, device, (size_t)n * sizeof(float), "radiograph"));
	struct film f = { device,
		{ .radiograph = image.data,
			.materials = r.out.materials,
			.n = n,
			.bins = bins.data,
			.n_bins = n_bins },
		r.times };
	TRY(bench_measure(&render, device, render_step, &r, RUNS));
	TRY(bench_measure(&film, device, film_step, &f, RUNS));
	snprintf(what, sizeof(what),
		"%s: spectrum of %lld energies, %.1f %% of the materials' render (gate 15: %s)", device->name,
		(long long)n_bins, 100 * film / render, film <= 0.15 * render ? "met" : "not met");
	film /= r.times;
	bench_row(what, device->kind == DEVICE_CPU ? film : NAN, device->kind == DEVICE_CUDA ? film : NAN, 0,
		"");
	rc = 0;
cleanup:
	memory_free(&bins);
	memory_free(&image);
	render_close(&r);
	return rc;
}

int bench_projector_gates(const struct device *cpu, const struct device *gpu, int shrink, const char *part)
{
	const int64_t large[3] = { 512 / shrink, 512 / shrink, 400 / shrink };
	const int64_t chest[3] = { 512 / shrink, 512 / shrink, 133 / shrink };
	const double fine[3] = { 0.7 * shrink, 0.7 * shrink, 1.0 * shrink };
	const double thick[3] = { 0.7 * shrink, 0.7 * shrink, 2.5 * shrink };
	const double one[3] = { 0.20, 0.5, 0.20 }, batch[3] = { 0.12, 0, 0.12 }, small[3] = { 0.04, 0, 0.04 };
	const double none[3] = { 0 };
	static struct scene scene; /* its table of labels is large */
	int rc = -1;
	if (bench_wanted(part, "body") || bench_wanted(part, "dense"))
		TRY(scene_make(&scene, large, fine, 512 / shrink, 0.95 * shrink, false));
	if (bench_wanted(part, "body")) {
		TRY(models_rows("512x512x400 body -> 512^2", cpu, gpu, &scene, one, batch));
		TRY(labels_row("512x512x400 body, 42 labels", gpu ? gpu : cpu, &scene, 1));
		TRY(spectrum_row(gpu ? gpu : cpu, &scene));
	}
	if (bench_wanted(part, "dense")) {
		voxels_fill(&scene, true);
		TRY(models_rows("512x512x400 dense -> 512^2", cpu, gpu, &scene, one, batch));
	}
	scene_free(&scene);
	if (bench_wanted(part, "slab")) {
		int found;
		TRY(slab_make(&scene, &found));
		for (int n = 1; found && n <= BATCH; n *= BATCH)
			TRY(labels_row("torso slab 122x101x30 -> 512^2", gpu ? gpu : cpu, &scene, n));
		if (!found)
			fprintf(stderr,
				"bench_gpu: no $XBMD_TEST_DATA: the torso slab's labels are left out\n");
		scene_free(&scene);
	}
	if (bench_wanted(part, "chest")) {
		TRY(scene_make(&scene, chest, thick, 200 / shrink, 2.4 * shrink, false));
		TRY(models_rows("512x512x133 body -> 200^2", cpu, gpu, &scene, small, none));
	}
	rc = 0;
cleanup:
	scene_free(&scene);
	return rc;
}
