#include "drr/dxa_picture.h"

#include <math.h>
#include <string.h>

#include "drr/placement.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "host/run/rng.h"

static bool fan(const struct dxa_picture *p)
{
	return p->geometry.kind == DXA_GEOMETRY_FAN;
}

int dxa_picture_check(const struct dxa_picture *p)
{
	struct geometry detector;
	const double *photons = p->options.photons_per_mm2;
	for (int e = 0; e < DXA_ENERGIES; e++)
		if (!(photons[e] >= 0 && isfinite(photons[e])))
			return ERR_USAGE("--dxa-photons-per-mm2: %g must be zero or more", photons[e]);
	if ((photons[DXA_LOW] > 0) != (photons[DXA_HIGH] > 0))
		return ERR_USAGE("--dxa-photons-per-mm2: noise at one energy only");
	if (fan(p) && !(p->geometry.sod_mm > 0))
		return ERR_USAGE("--sod-mm %g: must be positive", p->geometry.sod_mm);
	dxa_geometry_detector(&detector, &p->geometry);
	return geometry_check(&detector);
}

int dxa_picture_check_source(
	const struct dxa_picture *p, const struct volume *volume, const struct pose *poses, int64_t n_poses)
{
	struct geometry detector;
	struct memory moved = { 0 };
	int rc = -1;
	dxa_geometry_detector(&detector, &p->geometry);
	TRY(memory_alloc(&moved, NULL, (size_t)n_poses * sizeof(struct pose), "poses"));
	struct pose *of_row = moved.data;
	for (int64_t row = 0; row < dxa_geometry_poses(&p->geometry); row++) {
		for (int64_t i = 0; i < n_poses; i++)
			of_row[i] = dxa_geometry_pose(&p->geometry, &poses[i], row);
		TRY(placement_check_source(&detector, volume, of_row, n_poses));
	}
	rc = 0;
cleanup:
	memory_free(&moved);
	return rc;
}

int64_t dxa_picture_frames(const struct dxa_picture *p)
{
	return p->tissue ? 2 : 1;
}

static struct dxa_reading reading_of(const struct dxa_scan *scan)
{
	struct dxa_reading r = { .ratio_least = INFINITY, .ratio_most = -INFINITY };
	for (int64_t row = 0; row < scan->rows; row++) {
		r.ratio_least = fmin(r.ratio_least, scan->ratio[row]);
		r.ratio_most = fmax(r.ratio_most, scan->ratio[row]);
		r.ratio_mean += scan->ratio[row] / (double)scan->rows;
	}
	memcpy(r.pixels, scan->refused, sizeof(r.pixels));
	return r;
}

int dxa_picture_render(float *frames, const struct dxa_picture *p, struct resident *volume,
	enum projector_model model, const struct pose *pose, int64_t index)
{
	const struct dxa_geometry *g = &p->geometry;
	const size_t plane = (size_t)(g->cols * g->rows);
	struct dxa_simulator_options options = p->options;
	struct memory materials = { 0 };
	struct dxa_scan scan = { 0 };
	int rc = -1;
	options.seed = rng_mix(p->options.seed, (uint64_t)index, 0);
	TRY(memory_alloc(&materials, NULL, MATERIALS * plane * sizeof(float), "material integrals"));
	TRY(dxa_geometry_materials(materials.data, volume, model, g, pose));
	TRY(dxa_simulator_run(
		&scan, volume->device, materials.data, g->cols, g->rows, g->pixel_mm, &p->beam, &options));
	memcpy(frames, scan.mineral_g_cm2, plane * sizeof(float));
	if (p->tissue)
		memcpy(frames + plane, scan.tissue_g_cm2, plane * sizeof(float));
	p->readings[index] = reading_of(&scan);
	rc = 0;
cleanup:
	dxa_simulator_free(&scan);
	memory_free(&materials);
	return rc;
}

void dxa_picture_pixels(int64_t pixels[DXA_SIMULATOR_STATUSES], const struct dxa_picture *p, int64_t n_poses)
{
	memset(pixels, 0, DXA_SIMULATOR_STATUSES * sizeof(*pixels));
	for (int64_t i = 0; i < n_poses; i++)
		for (int s = 0; s < DXA_SIMULATOR_STATUSES; s++)
			pixels[s] += p->readings[i].pixels[s];
}

static struct json *reading_json(const struct dxa_reading *r, int64_t pose)
{
	struct json *object = json_object(), *ratio = json_object(), *pixels = json_object();
	json_put_number(ratio, "least", r->ratio_least);
	json_put_number(ratio, "mean", r->ratio_mean);
	json_put_number(ratio, "most", r->ratio_most);
	for (int s = 0; s < DXA_SIMULATOR_STATUSES; s++)
		json_put_integer(
			pixels, dxa_simulator_status_name((enum dxa_simulator_status)s), r->pixels[s]);
	json_put_integer(object, "pose", pose);
	json_put(object, "tissue_ratio", ratio);
	json_put(object, "pixels", pixels);
	return object;
}

struct json *dxa_picture_to_json(const struct dxa_picture *p, int64_t n_poses)
{
	const struct dxa_simulator_options *o = &p->options;
	struct json *object = json_object(), *scans = json_array(), *noise = json_object();
	const double beside_mm[2] = { o->beside_from_mm, o->beside_to_mm };
	json_put_text(object, "beam", p->beam.name);
	json_put_text(object, "geometry", fan(p) ? "fan" : "pencil");
	json_put_numbers(noise, "photons_per_mm2", o->photons_per_mm2, DXA_ENERGIES);
	json_put_integer(noise, "seed", (int64_t)o->seed);
	json_put(object, "noise", noise);
	json_put_numbers(object, "baseline_beside_mm", beside_mm, 2);
	json_put_number(object, "baseline_smooth_mm", o->smooth_mm);
	for (int64_t i = 0; i < n_poses; i++)
		json_push(scans, reading_json(&p->readings[i], i));
	json_put(object, "scans", scans);
	return object;
}
