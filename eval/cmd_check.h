#ifndef EVAL_CMD_CHECK_H
#define EVAL_CMD_CHECK_H
#ifdef __cplusplus
extern "C" {
#endif
/* `xbmd check`: everything that is wrong with a study, as a table on stdout; exit code 4 when there is an error. */
int cmd_check(int argc, char **argv);
#ifdef __cplusplus
}
#endif
#endif
