#include "ct/landmarks.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"

static bool is_known(const char *name)
{
	static const char *const known[] = { "head_centre", "neck_centre", "shaft_proximal", "shaft_distal",
		"lesser_trochanter" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		size_t length = strlen(known[i]);
		if (strncmp(name, known[i], length) == 0 &&
			(name[length] == '\0' || strcmp(name + length, "_R") == 0 ||
				strcmp(name + length, "_L") == 0))
			return true;
	}
	return false;
}

static int add(struct landmarks *l, const char *name, const double mm[3], double sign, const char *where)
{
	if (!is_known(name))
		return ERR_INVALID(
			"%s: '%.60s' is none of head_centre, neck_centre, shaft_proximal, shaft_distal, "
			"lesser_trochanter (with _R or _L)",
			where, name);
	for (int i = 0; i < l->n; i++)
		if (strcmp(l->points[i].name, name) == 0)
			return ERR_INVALID("%s: '%s' comes twice", where, name);
	if (l->n == LANDMARKS)
		return ERR_INVALID("%s: more than %d points", where, LANDMARKS);
	for (int a = 0; a < 3; a++)
		if (!isfinite(mm[a]))
			return ERR_INVALID("%s: '%s' has a coordinate that is no finite number", where, name);
	snprintf(l->points[l->n].name, sizeof l->points[l->n].name, "%s", name);
	l->points[l->n].mm[0] = sign * mm[0];
	l->points[l->n].mm[1] = sign * mm[1];
	l->points[l->n++].mm[2] = mm[2];
	return 0;
}

/* The factor of x and y: 1 for RAS, -1 for LPS; 0 for neither. */
static double sign_of(const char *system)
{
	if (strcmp(system, "LPS") == 0 || strcmp(system, "1") == 0)
		return -1;
	return strcmp(system, "RAS") == 0 || strcmp(system, "0") == 0 ? 1 : 0;
}

static int read_fcsv_line(struct landmarks *l, char *line, double sign, const char *where)
{
	char *cells[13] = { 0 }, *end;
	double mm[3];
	int n = 0;
	for (char *cell = line; cell && n < 13; n++) {
		cells[n] = cell;
		cell = strchr(cell, ',');
		if (cell)
			*cell++ = '\0';
	}
	if (n < 12)
		return ERR_INVALID("%s: %d cells, at least 12 expected", where, n);
	if (sign == 0)
		return ERR_INVALID("%s: a point before a line '# CoordinateSystem = LPS' (or RAS)", where);
	for (int a = 0; a < 3; a++) {
		mm[a] = strtod(cells[1 + a], &end);
		if (end == cells[1 + a] || *end != '\0')
			return ERR_INVALID("%s: coordinate '%.40s' is no number", where, cells[1 + a]);
	}
	return add(l, cells[11], mm, sign, where);
}

static int read_fcsv(struct landmarks *l, char *text, const char *path)
{
	double sign = 0;
	int number = 0;
	for (char *line = text; line && *line;) {
		char *next = strchr(line, '\n'), system[16] = "", where[PATH_BYTES + 32];
		if (next)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		snprintf(where, sizeof where, "%s: line %d", path, ++number);
		if (sscanf(line, "# CoordinateSystem = %15s", system) == 1) {
			sign = sign_of(system);
			if (sign == 0)
				return ERR_INVALID(
					"%s: CoordinateSystem '%s' is not LPS or RAS", where, system);
		} else if (line[0] != '#' && line[0] != '\0' && read_fcsv_line(l, line, sign, where) != 0) {
			return -1;
		}
		line = next;
	}
	return 0;
}

static int read_markups(struct landmarks *l, const struct json *root, const char *path)
{
	const struct json *markups = json_member(root, "markups");
	if (!markups || json_size(markups) == 0)
		return ERR_INVALID("%s: no list 'markups'", path);
	for (size_t m = 0; m < json_size(markups); m++) {
		const struct json *markup = json_at(markups, m),
				  *points = json_member(markup, "controlPoints");
		const char *system, *unit = json_member(markup, "coordinateUnits")
						    ? json_string(json_member(markup, "coordinateUnits"))
						    : NULL;
		if (json_get_text(markup, "coordinateSystem", path, &system) != 0)
			return -1;
		if (sign_of(system) == 0)
			return ERR_INVALID("%s: coordinateSystem '%.20s' is not LPS or RAS", path, system);
		if (unit && strcmp(unit, "mm") != 0)
			return ERR_INVALID("%s: coordinateUnits '%.20s' is not mm", path, unit);
		for (size_t i = 0; points && i < json_size(points); i++) {
			const char *name;
			double mm[3];
			if (json_get_text(json_at(points, i), "label", path, &name) != 0 ||
				json_get_numbers(json_at(points, i), "position", path, mm, 3) != 0 ||
				add(l, name, mm, sign_of(system), path) != 0)
				return -1;
		}
	}
	return 0;
}

int landmarks_read(struct landmarks *l, const char *path)
{
	char *text = NULL;
	struct json *root = NULL;
	const size_t length = strlen(path);
	size_t bytes;
	int rc = -1;
	*l = (struct landmarks){ 0 };
	if (length > 5 && strcmp(path + length - 5, ".json") == 0) {
		TRY(json_read(&root, path));
		TRY(read_markups(l, root, path));
	} else if (length > 5 && strcmp(path + length - 5, ".fcsv") == 0) {
		TRY(path_read_text(&text, &bytes, path));
		TRY(read_fcsv(l, text, path));
	} else {
		ERR_USAGE("landmarks '%s': the name must end in .fcsv or .mrk.json", path);
		goto cleanup;
	}
	if (l->n == 0) {
		ERR_INVALID("%s: no points", path);
		goto cleanup;
	}
	rc = 0;
cleanup:
	free(text);
	json_free(root);
	return rc;
}

bool landmarks_get(const struct landmarks *l, const char *name, enum label_side side, double mm[3])
{
	char sided[80];
	snprintf(sided, sizeof sided, "%s_%s", name, side == LABEL_LEFT ? "L" : "R");
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < l->n; i++)
			if (strcmp(l->points[i].name, pass == 0 ? sided : name) == 0) {
				memcpy(mm, l->points[i].mm, 3 * sizeof *mm);
				return true;
			}
	return false;
}
