#include "drr/spectrum.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "host/files/number_table.h"
#include "host/run/embed.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "kernels/radiograph.h"

EMBED(spectrum_csv, "drr/tables/spectra.csv");

_Static_assert(
	(int)MATERIALS == (int)RADIOGRAPH_MATERIALS, "the kernel and the model name the same materials");

static const char *const material_tables[MATERIALS] = {
	[MATERIAL_SOFT] = "muscle_icrp",
	[MATERIAL_FAT] = "adipose_icrp",
	[MATERIAL_MINERAL] = "hydroxyapatite",
	[MATERIAL_METAL] = "ti6al4v",
};

const char *spectrum_material(enum material material)
{
	return material_tables[material];
}

static struct number_table table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	number_table_parse(&table, (const char *)spectrum_csv);
}

static int photons_column(double kvp, int *column)
{
	char name[64];
	pthread_once(&once, load);
	snprintf(name, sizeof(name), "kvp%.6g_photons_per_mAs_cm2_at_1m", kvp);
	*column = number_table_find(&table, name);
	if (*column < 0)
		return ERR_USAGE("no spectrum for %g kVp: there are 70, 80, 90, 100, 120 and 140", kvp);
	return 0;
}

int spectrum_photons(double photons[SPECTRUM_BINS], double kvp, double added_al_mm)
{
	int column;
	if (!(added_al_mm >= 0 && isfinite(added_al_mm)))
		return ERR_USAGE("added aluminium %g mm: must be zero or more", added_al_mm);
	if (photons_column(kvp, &column) != 0)
		return -1;
	for (int b = 0; b < SPECTRUM_BINS; b++)
		photons[b] = 0;
	for (int row = 0; row < table.n_rows; row++) {
		int kev = (int)number_table_at(&table, row, 0), b = kev - SPECTRUM_FIRST_KEV;
		double al_cm2_g;
		if (b < 0 || b >= SPECTRUM_BINS)
			continue;
		if (attenuation_cm2_g("aluminium", kev, &al_cm2_g) != 0)
			return -1;
		double g_cm2 = added_al_mm / 10 * attenuation_density_g_cm3("aluminium");
		photons[b] = number_table_at(&table, row, column) * exp(-al_cm2_g * g_cm2);
	}
	return 0;
}

int spectrum_load(struct spectrum *s, double kvp, double added_al_mm)
{
	double sum = 0;
	s->kvp = kvp;
	if (spectrum_photons(s->weight, kvp, added_al_mm) != 0)
		return -1;
	for (int b = 0; b < SPECTRUM_BINS; b++) {
		double kev = SPECTRUM_FIRST_KEV + b, csi_cm2_g;
		if (attenuation_cm2_g("csi", kev, &csi_cm2_g) != 0)
			return -1;
		for (int m = 0; m < MATERIALS; m++)
			if (attenuation_cm2_g(material_tables[m], kev, &s->mu_rho_cm2_g[b][m]) != 0)
				return -1;
		double csi_g_cm2 = SPECTRUM_CSI_CM * attenuation_density_g_cm3("csi");
		s->weight[b] *= kev * -expm1(-csi_cm2_g * csi_g_cm2);
		sum += s->weight[b];
	}
	for (int b = 0; b < SPECTRUM_BINS; b++)
		s->weight[b] /= sum;
	quadrature_of_spectrum(&s->quadrature, s);
	return 0;
}

int64_t spectrum_energies(struct radiograph_bin *bins, const struct device *device, const struct spectrum *s)
{
	bool all = device->elem == DEVICE_F64;
	int64_t n = 0, count = all ? SPECTRUM_BINS : s->quadrature.n;
	for (int64_t b = 0; b < count; b++) {
		const double *mu = all ? s->mu_rho_cm2_g[b] : s->quadrature.mu_rho_cm2_g[b];
		bins[n].weight = all ? s->weight[b] : s->quadrature.weight[b];
		if (!(bins[n].weight > 0))
			continue;
		for (int m = 0; m < MATERIALS; m++)
			bins[n].mu_rho_cm2_g[m] = mu[m];
		n++;
	}
	if (n == 0)
		BUG("a spectrum without signal");
	return n;
}

static int apply_on_gpu(const struct device *device, const struct radiograph_args *host)
{
	struct memory radiograph_memory = { 0 }, materials = { 0 }, bins = { 0 };
	struct radiograph_args a = *host;
	size_t pixels = (size_t)a.n * sizeof(float), bytes = (size_t)a.n_bins * sizeof(*a.bins);
	int rc = -1;
	TRY(memory_alloc(&radiograph_memory, device, pixels, "radiographs"));
	TRY(memory_alloc(&materials, device, pixels * MATERIALS, "material images"));
	TRY(memory_alloc(&bins, device, bytes, "spectrum"));
	TRY(memory_write(&materials, 0, host->materials, pixels * MATERIALS));
	TRY(memory_write(&bins, 0, host->bins, bytes));
	a.radiograph = radiograph_memory.data;
	a.materials = materials.data;
	a.bins = bins.data;
	TRY(radiograph(device, &a, a.n));
	TRY(memory_read(host->radiograph, &radiograph_memory, 0, pixels));
	rc = 0;
cleanup:
	memory_free(&radiograph_memory);
	memory_free(&materials);
	memory_free(&bins);
	return rc;
}

int radiograph_apply(const struct device *device, float *out, const float *materials_g_cm2, int64_t n,
	const struct spectrum *spectrum)
{
	struct radiograph_bin bins[SPECTRUM_BINS];
	struct radiograph_args a = { .radiograph = out, .materials = materials_g_cm2, .n = n, .bins = bins };
	a.n_bins = spectrum_energies(bins, device, spectrum);
	if (n == 0)
		return 0;
	if (device->kind == DEVICE_CUDA)
		return apply_on_gpu(device, &a);
	if (device->elem == DEVICE_F64)
		return radiograph(device, &a, n);
	radiograph_simd(&a, n);
	return 0;
}
