#include "gan/nn/onednn.h"

#include <oneapi/dnnl/dnnl_debug.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/run/err.h"

enum { LINE = 64 };

int onednn_check(dnnl_status_t status, const char *what)
{
	return status == dnnl_success ? 0 : ERR("oneDNN %s: %s", what, dnnl_status2str(status));
}

void onednn_stop(struct onednn *o)
{
	if (o) {
		dnnl_stream_destroy(o->stream);
		dnnl_engine_destroy(o->engine);
	}
	free(o);
}

int onednn_start(struct onednn **made)
{
	struct onednn *o = alloc_grow(NULL, 1, sizeof(*o));
	memset(o, 0, sizeof(*o));
	*made = NULL;
	if (onednn_check(dnnl_engine_create(&o->engine, dnnl_cpu, 0), "engine") != 0 ||
		onednn_check(dnnl_stream_create(&o->stream, o->engine, dnnl_stream_default_flags),
			"stream") != 0) {
		onednn_stop(o);
		return -1;
	}
	*made = o;
	return 0;
}

#if ONEDNN_3
static int describe(onednn_md *md, int n, const dnnl_dims_t dims, dnnl_format_tag_t tag, const int64_t *strides)
{
	dnnl_memory_desc_t made = NULL;
	dnnl_status_t status = strides ? dnnl_memory_desc_create_with_strides(&made, n, dims, dnnl_f32, strides)
				       : dnnl_memory_desc_create_with_tag(&made, n, dims, dnnl_f32, tag);
	*md = made;
	return onednn_check(status, "memory descriptor");
}

void onednn_md_free(onednn_md md)
{
	if (md)
		dnnl_memory_desc_destroy((dnnl_memory_desc_t)(uintptr_t)md);
}
#else
static int describe(onednn_md *md, int n, const dnnl_dims_t dims, dnnl_format_tag_t tag, const int64_t *strides)
{
	dnnl_memory_desc_t *made = alloc_grow(NULL, 1, sizeof(*made));
	dnnl_status_t status = strides ? dnnl_memory_desc_init_by_strides(made, n, dims, dnnl_f32, strides)
				       : dnnl_memory_desc_init_by_tag(made, n, dims, dnnl_f32, tag);
	*md = made;
	return onednn_check(status, "memory descriptor");
}

void onednn_md_free(onednn_md md)
{
	free((void *)(uintptr_t)md);
}
#endif

int onednn_describe(onednn_md *md, int n_dims, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
	return describe(md, n_dims, dims, tag, NULL);
}

int onednn_describe_strided(onednn_md *md, int n_dims, const dnnl_dims_t dims, const dnnl_dims_t strides)
{
	return describe(md, n_dims, dims, dnnl_format_tag_undef, strides);
}

size_t onednn_bytes(onednn_md md)
{
	return (dnnl_memory_desc_get_size(md) + LINE - 1) / LINE * LINE;
}

int onednn_memory(dnnl_memory_t *memory, const struct onednn *o, onednn_md md)
{
	return onednn_check(dnnl_memory_create(memory, md, o->engine, DNNL_MEMORY_NONE), "memory");
}

int onednn_bind(dnnl_memory_t memory, const void *at)
{
	return onednn_check(dnnl_memory_set_data_handle(memory, (void *)(uintptr_t)at), "data handle");
}

int onednn_attributes(dnnl_primitive_attr_t *attr)
{
	if (onednn_check(dnnl_primitive_attr_create(attr), "attributes") != 0)
		return -1;
	return onednn_check(
		dnnl_primitive_attr_set_scratchpad_mode(*attr, dnnl_scratchpad_mode_user), "scratchpad mode");
}

static dnnl_status_t append_sum(dnnl_post_ops_t post)
{
#if ONEDNN_3
	return dnnl_post_ops_append_sum(post, 1, 0, dnnl_data_type_undef);
#else
	return dnnl_post_ops_append_sum(post, 1);
#endif
}

int onednn_reorder(dnnl_primitive_t *reorder, const struct onednn *o, onednn_md from, onednn_md to, bool adding)
{
	dnnl_primitive_attr_t attr = NULL;
	dnnl_post_ops_t post = NULL;
	dnnl_primitive_desc_t pd = NULL;
	int rc = -1;
	TRY(onednn_check(dnnl_primitive_attr_create(&attr), "attributes"));
	if (adding) {
		TRY(onednn_check(dnnl_post_ops_create(&post), "post-ops"));
		TRY(onednn_check(append_sum(post), "sum"));
		TRY(onednn_check(dnnl_primitive_attr_set_post_ops(attr, post), "post-ops"));
	}
	TRY(onednn_check(
		dnnl_reorder_primitive_desc_create(&pd, from, o->engine, to, o->engine, attr), "reorder"));
	TRY(onednn_check(dnnl_primitive_create(reorder, pd), "reorder"));
	rc = 0;
cleanup:
	if (pd)
		dnnl_primitive_desc_destroy(pd);
	if (post)
		dnnl_post_ops_destroy(post);
	if (attr)
		dnnl_primitive_attr_destroy(attr);
	return rc;
}
