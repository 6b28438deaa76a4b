#include "eval/montage.h"

#include <math.h>
#include <stdio.h>

#include "eval/montage_files.h"
#include "host/files/png.h"
#include "host/run/err.h"

enum { GAP_PX = 4, HIP_GAP_PX = 12 };

/* One panel: what it shows and how. */
enum content { PAPER, FILM, PREDICTED, TRUE_MAP, DIFFERENCE };
struct panel {
	enum content content;
	int hip, map;
	double black, white;
};

int montage_columns(const struct montage *m)
{
	return m->has_truth ? 4 : 1 + m->n_maps;
}

static int panel_rows(const struct montage *m)
{
	return m->has_truth ? m->n_hips * m->n_maps : m->n_hips;
}

const char *montage_column_name(const struct montage *m, int column)
{
	static const char *const names[] = { "film", "predicted", "true", "predicted \342\210\222 true" };
	return m->has_truth ? names[column] : column == 0 ? "film" : m->map[column - 1];
}

static struct panel panel_at(const struct montage *m, int row, int column)
{
	struct panel p = { .content = m->has_truth ? (enum content)(FILM + column)
					   : column > 0 ? PREDICTED
						       : FILM,
		.hip = m->has_truth ? row / m->n_maps : row,
		.map = m->has_truth ? row % m->n_maps : column - 1,
		.white = m->white_g_cm2 };
	if (p.content == FILM) {
		p.black = m->hip[p.hip].film_range[0];
		p.white = m->hip[p.hip].film_range[1];
		if (m->has_truth && p.map > 0)
			p.content = PAPER;
	}
	if (p.content == DIFFERENCE) {
		p.white = m->white_g_cm2 / 2;
		p.black = -p.white;
	}
	return p;
}

static double value_at(const struct montage_file *f, const struct panel *p, int64_t pixel)
{
	const float *data = volume_f32(&f->v);
	const int64_t pixels = f->v.n[0] * f->v.n[1];
	if (p->content == FILM)
		return data[pixel];
	double predicted = data[f->predicted[p->map] * pixels + pixel];
	if (p->content == PREDICTED)
		return predicted;
	double truth = data[f->truth[p->map] * pixels + pixel];
	return p->content == TRUE_MAP ? truth : predicted - truth;
}

static void find_ranges(struct montage *m, const struct montage_file *file)
{
	const int64_t pixels = file[0].v.n[0] * file[0].v.n[1];
	for (int h = 0; h < m->n_hips; h++) {
		const float *data = volume_f32(&file[h].v);
		double *range = m->hip[h].film_range;
		range[0] = INFINITY;
		range[1] = -INFINITY;
		for (int64_t i = 0; i < pixels; i++) {
			range[0] = fmin(range[0], data[i]);
			range[1] = fmax(range[1], data[i]);
			for (int k = 0; k < m->n_maps; k++) {
				m->white_g_cm2 = fmax(m->white_g_cm2, data[file[h].predicted[k] * pixels + i]);
				if (m->has_truth)
					m->white_g_cm2 = fmax(m->white_g_cm2, data[file[h].truth[k] * pixels + i]);
			}
		}
	}
}

/* Of a panel's upper edge; hips lie farther apart than their maps do. */
static int64_t top_of(const struct montage *m, int row, int64_t rows)
{
	return row * (rows + GAP_PX) + (m->has_truth ? row / m->n_maps * HIP_GAP_PX : 0);
}

static void draw_panel(struct montage *m, const struct montage_file *f, const struct panel *p, int64_t left, int64_t top)
{
	const int64_t cols = f->v.n[0], rows = f->v.n[1];
	const double range = p->white - p->black;
	if (p->content == PAPER)
		return;
	for (int64_t r = 0; r < rows; r++)
		for (int64_t c = 0; c < cols; c++) {
			double grey = range > 0 ? (value_at(f, p, r * cols + c) - p->black) / range : 0;
			m->grey[(top + r) * m->cols + left + c] = (float)fmin(fmax(grey, 0), 1);
		}
}

static int make_picture(struct montage *m, const struct montage_file *file, const char *folder)
{
	const int64_t *n = file[0].v.n;
	for (int h = 1; h < m->n_hips; h++)
		if (file[h].v.n[0] != n[0] || file[h].v.n[1] != n[1])
			return ERR_INVALID("'%s': the maps are not all of %lld x %lld pixels", folder,
				(long long)n[0], (long long)n[1]);
	m->cols = montage_columns(m) * (n[0] + GAP_PX) - GAP_PX;
	m->rows = top_of(m, panel_rows(m) - 1, n[1]) + n[1];
	if (memory_alloc(&m->block, NULL, (size_t)(m->cols * m->rows) * sizeof(float), "montage") != 0)
		return -1;
	m->grey = m->block.data;
	for (int64_t i = 0; i < m->cols * m->rows; i++)
		m->grey[i] = 1; /* paper between the panels */
	find_ranges(m, file);
	for (int row = 0; row < panel_rows(m); row++)
		for (int column = 0; column < montage_columns(m); column++) {
			struct panel p = panel_at(m, row, column);
			draw_panel(m, &file[p.hip], &p, column * (n[0] + GAP_PX), top_of(m, row, n[1]));
		}
	return 0;
}

int montage_read(struct montage *m, const char *folder)
{
	struct montage_file file[MONTAGE_HIPS] = { 0 };
	*m = (struct montage){ 0 };
	int rc = montage_files_read(file, m, folder) != 0 ? -1 : make_picture(m, file, folder);
	montage_files_free(file);
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

static void put_numbers(struct table *t, const struct montage *m, const struct panel *p)
{
	static const char *const before[] = { "", "", "", "true ", "predicted - true " };
	char name[MONTAGE_NAME_BYTES + 32];
	int64_t row = table_add_row(t);
	snprintf(name, sizeof(name), "%s%s", before[p->content], p->content == FILM ? "film" : m->map[p->map]);
	table_set_number(t, row, "hip", p->hip + 1);
	table_set(t, row, "side", m->hip[p->hip].side);
	table_set_number(t, row, "abmd_g_cm2", m->hip[p->hip].abmd_g_cm2);
	table_set(t, row, "panel", name);
	table_set_number(t, row, "black", p->black);
	table_set_number(t, row, "white", p->white);
	table_set(t, row, "unit", p->content == FILM ? "-ln(I/I0)" : "g/cm2");
}

void montage_numbers(struct table *t, const struct montage *m)
{
	static const char *const columns[] = { "hip", "side", "abmd_g_cm2", "panel", "black", "white",
		"unit" };
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_add_column(t, columns[i]);
	for (int row = 0; row < panel_rows(m); row++)
		for (int column = 0; column < montage_columns(m); column++) {
			struct panel p = panel_at(m, row, column);
			if (p.content != PAPER)
				put_numbers(t, m, &p);
		}
}
