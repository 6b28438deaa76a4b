#include "eval/stats/bootstrap_rows.h"

#include <math.h>

#include "eval/stats/agreement.h"
#include "eval/stats/moments.h"
#include "eval/stats/rank.h"
#include "host/run/err.h"

static void centre(double *to, const double *from, double mean, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		to[i] = from[i] - mean;
}

int bootstrap_rows_init(struct bootstrap_rows *r, const struct bootstrap_sample *s)
{
	const size_t n = (size_t)s->n;
	*r = (struct bootstrap_rows){ .sample = s };
	if (memory_alloc(&r->block, NULL, n * (2 * sizeof(double) + 3 * sizeof(int64_t)), "bootstrap rows") !=
		0)
		return -1;
	double *x = r->block.data, *y = x + n;
	int64_t *by_x = (int64_t *)(y + n), *by_y = by_x + n, *by_score = by_y + n;
	struct moments m = moments_of(s->reference, s->prediction, s->n);
	centre(x, s->reference, m.mean_x, s->n);
	centre(y, s->prediction, m.mean_y, s->n);
	r->shift = m.mean_y - m.mean_x;
	r->x = x;
	r->y = y;
	r->by_x = by_x;
	r->by_y = by_y;
	TRY(rank_order(by_x, s->reference, s->n));
	TRY(rank_order(by_y, s->prediction, s->n));
	if (s->diseased) {
		TRY(rank_order(by_score, s->score, s->n));
		r->by_score = by_score;
	}
	return 0;
cleanup:
	bootstrap_rows_free(r);
	return -1;
}

void bootstrap_rows_free(struct bootstrap_rows *r)
{
	memory_free(&r->block);
	*r = (struct bootstrap_rows){ 0 };
}

struct sums {
	double n, x, y, xx, yy, xy, absolute, square;
};

static struct sums sum_rows(const struct bootstrap_rows *r, const int32_t *weight)
{
	struct sums s = { 0, 0, 0, 0, 0, 0, 0, 0 };
	for (int64_t i = 0; i < r->sample->n; i++) {
		double w = weight[i], x = r->x[i], y = r->y[i], d = y - x + r->shift;
		s.n += w;
		s.x += w * x;
		s.y += w * y;
		s.xx += w * x * x;
		s.yy += w * y * y;
		s.xy += w * x * y;
		s.absolute += w * fabs(d);
		s.square += w * d * d;
	}
	return s;
}

/* Two-way mean squares of two columns, from their moments. */
static void set_icc(double *out, double n, double bias, double sxx, double syy, double sxy)
{
	double subjects = (sxx + 2 * sxy + syy) / 2 / (n - 1), raters = n * bias * bias / 2;
	double error = (sxx - 2 * sxy + syy) / 2 / (n - 1);
	out[BOOTSTRAP_ICC_2] = (subjects - error) / (subjects + error + 2 * (raters - error) / n);
	out[BOOTSTRAP_ICC_3] = (subjects - error) / (subjects + error);
}

static void set_agreement(double *out, const struct bootstrap_rows *r, const struct sums *s)
{
	double n = s->n, mx = s->x / n, my = s->y / n;
	double sxx = s->xx - n * mx * mx, syy = s->yy - n * my * my, sxy = s->xy - n * mx * my;
	double bias = my - mx + r->shift, spread = sxx - 2 * sxy + syy, sd = sqrt(fmax(spread, 0) / (n - 1));
	double tiny =
		1e-13 * (s->xx + s->yy); /* below it a sum of squares is the rounding of a constant column */
	out[BOOTSTRAP_BIAS] = bias;
	out[BOOTSTRAP_SD] = sd;
	out[BOOTSTRAP_LOA_LO] = bias - AGREEMENT_LOA_SD * sd;
	out[BOOTSTRAP_LOA_HI] = bias + AGREEMENT_LOA_SD * sd;
	out[BOOTSTRAP_MAE] = s->absolute / n;
	out[BOOTSTRAP_RMSE] = sqrt(s->square / n);
	if (!(sxx > tiny) || !(syy > tiny))
		return;
	out[BOOTSTRAP_R] = sxy / sqrt(sxx * syy);
	out[BOOTSTRAP_CCC] = 2 * sxy / (sxx + syy + n * bias * bias);
	out[BOOTSTRAP_SLOPE] = sxy / syy;
	out[BOOTSTRAP_SEE] = sqrt(fmax(sxx - sxy * sxy / syy, 0) / (n - 2));
	out[BOOTSTRAP_R2_IDENTITY] = 1 - s->square / sxx;
	out[BOOTSTRAP_DEMING] = (syy - sxx + sqrt((syy - sxx) * (syy - sxx) + 4 * sxy * sxy)) / (2 * sxy);
	set_icc(out, n, bias, sxx, syy, sxy);
}

