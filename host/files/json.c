/* struct json is jansson's json_t: one tree, ours in name only.  Writing is json_write.c's. */
#include <jansson.h>

/* The library's functions whose names json.h takes for its own. */
static json_t *library_object(void)
{
	return json_object();
}

static json_t *library_array(void)
{
	return json_array();
}

static json_t *library_string(const char *text)
{
	return json_string(text);
}
#undef json_is_null
#include "host/files/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/run/err.h"

static json_t *node_of(struct json *node)
{
	return (json_t *)(void *)node;
}

static const json_t *const_node_of(const struct json *node)
{
	return (const json_t *)(const void *)node;
}

static struct json *json_of(json_t *node)
{
	if (!node)
		BUG("out of memory in a JSON tree");
	return (struct json *)(void *)node;
}

int json_parse(struct json **root, const char *text, size_t bytes, const char *name)
{
	json_error_t error;
	*root = NULL;
	json_t *parsed = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);
	if (!parsed)
		return ERR_INVALID("'%s' line %d is no valid JSON: %s", name, error.line, error.text);
	*root = json_of(parsed);
	return 0;
}

int json_read(struct json **root, const char *path)
{
	char *text = NULL;
	size_t bytes = 0;
	*root = NULL;
	if (path_read_text(&text, &bytes, path) != 0)
		return -1;
	int rc = json_parse(root, text, bytes, path);
	free(text);
	return rc;
}

void json_free(struct json *root)
{
	json_decref(node_of(root));
}

struct json *json_object(void)
{
	return json_of(library_object());
}

struct json *json_array(void)
{
	return json_of(library_array());
}

/* JSON is UTF-8; a file name need not be.  Whatever jansson would refuse becomes '?'. */
static char *ascii_copy(const char *text)
{
	char *copy = alloc_text(text);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return copy;
}

static json_t *text_node(const char *text)
{
	if (!text)
		return json_null();
	json_t *node = library_string(text);
	if (!node) {
		char *copy = ascii_copy(text);
		node = library_string(copy);
		free(copy);
	}
	return node;
}

static json_t *number_node(double number)
{
	return isfinite(number) ? json_real(number) : json_null();
}

static void put(struct json *object, const char *key, json_t *child)
{
	(void)json_of(child);
	if (!json_is_object(const_node_of(object)))
		BUG("json_put(\"%s\") into a node that is no object", key);
	if (json_object_set(node_of(object), key, child) != 0) {
		char *copy = ascii_copy(key);
		if (json_object_set(node_of(object), copy, child) != 0)
			BUG("cannot put \"%s\" into a JSON object", copy);
		free(copy);
	}
	json_decref(child);
}

static void push(struct json *array, json_t *child)
{
	(void)json_of(child);
	if (!json_is_array(const_node_of(array)) || json_array_append_new(node_of(array), child) != 0)
		BUG("json_push into a node that is no array");
}

void json_put_text(struct json *object, const char *key, const char *text)
{
	put(object, key, text_node(text));
}

void json_put_number(struct json *object, const char *key, double number)
{
	put(object, key, number_node(number));
}

void json_put_integer(struct json *object, const char *key, int64_t integer)
{
	put(object, key, json_integer(integer));
}

void json_put_bool(struct json *object, const char *key, bool value)
{
	put(object, key, json_boolean(value));
}

void json_put(struct json *object, const char *key, struct json *child)
{
	put(object, key, node_of(child));
}

void json_push(struct json *array, struct json *child)
{
	push(array, node_of(child));
}

void json_push_number(struct json *array, double number)
{
	push(array, number_node(number));
}

void json_push_integer(struct json *array, int64_t integer)
{
	push(array, json_integer(integer));
}

void json_push_bool(struct json *array, bool value)
{
	push(array, json_boolean(value));
}

void json_push_text(struct json *array, const char *text)
{
	push(array, text_node(text));
}

void json_put_numbers(struct json *object, const char *key, const double *numbers, size_t n)
{
	struct json *array = json_array();
	for (size_t i = 0; i < n; i++)
		json_push_number(array, numbers[i]);
	json_put(object, key, array);
}

/* An absolute path may name people and machines: only the file's own name goes into results. */
static const char *without_folders(const char *text)
{
	const char *slash = text && text[0] == '/' ? strrchr(text, '/') : NULL;
	return slash && slash[1] ? slash + 1 : text;
}

