/* A body and its voxels in a GPU's memory.  Internal to ct/anatomy*.c. */
#ifndef CT_ANATOMY_DEVICE_H
#define CT_ANATOMY_DEVICE_H
#include "host/run/memory.h"
#include "kernels/anatomy/scene.h"
#ifdef __cplusplus
extern "C" {
#endif
/* A copy of the body where a device's kernels read it; on the CPU it works too, for tests. */
struct anatomy_device {
	struct memory body, map[ANATOMY_PARTS]; /* map: distances of a body from a label map */
};
int anatomy_device_make(struct anatomy_device *d, const struct device *device, const struct anatomy *a);
void anatomy_device_free(struct anatomy_device *d);
/* By the kernels of kernels/anatomy_cells.h; job: body and target on the device, nodes made. */
int anatomy_device_fill(const struct anatomy_job *job, const struct device *device);
#ifdef __cplusplus
}
#endif
#endif
