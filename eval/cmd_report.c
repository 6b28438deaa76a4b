#include "eval/cmd_report.h"

#include <stdbool.h>
#include <string.h>

#include "eval/checklists.h"
#include "eval/figures.h"
#include "eval/montage.h"
#include "eval/name_list.h"
#include "eval/page.h"
#include "eval/report.h"
#include "eval/sheet_specifications.h"
#include "eval/sheets.h"
#include "eval/svg.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

struct outputs {
	const char *page, *figures, *tables, *checklists, *maps; /* NULL = none */
	struct name_list formats;			  /* of the figures */
	bool force;
};

static int check_formats(const struct name_list *formats)
{
	for (int i = 0; i < formats->n; i++)
		if (strcmp(formats->name[i], "svg") != 0 && strcmp(formats->name[i], "pdf") != 0 &&
			strcmp(formats->name[i], "png") != 0)
			return ERR_USAGE("--formats takes svg, pdf and png, not '%s'", formats->name[i]);
	return 0;
}

static bool wants_cairo(const struct outputs *o)
{
	return o->figures && (name_list_has(&o->formats, "pdf") || name_list_has(&o->formats, "png"));
}

static int check_file(const struct outputs *o, const char *folder, const char *name, const char *suffix)
{
	char path[PATH_BYTES];
	return path_format(path, "%s/%s.%s", folder, name, suffix) != 0 ? -1
									: path_check_output(path, o->force);
}

static int check_figure(const struct outputs *o, const struct figure *f)
{
	for (int k = 0; k < o->formats.n; k++)
		if (check_file(o, o->figures, f->name, o->formats.name[k]) != 0)
			return -1;
	return check_file(o, o->figures, f->name, "csv");
}

/* Before anything is written. */
static int check_outputs(const struct outputs *o)
{
	if (check_formats(&o->formats) != 0 || (wants_cairo(o) && page_load() != 0) ||
		path_check_output(o->page, o->force) != 0)
		return -1;
	for (int i = 0; o->figures && i < figures_count(); i++)
		if (check_figure(o, &figures_all[i]) != 0)
			return -1;
	if (o->figures && o->maps &&
		(check_file(o, o->figures, "montage", "png") != 0 || check_file(o, o->figures, "montage", "csv") != 0))
		return -1;
	for (int i = 0; o->tables && i < sheets_count(); i++)
		if (check_file(o, o->tables, sheet_specifications[i].file, "tex") != 0 ||
			check_file(o, o->tables, sheet_specifications[i].file, "html") != 0)
			return -1;
	for (int i = 0; o->checklists && i < checklists_count(); i++)
		if (check_file(o, o->checklists, checklists_name(i), "tsv") != 0)
			return -1;
	return 0;
}

static int write_figure(
	const struct report *r, const struct figure *f, const char *folder, const char *format)
{
	char path[PATH_BYTES];
	struct path_output output = { 0 };
	int rc = 0;
	if (path_format(path, "%s/%s.%s", folder, f->name, format) != 0 ||
		path_output_open(&output, path) != 0)
		return -1;
	if (strcmp(format, "svg") == 0) {
		struct canvas canvas = svg_canvas(output.file);
		f->draw(&canvas, r);
	} else {
		struct canvas canvas =
			page_canvas(strcmp(format, "pdf") == 0 ? PAGE_PDF : PAGE_PNG, output.file);
		f->draw(&canvas, r);
		rc = page_finish(&canvas, path);
	}
	if (rc == 0)
		rc = path_output_commit(&output);
	path_output_abort(&output);
	return rc;
}

static int write_numbers(const struct report *r, const struct figure *f, const char *folder)
{
	char path[PATH_BYTES];
	struct table t = { 0 };
	if (!f->numbers)
		return 0;
	f->numbers(&t, r);
	int rc = path_format(path, "%s/%s.csv", folder, f->name) != 0 ? -1 : table_write(&t, path);
	table_free(&t);
	return rc;
}

static int write_figures(const struct report *r, const struct outputs *o)
{
	for (int i = 0; i < figures_count(); i++) {
		const struct figure *f = &figures_all[i];
		if (!f->has(r))
			continue;
		for (int k = 0; k < o->formats.n; k++)
			if (write_figure(r, f, o->figures, o->formats.name[k]) != 0)
				return -1;
		if (write_numbers(r, f, o->figures) != 0)
			return -1;
	}
	return 0;
}

