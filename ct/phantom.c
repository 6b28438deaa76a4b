#include "ct/phantom.h"
#include <stdio.h>
#include <string.h>
#include "ct/unit.h"
#include "host/files/path.h"
#include "host/files/yaml.h"
#include "host/run/embed.h"
#include "host/run/err.h"

EMBED(phantom_b_mas200_yaml, "ct/phantoms/b-mas200.yaml");
EMBED(phantom_mindways_model3_yaml, "ct/phantoms/mindways-model3.yaml");
EMBED(phantom_qrm_bdc_3_yaml, "ct/phantoms/qrm-bdc-3.yaml");
EMBED(phantom_qrm_bdc_6_yaml, "ct/phantoms/qrm-bdc-6.yaml");
EMBED(phantom_image_analysis_yaml, "ct/phantoms/image-analysis.yaml");
EMBED(phantom_siemens_yaml, "ct/phantoms/siemens.yaml");

static const struct {
	const char *name;
	const unsigned char *text, *end;
} builtin[] = {
	{ "b-mas200", phantom_b_mas200_yaml, phantom_b_mas200_yaml_end },
	{ "mindways-model3", phantom_mindways_model3_yaml, phantom_mindways_model3_yaml_end },
	{ "qrm-bdc-3", phantom_qrm_bdc_3_yaml, phantom_qrm_bdc_3_yaml_end },
	{ "qrm-bdc-6", phantom_qrm_bdc_6_yaml, phantom_qrm_bdc_6_yaml_end },
	{ "image-analysis", phantom_image_analysis_yaml, phantom_image_analysis_yaml_end },
	{ "siemens", phantom_siemens_yaml, phantom_siemens_yaml_end },
};
enum { BUILTINS = sizeof builtin / sizeof builtin[0] };

const char *phantom_names(void)
{
	return "b-mas200, mindways-model3, qrm-bdc-3, qrm-bdc-6, image-analysis, siemens";
}

static int read_rod(struct phantom *p, const struct json *object, const char *phantom_where, size_t i)
{
	char where[PATH_BYTES + 32];
	struct phantom_rod *rod = &p->rods[p->n_rods];
	int64_t label;
	snprintf(where, sizeof where, "%s: rods[%zu]", phantom_where, i);
	if (json_only_keys(object, "label mg_cm3 water_mg_cm3", where) != 0 ||
		json_get_integer(object, "label", where, &label) != 0 ||
		json_get_number(object, "mg_cm3", where, &rod->mg_cm3) != 0)
		return -1;
	if (label < 1 || label > UINT16_MAX)
		return ERR_USAGE("%s: label %lld is not in 1..65535", where, (long long)label);
	if (!(rod->mg_cm3 >= -500 && rod->mg_cm3 <= 3156)) /* 3156: solid hydroxyapatite */
		return ERR_USAGE("%s: mg_cm3 %g is not in -500..3156", where, rod->mg_cm3);
	for (int k = 0; k < p->n_rods; k++)
		if (p->rods[k].label == label)
			return ERR_USAGE("%s: label %lld appears twice", where, (long long)label);
	bool water = json_member(object, "water_mg_cm3") != NULL;
	if (i > 0 && water != p->water_known)
		return ERR_USAGE("%s: water_mg_cm3 is given for some rods only", where);
	if (water && json_get_number(object, "water_mg_cm3", where, &rod->water_mg_cm3) != 0)
		return -1;
	if (water && !(rod->water_mg_cm3 >= 500 && rod->water_mg_cm3 <= 1500))
		return ERR_USAGE("%s: water_mg_cm3 %g is not in 500..1500", where, rod->water_mg_cm3);
	p->water_known = water;
	rod->label = (uint16_t)label;
	p->n_rods++;
	return 0;
}

