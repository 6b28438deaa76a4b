/* What this program is. */
#ifndef HOST_RUN_VERSION_H
#define HOST_RUN_VERSION_H
#ifdef __cplusplus
extern "C" {
#endif
const char *version_number(void); /* "0.1.0" */
const char *version_commit(void); /* 12 hexadecimal digits, "unknown" outside a checkout */
const char *version_text(void);   /* "xbmd 0.1.0 (commit)" */
#ifdef __cplusplus
}
#endif
#endif
