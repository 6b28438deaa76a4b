/*
 * oneDNN in a few words, for the operators that use it.  2.x and 3.x differ in how memory is described and
 * primitives are made: ONEDNN_3 chooses.  Functions return 0, or -1 with the error set.
 */
#ifndef GAN_NN_ONEDNN_H
#define GAN_NN_ONEDNN_H
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stddef.h>

#if DNNL_VERSION_MAJOR >= 3
#define ONEDNN_3 1
typedef const_dnnl_memory_desc_t onednn_md;
#else
#define ONEDNN_3 0
typedef const dnnl_memory_desc_t *onednn_md;
#endif

/* One serves all operators of a network. */
struct onednn {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
};
int onednn_start(struct onednn **made);
void onednn_stop(struct onednn *o); /* accepts NULL */

int onednn_check(dnnl_status_t status, const char *what);
/* Float tensors; freed by onednn_md_free(), which accepts NULL. */
int onednn_describe(onednn_md *md, int n_dims, const dnnl_dims_t dims, dnnl_format_tag_t tag);
int onednn_describe_strided(onednn_md *md, int n_dims, const dnnl_dims_t dims, const dnnl_dims_t strides);
void onednn_md_free(onednn_md md);
size_t onednn_bytes(onednn_md md); /* rounded up to whole cache lines */
/* Memory without an address; onednn_bind() gives it one. */
int onednn_memory(dnnl_memory_t *memory, const struct onednn *o, onednn_md md);
int onednn_bind(dnnl_memory_t memory, const void *at);
/* Attributes of a primitive whose scratch memory the caller brings. */
int onednn_attributes(dnnl_primitive_attr_t *attr);
/* Copies between layouts; adding: to += from. */
int onednn_reorder(dnnl_primitive_t *reorder, const struct onednn *o, onednn_md from, onednn_md to, bool adding);
#endif
