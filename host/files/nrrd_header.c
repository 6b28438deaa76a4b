#include "host/files/nrrd_header.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/run/err.h"

enum { MOST_SEGMENTS = 65535 };

/* What the lines have said so far. */
struct fields {
	const char *path;
	bool dimension, sizes, type, encoding, space, directions, origin;
	double flip[3];
	double direction[3][3], start[3];
};

static int read_dimension(struct fields *f, const char *value)
{
	if (strtol(value, NULL, 10) != 3)
		return ERR_INVALID("'%s': dimension is %s, not 3: several layers (overlapping segments) are not read; "
				   "export one layer, or a label map",
			f->path, value);
	f->dimension = true;
	return 0;
}

static int read_sizes(struct nrrd_header *h, struct fields *f, const char *value)
{
	char *end = NULL;
	for (int a = 0; a < 3; a++, value = end) {
		h->n[a] = strtoll(value, &end, 10);
		if (end == value || h->n[a] < 1 || h->n[a] > 65535)
			return ERR_INVALID("'%s': sizes must be three numbers in 1..65535", f->path);
	}
	f->sizes = true;
	return 0;
}

static int read_type(struct nrrd_header *h, struct fields *f, const char *value)
{
	static const struct {
		const char *name;
		int bytes;
		bool is_signed;
	} types[] = {
		{ "unsigned char", 1, false }, { "uchar", 1, false }, { "uint8", 1, false }, { "uint8_t", 1, false },
		{ "signed char", 1, true }, { "int8", 1, true }, { "int8_t", 1, true }, { "short", 2, true },
		{ "short int", 2, true }, { "int16", 2, true }, { "int16_t", 2, true }, { "unsigned short", 2, false },
		{ "ushort", 2, false }, { "uint16", 2, false }, { "uint16_t", 2, false }, { "int", 4, true },
		{ "int32", 4, true }, { "int32_t", 4, true }, { "unsigned int", 4, false }, { "uint", 4, false },
		{ "uint32", 4, false }, { "uint32_t", 4, false },
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(value, types[i].name) == 0) {
			h->voxel_bytes = types[i].bytes;
			h->is_signed = types[i].is_signed;
			f->type = true;
			return 0;
		}
	return ERR_INVALID("'%s': type '%.40s' holds no labels", f->path, value);
}

static int read_encoding(struct nrrd_header *h, struct fields *f, const char *value)
{
	h->gzip = strcmp(value, "gzip") == 0 || strcmp(value, "gz") == 0;
	if (!h->gzip && strcmp(value, "raw") != 0)
		return ERR_INVALID("'%s': encoding '%.40s' is neither raw nor gzip", f->path, value);
	f->encoding = true;
	return 0;
}

/* World axes of the file that run against RAS+ are turned round. */
static int read_space(struct fields *f, const char *value)
{
	static const struct {
		const char *name, *other;
		double flip[3];
	} spaces[] = {
		{ "right-anterior-superior", "RAS", { 1, 1, 1 } },
		{ "left-posterior-superior", "LPS", { -1, -1, 1 } },
		{ "left-anterior-superior", "LAS", { -1, 1, 1 } },
	};
	for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
		if (strcmp(value, spaces[i].name) == 0 || strcmp(value, spaces[i].other) == 0) {
			memcpy(f->flip, spaces[i].flip, sizeof f->flip);
			f->space = true;
			return 0;
		}
	return ERR_INVALID("'%s': space '%.60s' is not known", f->path, value);
}

/* "(a,b,c)": the numbers, and where the text goes on; NULL when it is no vector. */
static const char *read_vector(double v[3], const char *text)
{
	char *end = NULL;
	while (isspace((unsigned char)*text))
		text++;
	if (*text++ != '(')
		return NULL;
	for (int a = 0; a < 3; a++) {
		v[a] = strtod(text, &end);
		if (end == text || !isfinite(v[a]))
			return NULL;
		while (isspace((unsigned char)*end))
			end++;
		if (*end != (a < 2 ? ',' : ')'))
			return NULL;
		text = end + 1;
	}
	return text;
}

static int read_vectors(struct fields *f, double (*v)[3], int n, const char *key, const char *value)
{
	for (int i = 0; i < n; i++) {
		value = read_vector(v[i], value);
		if (!value)
			return ERR_INVALID("'%s': %s must be %d vectors of 3 numbers", f->path, key, n);
	}
	return 0;
}