static int write_montage(const struct montage *m, const char *folder)
{
	char picture[PATH_BYTES], numbers[PATH_BYTES];
	struct path_output output = { 0 };
	struct table t = { 0 };
	if (path_format(picture, "%s/montage.png", folder) != 0 ||
		path_format(numbers, "%s/montage.csv", folder) != 0 || path_output_open(&output, picture) != 0)
		return -1;
	montage_numbers(&t, m);
	int rc = montage_png(output.file, m, picture) != 0 || path_output_commit(&output) != 0 ||
				 table_write(&t, numbers) != 0
			 ? -1
			 : 0;
	path_output_abort(&output);
	table_free(&t);
	return rc;
}

static int write_sheet(const struct sheet *s, const char *folder, const char *suffix,
	void (*write)(FILE *, const struct sheet *))
{
	char path[PATH_BYTES];
	struct path_output output = { 0 };
	if (path_format(path, "%s/%s.%s", folder, s->file, suffix) != 0 ||
		path_output_open(&output, path) != 0)
		return -1;
	write(output.file, s);
	return path_output_commit(&output);
}

static int write_tables(const struct report *r, const struct outputs *o)
{
	for (int i = 0; i < sheets_count(); i++) {
		struct sheet s;
		int rc = 0;
		sheets_make(&s, r, i);
		if (s.n_rows > 0)
			rc = write_sheet(&s, o->tables, "tex", sheet_latex) != 0
				     ? -1
				     : write_sheet(&s, o->tables, "html", sheet_html);
		sheet_free(&s);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int write_checklists(const struct report *r, const char *folder)
{
	for (int i = 0; i < checklists_count(); i++) {
		char path[PATH_BYTES];
		struct table t = { 0 };
		int rc = path_format(path, "%s/%s.tsv", folder, checklists_name(i)) != 0 ||
					 path_make_parent(path) != 0 || checklists_fill(&t, r, i) != 0 ||
					 table_write(&t, path) != 0
				 ? -1
				 : 0;
		table_free(&t);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int write_page(const struct report *r, const struct montage *m, const char *out, const char *title)
{
	struct path_output output = { 0 };
	if (path_output_open(&output, out) != 0)
		return -1;
	int rc = report_page(output.file, r, m, title);
	if (rc == 0)
		rc = path_output_commit(&output);
	path_output_abort(&output);
	return rc;
}

int cmd_report(int argc, char **argv)
{
	const char *folder = NULL, *title = NULL, *formats = "svg,pdf,png";
	struct outputs o = { 0 };
	const struct opt table[] = {
		OPT_TEXT("eval", folder, OPT_REQUIRED, "DIR", "folder written by xbmd evaluate"),
		OPT_TEXT("out", o.page, OPT_REQUIRED, "report.html", "page to write, with everything inside"),
		OPT_TEXT("title", title, 0, "TEXT", "heading of the page"),
		OPT_TEXT("figures", o.figures, 0, "DIR",
			"folder for the figures and the numbers behind them, too"),
		OPT_TEXT("formats", formats, 0, "LIST", "of those figures"),
		OPT_TEXT("tables", o.tables, 0, "DIR",
			"folder for the tables as LaTeX (booktabs) and HTML, too"),
		OPT_TEXT("checklists", o.checklists, 0, "DIR",
			"folder for STARD, TRIPOD+AI and CLAIM, filled where known"),
		OPT_TEXT("maps", o.maps, 0, "DIR", "folder of xbmd predict --maps: a montage of some of its films"),
		OPT_FLAG("force", o.force, "replace existing files"),
		OPT_END,
	};
	int go = opt_parse(
		argc, argv, "tables and figures of an evaluation as one self-contained HTML page", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (!o.figures && opt_given(table, "formats"))
		return ERR_USAGE("--formats needs --figures: a folder for them");
	if (o.figures && !opt_given(table, "formats") && page_load() != 0) {
		log_warn("figures as SVG alone: %s", err_message());
		formats = "svg";
	}
	int rc = -1;
	struct report r = { 0 };
	struct montage montage = { 0 };
	TRY(name_list_init(&o.formats, formats));
	TRY(report_read(&r, folder));
	if (o.maps)
		TRY(montage_read(&montage, o.maps));
	TRY(check_outputs(&o));
	if (o.figures)
		TRY(write_figures(&r, &o));
	if (o.figures && o.maps)
		TRY(write_montage(&montage, o.figures));
	if (o.tables)
		TRY(write_tables(&r, &o));
	if (o.checklists)
		TRY(write_checklists(&r, o.checklists));
	TRY(write_page(&r, o.maps ? &montage : NULL, o.page, title));
	log_info("report: %s", o.page);
	rc = 0;
cleanup:
	montage_free(&montage);
	report_free(&r);
	name_list_free(&o.formats);
	return rc;
}
