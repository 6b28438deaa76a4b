#include "gan/dataset_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/version.h"

static const char *const key_arrays[] = { "/samples/participant", "/samples/session", "/samples/side", "/samples/site" };
enum { KEY_ARRAYS = 4 };

static char *key_text(struct dataset_key *key, int array)
{
	char *texts[KEY_ARRAYS] = { key->participant, key->session, key->side, key->site };
	return texts[array];
}

static size_t key_room(int array)
{
	const size_t rooms[KEY_ARRAYS] = { sizeof(((struct dataset_key *)0)->participant),
		sizeof(((struct dataset_key *)0)->session), sizeof(((struct dataset_key *)0)->side),
		sizeof(((struct dataset_key *)0)->site) };
	return rooms[array];
}

static void join(char *out, size_t bytes, const char *const *words)
{
	size_t at = 0;
	for (int c = 0; c < SAMPLE_CHANNELS && at < bytes; c++)
		at += (size_t)snprintf(out + at, bytes - at, c ? ",%s" : "%s", words[c]);
}

static int write_attributes(struct h5 *file, const struct sample_view *view, bool synthetic, const char *options_json)
{
	char channels[256], units[256];
	join(channels, sizeof(channels), sample_channel_names);
	join(units, sizeof(units), sample_channel_units);
	if (h5_put_text(file, "/", "schema", "xbmd-dataset") != 0 ||
		h5_put_number(file, "/", "schema_version", DATASET_SCHEMA_VERSION) != 0 ||
		h5_put_number(file, "/", "cols", (double)view->cols) != 0 ||
		h5_put_number(file, "/", "rows", (double)view->rows) != 0 ||
		h5_put_number(file, "/", "pixel_mm", view->pixel_mm) != 0 ||
		h5_put_number(file, "/", "centre_mm", view->centre_mm) != 0 ||
		h5_put_text(file, "/", "channels", channels) != 0 || h5_put_text(file, "/", "units", units) != 0 ||
		h5_put_text(file, "/", "synthetic", synthetic ? "yes" : "no") != 0 ||
		h5_put_text(file, "/", "options", options_json) != 0)
		return -1;
	return h5_put_text(file, "/", "version", version_text());
}

int dataset_create(struct dataset_writer *w, const char *path, const struct sample_view *view, bool synthetic,
	const char *options_json)
{
	memset(w, 0, sizeof(*w));
	w->view = *view;
	const int64_t input[] = { 0, view->rows, view->cols, 1 };
	const int64_t target[] = { 0, view->rows, view->cols, SAMPLE_CHANNELS };
	const int64_t info[] = { 0, DATASET_INFO };
	if (h5_create(&w->file, path) != 0)
		return -1;
	if (write_attributes(&w->file, view, synthetic, options_json) != 0 || h5_group(&w->file, "/samples") != 0 ||
		h5_array_create(&w->file, "/samples/input", H5_F32, input, 4) != 0 ||
		h5_array_create(&w->file, "/samples/target", H5_F32, target, 4) != 0)
		return -1;
	return h5_array_create(&w->file, "/samples/info", H5_F64, info, 2);
}

int dataset_append(struct dataset_writer *w, const struct dataset_key *key, const float *input, const float *target,
	const double info[DATASET_INFO])
{
	if (w->n == w->room) {
		int64_t room = w->room ? 2 * w->room : 256;
		struct dataset_key *keys = realloc(w->keys, (size_t)room * sizeof(*keys));
		if (!keys)
			return ERR_RESOURCE("no memory for %lld sample keys", (long long)room);
		w->keys = keys;
		w->room = room;
	}
	if (h5_array_append(&w->file, "/samples/input", H5_F32, input) != 0 ||
		h5_array_append(&w->file, "/samples/target", H5_F32, target) != 0 ||
		h5_array_append(&w->file, "/samples/info", H5_F64, info) != 0)
		return -1;
	w->keys[w->n++] = *key;
	return 0;
}

int dataset_commit(struct dataset_writer *w)
{
	const char **texts = calloc((size_t)(w->n ? w->n : 1), sizeof(*texts));
	int rc = -1;
	if (!texts)
		return ERR_RESOURCE("no memory for %lld sample keys", (long long)w->n);
	for (int a = 0; a < KEY_ARRAYS; a++) {
		for (int64_t i = 0; i < w->n; i++)
			texts[i] = key_text(&w->keys[i], a);
		TRY(h5_texts_write(&w->file, key_arrays[a], texts, w->n));
	}
	TRY(h5_close(&w->file, true));
	rc = 0;
cleanup:
	free(texts);
	return rc;
}

