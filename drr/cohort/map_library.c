#include "drr/cohort/map_library.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "drr/cohort/stream.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* ---- files ---- */

/* Every file that one of the patterns fits, in the order of their names; n = 0 when there is none. */
static int match(glob_t *found, const char *const *patterns, int n)
{
	for (int i = 0; i < n; i++) {
		int rc = glob(patterns[i], i > 0 ? GLOB_APPEND : 0, NULL, found);
		if (rc != 0 && rc != GLOB_NOMATCH)
			return ERR_INPUT("cannot look for '%s'", patterns[i]);
	}
	return 0;
}

static int match_in(glob_t *found, const char *folder, const char *ending)
{
	char zipped[PATH_BYTES], plain[PATH_BYTES];
	if (path_format(zipped, "%s/*%s.nii.gz", folder, ending) != 0 ||
		path_format(plain, "%s/*%s.nii", folder, ending) != 0)
		return -1;
	const char *const patterns[] = { zipped, plain };
	return match(found, patterns, 2);
}

static int find_files(glob_t *found, const char *labels)
{
	memset(found, 0, sizeof(*found));
	if (!path_is_folder(labels)) {
		if (match(found, &labels, 1) != 0)
			return -1;
	} else {
		if (match_in(found, labels, "dseg") != 0)
			return -1;
		if (found->gl_pathc == 0) {
			globfree(found);
			memset(found, 0, sizeof(*found));
			if (match_in(found, labels, "") != 0)
				return -1;
		}
	}
	if (found->gl_pathc == 0)
		return ERR_INPUT("no label map '%s'", labels);
	if (found->gl_pathc > MAP_LIBRARY_MOST)
		return ERR_USAGE("'%s' are %zu label maps: at most %d", labels, (size_t)found->gl_pathc,
			(int)MAP_LIBRARY_MOST);
	return 0;
}

static int add(struct map_library *l, const char *path, const struct label_map *names)
{
	struct map_entry *entry = &l->list[l->n];
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *bytes = NULL;
	size_t n;
	if (strlen(name) >= sizeof(entry->name))
		return ERR_USAGE(
			"'%s': the file's name has more than %zu letters", path, sizeof(entry->name) - 1);
	if (path_read_text(&bytes, &n, path) != 0)
		return -1;
	l->digest = rng_mix(l->digest, crc32(0, (const unsigned char *)bytes, (unsigned)n), n);
	free(bytes);
	if (anatomy_map_read(&entry->map, path, names) != 0)
		return -1;
	memcpy(entry->name, name, strlen(name) + 1);
	l->n++;
	return 0;
}

int map_library_read(struct map_library *l, const char *labels, const char *label_map)
{
	struct label_map names = { 0 };
	glob_t found = { 0 };
	int rc = -1;
	memset(l, 0, sizeof(*l));
	TRY(label_map_load(&names, label_map));
	TRY(find_files(&found, labels));
	l->list = calloc(found.gl_pathc, sizeof(*l->list));
	if (!l->list) {
		ERR_RESOURCE("out of memory for %zu label maps", (size_t)found.gl_pathc);
		goto cleanup;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		TRY(add(l, found.gl_pathv[i], &names));
	rc = 0;
cleanup:
	globfree(&found);
	label_map_free(&names);
	if (rc != 0)
		map_library_free(l);
	return rc;
}

void map_library_free(struct map_library *l)
{
	for (int i = 0; i < l->n; i++)
		anatomy_map_free(&l->list[i].map);
	free(l->list);
	memset(l, 0, sizeof(*l));
}

/* ---- people ---- */

static bool is_possible(const struct anatomy_map *map, double scale)
{
	struct anatomy_params p = anatomy_params_default();
	anatomy_map_take(&p, map, scale, false);
	bool possible = anatomy_check(&p) == 0;
	err_clear();
	return possible;
}

void map_library_shape(struct person *p, const struct map_library *l, uint64_t seed)
{
	struct rng r = stream_of(seed, p->index, STREAM_MAP, 0);
	const struct map_entry *entry = &l->list[rng_below(&r, l->n)];
	const struct anatomy_map_femur *femur = entry->map.femur;
	bool mirrored = rng_uniform(&r) < 0.5;
	struct anatomy_params *a = &p->anatomy;
	double wanted = a->femur[ANATOMY_RIGHT].head_diameter_mm + a->femur[ANATOMY_LEFT].head_diameter_mm;
	double scale =
		wanted /
		(2 * (femur[ANATOMY_RIGHT].frame.head_radius_mm + femur[ANATOMY_LEFT].frame.head_radius_mm));
	/* Unusual proportions bear no unusual size: towards the map's own, which anatomy_map_make has
	 * checked. */
	for (int tries = 0; tries < 40 && !is_possible(&entry->map, scale); tries++)
		scale = 1 + 0.8 * (scale - 1);
	anatomy_map_take(a, &entry->map, scale, mirrored);
	memcpy(p->map, entry->name, sizeof(p->map));
}
