#include "eval/montage.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/files/png.h"
#include "host/run/err.h"

enum { GAP_PX = 4 };
static const char ending[] = "_desc-maps_xr.nii.gz";

static int is_maps(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), part = strlen(ending);
	return length > part && strcmp(entry->d_name + length - part, ending) == 0;
}

/* One hip's file and which of its frames are shown. */
struct hip_file {
	struct volume v;
	struct json *root;
	int64_t frame[MONTAGE_PANELS];
};

/* The film and the maps in g/cm2, in the file's order. */
static int choose_frames(struct montage *m, struct hip_file *f, const char *sidecar)
{
	const struct json *frames = json_member(f->root, "frames");
	int n = 0;
	if (!frames || (int64_t)json_size(frames) != f->v.n[2])
		return ERR_INVALID(
			"'%s': \"frames\" does not name %lld frames", sidecar, (long long)f->v.n[2]);
	for (size_t i = 0; i < json_size(frames) && n < MONTAGE_PANELS; i++) {
		const char *name, *unit;
		if (json_get_text(json_at(frames, i), "name", sidecar, &name) != 0 ||
			json_get_text(json_at(frames, i), "unit", sidecar, &unit) != 0)
			return -1;
		if (strcmp(unit, i == 0 ? "-ln(I/I0)" : "g/cm2") != 0)
			continue;
		f->frame[n] = (int64_t)i;
		snprintf(m->panel[n], MONTAGE_NAME_BYTES, "%s", name);
		for (char *at = m->panel[n++]; (at = strchr(at, '_'));)
			*at = ' ';
	}
	if (n < 2 || f->frame[0] != 0 || (m->n_panels && n != m->n_panels))
		return ERR_INVALID("'%s': no film and maps in g/cm2, as the other files have", sidecar);
	m->n_panels = n;
	return 0;
}

static int read_file(struct montage *m, struct hip_file *f, const char *folder, const char *name)
{
	char path[PATH_BYTES], sidecar[PATH_BYTES];
	const char *side;
	if (path_format(path, "%s/%s", folder, name) != 0 || path_sidecar(sidecar, path) != 0 ||
		json_read(&f->root, sidecar) != 0 || nifti_read_image(&f->v, path) != 0 ||
		json_get_text(f->root, "side", sidecar, &side) != 0)
		return -1;
	const struct json *abmd = json_member(f->root, "abmd_g_cm2");
	if (json_number(abmd, &m->hip[m->n_hips].abmd_g_cm2) != 0)
		m->hip[m->n_hips].abmd_g_cm2 = NAN;
	snprintf(m->hip[m->n_hips].side, sizeof(m->hip[0].side), "%s", side);
	return choose_frames(m, f, sidecar);
}

static const float *frame_of(const struct hip_file *f, int panel)
{
	return volume_f32(&f->v) + f->frame[panel] * f->v.n[0] * f->v.n[1];
}

static void find_ranges(struct montage *m, const struct hip_file *file)
{
	const int64_t pixels = file[0].v.n[0] * file[0].v.n[1];
	for (int h = 0; h < m->n_hips; h++) {
		double *range = m->hip[h].film_range;
		range[0] = INFINITY;
		range[1] = -INFINITY;
		for (int64_t i = 0; i < pixels; i++) {
			range[0] = fmin(range[0], frame_of(&file[h], 0)[i]);
			range[1] = fmax(range[1], frame_of(&file[h], 0)[i]);
			for (int p = 1; p < m->n_panels; p++)
				m->white_g_cm2 = fmax(m->white_g_cm2, frame_of(&file[h], p)[i]);
		}
	}
}

