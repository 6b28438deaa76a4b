#include "drr/dxa_simulator.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "drr/dxa_baseline.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "host/run/rng.h"
#include "kernels/dxa_solve.h"

struct dxa_simulator_options dxa_simulator_options_default(void)
{
	return (struct dxa_simulator_options){ .beside_from_mm = 4,
		.beside_to_mm = 16,
		.smooth_mm = 5,
		.bone_g_cm2 = 0.02,
		.metal_g_cm2 = 0.01 };
}

const char *dxa_simulator_status_name(enum dxa_simulator_status status)
{
	static const char *const names[DXA_SIMULATOR_STATUSES] = {
		[DXA_SIMULATOR_OK] = "ok",
		[DXA_SIMULATOR_METAL] = "metal in the way",
		[DXA_SIMULATOR_STARVED] = "no photon counted",
	};
	return names[status];
}

static int options_check(const struct dxa_simulator_options *o, int64_t cols, int64_t rows, double pixel_mm)
{
	if (cols < 1 || rows < 1 || !(pixel_mm > 0))
		return ERR_USAGE(
			"DXA image of %lldx%lld pixels of %g mm", (long long)cols, (long long)rows, pixel_mm);
	for (int e = 0; e < DXA_ENERGIES; e++)
		if (!(o->photons_per_mm2[e] >= 0 && isfinite(o->photons_per_mm2[e])))
			return ERR_USAGE(
				"DXA photons %g per mm2: must be zero or more", o->photons_per_mm2[e]);
	if ((o->photons_per_mm2[DXA_LOW] > 0) != (o->photons_per_mm2[DXA_HIGH] > 0))
		return ERR_USAGE("DXA photons: noise at one energy only");
	if (!(o->beside_from_mm >= 0 && o->beside_to_mm > o->beside_from_mm && o->smooth_mm >= 0))
		return ERR_USAGE("DXA baseline: from %g to %g mm, smoothed over %g mm", o->beside_from_mm,
			o->beside_to_mm, o->smooth_mm);
	return 0;
}

static int scan_alloc(struct dxa_scan *s, int64_t cols, int64_t rows, double pixel_mm)
{
	size_t pixels = (size_t)(cols * rows);
	*s = (struct dxa_scan){ .cols = cols, .rows = rows, .pixel_mm = pixel_mm };
	s->mineral_g_cm2 = malloc(pixels * sizeof(float));
	s->tissue_g_cm2 = malloc(pixels * sizeof(float));
	s->attenuation = malloc(DXA_ENERGIES * pixels * sizeof(float));
	s->status = calloc(pixels, 1);
	s->ratio = malloc((size_t)rows * sizeof(double));
	if (!s->mineral_g_cm2 || !s->tissue_g_cm2 || !s->attenuation || !s->status || !s->ratio) {
		dxa_simulator_free(s);
		return ERR_RESOURCE("out of memory for a DXA image of %zu pixels", pixels);
	}
	return 0;
}

void dxa_simulator_free(struct dxa_scan *s)
{
	free(s->mineral_g_cm2);
	free(s->tissue_g_cm2);
	free(s->attenuation);
	free(s->status);
	free(s->ratio);
	*s = (struct dxa_scan){ 0 };
}

/* ---- what the detector counts ---- */

/* The pixel's own random numbers, so that the order of pixels does not matter. */
static enum dxa_simulator_status count(
	double j[DXA_ENERGIES], const struct dxa_simulator_options *o, double mm2, int64_t pixel)
{
	struct rng r = rng_init(o->seed, (uint64_t)pixel);
	for (int e = 0; e < DXA_ENERGIES; e++) {
		double open = o->photons_per_mm2[e] * mm2;
		double counted = rng_poisson(&r, open * exp(-j[e]));
		if (!(counted > 0))
			return DXA_SIMULATOR_STARVED;
		j[e] = log(open / counted);
	}
	return DXA_SIMULATOR_OK;
}

static enum dxa_simulator_status measure(double j[DXA_ENERGIES], const struct dxa_scan *s,
	const float *materials, int64_t i, const struct dxa_beam *beam, const struct dxa_simulator_options *o)
{
	double g_cm2[MATERIALS];
	for (int m = 0; m < MATERIALS; m++)
		g_cm2[m] = (double)materials[m * s->cols * s->rows + i];
	dxa_beam_attenuation(j, beam, g_cm2);
	if (g_cm2[MATERIAL_METAL] >= o->metal_g_cm2)
		return DXA_SIMULATOR_METAL;
	return o->photons_per_mm2[DXA_LOW] > 0 ? count(j, o, s->pixel_mm * s->pixel_mm, i) : DXA_SIMULATOR_OK;
}

