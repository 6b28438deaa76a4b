#include "gan/nn/plan_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

enum { FORMAT = 1 };

struct entry {
	char *problem, *plan;
};

struct plan_cache {
	char *path, *library, *gpu;
	struct entry *entries; /* sorted by problem */
	int n;
	bool changed;
};

/* Where a problem is, or would be put. */
static int position(const struct plan_cache *c, const char *problem)
{
	int low = 0, high = c->n;
	while (low < high) {
		const int middle = (low + high) / 2;
		if (strcmp(c->entries[middle].problem, problem) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct plan_cache *c, int i, const char *problem)
{
	return i < c->n && strcmp(c->entries[i].problem, problem) == 0;
}

const char *plan_cache_get(const struct plan_cache *cache, const char *problem)
{
	const int i = position(cache, problem);
	return is_at(cache, i, problem) ? cache->entries[i].plan : NULL;
}

void plan_cache_put(struct plan_cache *cache, const char *problem, const char *plan)
{
	const int i = position(cache, problem);
	cache->changed = true;
	if (is_at(cache, i, problem)) {
		free(cache->entries[i].plan);
		cache->entries[i].plan = alloc_text(plan);
		return;
	}
	cache->entries = alloc_grow(cache->entries, (size_t)cache->n + 1, sizeof(struct entry));
	memmove(&cache->entries[i + 1], &cache->entries[i], (size_t)(cache->n - i) * sizeof(struct entry));
	cache->entries[i] = (struct entry){ alloc_text(problem), alloc_text(plan) };
	cache->n++;
}

static bool says(const struct json *root, const char *key, const char *expected)
{
	const struct json *node = json_member(root, key);
	const char *text = node ? json_string(node) : NULL;
	return text && strcmp(text, expected) == 0;
}

/* Why a file is of no use; NULL when it is. */
static const char *refusal(const struct plan_cache *c, const struct json *root)
{
	const struct json *format = json_member(root, "format"), *plans = json_member(root, "plans");
	double number = 0;
	if (!format || json_number(format, &number) != 0 || number != FORMAT)
		return "it has another format";
	if (!says(root, "library", c->library))
		return "it was tuned with another library version";
	if (!says(root, "gpu", c->gpu))
		return "it was tuned on another GPU";
	if (!plans)
		return "it has no plans";
	for (size_t i = 0; i < json_key_count(plans); i++)
		if (!json_string(json_member(plans, json_key(plans, i))))
			return "a plan in it is no text";
	return NULL;
}

static void load(struct plan_cache *c)
{
	struct json *root = NULL;
	if (json_read(&root, c->path) != 0) {
		log_warn("plan cache ignored: %s", err_message());
		return;
	}
	const char *reason = refusal(c, root);
	const struct json *plans = json_member(root, "plans");
	if (reason)
		log_warn("plan cache '%s' ignored: %s", c->path, reason);
	for (size_t i = 0; !reason && i < json_key_count(plans); i++)
		plan_cache_put(c, json_key(plans, i), json_string(json_member(plans, json_key(plans, i))));
	c->changed = false;
	json_free(root);
}

struct plan_cache *plan_cache_open(const char *path, const char *library, const char *gpu)
{
	struct plan_cache *c = alloc_grow(NULL, 1, sizeof(*c));
	memset(c, 0, sizeof(*c));
	c->path = alloc_text(path);
	c->library = alloc_text(library);
	c->gpu = alloc_text(gpu);
	if (path_exists(path))
		load(c);
	return c;
}

void plan_cache_close(struct plan_cache *cache)
{
	if (!cache)
		return;
	for (int i = 0; i < cache->n; i++) {
		free(cache->entries[i].problem);
		free(cache->entries[i].plan);
	}
	free(cache->entries);
	free(cache->path);
	free(cache->library);
	free(cache->gpu);
	free(cache);
}

int plan_cache_write(struct plan_cache *cache)
{
	if (!cache->changed)
		return 0;
	struct json *root = json_object(), *plans = json_object();
	json_put_integer(root, "format", FORMAT);
	json_put_text(root, "library", cache->library);
	json_put_text(root, "gpu", cache->gpu);
	for (int i = 0; i < cache->n; i++)
		json_put_text(plans, cache->entries[i].problem, cache->entries[i].plan);
	json_put(root, "plans", plans);
	int rc = json_write(root, cache->path);
	json_free(root);
	if (rc == 0)
		cache->changed = false;
	return rc;
}
