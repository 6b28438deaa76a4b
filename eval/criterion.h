/* When a BMD means disease: "value<=0.82", "t<=-2.5", "yam<=70", "yam<80".  Numbers are compared unrounded; on
 * the two computed scales a difference of 1e-9 is none. */
#ifndef EVAL_CRITERION_H
#define EVAL_CRITERION_H
#include <stdbool.h>
#include "eval/young_adults.h"
#ifdef __cplusplus
extern "C" {
#endif
enum criterion_scale {
	CRITERION_VALUE, /* as in the table */
	CRITERION_T,     /* (value - young mean) / young SD */
	CRITERION_YAM,   /* 100 value / young mean, % */
};
struct criterion {
	enum criterion_scale scale;
	bool inclusive; /* <=, else < */
	double cut;
};
/* ERR_USAGE for text of another form. */
int criterion_parse(struct criterion *c, const char *text);
bool criterion_holds(const struct criterion *c, double scaled);
/* young NULL for CRITERION_VALUE. */
double criterion_scaled(enum criterion_scale scale, double value, const struct young_adult *young);
#ifdef __cplusplus
}
#endif
#endif
