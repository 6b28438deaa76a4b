/* Stop signals: the first asks the running step to finish and save (exit 75), the second ends at once. */
#ifndef HOST_RUN_SIGNAL_H
#define HOST_RUN_SIGNAL_H
#include <stdbool.h>
#ifdef __cplusplus
extern "C" {
#endif
void signal_install(void);         /* TERM, INT, HUP, USR1 = stop; USR2 = save and go on */
bool signal_stop_requested(void);
bool signal_save_requested(void);  /* true once per USR2 */
#ifdef __cplusplus
}
#endif
#endif
