#include <stdio.h>
#include <string.h>
#include "ct/calibrate.h"
#include "ct/unit.h"
#include "host/files/path.h"
#include "host/files/yaml.h"
#include "host/run/embed.h"
#include "host/run/err.h"

EMBED(phantom_b_mas200_yaml, "ct/phantoms/b-mas200.yaml");

static int read_rod(struct phantom *p, const struct json *object, const char *phantom_where, size_t i)
{
	char where[PATH_BYTES + 32];
	int64_t label;
	double mg_cm3;
	snprintf(where, sizeof where, "%s: rods[%zu]", phantom_where, i);
	if (json_only_keys(object, "label mg_cm3", where) != 0 ||
		json_get_integer(object, "label", where, &label) != 0 ||
		json_get_number(object, "mg_cm3", where, &mg_cm3) != 0)
		return -1;
	if (label < 1 || label > UINT16_MAX)
		return ERR_USAGE("%s: label %lld is not in 1..65535", where, (long long)label);
	if (!(mg_cm3 >= -500 && mg_cm3 <= 3156)) /* 3156: solid hydroxyapatite */
		return ERR_USAGE("%s: mg_cm3 %g is not in -500..3156", where, mg_cm3);
	for (int k = 0; k < p->n_rods; k++)
		if (p->rods[k].label == label)
			return ERR_USAGE("%s: label %lld appears twice", where, (long long)label);
	p->rods[p->n_rods].label = (uint16_t)label;
	p->rods[p->n_rods++].mg_cm3 = mg_cm3;
	return 0;
}

static int read_phantom(struct phantom *p, const struct json *root, const char *where)
{
	const char *name, *unit;
	if (json_only_keys(root, "name unit rods", where) != 0 ||
		json_get_text(root, "name", where, &name) != 0 ||
		json_get_text(root, "unit", where, &unit) != 0)
		return -1;
	if (name[0] == '\0' || strlen(name) >= sizeof p->name)
		return ERR_USAGE("%s: name '%.70s' must have 1 to 63 characters", where, name);
	snprintf(p->name, sizeof p->name, "%s", name);
	if (unit_of_density(p->unit, unit, where) != 0)
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
	int rc = -1;
	*p = (struct phantom){ 0 };
	if (strcmp(name_or_path, "b-mas200") == 0) {
		size_t bytes = (size_t)(phantom_b_mas200_yaml_end - phantom_b_mas200_yaml);
		TRY(yaml_parse(&root, (const char *)phantom_b_mas200_yaml, bytes, name_or_path));
	} else if (!path_exists(name_or_path)) {
		ERR_USAGE("phantom '%s' is neither built in (b-mas200) nor a file", name_or_path);
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
