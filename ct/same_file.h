/* Whether two names are one file, so that --force never overwrites an input. */
#ifndef CT_SAME_FILE_H
#define CT_SAME_FILE_H
#ifdef __cplusplus
extern "C" {
#endif
/* ERR_USAGE when both exist and are the same file; NULL names are no file. */
int same_file_refuse(const char *output, const char *input);
#ifdef __cplusplus
}
#endif
#endif
