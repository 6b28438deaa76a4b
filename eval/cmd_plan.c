#include "eval/cmd_plan.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "eval/stats/planning.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

struct plan {
	double r, r0, r_half, auc, auc0, auc_half, prevalence, sd, loa_half, power, hips, icc;
};

static bool is_share(double x)
{
	return x > 0 && x < 1;
}

static int check(const struct plan *p)
{
	if (!is_share(fabs(p->r)) || !(fabs(p->r0) < 1) || !(p->r_half > 0))
		return ERR_USAGE(
			"--r and --r-null want correlations between -1 and 1, --r-half a positive width");
	if (!is_share(p->auc) || !is_share(p->auc0) || !(p->auc_half > 0) || !is_share(p->prevalence))
		return ERR_USAGE("--auc, --auc-null and --prevalence want numbers between 0 and 1, "
				 "--auc-half a positive width");
	if (!(p->sd > 0) || !(p->loa_half > 0))
		return ERR_USAGE("--sd and --loa-half want positive numbers");
	if (!is_share(p->power) || !(p->hips >= 1) || !(p->icc >= 0 && p->icc <= 1))
		return ERR_USAGE("--power wants a number between 0 and 1, --rows-per-patient at least 1, "
				 "--icc 0 to 1");
	return 0;
}

/* Rows for independent rows, then what clusters make of it. */
static void put(const char *aim, int64_t rows, const struct plan *p)
{
	if (rows < 0) {
		log_warn("no number of rows is enough: %s", aim);
		printf("%s\tn/a\tn/a\tn/a\n", aim);
		return;
	}
	double effect = planning_design_effect(p->hips, p->icc), needed = ceil((double)rows * effect);
	printf("%s\t%lld\t%.0f\t%.0f\n", aim, (long long)rows, needed, ceil(needed / p->hips));
}

static void put_all(const struct plan *p)
{
	char aim[160];
	puts("aim\trows_if_independent\trows\tpatients");
	snprintf(aim, sizeof(aim), "r = %g known to +-%g", p->r, p->r_half);
	put(aim, planning_r_rows(p->r, p->r_half), p);
	snprintf(aim, sizeof(aim), "r = %g told from %g with power %g", p->r, p->r0, p->power);
	put(aim, planning_r_power_rows(p->r, p->r0, p->power), p);
	snprintf(aim, sizeof(aim), "AUC = %g known to +-%g, prevalence %g", p->auc, p->auc_half,
		p->prevalence);
	put(aim, planning_auc_rows(p->auc, p->prevalence, p->auc_half), p);
	snprintf(aim, sizeof(aim), "AUC = %g told from %g with power %g, prevalence %g", p->auc, p->auc0,
		p->power, p->prevalence);
	put(aim, planning_auc_power_rows(p->auc, p->auc0, p->prevalence, p->power), p);
	snprintf(aim, sizeof(aim), "limits of agreement known to +-%g, SD %g", p->loa_half, p->sd);
	put(aim, planning_loa_rows(p->sd, p->loa_half), p);
}

int cmd_plan(int argc, char **argv)
{
	struct plan p = { 0.9, 0.8, 0.03, 0.9, 0.8, 0.05, 0.2, 0.06, 0.01, 0.9, 2, 0.8 };
	const struct opt table[] = {
		OPT_DOUBLE("r", p.r, 0, "expected correlation"),
		OPT_DOUBLE("r-null", p.r0, 0, "correlation it is told from"),
		OPT_DOUBLE("r-half", p.r_half, 0, "half of its 95 % interval, the wider side"),
		OPT_DOUBLE("auc", p.auc, 0, "expected AUC"),
		OPT_DOUBLE("auc-null", p.auc0, 0, "AUC it is told from"),
		OPT_DOUBLE("auc-half", p.auc_half, 0, "half of its 95 % interval"),
		OPT_DOUBLE("prevalence", p.prevalence, 0, "share of diseased rows"),
		OPT_DOUBLE("sd", p.sd, 0, "SD of prediction - reference, in the unit of the next"),
		OPT_DOUBLE("loa-half", p.loa_half, 0, "half of a limit of agreement's 95 % interval"),
		OPT_DOUBLE("power", p.power, 0, "of the two tests, two-sided 5 %"),
		OPT_DOUBLE("rows-per-patient", p.hips, 0, "hips of a patient, say"),
		OPT_DOUBLE("icc", p.icc, 0, "how alike they are: 0 not at all, 1 fully"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "rows and patients that a validation study needs, as a table", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (check(&p) != 0)
		return -1;
	put_all(&p);
	return 0;
}
