/* Arrays, blocks and columns of text.  No times are stored, so equal content gives equal files. */
#include "host/files/h5.h"

#include <hdf5.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/h5_library.h"
#include "host/run/err.h"

enum { MOST_DIMS = 8, SCALARS_A_CHUNK = 1024 };

static hid_t stored_type(enum h5_type type)
{
	switch (type) {
	case H5_F32:
		return H5T_IEEE_F32LE;
	case H5_F64:
		return H5T_IEEE_F64LE;
	case H5_I16:
		return H5T_STD_I16LE;
	case H5_U8:
		return H5T_STD_U8LE;
	case H5_I64:
		return H5T_STD_I64LE;
	}
	BUG("HDF5 type %d", (int)type);
}

static const char *type_name(enum h5_type type)
{
	static const char *const names[] = { "float32", "float64", "int16", "uint8", "int64" };
	return names[type];
}

/* Creates a dataset of these chunks (shuffled, deflate 1, checksums); chunk NULL = contiguous. */
static hid_t create_dataset(
	struct h5 *h, const char *name, hid_t type, hid_t space, const hsize_t *chunk, int n_dims)
{
	hid_t links = h5_intermediate_groups(), layout = H5Pcreate(H5P_DATASET_CREATE), dataset = -1;
	bool good = H5Pset_obj_track_times(layout, false) >= 0;
	if (chunk)
		good = good && H5Pset_chunk(layout, n_dims, chunk) >= 0 && H5Pset_shuffle(layout) >= 0 &&
		       H5Pset_deflate(layout, 1) >= 0 && H5Pset_fletcher32(layout) >= 0;
	if (good)
		dataset = H5Dcreate2(h5_file(h), name, type, space, links, layout, H5P_DEFAULT);
	H5Pclose(layout);
	H5Pclose(links);
	return dataset;
}

int h5_array_create(struct h5 *h, const char *name, enum h5_type type, const int64_t *dims, int n_dims)
{
	hsize_t start[MOST_DIMS] = { 0 }, most[MOST_DIMS] = { H5S_UNLIMITED }, chunk[MOST_DIMS] = { 1 };
	if (n_dims < 1 || n_dims > MOST_DIMS)
		BUG("HDF5 array '%s' of %d dimensions", name, n_dims);
	if (n_dims == 1)
		chunk[0] = SCALARS_A_CHUNK;
	for (int i = 1; i < n_dims; i++)
		start[i] = most[i] = chunk[i] = (hsize_t)dims[i];
	hid_t space = H5Screate_simple(n_dims, start, most);
	hid_t dataset = space >= 0 ? create_dataset(h, name, stored_type(type), space, chunk, n_dims) : -1;
	int rc = dataset < 0 ? h5_fail(EXIT_CODE_OUTPUT, h, name, "create the array") : 0;
	if (dataset >= 0)
		H5Dclose(dataset);
	if (space >= 0)
		H5Sclose(space);
	return rc;
}

/* An open dataset and its shape. */
struct dataset {
	hid_t id;
	hsize_t dims[MOST_DIMS];
	int n_dims;
};

static int dataset_open(struct dataset *d, struct h5 *h, const char *name)
{
	d->n_dims = 0;
	d->id = h5_exists(h, name) ? H5Dopen2(h5_file(h), name, H5P_DEFAULT) : -1;
	if (d->id < 0)
		return ERR_INVALID("'%s' has no array '%s'", h->path, name);
	hid_t space = H5Dget_space(d->id);
	int n_dims = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
	bool good =
		n_dims >= 1 && n_dims <= MOST_DIMS && H5Sget_simple_extent_dims(space, d->dims, NULL) >= 0;
	if (space >= 0)
		H5Sclose(space);
	if (!good)
		return ERR_INVALID("'%s': '%s' is no array of 1 to %d dimensions", h->path, name, MOST_DIMS);
	d->n_dims = n_dims;
	return 0;
}

static void dataset_close(struct dataset *d)
{
	if (d->id >= 0)
		H5Dclose(d->id);
	d->id = -1;
}

