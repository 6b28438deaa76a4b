/*
 * Where an operation runs.  Always passed, never global.
 *
 * Three backends share one set of kernels: `ref` computes on the CPU in double and is the oracle, `cpu` in float
 * with OpenMP, `cuda:N` in float over float or bfloat16 storage through the plugin.
 */
#ifndef HOST_RUN_DEVICE_H
#define HOST_RUN_DEVICE_H
#include <stdbool.h>
#include <stddef.h>
#include "host/run/plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

enum device_kind { DEVICE_CPU, DEVICE_CUDA };
enum device_elem { DEVICE_F32, DEVICE_F64, DEVICE_BF16 }; /* how tensors are stored */

struct device {
	enum device_kind kind;
	enum device_elem elem;
	char name[96];                    /* "cpu", "ref", "cuda:0 NVIDIA H200" */
	const struct plugin_api *plugin;  /* NULL on the CPU */
	struct plugin_device *handle;     /* the plugin's own, NULL on the CPU */
};

/*
 * spec: "cpu", "ref", "cuda:N" or "auto" (cuda:0 if there is one, else cpu).
 * A GPU that is asked for and absent is ERR_RESOURCE, with the reason in the message.
 */
int device_open(struct device *device, const char *spec);
void device_close(struct device *device);
/* The same device with another storage type (shares the handle; do not close it). */
struct device device_as(const struct device *device, enum device_elem elem);
size_t device_elem_bytes(enum device_elem elem);
int device_synchronize(const struct device *device);

/* Why there is no GPU plugin ("" when it is loaded); loads it on first use. */
const char *device_plugin_reason(void);
const struct plugin_api *device_plugin(void);

#ifdef __cplusplus
}
#endif
#endif
