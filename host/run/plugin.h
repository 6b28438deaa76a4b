/*
 * The border between the CUDA-free program and libxbmd_cuda.so: one table of functions, plain C, no CUDA types.
 * The program opens the plugin at run time and asks it for the table with plugin_open(); every call returns 0, or
 * -1 with a message in `why` of the table's last_error().  Memory addresses are device addresses.
 */
#ifndef HOST_RUN_PLUGIN_H
#define HOST_RUN_PLUGIN_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

enum { PLUGIN_ABI = 6 };
enum plugin_elem { PLUGIN_F32, PLUGIN_BF16 };
/* What becomes of a weight gradient: float that is written or added to, or written in the weights' storage. */
enum plugin_dweight { PLUGIN_DWEIGHT_WRITE, PLUGIN_DWEIGHT_ADD, PLUGIN_DWEIGHT_TERM };

struct plugin_device; /* one GPU: stream, loaded kernels, cuDNN handle */
struct plugin_conv;   /* the tuned plans of one convolution */
struct plugin_matmul; /* the plan of one batch of matrix products */

struct plugin_device_info {
	char name[64];
	int major, minor; /* compute capability */
	size_t memory_bytes;
};

/*
 * A convolution: activations (n, d, h, w, c), weights (cout, kd, kh, kw, cin / groups); pads with zeros, after the last
 * row as many as the output size takes.  Arrays are in the order d, h, w; of a 2-D one the first has size, kernel,
 * stride and dilation 1 and pad 0.  Output channel c reads the cin / groups inputs of its group, c / (cout / groups).
 */
struct plugin_conv_shape {
	int64_t n, cin, cout, groups;
	int64_t in[3], out[3]; /* sizes of the forward convolution's input and output */
	int64_t kernel[3], stride[3], pad[3], dilation[3];
	enum plugin_elem elem; /* of activations and weights */
};

/* C = op(A) op(B), `batch` times: A (m, k), B (k, n), C (m, n) by rows, one matrix after the other; a transposed factor
 * is stored as (k, m), (n, k).  Sums are in float. */
struct plugin_matmul_shape {
	int64_t batch, m, n, k;
	int transpose_a, transpose_b;
	int wide;              /* C is float whatever elem is */
	enum plugin_elem elem;
};

struct plugin_api {
	int abi; /* PLUGIN_ABI */
	const char *(*last_error)(void);
	const char *(*versions)(void); /* "CUDA 13.0, cuDNN 9.19.0, sm_80 sm_90" */
	int (*device_count)(int *count);
	int (*device_info)(int ordinal, struct plugin_device_info *info);
	int (*device_open)(struct plugin_device **device, int ordinal);
	void (*device_close)(struct plugin_device *device);
	int (*synchronize)(struct plugin_device *device);

	int (*memory_alloc)(struct plugin_device *device, void **address, size_t bytes);
	void (*memory_free)(struct plugin_device *device, void *address);
	int (*memory_available)(struct plugin_device *device, size_t *bytes); /* not yet allocated, by anyone */
	int (*memory_to_device)(struct plugin_device *device, void *to, const void *from, size_t bytes);
	int (*memory_to_host)(struct plugin_device *device, void *to, const void *from, size_t bytes);
	int (*memory_on_device)(struct plugin_device *device, void *to, const void *from, size_t bytes);
	int (*memory_zero)(struct plugin_device *device, void *address, size_t bytes);
	/* A block of pinned memory to fill, and its queued copy, which may happen after the call. */
	int (*staging_take)(struct plugin_device *device, void **host, size_t bytes);
	int (*staging_send)(struct plugin_device *device, void *to, const void *host, size_t bytes);

	/* Kernels by name (kernels/kernel.h): a map over n outputs, `groups` fixed-order sums of `count` terms, or those of
	 * every channel of every sample. */
	int (*launch_map)(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
		int64_t n);
	int (*launch_sum)(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
		int64_t groups, int64_t count);
	int (*launch_channel_sum)(struct plugin_device *device, const char *op, enum plugin_elem elem, const void *args,
		int64_t samples, int64_t channels, int64_t count);

	/* cuDNN.  workspace_bytes is what each of the three calls needs at most. */
	int (*conv_open)(struct plugin_device *device, struct plugin_conv **conv,
		const struct plugin_conv_shape *shape, size_t *workspace_bytes);
	void (*conv_close)(struct plugin_conv *conv);
	int (*conv_forward)(struct plugin_conv *conv, void *y, const void *x, const void *weight, void *workspace);
	int (*conv_backward_data)(struct plugin_conv *conv, void *dx, const void *dy, const void *weight,
		void *workspace);
	int (*conv_backward_weight)(struct plugin_conv *conv, void *dweight, const void *x, const void *dy,
		enum plugin_dweight how, void *workspace);

	/* cuBLASLt.  workspace_bytes is what a run needs. */
	int (*matmul_open)(struct plugin_device *device, struct plugin_matmul **matmul,
		const struct plugin_matmul_shape *shape, size_t *workspace_bytes);
	void (*matmul_close)(struct plugin_matmul *matmul); /* accepts NULL */
	int (*matmul_run)(struct plugin_matmul *matmul, void *c, const void *a, const void *b, void *workspace);

	/*
	 * Records the calls between begin and end into a graph of `nodes` that graph_launch() replays.  With branches a
	 * weight gradient runs beside what comes next; a line of kernels without takes the host a few microseconds to
	 * launch, whatever its length, anything else some 0.2 us a node (NVIDIA, "Constant time launch for straight-line
	 * CUDA graphs", 2024).
	 */
	int (*graph_begin)(struct plugin_device *device, int branches);
	int (*graph_end)(struct plugin_device *device, void **graph, size_t *nodes);
	int (*graph_launch)(struct plugin_device *device, void *graph);
	void (*graph_free)(void *graph);
};

/* The plugin's only exported symbol, and its type. */
typedef const struct plugin_api *(*plugin_open_fn)(void);
#define PLUGIN_OPEN_SYMBOL "plugin_open"

#ifdef __cplusplus
}
#endif
#endif