static int read_field(struct nrrd_header *h, struct fields *f, const char *key, const char *value)
{
	if (strcmp(key, "dimension") == 0)
		return read_dimension(f, value);
	if (strcmp(key, "sizes") == 0)
		return read_sizes(h, f, value);
	if (strcmp(key, "type") == 0)
		return read_type(h, f, value);
	if (strcmp(key, "encoding") == 0)
		return read_encoding(h, f, value);
	if (strcmp(key, "space") == 0)
		return read_space(f, value);
	if (strcmp(key, "endian") == 0)
		h->big_endian = strcmp(value, "big") == 0;
	if (strcmp(key, "data file") == 0 || strcmp(key, "datafile") == 0)
		return ERR_INVALID("'%s': data file '%.60s': detached data are not read", f->path, value);
	if (strcmp(key, "line skip") == 0 || strcmp(key, "byte skip") == 0)
		return ERR_INVALID("'%s': %s is not read", f->path, key);
	if (strcmp(key, "space directions") == 0) {
		f->directions = true;
		return read_vectors(f, f->direction, 3, key, value);
	}
	if (strcmp(key, "space origin") == 0) {
		f->origin = true;
		return read_vectors(f, &f->start, 1, key, value);
	}
	return 0;
}

/* "Segment3_Name" := "femur_left"; the number is the segment's, not its label. */
static int read_pair(struct nrrd_segments *s, const char *key, const char *value, const char *path)
{
	char *end = NULL;
	if (strncmp(key, "Segment", 7) != 0 || !isdigit((unsigned char)key[7]))
		return 0;
	const long i = strtol(key + 7, &end, 10);
	if (i < 0 || i >= MOST_SEGMENTS)
		return ERR_INVALID("'%s': %s: too many segments", path, key);
	const bool is_name = strcmp(end, "_Name") == 0, is_value = strcmp(end, "_LabelValue") == 0,
		   is_layer = strcmp(end, "_Layer") == 0;
	if (is_layer && strtol(value, NULL, 10) != 0)
		return ERR_INVALID("'%s': %s is %s: only one layer is read", path, key, value);
	if (!is_name && !is_value)
		return 0;
	if (i >= s->n) {
		s->list = alloc_grow(s->list, (size_t)i + 1, sizeof *s->list);
		for (; s->n <= i; s->n++)
			s->list[s->n] = (struct nrrd_segment){ .value = s->n + 1 };
	}
	if (is_value)
		s->list[i].value = strtoll(value, NULL, 10);
	else if (strlen(value) >= sizeof s->list[i].name)
		return ERR_INVALID("'%s': %s is too long", path, key);
	else
		snprintf(s->list[i].name, sizeof s->list[i].name, "%s", value);
	return 0;
}

static int check_complete(struct nrrd_header *h, const struct fields *f)
{
	const struct {
		bool there;
		const char *name;
	} needed[] = { { f->dimension, "dimension" }, { f->sizes, "sizes" }, { f->type, "type" },
		{ f->encoding, "encoding" }, { f->space, "space" }, { f->directions, "space directions" },
		{ f->origin, "space origin" } };
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
		if (!needed[i].there)
			return ERR_INVALID("'%s': the header has no %s", f->path, needed[i].name);
	for (int r = 0; r < 3; r++) {
		for (int a = 0; a < 3; a++)
			h->to_world[r][a] = f->flip[r] * f->direction[a][r];
		h->to_world[r][3] = f->flip[r] * f->start[r];
	}
	h->to_world[3][3] = 1;
	double inverse[4][4];
	if (affine_invert(inverse, AFFINE(h->to_world)) != 0)
		return ERR_INVALID("'%s': the space directions are singular", f->path);
	return 0;
}

/* The next line, cut off at its end; NULL when the text ends first. */
static char *next_line(char **at, const char *end)
{
	char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));
	if (!stop)
		return NULL;
	*stop = '\0';
	if (stop > line && stop[-1] == '\r')
		stop[-1] = '\0';
	*at = stop + 1;
	return line;
}

int nrrd_header_parse(
	struct nrrd_header *h, struct nrrd_segments *segments, char *text, size_t bytes, const char *path)
{
	struct fields f = { .path = path };
	char *at = text, *line = next_line(&at, text + bytes);
	*h = (struct nrrd_header){ 0 };
	if (!line || strncmp(line, "NRRD000", 7) != 0)
		return ERR_INVALID("'%s' is no NRRD file", path);
	while ((line = next_line(&at, text + bytes)) && line[0]) {
		char *pair = strstr(line, ":="), *colon = strstr(line, ": ");
		if (line[0] == '#')
			continue;
		if (pair && (!colon || pair < colon)) {
			*pair = '\0';
			if (read_pair(segments, line, pair + 2, path) != 0)
				return -1;
		} else if (colon) {
			*colon = '\0';
			if (read_field(h, &f, line, colon + 2) != 0)
				return -1;
		}
	}
	if (!line)
		return ERR_INVALID("'%s': the header does not end", path);
	h->data_at = (size_t)(at - text);
	return check_complete(h, &f);
}
