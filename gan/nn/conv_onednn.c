/*
 * Convolutions on the CPU through oneDNN: float, NHWC.  Our weights stay in (cout, kd, kh, kw, cin); each pass
 * reorders them into the layout its kernel prefers, which is cheap beside the convolution.  Primitives and
 * memory handles are made when the program is compiled; the library's scratch memory comes from the program's
 * workspace.
 *
 * The weight gradient is summed over threads by the library, so its last bits depend on the number of
 * threads.
 */
#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/conv.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

#if DNNL_VERSION_MAJOR != 2
#error "oneDNN 2.x is needed: 3.x made other descriptors"
#endif

enum { FORWARD, BACKWARD_DATA, BACKWARD_WEIGHT, PASSES };
enum { ALIGN = 64 };

struct context {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
};

struct pass {
	dnnl_primitive_t primitive, reorder; /* reorder: of the weights in, or of their gradient out */
	dnnl_memory_t weights, scratch;	     /* weights in the primitive's own layout */
	size_t weight_bytes, scratch_bytes;
};

struct conv_onednn {
	struct context *context;
	dnnl_memory_desc_t x_md, w_md, any_md, y_md; /* any_md: the weights in any layout */
	dnnl_dims_t stride, pad, dilation;
	dnnl_memory_t x, w, y;
	struct pass pass[PASSES];
};

static int check(dnnl_status_t status, const char *what)
{
	return status == dnnl_success ? 0 : ERR("oneDNN %s: %s", what, dnnl_status2str(status));
}

static void stop(void *context)
{
	struct context *c = context;
	if (c) {
		dnnl_stream_destroy(c->stream);
		dnnl_engine_destroy(c->engine);
	}
	free(c);
}

static int start(void **context, const struct device *device)
{
	(void)device;
	struct context *c = alloc_grow(NULL, 1, sizeof(*c));
	memset(c, 0, sizeof(*c));
	if (check(dnnl_engine_create(&c->engine, dnnl_cpu, 0), "engine") != 0 ||
		check(dnnl_stream_create(&c->stream, c->engine, dnnl_stream_default_flags), "stream") != 0) {
		stop(c);
		return -1;
	}
	*context = c;
	return 0;
}

static size_t padded(size_t bytes)
{
	return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

/* 3, or 2 where depth plays no part. */
static int n_axes(const struct plugin_conv_shape *s)
{
	return s->in[0] == 1 && s->out[0] == 1 && s->kernel[0] == 1 ? 2 : 3;
}

static int describe(dnnl_memory_desc_t *md, int n, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
	return check(dnnl_memory_desc_init_by_tag(md, n, dims, dnnl_f32, tag), "memory descriptor");
}

/* (n, c, sizes...), stored with the channels last. */
static int describe_tensor(dnnl_memory_desc_t *md, int axes, int64_t n, int64_t c, const int64_t size[3])
{
	dnnl_dims_t dims = { n, c };
	memcpy(dims + 2, size + 3 - axes, (size_t)axes * sizeof(*dims));
	return describe(md, 2 + axes, dims, axes == 2 ? dnnl_nhwc : dnnl_ndhwc);
}

/* ([groups,] cout, cin, kernel...); ours stored with the input channels last. */
static int describe_weights(struct conv_onednn *c, int axes, const struct plugin_conv_shape *s)
{
	dnnl_dims_t dims = { s->groups, s->cout / s->groups, s->cin / s->groups };
	dnnl_format_tag_t tag = axes == 2 ? dnnl_gohwi : dnnl_godhwi;
	int first = 0;
	memcpy(dims + 3, s->kernel + 3 - axes, (size_t)axes * sizeof(*dims));
	if (s->groups == 1) {
		first = 1;
		tag = axes == 2 ? dnnl_ohwi : dnnl_odhwi;
	}
	if (describe(&c->w_md, 3 + axes - first, dims + first, tag) != 0)
		return -1;
	return describe(&c->any_md, 3 + axes - first, dims + first, dnnl_format_tag_any);
}

static int make_memory(dnnl_memory_t *memory, const struct conv_onednn *c, const dnnl_memory_desc_t *md)
{
	return check(dnnl_memory_create(memory, md, c->context->engine, DNNL_MEMORY_NONE), "memory");
}

/* The descriptor of one pass; hint: the forward pass's, needed by the others. */
static int describe_pass(
	dnnl_primitive_desc_t *made, const struct conv_onednn *c, int pass, const_dnnl_primitive_desc_t hint)
{
	const dnnl_memory_desc_t *x = &c->x_md, *w = &c->any_md, *y = &c->y_md;
	dnnl_convolution_desc_t d;
	dnnl_primitive_attr_t attr = NULL;
	dnnl_status_t status;
	if (pass == FORWARD)
		status = dnnl_dilated_convolution_forward_desc_init(&d, dnnl_forward_training,
			dnnl_convolution_direct, x, w, NULL, y, c->stride, c->dilation, c->pad,
			c->pad);
	else if (pass == BACKWARD_DATA)
		status = dnnl_dilated_convolution_backward_data_desc_init(
			&d, dnnl_convolution_direct, x, w, y, c->stride, c->dilation, c->pad, c->pad);
	else
		status = dnnl_dilated_convolution_backward_weights_desc_init(
			&d, dnnl_convolution_direct, x, w, NULL, y, c->stride, c->dilation, c->pad,
			c->pad);
	int rc = -1;
	TRY(check(status, "convolution descriptor"));
	TRY(check(dnnl_primitive_attr_create(&attr), "attributes"));
	TRY(check(
		dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user), "scratchpad mode"));
	TRY(check(dnnl_primitive_desc_create(made, &d, attr, c->context->engine, hint), "convolution"));
	rc = 0;
cleanup:
	if (attr)
		dnnl_primitive_attr_destroy(attr);
	return rc;
}

