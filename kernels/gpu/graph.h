/* A recorded sequence of calls, replayed with one launch. */
#ifndef KERNELS_GPU_GRAPH_H
#define KERNELS_GPU_GRAPH_H
#include "host/run/plugin.h"
int graph_begin(struct plugin_device *device, int branches);
int graph_end(struct plugin_device *device, void **graph, size_t *nodes);
int graph_launch(struct plugin_device *device, void *graph);
void graph_free(void *graph);
#endif
