/* What the parts of a listing share: files below the root, dictionaries. */
#include "drr/cohort/listing_part.h"
#include "host/files/path.h"

const char *listing_side(enum anatomy_side side)
{
	return side == ANATOMY_RIGHT ? "R" : "L";
}

int listing_table(const struct table *t, const char *root, const char *name)
{
	char path[PATH_BYTES];
	if (path_format(path, "%s/%s", root, name) != 0 || path_make_parent(path) != 0)
		return -1;
	return table_write(t, path);
}

/* Writes and frees. */
int listing_json(struct json *json, const char *root, const char *name)
{
	char path[PATH_BYTES];
	int rc = path_format(path, "%s/%s", root, name) == 0 && path_make_parent(path) == 0
			 ? json_write(json, path)
			 : -1;
	json_free(json);
	return rc;
}

int listing_text(const char *text, const char *root, const char *name)
{
	char path[PATH_BYTES];
	if (path_format(path, "%s/%s", root, name) != 0)
		return -1;
	return path_write_text(path, text);
}

void listing_columns(struct table *t, const char *const *names)
{
	for (; *names; names++)
		table_add_column(t, *names);
}

void listing_describe(struct json *dictionary, const char *column, const char *description, const char *units)
{
	struct json *entry = json_object();
	json_put_text(entry, "Description", description);
	if (units)
		json_put_text(entry, "Units", units);
	json_put(dictionary, column, entry);
}

void listing_describe_ceiling(struct json *dictionary)
{
	listing_describe(dictionary, "ceiling_r",
		"correlation of true mineral and DXA (Hologic scale) over all hips of this study: no method "
		"that is "
		"right about the mineral correlates better with this DXA; n/a with fewer than 8 hips",
		"1");
}