void dataset_writer_free(struct dataset_writer *w)
{
	h5_close(&w->file, false);
	free(w->keys);
	memset(w, 0, sizeof(*w));
}

static int read_attributes(struct dataset *d, const char *path)
{
	char text[256], channels[256];
	double version = 0, cols = 0, rows = 0;
	struct sample_view *view = &d->meta.view;
	if (h5_get_text(&d->file, "/", "schema", text, sizeof(text)) != 0)
		return -1;
	if (strcmp(text, "xbmd-dataset") != 0)
		return ERR_INVALID("%s: schema is '%s', not an xbmd training set", path, text);
	if (h5_get_number(&d->file, "/", "schema_version", &version) != 0)
		return -1;
	if (version != DATASET_SCHEMA_VERSION)
		return ERR_INVALID("%s: schema version %g, this program reads %d", path, version, DATASET_SCHEMA_VERSION);
	join(channels, sizeof(channels), sample_channel_names);
	if (h5_get_text(&d->file, "/", "channels", text, sizeof(text)) != 0)
		return -1;
	if (strcmp(text, channels) != 0)
		return ERR_INVALID("%s: channels are '%s', this program reads '%s'", path, text, channels);
	if (h5_get_number(&d->file, "/", "cols", &cols) != 0 || h5_get_number(&d->file, "/", "rows", &rows) != 0 ||
		h5_get_number(&d->file, "/", "pixel_mm", &view->pixel_mm) != 0 ||
		h5_get_number(&d->file, "/", "centre_mm", &view->centre_mm) != 0 ||
		h5_get_text(&d->file, "/", "synthetic", text, sizeof(text)) != 0)
		return -1;
	view->cols = (int64_t)cols;
	view->rows = (int64_t)rows;
	d->meta.synthetic = strcmp(text, "yes") == 0;
	return 0;
}

static int read_keys(struct dataset *d, const char *path)
{
	d->keys = calloc((size_t)d->meta.n_samples, sizeof(*d->keys));
	if (!d->keys)
		return ERR_RESOURCE("no memory for %lld sample keys", (long long)d->meta.n_samples);
	for (int a = 0; a < KEY_ARRAYS; a++) {
		char **texts = NULL;
		int64_t n = 0;
		if (h5_texts_read(&d->file, key_arrays[a], &texts, &n) != 0)
			return -1;
		for (int64_t i = 0; i < n; i++) {
			if (i < d->meta.n_samples)
				snprintf(key_text(&d->keys[i], a), key_room(a), "%s", texts[i]);
			free(texts[i]);
		}
		free(texts);
		if (n != d->meta.n_samples)
			return ERR_INVALID("%s: %s holds %lld texts for %lld samples", path, key_arrays[a], (long long)n,
				(long long)d->meta.n_samples);
	}
	return 0;
}

int dataset_open(struct dataset *d, const char *path)
{
	int64_t dims[4];
	int n_dims = 4;
	memset(d, 0, sizeof(*d));
	if (h5_open(&d->file, path) != 0)
		return -1;
	if (read_attributes(d, path) != 0 || h5_array_shape(&d->file, "/samples/target", dims, &n_dims) != 0)
		return -1;
	if (n_dims != 4 || dims[0] < 1 || dims[1] != d->meta.view.rows || dims[2] != d->meta.view.cols ||
		dims[3] != SAMPLE_CHANNELS)
		return ERR_INVALID("%s: /samples/target is not (samples >= 1, %lld, %lld, %d)", path,
			(long long)d->meta.view.rows, (long long)d->meta.view.cols, SAMPLE_CHANNELS);
	d->meta.n_samples = dims[0];
	return read_keys(d, path);
}

int dataset_read(struct dataset *d, int64_t sample, float *input, float *target, double info[DATASET_INFO])
{
	if (h5_array_read(&d->file, "/samples/input", H5_F32, sample, input) != 0 ||
		h5_array_read(&d->file, "/samples/target", H5_F32, sample, target) != 0)
		return -1;
	return h5_array_read(&d->file, "/samples/info", H5_F64, sample, info);
}

void dataset_close(struct dataset *d)
{
	h5_close(&d->file, false);
	free(d->keys);
	memset(d, 0, sizeof(*d));
}
