/* Which files a visit consists of, with sizes and checksums: nothing is lost unseen. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "drr/cohort/record.h"
#include "host/files/path.h"
#include "host/run/err.h"

void record_session(char session[64], int visit)
{
	snprintf(session, 64, "ses-%02d", visit + 1);
}

int record_add_file(struct record *r, const char *root, const char *path)
{
	char *bytes = NULL;
	size_t n, skip = strlen(root) + 1;
	if (r->n_files == RECORD_FILES || strlen(path) - skip >= sizeof(r->files[0].path))
		BUG("no room for the file '%s'", path);
	if (path_read_text(&bytes, &n, path) != 0)
		return -1;
	struct record_file *file = &r->files[r->n_files++];
	memset(file->path, 0, sizeof(file->path));
	memcpy(file->path, path + skip, strlen(path + skip));
	file->bytes = (int64_t)n;
	file->crc32 = (uint32_t)crc32(0, (const unsigned char *)bytes, (unsigned)n);
	free(bytes);
	return 0;
}

void record_put_files(struct json *root, const struct record *r)
{
	struct json *list = json_array();
	for (int i = 0; i < r->n_files; i++) {
		struct json *file = json_object();
		json_put_text(file, "path", r->files[i].path);
		json_put_integer(file, "bytes", r->files[i].bytes);
		json_put_integer(file, "crc32", r->files[i].crc32);
		json_push(list, file);
	}
	json_put(root, "files", list);
}

int record_get_files(struct record *r, const struct json *root, const char *path)
{
	const struct json *list = json_member(root, "files");
	if (!list || json_size(list) > RECORD_FILES)
		return ERR_INVALID("'%s': \"files\" is missing or too long", path);
	r->n_files = 0;
	for (size_t i = 0; i < json_size(list); i++) {
		struct record_file *file = &r->files[r->n_files++];
		const char *text;
		int64_t crc;
		if (json_get_text(json_at(list, i), "path", path, &text) != 0 ||
			json_get_integer(json_at(list, i), "bytes", path, &file->bytes) != 0 ||
			json_get_integer(json_at(list, i), "crc32", path, &crc) != 0)
			return -1;
		if (strlen(text) >= sizeof(file->path))
			return ERR_INVALID("'%s': a file's path is too long", path);
		memset(file->path, 0, sizeof(file->path));
		memcpy(file->path, text, strlen(text));
		file->crc32 = (uint32_t)crc;
	}
	return 0;
}

bool record_files_there(const struct record *r, const char *root)
{
	for (int i = 0; i < r->n_files; i++) {
		char path[PATH_BYTES];
		struct stat info;
		if (path_format(path, "%s/%s", root, r->files[i].path) != 0 || stat(path, &info) != 0 ||
			info.st_size != r->files[i].bytes)
			return false;
	}
	return r->n_files > 0;
}
