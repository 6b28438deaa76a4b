/* How much memory a run may still take: free RAM, the control group's and the process's limits. */
#ifndef HOST_RUN_RAM_H
#define HOST_RUN_RAM_H
#ifdef __cplusplus
extern "C" {
#endif
double ram_available_bytes(void); /* HUGE_VAL when nothing is known */
/* ERR_RESOURCE naming `what`, the need and what there is, before anything is allocated: "WHAT needs 12.3 GB
 * ..." */
int ram_check(double need_bytes, const char *what);
#ifdef __cplusplus
}
#endif
#endif
