#include "drr/cohort/site_field.h"

#include <string.h>

struct site site_default(void)
{
	return (struct site){ .subjects = 40,
		.population = { .people = "general", .women_share = -1, .bmi = { 0, 100 }, .missing = 1 },
		.anatomy = { .label_map = "totalseg" },
		.ct = { .scanner = "scanner",
			.kvp = 120,
			.kev = 70,
			.gain = 1,
			.noise_hu = 10,
			.tilt_sd_deg = 4,
			.turn_sd_deg = 1.2,
			.shift_mm = 8 },
		.xray = { .vendor = "unsharp standard",
			.mineral = "hydroxyapatite",
			.kvp = 80,
			.sdd_mm = 1100,
			.table_mm = 150,
			.pixel_mm = 0.2,
			.scatter_spread = 0.5,
			.grid_primary = 1,
			.grid_scatter = 1,
			.photons_per_mm2 = 72500,
			.tilt_sd_deg = 5,
			.turn_sd_deg = 1.5,
			.flexion_sd_deg = 3,
			.internal_mean_deg = 10,
			.internal_sd_deg = 6,
			.abduction_sd_deg = 3,
			.off_centre_mm = 10,
			.poses = { 1, 1 } },
		.dxa = { .device = "dxa",
			.family = "hologic",
			.beam = "40/70",
			.slope = 1,
			.precision = 0.008,
			.neck_precision = 0.008,
			.roi_sd_mm = 0.7,
			.internal_mean_deg = 17,
			.internal_sd_deg = 2.5,
			.flexion_sd_deg = 1.5,
			.abduction_sd_deg = 1.5,
			.days = 400 } };
}

#define SIZE_OF(member) sizeof(((struct site *)0)->member)
#define FIELD(kind_of, section, name, low, high)                                                             \
	{                                                                                                    \
#section, #name, kind_of, offsetof(struct site, section.name), SIZE_OF(section.name), low,   \
			high                                                                                 \
	}
#define NUMBER(section, name, low, high) FIELD(SITE_NUMBER, section, name, low, high)
#define RANGE(section, name, low, high) FIELD(SITE_RANGE, section, name, low, high)
#define WORD(section, name) FIELD(SITE_WORD, section, name, 0, 0)
static const struct site_field fields[] = {
	WORD(population, people),
	NUMBER(population, women_share, 0, 1),
	RANGE(population, age_years, 20, 100),
	RANGE(population, bmi, 0, 100),
	NUMBER(population, missing, 0, 5),
	NUMBER(population, nails, 0, 1),
	NUMBER(population, prostheses, 0, 1),
	NUMBER(population, revisit_share, 0, 1),
	WORD(anatomy, labels),
	WORD(anatomy, label_map),
	WORD(ct, scanner),
	NUMBER(ct, kvp, 60, 150),
	NUMBER(ct, kev, 40, 120),
	NUMBER(ct, gain, 0.9, 1.1),
	NUMBER(ct, offset_hu, -50, 50),
	NUMBER(ct, noise_hu, 0, 200),
	NUMBER(ct, kernel_fwhm_mm, 0, 20),
	NUMBER(ct, slice_mm, 0, 20),
	NUMBER(ct, cupping_hu, -100, 100),
	NUMBER(ct, tilt_sd_deg, 0, 10),
	NUMBER(ct, turn_sd_deg, 0, 5),
	NUMBER(ct, shift_mm, 0, 20),
	WORD(xray, vendor),
	WORD(xray, mineral),
	NUMBER(xray, kvp, 70, 140),
	NUMBER(xray, added_al_mm, 0, 30),
	NUMBER(xray, sdd_mm, 500, 5000),
	NUMBER(xray, table_mm, 50, 400),
	NUMBER(xray, pixel_mm, 0.05, 2),
	NUMBER(xray, cut_share, 0, 1),
	NUMBER(xray, scatter_to_primary, 0, 20),
	NUMBER(xray, scatter_spread, 0.01, 10),
	NUMBER(xray, veil_to_primary, 0, 20),
	NUMBER(xray, grid_primary, 0.01, 1),
	NUMBER(xray, grid_scatter, 0.01, 1),
	NUMBER(xray, photons_per_mm2, 0, 1e9),
	NUMBER(xray, electronic_noise_photons, 0, 1e6),
	NUMBER(xray, focal_spot_mm, 0, 5),
	NUMBER(xray, detector_blur_mm, 0, 5),
	NUMBER(xray, tail_mm, 0, 50),
	NUMBER(xray, tail_share, 0, 0.5),
	NUMBER(xray, heel, 0, 0.5),
	NUMBER(xray, flat_field_residual, 0, 0.1),
	NUMBER(xray, tilt_sd_deg, 0, 10),
	NUMBER(xray, turn_sd_deg, 0, 5),
	NUMBER(xray, flexion_sd_deg, 0, 8),
	NUMBER(xray, internal_mean_deg, -15, 25),
	NUMBER(xray, internal_sd_deg, 0, 10),
	NUMBER(xray, abduction_sd_deg, 0, 5),
	NUMBER(xray, off_centre_mm, 0, 30),
	NUMBER(xray, collimated_share, 0, 1),
	RANGE(xray, collimator_mm, 0, 60),
	RANGE(xray, poses, 1, 4),
	WORD(dxa, device),
	WORD(dxa, family),
	WORD(dxa, beam),
	NUMBER(dxa, slope, 0.8, 1.2),
	NUMBER(dxa, offset_g_cm2, -0.2, 0.2),
	NUMBER(dxa, precision, 0, 0.1),
	NUMBER(dxa, neck_precision, 0, 0.1),
	NUMBER(dxa, roi_sd_mm, 0, 10),
	NUMBER(dxa, internal_mean_deg, 0, 30),
	NUMBER(dxa, internal_sd_deg, 0, 8),
	NUMBER(dxa, flexion_sd_deg, 0, 5),
	NUMBER(dxa, abduction_sd_deg, 0, 5),
	NUMBER(dxa, days, 0, 4000),
};

const struct site_field *site_field_find(const char *section, const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].section, section) == 0 && strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}
