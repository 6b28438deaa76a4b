/*
 * The drawings of a report.  Colours are Okabe and Ito's colour-blind-safe set; shapes and dashes repeat the
 * distinction for print.  Each function writes one complete <svg>.
 */
#ifndef EVAL_FIGURES_H
#define EVAL_FIGURES_H
#include <stdbool.h>
#include <stdio.h>
#include "eval/report.h"
#ifdef __cplusplus
extern "C" {
#endif
enum {
	FIGURES_SITES = 12,   /* drawn apart; further ones share one grey entry */
	FIGURES_POINTS = 4000 /* drawn at most, evenly from every site */
};
void figures_scatter(FILE *out, const struct report *r);
void figures_bland_altman(FILE *out, const struct report *r);
bool figures_has_roc(const struct report *r);
void figures_roc(FILE *out, const struct report *r);
#ifdef __cplusplus
}
#endif
#endif
