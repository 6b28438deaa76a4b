#include "eval/sheets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/number.h"

enum shows { NUMBER, WITH_INTERVAL, RANGE, WITH_SD };
enum scale { COUNT, PLAIN, IN_UNIT, PERCENT, P_VALUE };

struct column {
	const char *heading, *statistic, *second; /* second: the SD's */
	enum shows shows;
	enum scale scale;
};
struct specification {
	const char *file, *title, *caption;
	const char *levels[2]; /* rows: the groups of these levels */
	struct column column[SHEET_COLUMNS];
};

/* Statistics of a meta-analysis carry the figure's name in front: their rows are figures, not groups. */
static const char *const figures[] = { "auc", "r", "calibration_slope", "bias" };
static const char *const figure_names[] = { "AUC", "r", "calibration slope", "bias" };
#define META "meta"

static const struct specification all[] = {
	{ "rows", "Rows and means",
		"Missing: no reference or no prediction. Coverage: predicted of those with a reference.",
		{ "pooled", "site" },
		{ { "n", "n", NULL, NUMBER, COUNT }, { "patients", "n_patients", NULL, NUMBER, COUNT },
			{ "missing", "n_missing", NULL, NUMBER, COUNT },
			{ "coverage", "coverage", NULL, NUMBER, PLAIN },
			{ "reference, mean (SD)", "reference_mean", "reference_sd", WITH_SD, IN_UNIT },
			{ "prediction, mean (SD)", "prediction_mean", "prediction_sd", WITH_SD, IN_UNIT } } },
	{ "agreement", "Agreement",
		"r and bias: bootstrap by patient where patients have several rows. MAE and RMSE: bootstrap "
		"by patient.",
		{ "pooled", "site" },
		{ { "r", "r", NULL, WITH_INTERVAL, PLAIN },
			{ "Spearman", "spearman", NULL, WITH_INTERVAL, PLAIN },
			{ "ICC(2,1)", "icc_2_1", NULL, WITH_INTERVAL, PLAIN },
			{ "CCC", "ccc", NULL, WITH_INTERVAL, PLAIN },
			{ "R\302\262", "r2", NULL, NUMBER, PLAIN },
			{ "MAE", "mae", "mae_bootstrap", WITH_INTERVAL, IN_UNIT },
			{ "RMSE", "rmse", "rmse_bootstrap", WITH_INTERVAL, IN_UNIT },
			{ "SEE", "see", "see_bootstrap", WITH_INTERVAL, IN_UNIT } } },
	{ "bland-altman", "Bland-Altman",
		"Limits of agreement: bias \302\261 1.96 SD, each with its interval.", { "pooled", "site" },
		{ { "bias", "bias", NULL, WITH_INTERVAL, IN_UNIT }, { "SD", "sd", NULL, NUMBER, IN_UNIT },
			{ "lower limit", "loa_lo", NULL, WITH_INTERVAL, IN_UNIT },
			{ "upper limit", "loa_hi", NULL, WITH_INTERVAL, IN_UNIT },
			{ "trend on the mean", "trend_slope", NULL, WITH_INTERVAL, PLAIN },
			{ "p of the trend", "trend_p", NULL, NUMBER, P_VALUE } } },
	{ "calibration", "Calibration and lines",
		"Calibration: reference on prediction, 1 and 0 are perfect. Deming: prediction on reference, "
		"error ratio 1. "
		"Passing-Bablok: rule of 1983.",
		{ "pooled", "site" },
		{ { "calibration slope", "calibration_slope", NULL, WITH_INTERVAL, PLAIN },
			{ "in the large", "calibration_in_the_large", NULL, WITH_INTERVAL, IN_UNIT },
			{ "Deming slope", "deming_slope", NULL, WITH_INTERVAL, PLAIN },
			{ "Deming intercept", "deming_intercept", NULL, WITH_INTERVAL, IN_UNIT },
			{ "Passing-Bablok slope", "passing_bablok_slope", NULL, WITH_INTERVAL, PLAIN },
			{ "Passing-Bablok intercept", "passing_bablok_intercept", NULL, WITH_INTERVAL,
				IN_UNIT } } },
	{ "diagnosis", "Diagnosis",
		"AUC: Obuchowski's interval, clustered by patient, where patients have several rows, else "
		"DeLong's.",
		{ "pooled", "site" },
		{ { "diseased", "n_diseased", NULL, NUMBER, COUNT },
			{ "not diseased", "n_healthy", NULL, NUMBER, COUNT },
			{ "AUC", "auc", NULL, WITH_INTERVAL, PLAIN },
			{ "DeLong", "auc_delong", NULL, RANGE, PLAIN },
			{ "logit", "auc_logit", NULL, RANGE, PLAIN },
			{ "clustered", "auc_clustered", NULL, RANGE, PLAIN },
			{ "bootstrap", "auc_bootstrap", NULL, RANGE, PLAIN },
			{ "partial AUC, specificity 0.9 to 1", "partial_auc_standardized", NULL, NUMBER,
				PLAIN } } },
	{ "cut", "At the stated cut",
		"Clopper and Pearson's exact intervals; likelihood ratios on the log scale.",
		{ "pooled", "site" },
		{ { "sensitivity", "sensitivity_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "specificity", "specificity_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "PPV", "ppv_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "NPV", "npv_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "LR+", "lr_positive", NULL, WITH_INTERVAL, PLAIN },
			{ "LR\342\210\222", "lr_negative", NULL, WITH_INTERVAL, PLAIN },
			{ "kappa", "kappa", NULL, WITH_INTERVAL, PLAIN } } },
	{ "refused", "Refused films counted as wrong",
		"A film without a prediction helps nobody; Wilson's intervals.", { "pooled", "site" },
		{ { "refused", "n_refused", NULL, NUMBER, COUNT },
			{ "sensitivity", "sensitivity_refused_wrong", NULL, WITH_INTERVAL, PLAIN },
			{ "specificity", "specificity_refused_wrong", NULL, WITH_INTERVAL, PLAIN } } },
	{ "classes", "Three classes", "Recall: share of a class that is called so; Wilson's intervals.",
		{ "pooled", "site" },
		{ { "accuracy", "classes_accuracy", NULL, WITH_INTERVAL, PLAIN },
			{ "kappa", "classes_kappa", NULL, WITH_INTERVAL, PLAIN },
			{ "kappa, quadratic", "classes_kappa_quadratic", NULL, WITH_INTERVAL, PLAIN },
			{ "recall, normal", "classes_recall_normal", NULL, WITH_INTERVAL, PLAIN },
			{ "recall, milder", "classes_recall_milder", NULL, WITH_INTERVAL, PLAIN },
			{ "recall, diseased", "classes_recall_diseased", NULL, WITH_INTERVAL, PLAIN },
			{ "mean pairwise AUC", "classes_auc_mean", NULL, NUMBER, PLAIN } } },
	{ "meta", "Across sites",
		"Random effects by REML with Hartung-Knapp's interval; AUC pooled on the logit scale, r on "
		"Fisher's. The prediction "
		"interval is where a new site's true value is expected.",
		{ META, NULL },
		{ { "estimate", "", NULL, WITH_INTERVAL, PLAIN },
			{ "prediction interval", "_prediction", NULL, RANGE, PLAIN },
			{ "\317\204\302\262", "_tau2", NULL, WITH_INTERVAL, PLAIN },
			{ "I\302\262, %", "_i2_percent", NULL, NUMBER, PERCENT },
			{ "p of Q", "_q_p", NULL, NUMBER, P_VALUE },
			{ "DerSimonian-Laird", "_dl", NULL, WITH_INTERVAL, PLAIN },
			{ "fixed effect", "_fixed", NULL, WITH_INTERVAL, PLAIN } } },
	{ "leave-one-site-out", "Without one site at a time",
		"Random effects of the other sites, REML with Hartung-Knapp.", { "leave_one_site_out", NULL },
		{ { "AUC", "auc", NULL, WITH_INTERVAL, PLAIN }, { "r", "r", NULL, WITH_INTERVAL, PLAIN },
			{ "calibration slope", "calibration_slope", NULL, WITH_INTERVAL, PLAIN },
			{ "bias", "bias", NULL, WITH_INTERVAL, IN_UNIT } } },
	{ "models", "Beside other predictors",
		"On the rows that both have. Logistic models are fitted without the site (or tenth of the "
		"patients) they judge.",
		{ "model", NULL },
		{ { "AUC", "auc", NULL, WITH_INTERVAL, PLAIN },
			{ "the image's AUC", "auc_image", NULL, WITH_INTERVAL, PLAIN },
			{ "difference", "auc_difference", NULL, WITH_INTERVAL, PLAIN },
			{ "p", "auc_difference_p", NULL, NUMBER, P_VALUE } } },
	{ "youden", "The cut of the development sites",
		"Chosen by Youden's index on the development sites alone, then frozen.", { "youden", NULL },
		{ { "cut", "youden_threshold", NULL, NUMBER, PLAIN },
			{ "sensitivity", "youden_sensitivity_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "specificity", "youden_specificity_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "PPV", "youden_ppv_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "NPV", "youden_npv_exact", NULL, WITH_INTERVAL, PLAIN } } },
	{ "subgroups", "Subgroups", NULL, { "subgroup", NULL },
		{ { "n", "n", NULL, NUMBER, COUNT }, { "r", "r", NULL, WITH_INTERVAL, PLAIN },
			{ "MAE", "mae", "mae_bootstrap", WITH_INTERVAL, IN_UNIT },
			{ "bias", "bias", NULL, WITH_INTERVAL, IN_UNIT },
			{ "calibration slope", "calibration_slope", NULL, WITH_INTERVAL, PLAIN },
			{ "AUC", "auc", NULL, WITH_INTERVAL, PLAIN },
			{ "sensitivity", "sensitivity_exact", NULL, WITH_INTERVAL, PLAIN },
			{ "specificity", "specificity_exact", NULL, WITH_INTERVAL, PLAIN } } },
	{ "recalibration", "How many local patients repair a site",
		"MAE on a site's other patients, uncorrected and after a shift or a line fitted on 10 or 50 "
		"of its patients; mean and "
		"95 % range over 200 random choices. No other table uses such a correction.",
		{ "recalibration", NULL },
		{ { "uncorrected", "mae_uncalibrated_10_patients", NULL, WITH_INTERVAL, IN_UNIT },
			{ "shift, 10", "mae_after_shift_10_patients", NULL, WITH_INTERVAL, IN_UNIT },
			{ "line, 10", "mae_after_line_10_patients", NULL, WITH_INTERVAL, IN_UNIT },
			{ "shift, 50", "mae_after_shift_50_patients", NULL, WITH_INTERVAL, IN_UNIT },
			{ "line, 50", "mae_after_line_50_patients", NULL, WITH_INTERVAL, IN_UNIT } } },
	{ "repeats", "Precision of repeats",
		"Root mean square over subjects; least significant change 2.77 RMS-SD.", { "repeats", NULL },
		{ { "subjects", "n_repeated", NULL, NUMBER, COUNT },
			{ "RMS-SD", "rms_sd", NULL, WITH_INTERVAL, IN_UNIT },
			{ "RMS-CV, %", "rms_cv_percent", NULL, NUMBER, PERCENT },
			{ "least significant change", "lsc", NULL, WITH_INTERVAL, IN_UNIT } } },
};

int sheets_count(void)
{
	return (int)(sizeof(all) / sizeof(all[0]));
}

static void set_number(char text[SHEET_CELL_BYTES], double x, enum scale scale, int unit_decimals)
{
	char digits[NUMBER_BYTES];
	int decimals = scale == COUNT ? 0 : scale == PERCENT ? 1 : scale == IN_UNIT ? unit_decimals : 3;
	if (scale == P_VALUE && x < 0.001)
		strcpy(digits, "< 0.001");
	else
		number_fixed(digits, x, decimals);
	snprintf(text, SHEET_CELL_BYTES, "%s", digits);
}

static void set_range(char text[SHEET_RANGE_BYTES], struct interval ci, enum scale scale, int unit_decimals)
{
	char lo[SHEET_CELL_BYTES], hi[SHEET_CELL_BYTES];
	set_number(lo, ci.lo, scale, unit_decimals);
	set_number(hi, ci.hi, scale, unit_decimals);
	snprintf(text, SHEET_RANGE_BYTES, "%.48s to %.48s", lo, hi);
}

static void fill_cell(struct sheet *s, struct sheet_cell *cell, const struct column *c,
	const struct estimate *e, const struct estimate *second, int unit_decimals)
{
	if (!e) /* not a figure of this group: the cell stays empty */
		return;
	if (isnan(e->value)) {
		sheet_set_missing(s, cell, e->reason);
		return;
	}
	struct interval ci = c->shows == WITH_INTERVAL && second ? second->ci : e->ci;
	if (c->shows == RANGE && isnan(ci.lo)) {
		sheet_set_missing(s, cell, e->reason);
	} else if (c->shows == RANGE) {
		char range[SHEET_RANGE_BYTES];
		set_range(range, ci, c->scale, unit_decimals);
		snprintf(cell->text, sizeof(cell->text), "%.55s", range);
	} else {
		set_number(cell->text, e->value, c->scale, unit_decimals);
	}
	if (c->shows == WITH_SD && second && !isnan(second->value)) {
		char sd[SHEET_CELL_BYTES];
		set_number(sd, second->value, c->scale, unit_decimals);
		snprintf(cell->range, sizeof(cell->range), "(%s)", sd);
	}
	if (c->shows == WITH_INTERVAL && !isnan(ci.lo))
		set_range(cell->range, ci, c->scale, unit_decimals);
}

static void add_groups(
	struct sheet *s, const struct report *r, const struct specification *spec, const char *level)
{
	const struct estimate_view *v = &r->estimates;
	for (int64_t at = -1; (at = estimate_view_next_group(v, level, at)) >= 0;) {
		const char *group = v->row[at].group;
		struct sheet_row *row = sheet_add_row(s, strcmp(level, "pooled") == 0 ? "pooled" : group);
		for (int k = 0; k < s->n_columns; k++) {
			const struct column *c = &spec->column[k];
			fill_cell(s, &row->cell[k], c, estimate_view_find(v, level, group, c->statistic),
				c->second ? estimate_view_find(v, level, group, c->second) : NULL,
				r->decimals);
		}
	}
}

static void add_figures(struct sheet *s, const struct report *r, const struct specification *spec)
{
	for (int i = 0; i < 4; i++) {
		struct sheet_row *row = sheet_add_row(s, figure_names[i]);
		for (int k = 0; k < s->n_columns; k++) {
			struct column c = spec->column[k];
			char statistic[80];
			snprintf(statistic, sizeof(statistic), "%s%s", figures[i], c.statistic);
			c.scale = i == 3 && c.scale == PLAIN ? IN_UNIT : c.scale;
			fill_cell(s, &row->cell[k], &c,
				estimate_view_find(&r->estimates, META, NULL, statistic), NULL,
				r->decimals + (strcmp(c.statistic, "_tau2") == 0 ? 2 : 0));
		}
	}
}

/* Whether any row of the levels has one of the columns' statistics. */
static bool has_any(const struct report *r, const struct specification *spec)
{
	if (strcmp(spec->levels[0], META) == 0)
		return estimate_view_find(&r->estimates, META, NULL, "auc") != NULL;
	for (int k = 0; k < SHEET_COLUMNS && spec->column[k].heading; k++)
		if (estimate_view_find(&r->estimates, spec->levels[0], NULL, spec->column[k].statistic))
			return true;
	return false;
}

void sheets_make(struct sheet *s, const struct report *r, int which)
{
	const struct specification *spec = &all[which];
	*s = (struct sheet){
		.file = spec->file, .title = spec->title, .caption = spec->caption, .synthetic = r->synthetic
	};
	while (s->n_columns < SHEET_COLUMNS && spec->column[s->n_columns].heading) {
		s->heading[s->n_columns] = spec->column[s->n_columns].heading;
		s->n_columns++;
	}
	if (!has_any(r, spec))
		return;
	if (strcmp(spec->levels[0], META) == 0) {
		add_figures(s, r, spec);
		return;
	}
	for (int i = 0; i < 2 && spec->levels[i]; i++)
		add_groups(s, r, spec, spec->levels[i]);
}