static void expose(struct dxa_scan *s, const float *materials, const struct dxa_beam *beam,
	const struct dxa_simulator_options *o)
{
	const int64_t pixels = s->cols * s->rows;
#pragma omp parallel for schedule(static)
	for (int64_t i = 0; i < pixels; i++) {
		double j[DXA_ENERGIES];
		s->status[i] = (uint8_t)measure(j, s, materials, i, beam, o);
		for (int e = 0; e < DXA_ENERGIES; e++)
			s->attenuation[e * pixels + i] =
				s->status[i] == DXA_SIMULATOR_OK ? (float)j[e] : (float)NAN;
	}
	for (int64_t i = 0; i < pixels; i++)
		s->refused[s->status[i]]++;
}

/* ---- the solution ---- */

static int solve_on_gpu(const struct device *device, const struct dxa_solve_args *host)
{
	struct memory mineral = { 0 }, tissue = { 0 }, attenuation = { 0 }, fractions = { 0 }, nodes = { 0 };
	struct dxa_solve_args a = *host;
	size_t plane = (size_t)a.n * sizeof(float), rows = (size_t)(a.n / a.cols) * sizeof(double);
	size_t bytes = (size_t)(a.n_low + a.n_high) * sizeof(*a.nodes);
	int rc = -1;
	TRY(memory_alloc(&mineral, device, plane, "mineral image"));
	TRY(memory_alloc(&tissue, device, plane, "tissue image"));
	TRY(memory_alloc(&attenuation, device, DXA_ENERGIES * plane, "attenuation images"));
	TRY(memory_alloc(&fractions, device, rows, "baselines"));
	TRY(memory_alloc(&nodes, device, bytes, "beams"));
	TRY(memory_write(&attenuation, 0, host->attenuation, DXA_ENERGIES * plane));
	TRY(memory_write(&fractions, 0, host->fat_fraction, rows));
	TRY(memory_write(&nodes, 0, host->nodes, bytes));
	a.mineral = mineral.data;
	a.tissue = tissue.data;
	a.attenuation = attenuation.data;
	a.fat_fraction = fractions.data;
	a.nodes = nodes.data;
	TRY(dxa_solve(device, &a, a.n));
	TRY(memory_read(host->mineral, &mineral, 0, plane));
	TRY(memory_read(host->tissue, &tissue, 0, plane));
	rc = 0;
cleanup:
	memory_free(&mineral);
	memory_free(&tissue);
	memory_free(&attenuation);
	memory_free(&fractions);
	memory_free(&nodes);
	return rc;
}

static int solve(const struct device *device, struct dxa_scan *s, const double *fat_fraction,
	const struct dxa_beam *beam)
{
	struct dxa_solve_node nodes[DXA_ENERGIES * QUADRATURE_NODES];
	dxa_beam_nodes(nodes, beam);
	struct dxa_solve_args a = { .mineral = s->mineral_g_cm2,
		.tissue = s->tissue_g_cm2,
		.attenuation = s->attenuation,
		.fat_fraction = fat_fraction,
		.n = s->cols * s->rows,
		.cols = s->cols,
		.nodes = nodes,
		.n_low = beam->at[DXA_LOW].n,
		.n_high = beam->at[DXA_HIGH].n };
	return device->kind == DEVICE_CUDA ? solve_on_gpu(device, &a) : dxa_solve(device, &a, a.n);
}

int dxa_simulator_run(struct dxa_scan *scan, const struct device *device, const float *materials_g_cm2,
	int64_t cols, int64_t rows, double pixel_mm, const struct dxa_beam *beam,
	const struct dxa_simulator_options *options)
{
	double *fat_fraction = NULL;
	int rc = -1;
	*scan = (struct dxa_scan){ 0 };
	if (options_check(options, cols, rows, pixel_mm) != 0 || scan_alloc(scan, cols, rows, pixel_mm) != 0)
		return -1;
	fat_fraction = malloc((size_t)rows * sizeof(*fat_fraction));
	if (!fat_fraction) {
		ERR_RESOURCE("out of memory for the baselines of %lld rows", (long long)rows);
		goto cleanup;
	}
	expose(scan, materials_g_cm2, beam, options);
	TRY(dxa_baseline(fat_fraction, scan, materials_g_cm2, beam, options));
	TRY(solve(device, scan, fat_fraction, beam));
	rc = 0;
cleanup:
	free(fat_fraction);
	if (rc != 0)
		dxa_simulator_free(scan);
	return rc;
}
