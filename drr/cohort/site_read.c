/* A site profile's YAML. */
#include <math.h>
#include <string.h>

#include "drr/cohort/look.h"
#include "drr/cohort/mineral.h"
#include "drr/cohort/site_field.h"
#include "drr/dxa_beam.h"
#include "drr/spectrum.h"
#include "host/files/yaml.h"
#include "host/run/err.h"

static int set_word(char *at, const struct site_field *f, const struct json *node, const char *where)
{
	const char *word = json_string(node);
	if (!word || strlen(word) >= f->bytes)
		return ERR_USAGE("%s: %s: %s wants a text of at most %zu letters", where, f->section, f->name,
			f->bytes - 1);
	memset(at, 0, f->bytes);
	memcpy(at, word, strlen(word));
	return 0;
}

static int set_numbers(char *at, const struct site_field *f, const struct json *node, const char *where)
{
	size_t n = f->kind == SITE_RANGE ? 2 : 1;
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
		const struct site_field *f = site_field_find(section, key);
		if (!f)
			return ERR_USAGE("%s: %s has no key '%s'", where, section, key);
		char *at = (char *)site + f->offset;
		const struct json *value = json_member(node, key);
		if ((f->kind == SITE_WORD ? set_word : set_numbers)(at, f, value, where) != 0)
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
	struct population who;
	const char *family = site->dxa.family;
	if (site_recruits(&who, &site->population) != 0 || look_parse(&look, x->vendor) != 0 ||
		mineral_check(x->mineral) != 0 || spectrum_photons(photons, x->kvp, x->added_al_mm) != 0 ||
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
	if (strcmp(family, "hologic") != 0 && strcmp(family, "lunar") != 0 &&
		strcmp(family, "norland") != 0) {
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
	static const char *const sections[] = { "population", "anatomy", "ct", "xray", "dxa" };
	struct json *tree = NULL;
	const char *role = NULL;
	int rc = -1;
	TRY(yaml_parse(&tree, yaml, strlen(yaml), name));
	TRY(json_only_keys(tree, "role subjects population anatomy ct xray dxa", name));
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
