/*
 * A participant's row in a study's tables.  What a site knows of it (participants.tsv: values it lacks are "n/a"), and
 * what only the generator knows (truth/participants.tsv): the whole history, the joints, and the latent measures of
 * shape and mineral that drr/cohort/record.h has no column for.
 */
#ifndef DRR_COHORT_PERSON_TABLE_H
#define DRR_COHORT_PERSON_TABLE_H
#include "drr/cohort/person.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Risk factors, fracture, treatment: 0 or 1. */
void person_table_add_history(struct table *t);
/* all: nothing is missing.  Without it height_cm, weight_kg and bmi, where the table has them, lose missing values too. */
void person_table_set_history(struct table *t, int64_t row, const struct person *p, bool all);
/* Columns right_arthritis_grade .. of both femora, and the body's. */
void person_table_add_latent(struct table *t);
void person_table_set_latent(struct table *t, int64_t row, const struct person *p);
#ifdef __cplusplus
}
#endif
#endif
