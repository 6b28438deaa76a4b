/* JSON text.  Our own writer, so that reals are the shortest that read back exactly and lists of numbers stay
 * on one line; jansson has neither. */
#include <jansson.h>
#undef json_is_null
#include "host/files/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/path.h"
#include "host/run/err.h"

static void write_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if (*c == '\n')
			fputs("\\n", out);
		else if (*c == '\t')
			fputs("\\t", out);
		else if ((unsigned char)*c < 0x20)
			fprintf(out, "\\u%04x", (unsigned)*c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
}

static void write_real(FILE *out, double number)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	/* A point keeps it a real when it is read again. */
	fprintf(out, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

static void write_line_end(FILE *out, int indent)
{
	fputc('\n', out);
	for (int i = 0; i < indent; i++)
		fputs("  ", out);
}

static bool all_scalars(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *child = json_array_get(array, i);
		if (json_is_object(child) || json_is_array(child))
			return false;
	}
	return true;
}

static void write_node(FILE *out, const json_t *node, int indent);

/* indent: depth of this node; negative for compact text. */
static void write_array(FILE *out, const json_t *node, int indent)
{
	bool lines = indent >= 0 && !all_scalars(node);
	fputc('[', out);
	for (size_t i = 0; i < json_array_size(node); i++) {
		if (i > 0)
			fputs(indent >= 0 && !lines ? ", " : ",", out);
		if (lines)
			write_line_end(out, indent + 1);
		write_node(out, json_array_get(node, i), indent >= 0 ? indent + 1 : indent);
	}
	if (lines)
		write_line_end(out, indent);
	fputc(']', out);
}

static void write_object(FILE *out, const json_t *node, int indent)
{
	json_t *object =
		(json_t *)(uintptr_t)node; /* jansson's iterators take non-const; nothing is changed */
	bool first = true;
	fputc('{', out);
	for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
		if (!first)
			fputc(',', out);
		first = false;
		if (indent >= 0)
			write_line_end(out, indent + 1);
		write_string(out, json_object_iter_key(at));
		fputs(indent >= 0 ? ": " : ":", out);
		write_node(out, json_object_iter_value(at), indent >= 0 ? indent + 1 : indent);
	}
	if (indent >= 0 && !first)
		write_line_end(out, indent);
	fputc('}', out);
}

static void write_node(FILE *out, const json_t *node, int indent)
{
	switch (json_typeof(node)) {
	case JSON_OBJECT:
		write_object(out, node, indent);
		break;
	case JSON_ARRAY:
		write_array(out, node, indent);
		break;
	case JSON_STRING:
		write_string(out, json_string_value(node));
		break;
	case JSON_INTEGER:
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(node));
		break;
	case JSON_REAL:
		write_real(out, json_real_value(node));
		break;
	case JSON_TRUE:
		fputs("true", out);
		break;
	case JSON_FALSE:
		fputs("false", out);
		break;
	case JSON_NULL:
		fputs("null", out);
		break;
	}
}

int json_write(const struct json *root, const char *path)
{
	struct path_output output = { 0 };
	if (path_output_open(&output, path) != 0)
		return -1;
	write_node(output.file, (const json_t *)(const void *)root, 0);
	fputc('\n', output.file);
	return path_output_commit(&output);
}

char *json_text(const struct json *root)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	if (!out)
		BUG("out of memory for JSON text");
	write_node(out, (const json_t *)(const void *)root, -1);
	if (fclose(out) != 0 || !text)
		BUG("out of memory for JSON text");
	return text;
}