/* The weights into the pass's layout, or (adding) their gradient out of it. */
static int make_reorder(dnnl_primitive_t *reorder, const struct conv_onednn *c,
	const dnnl_memory_desc_t *from, const dnnl_memory_desc_t *to, bool adding)
{
	dnnl_primitive_attr_t attr = NULL;
	dnnl_post_ops_t post = NULL;
	dnnl_primitive_desc_t pd = NULL;
	dnnl_engine_t engine = c->context->engine;
	int rc = -1;
	TRY(check(dnnl_primitive_attr_create(&attr), "attributes"));
	if (adding) {
		TRY(check(dnnl_post_ops_create(&post), "post-ops"));
		TRY(check(dnnl_post_ops_append_sum(post, 1), "sum"));
		TRY(check(dnnl_primitive_attr_set_post_ops(attr, post), "post-ops"));
	}
	TRY(check(dnnl_reorder_primitive_desc_create(&pd, from, engine, to, engine, attr), "reorder"));
	TRY(check(dnnl_primitive_create(reorder, pd), "reorder"));
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

static int make_pass(struct conv_onednn *c, int pass, const_dnnl_primitive_desc_t hint, bool adds)
{
	struct pass *p = &c->pass[pass];
	dnnl_primitive_desc_t pd = NULL;
	const bool gradient = pass == BACKWARD_WEIGHT;
	int rc = -1;
	TRY(describe_pass(&pd, c, pass, hint));
	const dnnl_memory_desc_t *w = dnnl_primitive_desc_query_md(
		pd, gradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
	const dnnl_memory_desc_t *scratch = dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
	TRY(check(dnnl_primitive_create(&p->primitive, pd), "convolution"));
	TRY(make_memory(&p->scratch, c, scratch));
	p->scratch_bytes = padded(dnnl_memory_desc_get_size(scratch));
	if (gradient || !dnnl_memory_desc_equal(w, &c->w_md)) {
		TRY(make_memory(&p->weights, c, w));
		p->weight_bytes = padded(dnnl_memory_desc_get_size(w));
		TRY(make_reorder(&p->reorder, c, gradient ? w : &c->w_md, gradient ? &c->w_md : w, gradient && adds));
	}
	rc = 0;
cleanup:
	if (pd)
		dnnl_primitive_desc_destroy(pd);
	return rc;
}

static void close_conv(void *conv)
{
	struct conv_onednn *c = conv;
	if (!c)
		return;
	for (int i = 0; i < PASSES; i++) {
		dnnl_primitive_destroy(c->pass[i].primitive);
		dnnl_primitive_destroy(c->pass[i].reorder);
		dnnl_memory_destroy(c->pass[i].weights);
		dnnl_memory_destroy(c->pass[i].scratch);
	}
	dnnl_memory_destroy(c->x);
	dnnl_memory_destroy(c->w);
	dnnl_memory_destroy(c->y);
	free(c);
}

static int make(struct conv_onednn *c, const struct plugin_conv_shape *s, unsigned passes)
{
	dnnl_primitive_desc_t hint = NULL;
	int rc = -1;
	const int axes = n_axes(s);
	for (int i = 0; i < axes; i++) {
		c->stride[i] = s->stride[3 - axes + i];
		c->pad[i] = s->pad[3 - axes + i];
		c->dilation[i] = s->dilation[3 - axes + i] - 1;
	}
	TRY(describe_tensor(&c->x_md, axes, s->n, s->cin, s->in));
	TRY(describe_weights(c, axes, s));
	TRY(describe_tensor(&c->y_md, axes, s->n, s->cout, s->out));
	TRY(make_memory(&c->x, c, &c->x_md));
	TRY(make_memory(&c->w, c, &c->w_md));
	TRY(make_memory(&c->y, c, &c->y_md));
	TRY(describe_pass(&hint, c, FORWARD, NULL));
	for (int i = 0; i < PASSES; i++)
		if (passes >> i & 1)
			TRY(make_pass(c, i, hint, !(passes & CONV_WEIGHT_WRITES)));
	rc = 0;
cleanup:
	if (hint)
		dnnl_primitive_desc_destroy(hint);
	return rc;
}

static int open_conv(void **conv, void *context, const struct plugin_conv_shape *shape, unsigned passes,
	size_t *workspace_bytes)
{
	struct conv_onednn *c = alloc_grow(NULL, 1, sizeof(*c));
	memset(c, 0, sizeof(*c));
	c->context = context;
	if (make(c, shape, passes) != 0) {
		close_conv(c);
		return err_prefix("convolution of %lldx%lldx%lldx%lldx%lld to %lld channels",
			(long long)shape->n, (long long)shape->in[0], (long long)shape->in[1],
			(long long)shape->in[2], (long long)shape->cin, (long long)shape->cout);
	}
	*workspace_bytes = 0;
	for (int i = 0; i < PASSES; i++) {
		size_t bytes = c->pass[i].weight_bytes + c->pass[i].scratch_bytes;
		*workspace_bytes = bytes > *workspace_bytes ? bytes : *workspace_bytes;
	}
	*conv = c;
	return 0;
}

static int bind(dnnl_memory_t memory, const void *at)
{
	return check(dnnl_memory_set_data_handle(memory, (void *)(uintptr_t)at), "data handle");
}

static int reorder(
	const struct conv_onednn *c, dnnl_primitive_t primitive, dnnl_memory_t from, dnnl_memory_t to)
{
	const dnnl_exec_arg_t args[] = { { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } };
	return check(dnnl_primitive_execute(primitive, c->context->stream, 2, args), "reorder");
}

static int run(struct conv_onednn *c, int pass, const void *x, const void *w, const void *y, char *workspace)
{
	struct pass *p = &c->pass[pass];
	const bool gradient = pass == BACKWARD_WEIGHT, data = pass == BACKWARD_DATA;
	if (!p->primitive)
		BUG("convolution pass %d was not planned", pass);
	if (bind(c->x, x) != 0 || bind(c->w, w) != 0 || bind(c->y, y) != 0 ||
		bind(p->scratch, workspace + p->weight_bytes) != 0)
		return -1;
	if (p->reorder && bind(p->weights, workspace) != 0)
		return -1;
	if (p->reorder && !gradient && reorder(c, p->reorder, c->w, p->weights) != 0)
		return -1;
	const dnnl_exec_arg_t args[] = {
		{ data ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, c->x },
		{ gradient ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, p->reorder ? p->weights : c->w },
		{ pass == FORWARD ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, c->y },
		{ DNNL_ARG_SCRATCHPAD, p->scratch },
	};
	if (check(dnnl_primitive_execute(p->primitive, c->context->stream, 4, args), "convolution") != 0)
		return -1;
	if (gradient && reorder(c, p->reorder, p->weights, c->w) != 0)
		return -1;
	return check(dnnl_stream_wait(c->context->stream), "wait");
}

static int forward(void *conv, void *y, const void *x, const void *weight, void *workspace)
{
	return run(conv, FORWARD, x, weight, y, workspace);
}

static int backward_data(void *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	return run(conv, BACKWARD_DATA, dx, weight, dy, workspace);
}

static int backward_weight(void *conv, void *dweight, const void *x, const void *dy, void *workspace)
{
	return run(conv, BACKWARD_WEIGHT, x, dweight, dy, workspace);
}

const struct conv_backend conv_onednn = {
	.start = start,
	.stop = stop,
	.open = open_conv,
	.close = close_conv,
	.forward = forward,
	.backward_data = backward_data,
	.backward_weight = backward_weight,
	.writes_weight = true,
};
