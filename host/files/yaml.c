/* YAML by libyaml's events, so that anchors, aliases and tags are seen and refused instead of expanded. */
#include "host/files/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/run/err.h"

enum { DEEPEST = 64 };

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the last one; owned */
	bool has_event;
	const char *name;
};

static int line_of(const struct reader *r)
{
	return (int)r->event.start_mark.line + 1;
}

static void drop_event(struct reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = false;
}

/* The next event into r->event; anchors, aliases and tags are refused here, once for all. */
static int next(struct reader *r)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	drop_event(r);
	if (!yaml_parser_parse(&r->parser, &r->event)) {
		size_t line = r->parser.problem_mark.line;
		return ERR_USAGE("'%s' line %d is no valid YAML: %s", r->name, (int)line + 1,
			r->parser.problem ? r->parser.problem : "out of memory");
	}
	r->has_event = true;
	if (r->event.type == YAML_SCALAR_EVENT) {
		anchor = r->event.data.scalar.anchor;
		tag = r->event.data.scalar.tag;
	} else if (r->event.type == YAML_SEQUENCE_START_EVENT) {
		anchor = r->event.data.sequence_start.anchor;
		tag = r->event.data.sequence_start.tag;
	} else if (r->event.type == YAML_MAPPING_START_EVENT) {
		anchor = r->event.data.mapping_start.anchor;
		tag = r->event.data.mapping_start.tag;
	}
	if (anchor || r->event.type == YAML_ALIAS_EVENT)
		return ERR_USAGE("'%s' line %d: anchors and aliases are not read", r->name, line_of(r));
	if (tag)
		return ERR_USAGE(
			"'%s' line %d: the tag '%s' is not read", r->name, line_of(r), (const char *)tag);
	return 0;
}

static int scalar_text(const struct reader *r, const char **text)
{
	*text = (const char *)r->event.data.scalar.value;
	if (strlen(*text) != r->event.data.scalar.length)
		return ERR_USAGE("'%s' line %d: a text holds a zero byte", r->name, line_of(r));
	return 0;
}

/* A number by JSON's grammar (RFC 8259); whole: without fraction and exponent. */
static bool is_number(const char *text, bool *whole)
{
	const char *at = text + (*text == '-');
	size_t digits = strspn(at, "0123456789");
	*whole = true;
	if (digits == 0 || (digits > 1 && *at == '0'))
		return false;
	at += digits;
	if (*at == '.') {
		digits = strspn(at + 1, "0123456789");
		if (digits == 0)
			return false;
		at += 1 + digits;
		*whole = false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		digits = strspn(at, "0123456789");
		if (digits == 0)
			return false;
		at += digits;
		*whole = false;
	}
	return *at == '\0';
}

/* Where a node goes: into an object under a key, or at the end of an array. */
struct place {
	struct json *parent;
	const char *key; /* NULL = array */
};

static void place_node(const struct place *p, struct json *node)
{
	if (p->key)
		json_put(p->parent, p->key, node);
	else
		json_push(p->parent, node);
}

static void place_number(const struct place *p, const char *text, bool whole)
{
	errno = 0;
	long long integer = whole ? strtoll(text, NULL, 10) : 0;
	if (whole && errno == 0 && p->key)
		json_put_integer(p->parent, p->key, integer);
	else if (whole && errno == 0)
		json_push_integer(p->parent, integer);
	else if (p->key)
		json_put_number(p->parent, p->key, strtod(text, NULL));
	else
		json_push_number(p->parent, strtod(text, NULL));
}

static int place_scalar(const struct reader *r, const struct place *p)
{
	const char *text;
	bool whole, plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (scalar_text(r, &text) != 0)
		return -1;
	bool is_true = plain && strcmp(text, "true") == 0;
	if (plain && is_number(text, &whole)) {
		place_number(p, text, whole);
	} else if (is_true || (plain && strcmp(text, "false") == 0)) {
		if (p->key)
			json_put_bool(p->parent, p->key, is_true);
		else
			json_push_bool(p->parent, is_true);
	} else {
		if (plain && (*text == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0))
			text = NULL;
		if (p->key)
			json_put_text(p->parent, p->key, text);
		else
			json_push_text(p->parent, text);
	}
	return 0;
}

