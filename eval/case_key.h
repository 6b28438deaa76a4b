/* No row may stand twice in a table. */
#ifndef EVAL_CASE_KEY_H
#define EVAL_CASE_KEY_H
#include "eval/case_row.h"
#ifdef __cplusplus
extern "C" {
#endif
/* key: "participant_id,side": the columns that tell rows apart; NULL = all.  ERR_INVALID names the two lines. */
int case_key_check(const struct table *t, const struct case_row *row, int64_t n, const char *key);
#ifdef __cplusplus
}
#endif
#endif
