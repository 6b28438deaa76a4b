/* A site profile's YAML: every key with its place and range. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "drr/cohort/look.h"
#include "drr/cohort/mineral.h"
#include "drr/cohort/site.h"
#include "drr/dxa_beam.h"
#include "drr/spectrum.h"
#include "host/files/yaml.h"
#include "host/run/err.h"

struct site site_default(void)
{
	return (struct site){ .subjects = 40,
		.population = { .women_share = -1, .age_years = { 0, 120 }, .bmi = { 0, 100 } },
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
			.roi_sd_mm = 0.7,
			.internal_mean_deg = 17,
			.internal_sd_deg = 2.5,
			.flexion_sd_deg = 1.5,
			.abduction_sd_deg = 1.5,
			.days = 400 } };
}

enum field_kind { FIELD_NUMBER, FIELD_RANGE, FIELD_WORD };
struct field {
	const char *section, *name;
	enum field_kind kind;
	size_t offset, bytes;
	double low, high;
};
#define SIZE_OF(member) sizeof(((struct site *)0)->member)
#define FIELD(kind, section, name, low, high)                                                                \
	{                                                                                                    \
#section, #name, kind, offsetof(struct site, section.name), SIZE_OF(section.name), low, high \
	}
#define NUMBER(section, name, low, high) FIELD(FIELD_NUMBER, section, name, low, high)
#define RANGE(section, name, low, high) FIELD(FIELD_RANGE, section, name, low, high)
#define WORD(section, name) FIELD(FIELD_WORD, section, name, 0, 0)
static const struct field fields[] = {
	NUMBER(population, women_share, 0, 1),
	RANGE(population, age_years, 0, 120),
	RANGE(population, bmi, 0, 100),
	NUMBER(population, revisit_share, 0, 1),
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
	RANGE(xray, poses, 1, 4),
	WORD(dxa, device),
	WORD(dxa, family),
	WORD(dxa, beam),
	NUMBER(dxa, slope, 0.8, 1.2),
	NUMBER(dxa, offset_g_cm2, -0.2, 0.2),
	NUMBER(dxa, precision, 0, 0.1),
	NUMBER(dxa, roi_sd_mm, 0, 10),
	NUMBER(dxa, internal_mean_deg, 0, 30),
	NUMBER(dxa, internal_sd_deg, 0, 8),
	NUMBER(dxa, flexion_sd_deg, 0, 5),
	NUMBER(dxa, abduction_sd_deg, 0, 5),
	NUMBER(dxa, days, 0, 4000),
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static int set_word(char *at, const struct field *f, const struct json *node, const char *where)
{
	const char *word = json_string(node);
	if (!word || strlen(word) >= f->bytes)
		return ERR_USAGE("%s: %s: %s wants a text of at most %zu letters", where, f->section, f->name,
			f->bytes - 1);
	memset(at, 0, f->bytes);
	memcpy(at, word, strlen(word));
	return 0;
}

static int set_numbers(char *at, const struct field *f, const struct json *node, const char *where)
{
	size_t n = f->kind == FIELD_RANGE ? 2 : 1;
	double value[2] = { NAN, NAN };
	bool good = n == 1 ? json_number(node, value) == 0 : json_size(node) == 2;
	for (size_t k = 0; n == 2 && good && k < 2; k++)
		good = json_number(json_at(node, k), &value[k]) == 0;
	for (size_t k = 0; k < n; k++)
		good = good && value[k] >= f->low && value[k] <= f->high;
	if (!good || (n == 2 && !(value[0] <= value[1])))
		return ERR_USAGE("%s: %s: %s must be %s within %g to %g", where, f->section, f->name,
			n == 2 ? "[low, high]" : "a number", f->low, f->high);
	memcpy(at, value, n * sizeof(double));
	return 0;
}

/* One section's keys; any that is not in the table is refused. */
static int set_section(struct site *site, const char *section, const struct json *node, const char *where)
{
	for (size_t k = 0; k < json_key_count(node); k++) {
		const char *key = json_key(node, k);
		size_t i = 0;
		while (i < FIELDS &&
			!(strcmp(fields[i].section, section) == 0 && strcmp(fields[i].name, key) == 0))
			i++;
		if (i == FIELDS)
			return ERR_USAGE("%s: %s has no key '%s'", where, section, key);
		char *at = (char *)site + fields[i].offset;
		const struct json *value = json_member(node, key);
		if ((fields[i].kind == FIELD_WORD ? set_word : set_numbers)(at, &fields[i], value, where) != 0)
			return -1;
	}
	return 0;
}

/* What only other parts of the program know: vendors, attenuation tables, spectra, beams, film effects. */
static int check(const struct site *site, const char *where)
{
	const struct site_xray *x = &site->xray;
	double photons[SPECTRUM_BINS];
	struct look look;
	struct dxa_beam beam;
	const char *family = site->dxa.family;
	if (look_parse(&look, x->vendor) != 0 || mineral_check(x->mineral) != 0 ||
		spectrum_photons(photons, x->kvp, x->added_al_mm) != 0 ||
		dxa_beam_named(&beam, site->dxa.beam) != 0)
		goto wrong;
	if (!(x->table_mm < x->sdd_mm / 2)) {
		ERR_USAGE("table_mm %g is too far for sdd_mm %g", x->table_mm, x->sdd_mm);
		goto wrong;
	}
	if (x->veil_to_primary > 0 && x->scatter_to_primary > 0) {
		ERR_USAGE("a site has one scatter model: scatter_to_primary or veil_to_primary");
		goto wrong;
	}
	if (strcmp(family, "hologic") != 0 && strcmp(family, "lunar") != 0 && strcmp(family, "norland") != 0) {
		ERR_USAGE("dxa: family '%s': there are hologic, lunar, norland", family);
		goto wrong;
	}
	return 0;
wrong:
	err_prefix("%s", where);
	return -1;
}

int site_parse(struct site *site, const char *yaml, const char *name)
{
	static const char *const sections[] = { "population", "ct", "xray", "dxa" };
	struct json *tree = NULL;
	const char *role = NULL;
	int rc = -1;
	TRY(yaml_parse(&tree, yaml, strlen(yaml), name));
	TRY(json_only_keys(tree, "role subjects population ct xray dxa", name));
	if (json_member(tree, "role")) {
		TRY(json_get_text(tree, "role", name, &role));
		if (strcmp(role, "development") != 0 && strcmp(role, "external") != 0) {
			ERR_USAGE("%s: role '%s': development or external", name, role);
			goto cleanup;
		}
		site->development = strcmp(role, "development") == 0;
	}
	if (json_member(tree, "subjects"))
		TRY(json_get_integer(tree, "subjects", name, &site->subjects));
	if (site->subjects < 1 || site->subjects > 9999) {
		ERR_USAGE("%s: subjects must be 1 to 9999", name);
		goto cleanup;
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (json_member(tree, sections[i]))
			TRY(set_section(site, sections[i], json_member(tree, sections[i]), name));
	TRY(check(site, name));
	rc = 0;
cleanup:
	json_free(tree);
	return rc;
}
