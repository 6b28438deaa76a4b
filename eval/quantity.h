/* What a column's name says about its numbers: xbmd puts the unit last and the kind of BMD in front. */
#ifndef EVAL_QUANTITY_H
#define EVAL_QUANTITY_H
#include <stdbool.h>
#ifdef __cplusplus
extern "C" {
#endif
/* "dxa_g_cm2" -> "g/cm2"; NULL when the name says nothing. */
const char *quantity_unit(const char *column);
/* Areal density, which is above 0; unit may be NULL. */
bool quantity_is_areal(const char *unit);
/* For readers: "g/cm2" -> the same with a raised 2 (UTF-8); other texts as they are. */
const char *quantity_typeset(const char *unit);
/* "dxa_g_cm2" -> "areal BMD by DXA"; NULL when the name says nothing. */
const char *quantity_meaning(const char *column);
#ifdef __cplusplus
}
#endif
#endif