/* HDF5 would convert silently; a type that is not the schema's is an error. */
static int dataset_check_type(
	const struct dataset *d, const struct h5 *h, const char *name, enum h5_type type)
{
	hid_t stored = H5Dget_type(d->id);
	bool equal = stored >= 0 && H5Tequal(stored, stored_type(type)) > 0;
	if (stored >= 0)
		H5Tclose(stored);
	return equal ? 0
		     : ERR_INVALID("'%s': the array '%s' is not of type %s", h->path, name, type_name(type));
}

/* One item of the first axis between the file and memory: exactly one of `out` and `in` is given. */
static int move_item(const struct dataset *d, enum h5_type type, hsize_t item, void *out, const void *in)
{
	hsize_t start[MOST_DIMS] = { item }, count[MOST_DIMS] = { 1 };
	for (int i = 1; i < d->n_dims; i++)
		count[i] = d->dims[i];
	hid_t memory = H5Screate_simple(d->n_dims, count, NULL), file = H5Dget_space(d->id);
	herr_t state = -1;
	if (memory >= 0 && file >= 0 &&
		H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL) >= 0)
		state = out ? H5Dread(d->id, stored_type(type), memory, file, H5P_DEFAULT, out)
			    : H5Dwrite(d->id, stored_type(type), memory, file, H5P_DEFAULT, in);
	if (memory >= 0)
		H5Sclose(memory);
	if (file >= 0)
		H5Sclose(file);
	return state >= 0 ? 0 : -1;
}

int h5_array_append(struct h5 *h, const char *name, enum h5_type type, const void *item)
{
	int rc = -1;
	struct dataset d;
	TRY(dataset_open(&d, h, name));
	TRY(dataset_check_type(&d, h, name, type));
	hsize_t last = d.dims[0]++;
	if (H5Dset_extent(d.id, d.dims) < 0 || move_item(&d, type, last, NULL, item) != 0) {
		(void)h5_fail(EXIT_CODE_OUTPUT, h, name, "append to");
		goto cleanup;
	}
	rc = 0;
cleanup:
	dataset_close(&d);
	return rc;
}

int h5_array_shape(struct h5 *h, const char *name, int64_t *dims, int *n_dims)
{
	int rc = -1;
	struct dataset d;
	TRY(dataset_open(&d, h, name));
	if (d.n_dims > *n_dims) {
		(void)ERR_INVALID(
			"'%s': the array '%s' has %d dimensions, not %d", h->path, name, d.n_dims, *n_dims);
		goto cleanup;
	}
	for (int i = 0; i < d.n_dims; i++)
		dims[i] = (int64_t)d.dims[i];
	*n_dims = d.n_dims;
	rc = 0;
cleanup:
	dataset_close(&d);
	return rc;
}

int h5_array_read(struct h5 *h, const char *name, enum h5_type type, int64_t item, void *out)
{
	int rc = -1;
	struct dataset d;
	TRY(dataset_open(&d, h, name));
	TRY(dataset_check_type(&d, h, name, type));
	if (item < 0 || (hsize_t)item >= d.dims[0]) {
		(void)ERR_INVALID("'%s': the array '%s' has %" PRIu64 " items, no item %" PRId64, h->path,
			name, (uint64_t)d.dims[0], item);
		goto cleanup;
	}
	if (move_item(&d, type, (hsize_t)item, out, NULL) != 0) {
		(void)h5_fail(EXIT_CODE_INVALID, h, name, "read item %" PRId64 " of", item);
		goto cleanup;
	}
	rc = 0;
cleanup:
	dataset_close(&d);
	return rc;
}

