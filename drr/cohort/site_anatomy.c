/* Where a site's participants have their bones from. */
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/map_library.h"
#include "drr/cohort/site.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/rng.h"

static int copy(char *to, size_t bytes, const char *from, const char *what)
{
	if (strlen(from) >= bytes)
		return ERR_USAGE("anatomy: %s has more than %zu letters", what, bytes - 1);
	memset(to, 0, bytes);
	memcpy(to, from, strlen(from));
	return 0;
}

int sites_set_anatomy(struct sites *sites, char letter, const char *labels, const char *label_map)
{
	for (int i = 0; i < sites->n; i++) {
		struct site_anatomy *a = &sites->list[i].anatomy;
		if (sites->list[i].letter == letter)
			return copy(a->labels, sizeof(a->labels), labels, "labels") != 0 ||
					       copy(a->label_map, sizeof(a->label_map), label_map,
						       "label map") != 0
				       ? -1
				       : 0;
	}
	return ERR_USAGE("anatomy: there is no site '%c' among %d", letter, sites->n);
}

int sites_read_anatomy(struct sites *sites)
{
	for (int i = 0; i < sites->n; i++) {
		struct site *site = &sites->list[i];
		if (site->anatomy.labels[0] == 0)
			continue;
		struct map_library *maps = malloc(sizeof(*maps));
		if (!maps)
			return ERR_RESOURCE("out of memory for label maps");
		if (map_library_read(maps, site->anatomy.labels, site->anatomy.label_map) != 0) {
			free(maps);
			return err_prefix("%s: anatomy", site->name);
		}
		site->anatomy.maps = maps;
		sites->digest = rng_mix(sites->digest, maps->digest, (uint64_t)i + 1);
		log_info("%s: bones of %d label map%s", site->name, maps->n, maps->n == 1 ? "" : "s");
	}
	return 0;
}

void sites_free(struct sites *sites)
{
	for (int i = 0; i < sites->n; i++) {
		struct map_library *maps = sites->list[i].anatomy.maps;
		if (maps) {
			map_library_free(maps);
			free(maps);
		}
		sites->list[i].anatomy.maps = NULL;
	}
}
