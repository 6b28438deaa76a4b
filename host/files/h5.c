/* Open, close, groups and attributes; arrays are h5_array.c's. */
#include "host/files/h5.h"

#include <hdf5.h>
#include <string.h>
#include "host/files/h5_library.h"
#include "host/run/err.h"

/*
 * No locks: an output is written under a temporary name, so no other process sees it half-written, and locks
 * fail on some network file systems.
 */
static hid_t access_list(void)
{
	hid_t access = H5Pcreate(H5P_FILE_ACCESS);
	if (access < 0 || H5Pset_file_locking(access, false, true) < 0)
		BUG("HDF5 does not start");
	return access;
}

int h5_create(struct h5 *h, const char *path)
{
	memset(h, 0, sizeof *h);
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	if (path_format(h->path, "%s", path) != 0 || path_output_name(&h->output, path) != 0)
		return -1;
	hid_t access = access_list();
	hid_t file = H5Fcreate(h->output.temporary, H5F_ACC_EXCL, H5P_DEFAULT, access);
	H5Pclose(access);
	if (file < 0) {
		(void)h5_fail(EXIT_CODE_OUTPUT, h, "/", "create");
		path_output_abort(&h->output);
		return -1;
	}
	h->file = file;
	h->writing = true;
	return 0;
}

int h5_open(struct h5 *h, const char *path)
{
	FILE *file = fopen(path, "rb");
	memset(h, 0, sizeof *h);
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	if (!file || path_is_folder(path)) {
		if (file)
			fclose(file);
		return ERR_INPUT("cannot open '%s': %s", path,
			file ? "it is a folder" : "no such file, or no permission");
	}
	fclose(file);
	if (path_format(h->path, "%s", path) != 0)
		return -1;
	if (H5Fis_hdf5(path) <= 0)
		return ERR_INVALID("'%s' is no HDF5 file", path);
	hid_t access = access_list();
	h->file = H5Fopen(path, H5F_ACC_RDONLY, access);
	H5Pclose(access);
	if (h->file < 0) {
		h->file = 0;
		return h5_fail(EXIT_CODE_INVALID, h, "/", "open (cut short?)");
	}
	return 0;
}

int h5_close(struct h5 *h, bool commit)
{
	int rc = 0;
	if (h->file > 0) {
		bool flushed = !h->writing || H5Fflush(h->file, H5F_SCOPE_GLOBAL) >= 0;
		bool closed = H5Fclose(h->file) >= 0;
		h->file = 0;
		if (h->writing && commit && flushed && closed)
			rc = path_output_commit(&h->output);
		else if (h->writing && commit)
			rc = h5_fail(EXIT_CODE_OUTPUT, h, "/", "write (disk full?)");
	}
	if (h->writing)
		path_output_abort(&h->output);
	h->writing = false;
	return rc;
}

int h5_group(struct h5 *h, const char *name)
{
	hid_t links = h5_intermediate_groups();
	hid_t group = H5Gcreate2(h5_file(h), name, links, H5P_DEFAULT, H5P_DEFAULT);
	H5Pclose(links);
	if (group < 0)
		return h5_fail(EXIT_CODE_OUTPUT, h, name, "create the group");
	H5Gclose(group);
	return 0;
}

bool h5_exists(struct h5 *h, const char *name)
{
	char part[PATH_BYTES];
	if (path_format(part, "%s", name) != 0)
		return false;
	/* H5Lexists() wants every group above to exist. */
	for (size_t i = 1, end = strlen(part); i <= end; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		char separator = part[i];
		part[i] = '\0';
		if (H5Lexists(h5_file(h), part, H5P_DEFAULT) <= 0)
			return false;
		part[i] = separator;
	}
	return name[0] != '\0';
}

/* A text of `bytes` bytes with its zero, UTF-8. */
static hid_t text_type(size_t bytes)
{
	hid_t type = H5Tcopy(H5T_C_S1);
	if (type < 0 || H5Tset_size(type, bytes) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)
		BUG("HDF5: no text type of %zu bytes", bytes);
	return type;
}

/* type is closed here. */
static int put_attribute(struct h5 *h, const char *object, const char *key, hid_t type, const void *value)
{
	hid_t space = H5Screate(H5S_SCALAR);
	if (H5Aexists_by_name(h5_file(h), object, key, H5P_DEFAULT) > 0)
		H5Adelete_by_name(h->file, object, key, H5P_DEFAULT);
	hid_t attribute =
		H5Acreate_by_name(h->file, object, key, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
	bool failed = attribute < 0 || H5Awrite(attribute, type, value) < 0;
	if (attribute >= 0 && H5Aclose(attribute) < 0)
		failed = true;
	H5Sclose(space);
	H5Tclose(type);
	return failed ? h5_fail(EXIT_CODE_OUTPUT, h, object, "write attribute '%s' of", key) : 0;
}

int h5_put_text(struct h5 *h, const char *object, const char *key, const char *text)
{
	return put_attribute(h, object, key, text_type(strlen(text) + 1), text);
}

int h5_put_number(struct h5 *h, const char *object, const char *key, double number)
{
	return put_attribute(h, object, key, H5Tcopy(H5T_IEEE_F64LE), &number);
}

/* Opens the attribute and its type, which must be of the class and a single value. */
static int open_attribute(
	struct h5 *h, const char *object, const char *key, H5T_class_t class, hid_t *attribute, hid_t *type)
{
	*type = -1;
	*attribute = H5Aopen_by_name(h5_file(h), object, key, H5P_DEFAULT, H5P_DEFAULT);
	if (*attribute < 0)
		return ERR_INVALID("'%s': %s has no attribute '%s'", h->path, object, key);
	*type = H5Aget_type(*attribute);
	hid_t space = H5Aget_space(*attribute);
	bool good = H5Tget_class(*type) == class && H5Sget_simple_extent_npoints(space) == 1;
	H5Sclose(space);
	if (!good)
		return ERR_INVALID("'%s': the attribute '%s' of %s is no single %s", h->path, key, object,
			class == H5T_STRING ? "text" : "number");
	return 0;
}

static void close_attribute(hid_t attribute, hid_t type)
{
	if (type >= 0)
		H5Tclose(type);
	if (attribute >= 0)
		H5Aclose(attribute);
}

int h5_get_text(struct h5 *h, const char *object, const char *key, char *text, size_t bytes)
{
	int rc = -1;
	hid_t attribute, type;
	TRY(open_attribute(h, object, key, H5T_STRING, &attribute, &type));
	if (H5Tis_variable_str(type) != 0 || H5Tget_size(type) > bytes) {
		(void)ERR_INVALID("'%s': the attribute '%s' of %s is longer than %zu bytes", h->path, key,
			object, bytes);
		goto cleanup;
	}
	memset(text, 0, bytes);
	if (H5Aread(attribute, type, text) < 0) {
		(void)h5_fail(EXIT_CODE_INVALID, h, object, "read attribute '%s' of", key);
		goto cleanup;
	}
	text[bytes - 1] = '\0';
	rc = 0;
cleanup:
	close_attribute(attribute, type);
	return rc;
}

int h5_get_number(struct h5 *h, const char *object, const char *key, double *number)
{
	int rc = -1;
	hid_t attribute, type;
	TRY(open_attribute(h, object, key, H5T_FLOAT, &attribute, &type));
	if (H5Aread(attribute, H5T_NATIVE_DOUBLE, number) < 0) {
		(void)h5_fail(EXIT_CODE_INVALID, h, object, "read attribute '%s' of", key);
		goto cleanup;
	}
	rc = 0;
cleanup:
	close_attribute(attribute, type);
	return rc;
}
