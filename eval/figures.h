/*
 * The drawings of a report.  Colours are Okabe and Ito's colour-blind-safe set; shapes and dashes repeat the
 * distinction for print.  Each function draws one whole canvas; each figure can be had as numbers.
 */
#ifndef EVAL_FIGURES_H
#define EVAL_FIGURES_H
#include <stdbool.h>
#include "eval/canvas.h"
#include "eval/report.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
enum {
	FIGURES_SITES = 12,   /* drawn apart; further ones share one grey entry */
	FIGURES_POINTS = 4000 /* drawn at most, evenly from every site */
};
struct figure {
	const char *name, *caption;
	bool (*has)(const struct report *r);
	void (*draw)(struct canvas *canvas, const struct report *r);
	void (*numbers)(struct table *t, const struct report *r); /* what is drawn; the table is empty before */
};
extern const struct figure figures_all[];
int figures_count(void);

void figures_scatter(struct canvas *canvas, const struct report *r);
void figures_scatter_numbers(struct table *t, const struct report *r);
void figures_bland_altman(struct canvas *canvas, const struct report *r);
void figures_bland_altman_numbers(struct table *t, const struct report *r);
bool figures_has_roc(const struct report *r);
void figures_roc(struct canvas *canvas, const struct report *r);
void figures_roc_numbers(struct table *t, const struct report *r);
bool figures_has_calibration(const struct report *r);
void figures_calibration(struct canvas *canvas, const struct report *r);
void figures_calibration_numbers(struct table *t, const struct report *r);
bool figures_has_forest_auc(const struct report *r);
void figures_forest_auc(struct canvas *canvas, const struct report *r);
void figures_forest_auc_numbers(struct table *t, const struct report *r);
bool figures_has_forest_r(const struct report *r);
void figures_forest_r(struct canvas *canvas, const struct report *r);
void figures_forest_r_numbers(struct table *t, const struct report *r);
bool figures_has_decision(const struct report *r);
void figures_decision(struct canvas *canvas, const struct report *r);
void figures_decision_numbers(struct table *t, const struct report *r);
void figures_flow(struct canvas *canvas, const struct report *r);
void figures_flow_numbers(struct table *t, const struct report *r);
#ifdef __cplusplus
}
#endif
#endif