int h5_block_write(
	struct h5 *h, const char *name, enum h5_type type, const int64_t *dims, int n_dims, const void *data)
{
	hsize_t size[MOST_DIMS];
	if (n_dims < 1 || n_dims > MOST_DIMS)
		BUG("HDF5 block '%s' of %d dimensions", name, n_dims);
	for (int i = 0; i < n_dims; i++)
		size[i] = (hsize_t)dims[i];
	hid_t space = H5Screate_simple(n_dims, size, NULL);
	hid_t dataset = space >= 0 ? create_dataset(h, name, stored_type(type), space, size, n_dims) : -1;
	bool failed =
		dataset < 0 || H5Dwrite(dataset, stored_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0;
	int rc = failed ? h5_fail(EXIT_CODE_OUTPUT, h, name, "write the block") : 0;
	if (dataset >= 0)
		H5Dclose(dataset);
	if (space >= 0)
		H5Sclose(space);
	return rc;
}

int h5_block_read(struct h5 *h, const char *name, enum h5_type type, void *out)
{
	int rc = -1;
	struct dataset d;
	TRY(dataset_open(&d, h, name));
	TRY(dataset_check_type(&d, h, name, type));
	if (H5Dread(d.id, stored_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0) {
		(void)h5_fail(EXIT_CODE_INVALID, h, name, "read the block");
		goto cleanup;
	}
	rc = 0;
cleanup:
	dataset_close(&d);
	return rc;
}

/* Texts of any length, UTF-8. */
static hid_t texts_type(void)
{
	hid_t type = H5Tcopy(H5T_C_S1);
	if (type < 0 || H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)
		BUG("HDF5: no text type");
	return type;
}

int h5_texts_write(struct h5 *h, const char *name, const char *const *texts, int64_t n)
{
	hsize_t size = (hsize_t)n;
	hid_t type = texts_type(), space = H5Screate_simple(1, &size, NULL);
	hid_t dataset = space >= 0 ? create_dataset(h, name, type, space, NULL, 1) : -1;
	bool failed =
		dataset < 0 || (n > 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) < 0);
	int rc = failed ? h5_fail(EXIT_CODE_OUTPUT, h, name, "write the texts") : 0;
	if (dataset >= 0)
		H5Dclose(dataset);
	if (space >= 0)
		H5Sclose(space);
	H5Tclose(type);
	return rc;
}

/* The library's own copies are given back here; NULL, an empty text in the file, becomes "". */
static int read_texts(struct h5 *h, const char *name, const struct dataset *d, hid_t type, char **texts)
{
	size_t n = (size_t)d->dims[0];
	hid_t space = H5Dget_space(d->id);
	char **borrowed = alloc_grow(NULL, n, sizeof *borrowed);
	int rc = -1;
	if (n > 0 && H5Dread(d->id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, borrowed) < 0) {
		(void)h5_fail(EXIT_CODE_INVALID, h, name, "read the texts");
		goto cleanup;
	}
	for (size_t i = 0; i < n; i++)
		texts[i] = alloc_text(borrowed[i] ? borrowed[i] : "");
	if (n > 0)
		H5Dvlen_reclaim(type, space, H5P_DEFAULT, borrowed);
	rc = 0;
cleanup:
	free(borrowed);
	if (space >= 0)
		H5Sclose(space);
	return rc;
}

int h5_texts_read(struct h5 *h, const char *name, char ***texts, int64_t *n)
{
	int rc = -1;
	struct dataset d;
	hid_t type = texts_type(), stored = -1;
	*texts = NULL;
	*n = 0;
	TRY(dataset_open(&d, h, name));
	stored = H5Dget_type(d.id);
	if (stored < 0 || H5Tis_variable_str(stored) <= 0 || d.n_dims != 1) {
		(void)ERR_INVALID("'%s': '%s' is no column of texts", h->path, name);
		goto cleanup;
	}
	*texts = alloc_grow(NULL, (size_t)d.dims[0], sizeof **texts);
	if (read_texts(h, name, &d, type, *texts) != 0) {
		free(*texts);
		*texts = NULL;
		goto cleanup;
	}
	*n = (int64_t)d.dims[0];
	rc = 0;
cleanup:
	if (stored >= 0)
		H5Tclose(stored);
	dataset_close(&d);
	H5Tclose(type);
	return rc;
}
