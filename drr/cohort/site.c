#include "drr/cohort/site.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/path.h"
#include "host/run/embed.h"
#include "host/run/err.h"
#include "host/run/rng.h"

EMBED(site_a, "drr/cohort/sites/A-development.yaml");
EMBED(site_b, "drr/cohort/sites/B-external.yaml");
EMBED(site_c, "drr/cohort/sites/C-external.yaml");
EMBED(site_d, "drr/cohort/sites/D-external.yaml");
EMBED(site_e, "drr/cohort/sites/E-external.yaml");
EMBED(site_f, "drr/cohort/sites/F-external.yaml");
EMBED(site_g, "drr/cohort/sites/G-external.yaml");
static const unsigned char *const built_in[SITE_BUILT_IN] = { site_a, site_b, site_c, site_d, site_e, site_f,
	site_g };

static void add(struct sites *sites, struct site *site)
{
	site->letter = (char)('A' + sites->n);
	snprintf(site->name, sizeof(site->name), "site%c", site->letter);
	sites->list[sites->n++] = *site;
}

/* Of a profile's text, 8 bytes at a time. */
static uint64_t digest(uint64_t sum, const char *text)
{
	for (size_t at = 0, n = strlen(text); at <= n; at += 8) {
		char word[8] = { 0 };
		uint64_t bits;
		memcpy(word, text + at, n - at < 8 ? n - at : 8);
		memcpy(&bits, word, 8);
		sum = rng_mix(sum, bits, at);
	}
	return sum;
}

int sites_built_in(struct sites *sites, int n)
{
	memset(sites, 0, sizeof(*sites));
	if (n < 1 || n > SITE_BUILT_IN)
		return ERR_USAGE("%d sites: %d are built in; give more with --profiles", n, SITE_BUILT_IN);
	for (int i = 0; i < n; i++) {
		struct site site = site_default();
		const char *text = (const char *)built_in[i];
		char name[32];
		snprintf(name, sizeof(name), "built-in site %c", 'A' + i);
		if (site_parse(&site, text, name) != 0)
			return -1;
		add(sites, &site);
		sites->digest = digest(sites->digest, text);
	}
	return 0;
}

static int is_yaml(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

/* A profile names files from where it lies. */
static int beside(char *path, size_t bytes, const char *folder, const char *profile)
{
	char whole[PATH_BYTES];
	if (path[0] == 0 || path[0] == '/')
		return 0;
	if (path_format(whole, "%s/%s", folder, path) != 0 || strlen(whole) >= bytes)
		return ERR_USAGE("%s: anatomy: the path of '%s' is too long", profile, path);
	memcpy(path, whole, strlen(whole) + 1);
	return 0;
}

static int beside_profile(struct site_anatomy *a, const char *folder, const char *profile)
{
	if (beside(a->labels, sizeof(a->labels), folder, profile) != 0)
		return -1;
	size_t length = strlen(a->label_map); /* a file, or the name of a built-in map */
	if (length < 5 || strcmp(a->label_map + length - 5, ".yaml") != 0)
		return 0;
	return beside(a->label_map, sizeof(a->label_map), folder, profile);
}

static int read_one(struct sites *sites, const char *folder, const char *file)
{
	char path[PATH_BYTES], *text = NULL;
	size_t bytes;
	struct site site = site_default();
	int rc = -1;
	TRY(path_format(path, "%s/%s", folder, file));
	TRY(path_read_text(&text, &bytes, path));
	TRY(site_parse(&site, text, path));
	TRY(beside_profile(&site.anatomy, folder, path));
	add(sites, &site);
	sites->digest = digest(sites->digest, text);
	rc = 0;
cleanup:
	free(text);
	return rc;
}

int sites_read(struct sites *sites, const char *folder)
{
	struct dirent **files = NULL;
	int rc = 0, n = scandir(folder, &files, is_yaml, alphasort);
	memset(sites, 0, sizeof(*sites));
	if (n < 0)
		return ERR_INPUT("cannot list the folder '%s': %s", folder, strerror(errno));
	if (n == 0 || n > SITE_MOST)
		rc = ERR_USAGE("'%s' holds %d site profiles (*.yaml): must be 1 to %d", folder, n, SITE_MOST);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = read_one(sites, folder, files[i]->d_name);
		free(files[i]);
	}
	free(files);
	return rc;
}

int64_t sites_subjects(const struct sites *sites)
{
	int64_t sum = 0;
	for (int i = 0; i < sites->n; i++)
		sum += sites->list[i].subjects;
	return sum;
}