/* Midranks less their mean, of rows counted `weight` times. */
static void set_ranks(
	double *rank, const double *x, const int64_t *order, const int32_t *weight, int64_t n, double total)
{
	double before = 0;
	for (int64_t from = 0, to = 0; from < n; from = to) {
		double here = 0;
		for (; to < n && x[order[to]] == x[order[from]]; to++)
			here += weight[order[to]];
		double middle = before + (here + 1) / 2 - (total + 1) / 2;
		for (int64_t i = from; i < to; i++)
			rank[order[i]] = middle;
		before += here;
	}
}

static void set_rho(
	double *out, const struct bootstrap_rows *r, const int32_t *weight, double *rank, double total)
{
	double sxx = 0, syy = 0, sxy = 0, *rank_x = rank, *rank_y = rank + r->sample->n;
	set_ranks(rank_x, r->sample->reference, r->by_x, weight, r->sample->n, total);
	set_ranks(rank_y, r->sample->prediction, r->by_y, weight, r->sample->n, total);
	for (int64_t i = 0; i < r->sample->n; i++) {
		sxx += weight[i] * rank_x[i] * rank_x[i];
		syy += weight[i] * rank_y[i] * rank_y[i];
		sxy += weight[i] * rank_x[i] * rank_y[i];
	}
	if (sxx > 0 && syy > 0)
		out[BOOTSTRAP_RHO] = sxy / sqrt(sxx * syy);
}

static void set_auc(double *out, const struct bootstrap_rows *r, const int32_t *weight)
{
	const struct bootstrap_sample *s = r->sample;
	int64_t cases_before = 0, controls = 0, twice_pairs = 0;
	for (int64_t from = 0, to = 0; from < s->n; from = to) {
		int64_t here[2] = { 0, 0 };
		for (; to < s->n && s->score[r->by_score[to]] == s->score[r->by_score[from]]; to++)
			here[s->diseased[r->by_score[to]]] += weight[r->by_score[to]];
		twice_pairs += here[0] * (2 * cases_before + here[1]);
		cases_before += here[1];
		controls += here[0];
	}
	if (cases_before > 0 && controls > 0)
		out[BOOTSTRAP_AUC] = (double)twice_pairs / (2.0 * (double)cases_before * (double)controls);
}

static void set_cut(double *out, const struct bootstrap_sample *s, const int32_t *weight)
{
	double count[2][2] = { { 0, 0 }, { 0, 0 } }; /* [diseased][called] */
	for (int64_t i = 0; i < s->n; i++)
		count[s->diseased[i]][s->called[i]] += weight[i];
	double tp = count[1][1], fn = count[1][0], tn = count[0][0], fp = count[0][1], n = tp + fn + tn + fp;
	double agree = (tp + tn) / n, chance = ((tp + fn) * (tp + fp) + (tn + fp) * (tn + fn)) / (n * n);
	out[BOOTSTRAP_SENSITIVITY] = tp / (tp + fn);
	out[BOOTSTRAP_SPECIFICITY] = tn / (tn + fp);
	out[BOOTSTRAP_PPV] = tp / (tp + fp);
	out[BOOTSTRAP_NPV] = tn / (tn + fn);
	out[BOOTSTRAP_ACCURACY] = agree;
	out[BOOTSTRAP_KAPPA] = (agree - chance) / (1 - chance);
}

void bootstrap_rows_apply(double statistic[BOOTSTRAP_COUNT], const struct bootstrap_rows *r,
	const int32_t *weight, double *rank)
{
	for (int k = 0; k < BOOTSTRAP_COUNT; k++)
		statistic[k] = NAN;
	struct sums s = sum_rows(r, weight);
	set_agreement(statistic, r, &s);
	set_rho(statistic, r, weight, rank, s.n);
	if (r->sample->diseased)
		set_auc(statistic, r, weight);
	if (r->sample->diseased && r->sample->called)
		set_cut(statistic, r->sample, weight);
}