static void draw(struct montage *m, const struct hip_file *file)
{
	const int64_t cols = file[0].v.n[0], rows = file[0].v.n[1];
	for (int h = 0; h < m->n_hips; h++)
		for (int p = 0; p < m->n_panels; p++) {
			const float *from = frame_of(&file[h], p);
			double low = p ? 0 : m->hip[h].film_range[0],
			       high = p ? m->white_g_cm2 : m->hip[h].film_range[1];
			float *to = m->grey + h * (rows + GAP_PX) * m->cols + p * (cols + GAP_PX);
			for (int64_t r = 0; r < rows; r++)
				for (int64_t c = 0; c < cols; c++)
					to[r * m->cols + c] =
						high > low
							? (float)((from[r * cols + c] - low) / (high - low))
							: 0;
		}
}

static int make_picture(struct montage *m, const struct hip_file *file, const char *folder)
{
	const int64_t *n = file[0].v.n;
	for (int h = 1; h < m->n_hips; h++)
		if (file[h].v.n[0] != n[0] || file[h].v.n[1] != n[1])
			return ERR_INVALID("'%s': the maps are not all of %lld x %lld pixels", folder,
				(long long)n[0], (long long)n[1]);
	m->cols = m->n_panels * (n[0] + GAP_PX) - GAP_PX;
	m->rows = m->n_hips * (n[1] + GAP_PX) - GAP_PX;
	if (memory_alloc(&m->block, NULL, (size_t)(m->cols * m->rows) * sizeof(float), "montage") != 0)
		return -1;
	m->grey = m->block.data;
	for (int64_t i = 0; i < m->cols * m->rows; i++)
		m->grey[i] = 1; /* paper between the panels */
	find_ranges(m, file);
	draw(m, file);
	return 0;
}

int montage_read(struct montage *m, const char *folder)
{
	int rc = -1;
	struct dirent **entry = NULL;
	struct hip_file file[MONTAGE_HIPS] = { 0 };
	*m = (struct montage){ 0 };
	int n = scandir(folder, &entry, is_maps, alphasort);
	if (n < 0)
		return ERR_INPUT("cannot list the folder '%s': %s", folder, strerror(errno));
	if (n == 0) {
		(void)ERR_INPUT("'%s' has no %s of xbmd predict --maps", folder, ending + 1);
		goto cleanup;
	}
	const int shown = n < MONTAGE_HIPS ? n : MONTAGE_HIPS;
	for (; m->n_hips < shown; m->n_hips++)
		TRY(read_file(m, &file[m->n_hips], folder, entry[(int64_t)m->n_hips * n / shown]->d_name));
	TRY(make_picture(m, file, folder));
	rc = 0;
cleanup:
	for (int h = 0; h < MONTAGE_HIPS; h++) {
		volume_free(&file[h].v);
		json_free(file[h].root);
	}
	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	if (rc != 0)
		montage_free(m);
	return rc;
}

void montage_free(struct montage *m)
{
	memory_free(&m->block);
	*m = (struct montage){ 0 };
}

int montage_png(FILE *out, const struct montage *m, const char *path)
{
	return png_put_grey(out, path, m->grey, m->cols, m->rows, 0, 1);
}

void montage_numbers(struct table *t, const struct montage *m)
{
	static const char *const columns[] = { "hip", "side", "abmd_g_cm2", "panel", "black", "white",
		"unit" };
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_add_column(t, columns[i]);
	for (int h = 0; h < m->n_hips; h++)
		for (int p = 0; p < m->n_panels; p++) {
			int64_t row = table_add_row(t);
			table_set_number(t, row, "hip", h + 1);
			table_set(t, row, "side", m->hip[h].side);
			table_set_number(t, row, "abmd_g_cm2", m->hip[h].abmd_g_cm2);
			table_set(t, row, "panel", m->panel[p]);
			table_set_number(t, row, "black", p ? 0 : m->hip[h].film_range[0]);
			table_set_number(t, row, "white", p ? m->white_g_cm2 : m->hip[h].film_range[1]);
			table_set(t, row, "unit", p ? "g/cm2" : "-ln(I/I0)");
		}
}
