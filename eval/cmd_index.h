#ifndef EVAL_CMD_INDEX_H
#define EVAL_CMD_INDEX_H
#ifdef __cplusplus
extern "C" {
#endif
/* `xbmd index`: a study's films, DXA, pairs, exclusions and folds, as an SQLite file that can be made again any time. */
int cmd_index(int argc, char **argv);
#ifdef __cplusplus
}
#endif
#endif