static int read_range(double range[2], const struct json *root, const char *key, double least, double most,
	const char *where)
{
	if (!json_member(root, key))
		return 0;
	if (json_get_numbers(root, key, where, range, 2) != 0)
		return -1;
	if (!(range[0] >= least && range[0] <= range[1] && range[1] <= most))
		return ERR_USAGE("%s: %s [%g, %g] is no range within %g..%g mm", where, key, range[0],
			range[1], least, most);
	return 0;
}

static int read_order(struct phantom *p, const struct json *root, const char *where)
{
	const char *order = "row";
	if (json_member(root, "order") && json_get_text(root, "order", where, &order) != 0)
		return -1;
	p->any_order = strcmp(order, "any") == 0;
	if (!p->any_order && strcmp(order, "row") != 0)
		return ERR_USAGE("%s: order '%.40s' is neither row nor any", where, order);
	return 0;
}

static int read_head(struct phantom *p, const struct json *root, const char *where)
{
	const char *name, *unit, *serial = "";
	if (json_only_keys(root, "name serial unit radius_mm pitch_mm order rods", where) != 0 ||
		json_get_text(root, "name", where, &name) != 0 ||
		json_get_text(root, "unit", where, &unit) != 0)
		return -1;
	if (json_member(root, "serial") && json_get_text(root, "serial", where, &serial) != 0)
		return -1;
	if (name[0] == '\0' || strlen(name) >= sizeof p->name)
		return ERR_USAGE("%s: name '%.70s' must have 1 to 63 characters", where, name);
	if (strlen(serial) >= sizeof p->serial)
		return ERR_USAGE("%s: serial '%.70s' must have at most 63 characters", where, serial);
	snprintf(p->name, sizeof p->name, "%s", name);
	snprintf(p->serial, sizeof p->serial, "%s", serial);
	p->geometry_given = json_member(root, "radius_mm") && json_member(root, "pitch_mm");
	return unit_of_density(p->unit, unit, where);
}

static int read_phantom(struct phantom *p, const struct json *root, const char *where)
{
	*p = (struct phantom){ .radius_mm = { 6, 14 }, .pitch_mm = { 15, 60 } };
	if (read_head(p, root, where) != 0 || read_order(p, root, where) != 0 ||
		read_range(p->radius_mm, root, "radius_mm", 2, 40, where) != 0 ||
		read_range(p->pitch_mm, root, "pitch_mm", 4, 200, where) != 0)
		return -1;
	const struct json *rods = json_member(root, "rods");
	size_t n = rods ? json_size(rods) : 0;
	if (n < 2 || n > PHANTOM_RODS)
		return ERR_USAGE("%s: needs a list of 2 to %d 'rods', has %zu", where, PHANTOM_RODS, n);
	for (size_t i = 0; i < n; i++)
		if (read_rod(p, json_at(rods, i), where, i) != 0)
			return -1;
	return 0;
}

int phantom_load(struct phantom *p, const char *name_or_path)
{
	struct json *root = NULL;
	int rc = -1, known = -1;
	*p = (struct phantom){ 0 };
	for (int i = 0; i < BUILTINS; i++)
		if (strcmp(builtin[i].name, name_or_path) == 0)
			known = i;
	if (known >= 0) {
		size_t bytes = (size_t)(builtin[known].end - builtin[known].text);
		TRY(yaml_parse(&root, (const char *)builtin[known].text, bytes, name_or_path));
	} else if (!path_exists(name_or_path)) {
		ERR_USAGE("phantom '%s' is neither built in (%s) nor a file", name_or_path, phantom_names());
		goto cleanup;
	} else {
		TRY(yaml_read(&root, name_or_path));
	}
	TRY(read_phantom(p, root, name_or_path));
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

double phantom_expected_hu(const struct phantom *p, int rod)
{
	/* HU per mg/cm3 near 120 kVp: 1.31 in all (HA), 1.47 over the displaced water (K2HPO4). */
	if (p->water_known)
		return p->rods[rod].water_mg_cm3 - 1010 + 1.47 * p->rods[rod].mg_cm3;
	return 1.31 * p->rods[rod].mg_cm3;
}
