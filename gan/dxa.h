/* A study's DXA table, phenotype/dxa.tsv: total-hip aBMD by participant, visit and side. */
#ifndef GAN_DXA_H
#define GAN_DXA_H
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/* An empty table when the study has none; ERR_INVALID when a needed column is missing or a value is no number. */
int dxa_read(struct table *dxa, const char *study_root);
/* g/cm2; the visit equal to the session first, else the hip's first row; NaN when there is none. */
double dxa_find(const struct table *dxa, const char *participant, const char *session, const char *side);
#ifdef __cplusplus
}
#endif
#endif
