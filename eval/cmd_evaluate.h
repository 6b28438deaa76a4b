#ifndef EVAL_CMD_EVALUATE_H
#define EVAL_CMD_EVALUATE_H
#ifdef __cplusplus
extern "C" {
#endif
/* `xbmd evaluate`: a table of reference and prediction -> metrics.json, metrics.csv, roc.csv, points.csv. */
int cmd_evaluate(int argc, char **argv);
#ifdef __cplusplus
}
#endif
#endif
