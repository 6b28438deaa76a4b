#ifndef EVAL_CMD_POOL_H
#define EVAL_CMD_POOL_H
#ifdef __cplusplus
extern "C" {
#endif
/* `xbmd pool`: evaluations of several hospitals, which shared no rows -> random effects across all their sites. */
int cmd_pool(int argc, char **argv);
#ifdef __cplusplus
}
#endif
#endif