static int read_node(struct reader *r, const struct place *p, int depth);

static int read_sequence(struct reader *r, struct json *array, int depth)
{
	const struct place place = { array, NULL };
	for (;;) {
		if (next(r) != 0)
			return -1;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (read_node(r, &place, depth) != 0)
			return -1;
	}
}

static int read_member(struct reader *r, struct json *object, int depth)
{
	const char *text;
	if (r->event.type != YAML_SCALAR_EVENT)
		return ERR_USAGE("'%s' line %d: a key must be a plain word", r->name, line_of(r));
	if (scalar_text(r, &text) != 0)
		return -1;
	if (json_member(object, text))
		return ERR_USAGE("'%s' line %d: the key \"%s\" is repeated", r->name, line_of(r), text);
	char *key = alloc_text(text);
	const struct place place = { object, key };
	int rc = next(r) == 0 ? read_node(r, &place, depth) : -1;
	free(key);
	return rc;
}

static int read_mapping(struct reader *r, struct json *object, int depth)
{
	for (;;) {
		if (next(r) != 0)
			return -1;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			return 0;
		if (read_member(r, object, depth) != 0)
			return -1;
	}
}

/* The node that r->event begins. */
static int read_node(struct reader *r, const struct place *p, int depth)
{
	if (depth > DEEPEST)
		return ERR_USAGE("'%s' line %d: nested deeper than %d levels", r->name, line_of(r), DEEPEST);
	if (r->event.type == YAML_SCALAR_EVENT)
		return place_scalar(r, p);
	bool mapping = r->event.type == YAML_MAPPING_START_EVENT;
	struct json *node = mapping ? json_object() : json_array();
	int rc = mapping ? read_mapping(r, node, depth + 1) : read_sequence(r, node, depth + 1);
	if (rc != 0)
		json_free(node);
	else
		place_node(p, node);
	return rc;
}

/* The one document of the stream; an empty one is an empty mapping. */
static int read_document(struct reader *r, struct json *object)
{
	if (next(r) != 0 || next(r) != 0) /* the stream's start, then a document or the end */
		return -1;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return 0;
	if (next(r) != 0)
		return -1;
	bool empty = r->event.type == YAML_SCALAR_EVENT && r->event.data.scalar.length == 0;
	if (!empty && r->event.type != YAML_MAPPING_START_EVENT)
		return ERR_USAGE("'%s' line %d: a mapping (key: value) is expected", r->name, line_of(r));
	if (!empty && read_mapping(r, object, 1) != 0)
		return -1;
	if (next(r) != 0 || next(r) != 0) /* the document's end, then the stream's */
		return -1;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return ERR_USAGE("'%s' line %d: a second document begins; one is read", r->name, line_of(r));
	return 0;
}

int yaml_parse(struct json **root, const char *text, size_t bytes, const char *name)
{
	struct reader r = { .name = name };
	*root = NULL;
	if (!yaml_parser_initialize(&r.parser))
		return ERR_RESOURCE("no memory to read '%s'", name);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, bytes);
	struct json *object = json_object();
	int rc = read_document(&r, object);
	drop_event(&r);
	yaml_parser_delete(&r.parser);
	if (rc == 0)
		*root = object;
	else
		json_free(object);
	return rc;
}

int yaml_read(struct json **root, const char *path)
{
	char *text = NULL;
	size_t bytes = 0;
	*root = NULL;
	if (path_read_text(&text, &bytes, path) != 0)
		return -1;
	int rc = yaml_parse(root, text, bytes, path);
	free(text);
	return rc;
}
