#include "eval/analysis_meta.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "eval/stats/meta.h"
#include "host/run/err.h"
#include "host/run/memory.h"

/* A figure and the scale on which sites are pooled. */
struct pooled_figure {
	const char *name;
	size_t offset;						      /* of the headline_figure */
	double (*to)(double), (*from)(double), (*derivative)(double); /* NULL = as it is */
};

static double logit(double p)
{
	return log(p / (1 - p));
}

static double from_logit(double x)
{
	return 1 / (1 + exp(-x));
}

static double logit_derivative(double p)
{
	return 1 / (p * (1 - p));
}

static double atanh_derivative(double r)
{
	return 1 / (1 - r * r);
}

static const struct pooled_figure figures[] = {
	{ "auc", offsetof(struct headline, auc), logit, from_logit, logit_derivative },
	{ "r", offsetof(struct headline, r), atanh, tanh, atanh_derivative },
	{ "calibration_slope", offsetof(struct headline, slope), NULL, NULL, NULL },
	{ "bias", offsetof(struct headline, bias), NULL, NULL, NULL },
};

struct studies {
	int64_t k;
	double *y, *v;
	int64_t *site;
};

/* The sites where the figure and its error are defined, on the pooling scale. */
static void collect(
	struct studies *s, const struct pooled_figure *f, const struct analysis_site *site, int64_t n)
{
	s->k = 0;
	for (int64_t i = 0; i < n; i++) {
		const struct headline_figure *h =
			(const struct headline_figure *)(const void *)((const char *)&site[i].headline +
								       f->offset);
		double y = f->to ? f->to(h->value) : h->value,
		       se = f->to ? h->se * f->derivative(h->value) : h->se;
		if (!isfinite(y) || !isfinite(se) || !(se > 0))
			continue;
		s->y[s->k] = y;
		s->v[s->k] = se * se;
		s->site[s->k++] = i;
	}
}

static double back(const struct pooled_figure *f, double x)
{
	return f->from && isfinite(x) ? f->from(x) : x;
}

static struct interval back_interval(const struct pooled_figure *f, struct interval ci)
{
	return (struct interval){ back(f, ci.lo), back(f, ci.hi) };
}

static const char one_site[] = "fewer than 2 sites with a standard error", two_sites[] = "fewer than 3 sites";

static void add_methods(struct estimates *e, const struct pooled_figure *f, const struct studies *s)
{
	static const struct {
		const char *suffix, *method;
		enum meta_method kind;
		bool hartung_knapp;
	} methods[] = {
		{ "", "random effects, REML, Hartung-Knapp", META_REML, true },
		{ "_reml", "random effects, REML, normal", META_REML, false },
		{ "_dl", "random effects, DerSimonian-Laird, normal", META_DL, false },
		{ "_fixed", "fixed effect, normal", META_FIXED, false },
	};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		char statistic[64];
		struct meta m;
		meta_compute(&m, s->y, s->v, s->k, methods[i].kind, methods[i].hartung_knapp);
		snprintf(statistic, sizeof(statistic), "%s%s", f->name, methods[i].suffix);
		estimates_add(e, statistic, s->k < 2 ? NAN : back(f, m.estimate), back_interval(f, m.ci),
			methods[i].method, one_site);
	}
}

static void add_heterogeneity(struct estimates *e, const struct pooled_figure *f, const struct studies *s)
{
	char statistic[64];
	struct meta m;
	meta_compute(&m, s->y, s->v, s->k, META_REML, true);
	snprintf(statistic, sizeof(statistic), "%s_prediction", f->name);
	estimates_add(e, statistic, s->k < 3 ? NAN : back(f, m.estimate), back_interval(f, m.prediction),
		"95 % prediction interval of a new site, t with k - 2 degrees of freedom", two_sites);
	snprintf(statistic, sizeof(statistic), "%s_tau2", f->name);
	estimates_add(e, statistic, m.tau2, m.tau2_ci,
		f->to ? "between sites, on the pooling scale; Q profile" : "Q profile", one_site);
	snprintf(statistic, sizeof(statistic), "%s_i2_percent", f->name);
	estimates_value(e, statistic, m.i2_percent, "Higgins and Thompson", one_site);
	snprintf(statistic, sizeof(statistic), "%s_q", f->name);
	estimates_value(e, statistic, m.q, "Cochran", one_site);
	snprintf(statistic, sizeof(statistic), "%s_q_p", f->name);
	estimates_value(e, statistic, m.q_p, "chi-square, k - 1", one_site);
}

/* Without one site at a time; the last study takes the place of the one that is out. */
static void add_leave_one_out(struct estimates *e, const struct pooled_figure *f, struct studies *s,
	const struct analysis_site *site)
{
	for (int64_t out = 0; s->k >= 3 && out < s->k; out++) {
		struct meta m;
		double y = s->y[out], v = s->v[out];
		for (int64_t i = out; i + 1 < s->k; i++) {
			s->y[i] = s->y[i + 1];
			s->v[i] = s->v[i + 1];
		}
		meta_compute(&m, s->y, s->v, s->k - 1, META_REML, true);
		for (int64_t i = s->k - 1; i > out; i--) {
			s->y[i] = s->y[i - 1];
			s->v[i] = s->v[i - 1];
		}
		s->y[out] = y;
		s->v[out] = v;
		estimates_group(e, "leave_one_site_out", site[s->site[out]].name, s->k - 1);
		estimates_add(e, f->name, back(f, m.estimate), back_interval(f, m.ci),
			"random effects, REML, Hartung-Knapp", NULL);
	}
}

int analysis_meta(struct estimates *e, const struct analysis_site *site, int64_t n_sites)
{
	struct memory block = { 0 };
	if (n_sites < 1)
		return 0;
	if (memory_alloc(&block, NULL, (size_t)n_sites * 3 * 8, "sites") != 0)
		return -1;
	struct studies s = { .y = block.data };
	s.v = s.y + n_sites;
	s.site = (int64_t *)(s.v + n_sites);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		collect(&s, &figures[i], site, n_sites);
		estimates_group(e, "meta", "sites", s.k);
		add_methods(e, &figures[i], &s);
		add_heterogeneity(e, &figures[i], &s);
		add_leave_one_out(e, &figures[i], &s, site);
	}
	memory_free(&block);
	return 0;
}