static void put_option(struct json *object, const struct opt *option)
{
	switch (option->kind) {
	case OPT_KIND_END:
		break;
	case OPT_KIND_FLAG:
		json_put_bool(object, option->name, *(const bool *)option->value);
		break;
	case OPT_KIND_INT:
		json_put_integer(object, option->name, *(const int64_t *)option->value);
		break;
	case OPT_KIND_DOUBLE:
		json_put_number(object, option->name, *(const double *)option->value);
		break;
	case OPT_KIND_TEXT:
	case OPT_KIND_CHOICE:
		json_put_text(object, option->name, without_folders(*(const char *const *)option->value));
		break;
	case OPT_KIND_VEC3:
		if (isnan(*(const double *)option->value))
			json_put_text(object, option->name, NULL);
		else
			json_put_numbers(object, option->name, option->value, 3);
		break;
	case OPT_KIND_SIZE: {
		const int64_t *size = option->value;
		struct json *array = json_array();
		json_push_integer(array, size[0]);
		json_push_integer(array, size[1]);
		json_put(object, option->name, array);
		break;
	}
	}
}

struct json *json_from_options(const struct opt *table)
{
	struct json *object = json_object();
	for (const struct opt *option = table; option->kind != OPT_KIND_END; option++)
		put_option(object, option);
	return object;
}

const struct json *json_member(const struct json *object, const char *key)
{
	const json_t *child = json_object_get(const_node_of(object), key);
	return (const struct json *)(const void *)child;
}

size_t json_size(const struct json *array)
{
	return json_array_size(const_node_of(array));
}

const struct json *json_at(const struct json *array, size_t i)
{
	const json_t *child = json_array_get(const_node_of(array), i);
	return (const struct json *)(const void *)child;
}

size_t json_key_count(const struct json *object)
{
	return json_object_size(const_node_of(object));
}

const char *json_key(const struct json *object, size_t i)
{
	json_t *node =
		(json_t *)(uintptr_t)object; /* jansson's iterators take non-const; nothing is changed */
	void *at = json_object_iter(node);
	while (at && i-- > 0)
		at = json_object_iter_next(node, at);
	return at ? json_object_iter_key(at) : NULL;
}

bool json_is_null(const struct json *node)
{
	return !node || json_typeof(const_node_of(node)) == JSON_NULL;
}

int json_number(const struct json *node, double *number)
{
	if (!json_is_number(const_node_of(node)))
		return -1;
	*number = json_number_value(const_node_of(node));
	return 0;
}

const char *json_string(const struct json *node)
{
	return json_string_value(const_node_of(node));
}

static int get_member(
	const struct json *object, const char *key, const char *where, const struct json **member)
{
	*member = json_member(object, key);
	if (!*member)
		return ERR_INVALID("'%s': \"%s\" is missing", where, key);
	return 0;
}

int json_get_number(const struct json *object, const char *key, const char *where, double *number)
{
	const struct json *member;
	if (get_member(object, key, where, &member) != 0)
		return -1;
	if (json_number(member, number) != 0)
		return ERR_INVALID("'%s': \"%s\" is no number", where, key);
	return 0;
}

int json_get_integer(const struct json *object, const char *key, const char *where, int64_t *integer)
{
	const struct json *member;
	double number;
	if (get_member(object, key, where, &member) != 0)
		return -1;
	if (json_is_integer(const_node_of(member))) {
		*integer = json_integer_value(const_node_of(member));
		return 0;
	}
	if (json_number(member, &number) != 0 || !(fabs(number) <= 9007199254740992.0) ||
		number != floor(number))
		return ERR_INVALID("'%s': \"%s\" is no whole number", where, key);
	*integer = (int64_t)number;
	return 0;
}

int json_get_text(const struct json *object, const char *key, const char *where, const char **text)
{
	const struct json *member;
	if (get_member(object, key, where, &member) != 0)
		return -1;
	const char *found = json_string(member);
	if (!found)
		return ERR_INVALID("'%s': \"%s\" is no text", where, key);
	*text = found;
	return 0;
}

int json_get_numbers(const struct json *object, const char *key, const char *where, double *numbers, size_t n)
{
	const struct json *member;
	if (get_member(object, key, where, &member) != 0)
		return -1;
	if (!json_is_array(const_node_of(member)) || json_size(member) != n)
		return ERR_INVALID("'%s': \"%s\" is no list of %zu numbers", where, key, n);
	for (size_t i = 0; i < n; i++)
		if (json_number(json_at(member, i), &numbers[i]) != 0)
			return ERR_INVALID("'%s': \"%s\"[%zu] is no number", where, key, i);
	return 0;
}

static bool word_in(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t span = strcspn(at, " ");
		if (span == length && length > 0 && memcmp(at, word, length) == 0)
			return true;
		at += span;
	}
	return false;
}

int json_only_keys(const struct json *object, const char *keys, const char *where)
{
	json_t *node = (json_t *)(uintptr_t)object;
	if (!json_is_object(const_node_of(object)))
		return ERR_USAGE("'%s' holds no mapping of names to values", where);
	for (void *at = json_object_iter(node); at; at = json_object_iter_next(node, at))
		if (!word_in(keys, json_object_iter_key(at)))
			return ERR_USAGE("'%s': unknown key \"%s\" (known: %s)", where,
				json_object_iter_key(at), keys);
	return 0;
}
