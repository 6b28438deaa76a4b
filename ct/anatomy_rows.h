/* A body's voxels on the CPU.  Internal to ct/anatomy*.c. */
#ifndef CT_ANATOMY_ROWS_H
#define CT_ANATOMY_ROWS_H
#include "kernels/anatomy/scene.h"
#ifdef __cplusplus
extern "C" {
#endif
/* job: nodes made.  The same for any number of threads. */
void anatomy_rows_fill(const struct anatomy_job *job);
#ifdef __cplusplus
}
#endif
#endif
