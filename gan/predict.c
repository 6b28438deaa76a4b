#include "gan/predict.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/dxa.h"
#include "gan/film.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* Fewer pixels than this are no hip: at 2 mm a total-hip region covers about 600. */
static const int64_t LEAST_MASK_PIXELS = 50;

static int study_file(char path[PATH_BYTES], const char *root, const char *name)
{
	return path_format(path, "%s/%s", root, name);
}

int predict_start_table(struct table *t, const char *study_root)
{
	static const char *const columns[] = { "participant_id", "session", "site", "side", "region", "abmd_g_cm2",
		"abmd_reference", "vbmd_mg_cm3", "abmd_qct_g_cm2", "abmd_map_g_cm2", "vbmd_map_mg_cm3",
		"baseline_abmd_g_cm2", "mask_pixels", "frame", "note", "synthetic", "film" };
	char path[PATH_BYTES];
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_add_column(t, columns[i]);
	if (!study_root)
		return 0;
	if (study_file(path, study_root, "phenotype/dxa.tsv") != 0)
		return -1;
	if (path_exists(path))
		table_add_column(t, "dxa_g_cm2");
	if (study_file(path, study_root, "truth/abmd.tsv") != 0)
		return -1;
	if (path_exists(path)) {
		table_add_column(t, "true_abmd_g_cm2");
		table_add_column(t, "ceiling_r");
	}
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void add_row(struct table *t, const struct bundle *bundle, const struct predict_subject *subject,
	const char *film, int64_t frame, enum label_side side, const struct predictor_reading *reading)
{
	int64_t row = table_add_row(t);
	bool readable = reading->mask_pixels >= LEAST_MASK_PIXELS;
	table_set(t, row, "participant_id", subject->participant);
	table_set(t, row, "session", subject->session);
	table_set(t, row, "site", subject->site);
	table_set(t, row, "side", side == LABEL_LEFT ? "L" : "R");
	table_set(t, row, "region", "total_hip");
	table_set_number(t, row, "mask_pixels", (double)reading->mask_pixels);
	table_set_number(t, row, "frame", (double)frame);
	table_set(t, row, "synthetic", bundle->synthetic ? "yes" : "no");
	table_set(t, row, "film", base_name(film));
	table_set(t, row, "abmd_reference", bundle_reference(bundle));
	table_set_number(t, row, "baseline_abmd_g_cm2", bundle_apply(&bundle->baseline, reading->mean_grey));
	if (!readable) {
		table_set(t, row, "note", "no total-hip region found in the film");
		return;
	}
	table_set_number(t, row, "abmd_g_cm2", bundle_apply(bundle_abmd(bundle), reading->abmd_g_cm2));
	table_set_number(t, row, "abmd_qct_g_cm2", bundle_apply(&bundle->abmd_qct, reading->abmd_g_cm2));
	table_set_number(t, row, "vbmd_mg_cm3", bundle_apply(&bundle->vbmd, reading->vbmd_mg_cm3));
	table_set_number(t, row, "abmd_map_g_cm2", reading->abmd_g_cm2);
	table_set_number(t, row, "vbmd_map_mg_cm3", reading->vbmd_mg_cm3);
}

/* What is written of one hip; view (rows, cols), maps (rows, cols, channels). */
struct hip_maps {
	const struct predict_subject *subject;
	const char *film;
	int64_t frame;
	enum label_side side;
	const struct sample_view *window;
	const float *view, *maps;
	const float *truth; /* as maps, or NULL */
	double abmd_g_cm2;
};

static int maps_path(char path[PATH_BYTES], const char *folder, const struct hip_maps *h)
{
	char stem[160];
	if (strcmp(h->subject->participant, "n/a") != 0)
		snprintf(stem, sizeof(stem), "%s_%s", h->subject->participant, h->subject->session);
	else
		snprintf(stem, sizeof(stem), "%s", base_name(h->film));
	stem[strcspn(stem, ".")] = '\0';
	return path_format(path, "%s/%s_side-%s_frame-%lld_desc-maps_xr.nii.gz", folder, stem,
		h->side == LABEL_LEFT ? "L" : "R", (long long)h->frame);
}

static void push_frame(struct json *frames, const char *prefix, const char *name, const char *unit)
{
	struct json *frame = json_object();
	char whole[64];
	snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	json_put_text(frame, "name", whole);
	json_put_text(frame, "unit", unit);
	json_push(frames, frame);
}

static int write_maps_sidecar(const char *path, const struct hip_maps *h)
{
	char sidecar[PATH_BYTES];
	struct json *root = json_object(), *frames = json_array();
	push_frame(frames, "", "film", "-ln(I/I0)");
	for (int c = 0; c < SAMPLE_CHANNELS; c++)
		push_frame(frames, "", sample_channel_names[c], sample_channel_units[c]);
	for (int c = 0; h->truth && c < SAMPLE_CHANNELS; c++)
		push_frame(frames, "true_", sample_channel_names[c], sample_channel_units[c]);
	json_put_text(root, "side", h->side == LABEL_LEFT ? "L" : "R");
	json_put_bool(root, "mirrored", h->side == LABEL_LEFT);
	json_put_number(root, "abmd_g_cm2", h->abmd_g_cm2);
	json_put(root, "frames", frames);
	int rc = path_sidecar(sidecar, path) != 0 ? -1 : json_write(root, sidecar);
	json_free(root);
	return rc;
}

static void put_channels(float *to, const float *maps, int64_t pixels)
{
	for (int64_t c = 0; c < SAMPLE_CHANNELS; c++)
		for (int64_t i = 0; i < pixels; i++)
			to[c * pixels + i] = maps[i * SAMPLE_CHANNELS + c];
}

/* NIfTI (cols, rows, frames), the film's view first, in the window's own millimetres, with its sidecar. */
static int write_maps(const char *folder, const struct hip_maps *h)
{
	struct volume v = { 0 };
	const int64_t pixels = h->window->rows * h->window->cols;
	const int64_t n[3] = { h->window->cols, h->window->rows, 1 + (h->truth ? 2 : 1) * SAMPLE_CHANNELS };
	const double to_world[4][4] = { { -h->window->pixel_mm, 0, 0, 0 }, { 0, 0, 1, 0 },
		{ 0, -h->window->pixel_mm, 0, 0 }, { 0, 0, 0, 1 } };
	char path[PATH_BYTES];
	int rc = -1;
	TRY(maps_path(path, folder, h));
	TRY(path_make_parent(path));
	TRY(volume_init(&v, n, to_world, VOLUME_F32));
	float *to = volume_f32(&v);
	memcpy(to, h->view, (size_t)pixels * sizeof(float));
	put_channels(to + pixels, h->maps, pixels);
	if (h->truth)
		put_channels(to + (1 + SAMPLE_CHANNELS) * pixels, h->truth, pixels);
	TRY(write_maps_sidecar(path, h));
	TRY(nifti_write(path, &v, 1.0));
	rc = 0;
cleanup:
	volume_free(&v);
	return rc;
}

int predict_film(struct table *t, struct predictor *p, const struct bundle *bundle, const char *path,
	const struct predict_subject *subject, const char *maps_folder, const struct true_maps *truth)
{
	static const enum label_side sides[] = { LABEL_RIGHT, LABEL_LEFT };
	struct film_image film = { 0 };
	int64_t pixels = p->view.rows * p->view.cols;
	float *view = malloc((size_t)pixels * sizeof(float));
	float *maps = malloc((size_t)pixels * SAMPLE_CHANNELS * sizeof(float));
	int rc = -1;
	if (!view || !maps) {
		ERR_RESOURCE("no memory for a view of %lld pixels", (long long)pixels);
		goto cleanup;
	}
	TRY(film_read(&film, path));
	const int64_t *n = film.volume.n;
	for (int64_t frame = 0; frame < n[2]; frame++)
		for (int s = 0; s < 2; s++) {
			struct predictor_reading reading;
			const float *picture = volume_f32(&film.volume) + frame * n[0] * n[1];
			TRY(sample_crop(view, 1, &p->view, picture, n[0], n[1], film.pixel_mm, sides[s]));
			TRY(predictor_read(p, view, maps, &reading));
			add_row(t, bundle, subject, path, frame, sides[s], &reading);
			const bool readable = reading.mask_pixels >= LEAST_MASK_PIXELS;
			const struct hip_maps hip = { subject, path, frame, sides[s], &p->view, view, maps,
				truth && frame == 0 ? truth->of[s] : NULL,
				readable ? bundle_apply(bundle_abmd(bundle), reading.abmd_g_cm2) : NAN };
			if (maps_folder)
				TRY(write_maps(maps_folder, &hip));
		}
	rc = 0;
cleanup:
	film_image_free(&film);
	free(view);
	free(maps);
	return rc;
}

/* Row of `from` for the participant, session, side and region of t's row; -1 when there is none. */
static int64_t find_match(const struct table *from, const struct table *t, int64_t row)
{
	static const char *const keys[] = { "participant_id", "session", "side", "region" };
	for (int64_t r = 0; r < from->n_rows; r++) {
		bool same = true;
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]) && same; k++)
			same = strcmp(table_cell(from, r, table_find_column(from, keys[k])),
				       table_cell(t, row, table_find_column(t, keys[k]))) == 0;
		if (same)
			return r;
	}
	return -1;
}

