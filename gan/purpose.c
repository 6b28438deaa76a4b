#include "gan/purpose.h"

#include <stdio.h>
#include <string.h>

#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"

static const char key[] = "purpose";

static int refuse(const char *path)
{
	return ERR_INVALID(
		"'%s': made with evaluation seeds (xbmd synth --evaluation): it is for measuring, never for "
		"training; make a study without --evaluation to train on",
		path);
}

/* GeneratedBy is a list of tools; any of them may say it. */
static const char *stated(const struct json *description)
{
	const struct json *tools = json_member(description, "GeneratedBy");
	for (size_t i = 0; tools && i < json_size(tools); i++) {
		const struct json *node = json_member(json_at(tools, i), "Purpose");
		const char *text = node ? json_string(node) : NULL;
		if (text)
			return text;
	}
	return "n/a";
}

int purpose_of_study(char purpose[PURPOSE_BYTES], const char *study_root)
{
	char path[PATH_BYTES];
	struct json *description = NULL;
	int rc = -1;
	snprintf(purpose, PURPOSE_BYTES, "n/a");
	TRY(path_format(path, "%s/dataset_description.json", study_root));
	if (path_exists(path)) {
		TRY(json_read(&description, path));
		snprintf(purpose, PURPOSE_BYTES, "%s", stated(description));
	}
	rc = strcmp(purpose, "evaluation") == 0 ? refuse(study_root) : 0;
cleanup:
	json_free(description);
	return rc;
}

int purpose_put(struct h5 *set, const char *purpose)
{
	return h5_put_text(set, "/", key, purpose);
}

int purpose_check_set(const char *set_path)
{
	struct h5 set = { 0 };
	char purpose[PURPOSE_BYTES];
	if (h5_open(&set, set_path) != 0)
		return -1;
	/* Sets of earlier versions do not say. */
	int found = h5_get_text(&set, "/", key, purpose, sizeof(purpose));
	h5_close(&set, false);
	if (found != 0) {
		err_clear();
		return 0;
	}
	return strcmp(purpose, "evaluation") == 0 ? refuse(set_path) : 0;
}
