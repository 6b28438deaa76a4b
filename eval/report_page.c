#include "eval/report.h"

#include <math.h>
#include <string.h>

#include "eval/figures.h"
#include "eval/markup.h"
#include "eval/number.h"
#include "eval/quantity.h"
#include "eval/sheets.h"
#include "eval/svg.h"
#include "host/run/version.h"

static const char style[] =
	"body{font:16px/1.45 "
	"system-ui,Helvetica,Arial,sans-serif;color:#1a1a1a;background:#fff;max-width:72rem;"
	"margin:0 auto;padding:1rem}\n"
	"h1{font-size:1.5rem;margin:.5rem 0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:1.6rem 0 "
	".4rem}\n"
	".note{border-left:4px solid #D55E00;padding:.3rem .8rem;margin:.8rem 0}\n"
	".wide{overflow-x:auto}\n"
	"table{border-collapse:collapse;border-top:2px solid;border-bottom:2px solid;font-size:.9rem;"
	"font-variant-numeric:tabular-nums}\n"
	".caption{font-size:.9rem;margin:.3rem 0}th,td{padding:.3rem .7rem .3rem "
	"0;text-align:left;vertical-align:top}\n"
	"thead th{border-bottom:1px solid}td "
	"small,.notes{color:#444}td{white-space:nowrap}.notes{font-size:.85rem}\n"
	".figures{display:flex;flex-wrap:wrap;gap:1.2rem}figure{margin:0;flex:1 1 "
	"30rem;max-width:40rem;min-width:0}\n"
	".montage{flex-basis:100%;max-width:40rem}.montage img{width:100%;height:auto;image-rendering:pixelated}\n"
	".panels{display:grid;font-size:.8rem}\n"
	"svg{max-width:100%;height:auto}figcaption{font-size:.9rem}\n"
	"footer{margin-top:2rem;border-top:1px solid;padding-top:.5rem;font-size:.85rem}\n"
	"@page{size:A4;margin:14mm}\n"
	"@media print{body{max-width:none;padding:0;font-size:10pt}table,section,figure{break-inside:avoid}"
	".wide{overflow:visible}table{font-size:8pt}th,td{padding-right:.5rem}.figures{display:block}"
	"figure{max-width:11.5cm;margin-bottom:6mm}.montage img,.panels{max-width:8cm}h2{break-after:avoid}}\n";

static void put_title(FILE *out, const struct report *r, const char *title)
{
	if (title) {
		markup_escape(out, title);
		return;
	}
	markup_escape(out, r->prediction);
	fputs(" against ", out);
	markup_escape(out, r->reference);
}

static void put_head(FILE *out, const struct report *r, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
		out);
	put_title(out, r, title);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
	put_title(out, r, title);
	fputs("</h1>\n", out);
}

static void put_code(FILE *out, const char *text)
{
	fputs("<code>", out);
	markup_escape(out, text);
	fputs("</code>", out);
}

static void put_lead(FILE *out, const struct report *r)
{
	const double *value = r->group[0].metrics.value;
	fputs("<p>Prediction ", out);
	put_code(out, r->prediction);
	fputs(" compared with the reference ", out);
	put_code(out, r->reference);
	if (r->reference_meaning) {
		fputs(", ", out);
		markup_escape(out, r->reference_meaning);
	}
	fprintf(out, ": %.0f rows", value[METRIC_N]);
	if (!isnan(value[METRIC_N_PATIENTS]))
		fprintf(out, " of %.0f patients", value[METRIC_N_PATIENTS]);
	if (r->n > 1)
		fprintf(out, " from %lld %s", (long long)(r->n - 1), r->n == 2 ? "site" : "sites");
	if (r->where) {
		fputs(", with ", out);
		put_code(out, r->where);
	}
	fprintf(out, "; %.0f rows left out for a missing value. Unit: ", value[METRIC_N_MISSING]);
	markup_escape(out, r->unit ? quantity_typeset(r->unit) : "as in the table");
	fputs(".</p>\n", out);
	if (r->synthetic)
		fputs("<p class=\"note\"><strong>" REPORT_SYNTHETIC ".</strong></p>\n", out);
	if (value[METRIC_N_PATIENTS] < value[METRIC_N])
		fputs("<p class=\"note\">Some patients have several rows. The intervals of r, AUC, bias and "
		      "calibration slope "
		      "allow for that; those marked as independent do not and are too narrow if a patient's "
		      "rows are alike.</p>\n",
			out);
}

