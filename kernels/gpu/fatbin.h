/* The compiled kernels, carried inside the plugin: one fatbin (sm_80, sm_90, PTX for newer GPUs) a storage
 * type. */
#ifndef KERNELS_GPU_FATBIN_H
#define KERNELS_GPU_FATBIN_H
#include "host/run/plugin.h"
const void *fatbin_of(enum plugin_elem elem);
#endif