static int join_truth(struct table *t, const char *path)
{
	static const char *const needed[] = { "participant_id", "session", "side", "region", "true_abmd_g_cm2" };
	struct table from = { 0 };
	int64_t column = 0;
	int rc = -1;
	TRY(table_read(&from, path));
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		TRY(table_column(&from, needed[i], &column));
	for (int64_t row = 0; row < t->n_rows; row++) {
		int64_t match = find_match(&from, t, row);
		if (match < 0)
			continue;
		table_set(t, row, "true_abmd_g_cm2", table_cell(&from, match, column));
		int64_t ceiling = table_find_column(&from, "ceiling_r"); /* studies of earlier versions lack it */
		if (ceiling >= 0 && table_find_column(t, "ceiling_r") >= 0)
			table_set(t, row, "ceiling_r", table_cell(&from, match, ceiling));
	}
	rc = 0;
cleanup:
	table_free(&from);
	return rc;
}

static int join_dxa(struct table *t, const char *root)
{
	struct table dxa = { 0 };
	if (dxa_read(&dxa, root) != 0) {
		table_free(&dxa);
		return -1;
	}
	int64_t participant = table_find_column(t, "participant_id"), session = table_find_column(t, "session");
	int64_t side = table_find_column(t, "side");
	for (int64_t row = 0; row < t->n_rows; row++)
		table_set_number(t, row, "dxa_g_cm2", dxa_find(&dxa, table_cell(t, row, participant),
							       table_cell(t, row, session), table_cell(t, row, side)));
	table_free(&dxa);
	return 0;
}

int predict_join_study(struct table *t, const char *root)
{
	char path[PATH_BYTES];
	if (table_find_column(t, "dxa_g_cm2") >= 0 && join_dxa(t, root) != 0)
		return -1;
	if (study_file(path, root, "truth/abmd.tsv") != 0)
		return -1;
	return table_find_column(t, "true_abmd_g_cm2") >= 0 ? join_truth(t, path) : 0;
}