static void put_disease(FILE *out, const struct report *r)
{
	char cut[NUMBER_BYTES];
	if (!isnan(r->threshold)) {
		number_exact(cut, r->threshold);
		fprintf(out, "diseased: reference &#8804; %s; test-positive: prediction &#8804; %s", cut,
			cut);
	} else if (r->criterion) {
		fputs("diseased and test-positive: ", out);
		put_code(out, r->criterion);
		fputs(", for each row's sex and device", out);
	} else if (r->positive) {
		fputs("diseased: column ", out);
		put_code(out, r->positive);
	} else {
		fputs("no disease defined", out);
	}
}

static void put_about(FILE *out, const struct report *r)
{
	fputs("<p>Reference ", out);
	put_code(out, r->reference);
	fputs("; ", out);
	put_disease(out, r);
	fputs(". Intervals are 95 %; numbers of the BMD are in ", out);
	markup_escape(out, r->unit ? quantity_typeset(r->unit) : "the table's unit");
	fputs(". Every figure with its method stands in estimates.csv.</p>\n", out);
}

static void put_tables(FILE *out, const struct report *r)
{
	put_about(out, r);
	for (int i = 0; i < sheets_count(); i++) {
		struct sheet s;
		sheets_make(&s, r, i);
		if (s.n_rows > 0) {
			fputs("<section>\n<h2>", out);
			markup_escape(out, s.title);
			fputs("</h2>\n", out);
			sheet_html(out, &s);
			fputs("</section>\n", out);
		}
		sheet_free(&s);
	}
}

static void put_figure(FILE *out, const struct report *r, const struct figure *f)
{
	struct canvas canvas = svg_canvas(out);
	fputs("<figure>\n", out);
	f->draw(&canvas, r);
	fputs("<figcaption>", out);
	markup_escape(out, f->caption);
	if (r->synthetic)
		fputs(" " REPORT_SYNTHETIC ".", out);
	fputs("</figcaption>\n</figure>\n", out);
}

static int put_figures(FILE *out, const struct report *r, const struct montage *montage)
{
	fputs("<h2>Figures</h2>\n<div class=\"figures\">\n", out);
	for (int i = 0; i < figures_count(); i++)
		if (figures_all[i].has(r))
			put_figure(out, r, &figures_all[i]);
	if (montage && montage_html(out, montage, r->synthetic ? " " REPORT_SYNTHETIC "." : "") != 0)
		return -1;
	fputs("</div>\n", out);
	if (!figures_has_roc(r)) {
		const char *reason = r->group[0].metrics.reason[METRIC_AUC];
		fputs("<p>No ROC curve: ", out);
		markup_escape(out, reason ? reason : "no AUC");
		fputs(".</p>\n", out);
	}
	if (r->points.n > FIGURES_POINTS)
		fprintf(out,
			"<p>The scatter and Bland-Altman plots draw every %lldth row of each site; all "
			"figures and lines are "
			"computed from all %lld rows.</p>\n",
			(long long)((r->points.n + FIGURES_POINTS - 1) / FIGURES_POINTS),
			(long long)r->points.n);
	return 0;
}

static const char definitions[] =
	"<h2>Definitions</h2>\n<ul class=\"notes\">\n"
	"<li>Differences are prediction &#8722; reference; bias is their mean, SD their standard deviation "
	"(n &#8722; 1), "
	"MAE the mean and RMSE the root mean square of their size, SEE the residual SD of the line reference "
	"on prediction.</li>\n"
	"<li>Limits of agreement: bias &#177; 1.96 SD (Bland and Altman 1986), with their own "
	"intervals.</li>\n"
	"<li>Bootstrap: patients are drawn with replacement, with all their rows; percentile intervals; "
	"the BCa ones (Efron 1987) are in estimates.csv. ICC: McGraw "
	"and Wong (1996); "
	"(2,1) is absolute agreement. CCC: Lin (1989). Spearman: Bonett and Wright (2000).</li>\n"
	"<li>AUC: lower means disease, ties count one half. Variance: DeLong (1988), with patients as "
	"clusters Obuchowski "
	"(1997); intervals are cut at 0 and 1.</li>\n"
	"<li>Pooled figures treat all sites as one; read them together with the sites' own and with the "
	"random effects.</li>\n"
	"</ul>\n";

int report_page(FILE *out, const struct report *r, const struct montage *montage, const char *title)
{
	put_head(out, r, title);
	put_lead(out, r);
	put_tables(out, r);
	if (put_figures(out, r, montage) != 0)
		return -1;
	fputs(definitions, out);
	fputs("<footer>Evaluated by ", out);
	markup_escape(out, r->version);
	fputs(", page by ", out);
	markup_escape(out, version_text());
	fputs(". Research use only, not a medical device.</footer>\n</body>\n</html>\n", out);
	return 0;
}
