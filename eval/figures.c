#include "eval/figures.h"

static bool always(const struct report *r)
{
	(void)r;
	return true;
}

const struct figure figures_all[] = {
	{ "flow", "From the table's rows to those analysed.", always, figures_flow, figures_flow_numbers },
	{ "scatter",
		"Prediction against reference, with the line of identity and the least-squares line; r is "
		"Pearson's, with its "
		"95 % interval.",
		always, figures_scatter, figures_scatter_numbers },
	{ "bland_altman",
		"Difference against mean, with the bias and the limits of agreement (bias \302\261 1.96 SD).",
		always, figures_bland_altman, figures_bland_altman_numbers },
	{ "calibration",
		"Calibration: mean reference against mean prediction in tenths of the prediction, with 95 % "
		"intervals (t), and the "
		"line of perfect calibration.",
		figures_has_calibration, figures_calibration, figures_calibration_numbers },
	{ "roc",
		"ROC curves with the AUC and its 95 % interval; the band is Wilson's pointwise interval of "
		"the pooled sensitivity. "
		"The ring is the pooled result at the cut, where one is given.",
		figures_has_roc, figures_roc, figures_roc_numbers },
	{ "forest_auc",
		"AUC of each site with its 95 % interval, and across sites: random effects by REML on the "
		"logit scale, "
		"Hartung-Knapp's interval, and the prediction interval of a new site.",
		figures_has_forest_auc, figures_forest_auc, figures_forest_auc_numbers },
	{ "forest_r", "r of each site with its 95 % interval, and across sites on Fisher's scale, as above.",
		figures_has_forest_r, figures_forest_r, figures_forest_r_numbers },
	{ "decision",
		"Decision curves: net benefit over the threshold probability. Logistic models are fitted "
		"without the site (or tenth "
		"of the patients) they judge.",
		figures_has_decision, figures_decision, figures_decision_numbers },
};

int figures_count(void)
{
	return (int)(sizeof(figures_all) / sizeof(figures_all[0]));
}
