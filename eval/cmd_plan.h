#ifndef EVAL_CMD_PLAN_H
#define EVAL_CMD_PLAN_H
#ifdef __cplusplus
extern "C" {
#endif
/* `xbmd plan`: how many rows and patients a validation study needs. */
int cmd_plan(int argc, char **argv);
#ifdef __cplusplus
}
#endif
#endif
