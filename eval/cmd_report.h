#ifndef EVAL_CMD_REPORT_H
#define EVAL_CMD_REPORT_H
#ifdef __cplusplus
extern "C" {
#endif
/* `xbmd report`: the folder that `xbmd evaluate` wrote -> one self-contained HTML page. */
int cmd_report(int argc, char **argv);
#ifdef __cplusplus
}
#endif
#endif
