/* One row of the evaluated table, read and judged; for cases.c. */
#ifndef EVAL_CASE_ROW_H
#define EVAL_CASE_ROW_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/cases.h"
#include "eval/criterion.h"
#include "eval/young_adults.h"
#ifdef __cplusplus
extern "C" {
#endif
struct case_row {
	const char *site, *patient; /* "" where the table has no such column */
	char **cells;               /* (n_cells) the whole row of the table: the last resort of sorting */
	int64_t n_cells;
	int64_t source;             /* its number there */
	double reference, prediction, score;
	int64_t patient_index;
	uint8_t diseased, called, class_reference, class_prediction;
	bool missing, refused, synthetic;
};
struct case_reader {
	const struct table *table;
	const struct cases_request *request;
	struct criterion criterion, milder;
	bool has_criterion, has_milder;
	struct young_adults young;
	int64_t reference, prediction, positive, site, patient, sex, device, synthetic, truth; /* columns, -1 = none */
};
/* Finds the columns and reads what the request names. */
int case_reader_init(struct case_reader *r, const struct table *t, const struct cases_request *q);
void case_reader_free(struct case_reader *r);
int case_row_read(struct case_row *row, const struct case_reader *r, int64_t i);
#ifdef __cplusplus
}
#endif
#endif
