#include "eval/cmd_report.h"

#include <stdbool.h>

#include "eval/figures.h"
#include "eval/report.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

struct drawing {
	const char *name;
	void (*draw)(FILE *, const struct report *);
};
static const struct drawing drawings[] = {
	{ "scatter.svg", figures_scatter },
	{ "bland_altman.svg", figures_bland_altman },
	{ "roc.svg", figures_roc },
};
enum { DRAWINGS = 3 };

static int check_outputs(const char *out, const char *figures, bool force)
{
	char path[PATH_BYTES];
	if (path_check_output(out, force) != 0)
		return -1;
	for (int i = 0; figures && i < DRAWINGS; i++)
		if (path_format(path, "%s/%s", figures, drawings[i].name) != 0 ||
			path_check_output(path, force) != 0)
			return -1;
	return 0;
}

static int write_figures(const struct report *r, const char *folder)
{
	for (int i = 0; i < DRAWINGS; i++) {
		char path[PATH_BYTES];
		struct path_output output = { 0 };
		if (drawings[i].draw == figures_roc && !figures_has_roc(r))
			continue;
		if (path_format(path, "%s/%s", folder, drawings[i].name) != 0 ||
			path_output_open(&output, path) != 0)
			return -1;
		drawings[i].draw(output.file, r);
		if (path_output_commit(&output) != 0)
			return -1;
	}
	return 0;
}

static int write_page(const struct report *r, const char *out, const char *title)
{
	struct path_output output = { 0 };
	if (path_output_open(&output, out) != 0)
		return -1;
	report_page(output.file, r, title);
	return path_output_commit(&output);
}

int cmd_report(int argc, char **argv)
{
	const char *folder = NULL, *out = NULL, *title = NULL, *figures = NULL;
	bool force = false;
	const struct opt table[] = {
		OPT_TEXT("eval", folder, OPT_REQUIRED, "DIR", "folder written by xbmd evaluate"),
		OPT_TEXT("out", out, OPT_REQUIRED, "report.html", "page to write, with everything inside"),
		OPT_TEXT("title", title, 0, "TEXT", "heading of the page"),
		OPT_TEXT("figures", figures, 0, "DIR", "folder for the figures as SVG files, too"),
		OPT_FLAG("force", force, "replace existing files"),
		OPT_END,
	};
	int go = opt_parse(
		argc, argv, "tables and figures of an evaluation as one self-contained HTML page", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	int rc = -1;
	struct report r = { 0 };
	TRY(report_read(&r, folder));
	TRY(check_outputs(out, figures, force));
	if (figures)
		TRY(write_figures(&r, figures));
	TRY(write_page(&r, out, title));
	log_info("report: %s", out);
	rc = 0;
cleanup:
	report_free(&r);
	return rc;
}
