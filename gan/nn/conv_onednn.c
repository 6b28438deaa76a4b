/*
 * Convolutions on the CPU through oneDNN: float, NHWC.  Our weights stay in (cout, kd, kh, kw, cin); each pass
 * reorders them into the layout its kernel prefers, which is cheap beside the convolution.  Primitives and
 * memory handles are made when the program is compiled; the library's scratch memory comes from the program's
 * workspace.
 *
 * The weight gradient is summed over threads by the library, so its last bits depend on the number of
 * threads.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/conv.h"
#include "gan/nn/onednn.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

enum { FORWARD, BACKWARD_DATA, BACKWARD_WEIGHT, PASSES };

struct pass {
	dnnl_primitive_t primitive, reorder; /* reorder: of the weights in, or of their gradient out */
	dnnl_memory_t weights, scratch;	     /* weights in the primitive's own layout */
	size_t weight_bytes, scratch_bytes;
};

struct conv_onednn {
	struct onednn *onednn;
	onednn_md x_md, w_md, any_md, y_md; /* any_md: the weights in any layout */
	dnnl_dims_t stride, pad, dilation;
	dnnl_memory_t x, w, y;
	struct pass pass[PASSES];
};

static void stop(void *context)
{
	onednn_stop(context);
}

static int start(void **context, const struct device *device)
{
	struct onednn *o;
	(void)device;
	int rc = onednn_start(&o);
	*context = o;
	return rc;
}

/* 3, or 2 where depth plays no part. */
static int n_axes(const struct plugin_conv_shape *s)
{
	return s->in[0] == 1 && s->out[0] == 1 && s->kernel[0] == 1 ? 2 : 3;
}

/* (n, c, sizes...), stored with the channels last. */
static int describe_tensor(onednn_md *md, int axes, int64_t n, int64_t c, const int64_t size[3])
{
	dnnl_dims_t dims = { n, c };
	memcpy(dims + 2, size + 3 - axes, (size_t)axes * sizeof(*dims));
	return onednn_describe(md, 2 + axes, dims, axes == 2 ? dnnl_nhwc : dnnl_ndhwc);
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
	const int n_dims = 3 + axes - first;
	if (onednn_describe(&c->w_md, n_dims, dims + first, tag) != 0)
		return -1;
	return onednn_describe(&c->any_md, n_dims, dims + first, dnnl_format_tag_any);
}

/* hint: the forward pass's descriptor, needed by the others. */
#if ONEDNN_3
static dnnl_status_t create(dnnl_primitive_desc_t *made, const struct conv_onednn *c, int pass,
	const_dnnl_primitive_attr_t attr, const_dnnl_primitive_desc_t hint)
{
	const dnnl_engine_t engine = c->onednn->engine;
	const onednn_md x = c->x_md, w = c->any_md, y = c->y_md;
	if (pass == FORWARD)
		return dnnl_convolution_forward_primitive_desc_create(made, engine, dnnl_forward_training,
			dnnl_convolution_direct, x, w, NULL, y, c->stride, c->dilation, c->pad, c->pad, attr);
	if (pass == BACKWARD_DATA)
		return dnnl_convolution_backward_data_primitive_desc_create(made, engine,
			dnnl_convolution_direct, x, w, y, c->stride, c->dilation, c->pad, c->pad, hint, attr);
	return dnnl_convolution_backward_weights_primitive_desc_create(made, engine, dnnl_convolution_direct, x,
		w, NULL, y, c->stride, c->dilation, c->pad, c->pad, hint, attr);
}
#else
static dnnl_status_t create(dnnl_primitive_desc_t *made, const struct conv_onednn *c, int pass,
	const_dnnl_primitive_attr_t attr, const_dnnl_primitive_desc_t hint)
{
	const onednn_md x = c->x_md, w = c->any_md, y = c->y_md;
	dnnl_convolution_desc_t d;
	dnnl_status_t status;
	if (pass == FORWARD)
		status = dnnl_dilated_convolution_forward_desc_init(&d, dnnl_forward_training,
			dnnl_convolution_direct, x, w, NULL, y, c->stride, c->dilation, c->pad, c->pad);
	else if (pass == BACKWARD_DATA)
		status = dnnl_dilated_convolution_backward_data_desc_init(
			&d, dnnl_convolution_direct, x, w, y, c->stride, c->dilation, c->pad, c->pad);
	else
		status = dnnl_dilated_convolution_backward_weights_desc_init(&d, dnnl_convolution_direct, x, w,
			NULL, y, c->stride, c->dilation, c->pad, c->pad);
	if (status != dnnl_success)
		return status;
	return dnnl_primitive_desc_create(made, &d, attr, c->onednn->engine, hint);
}
#endif

static int describe_pass(
	dnnl_primitive_desc_t *made, const struct conv_onednn *c, int pass, const_dnnl_primitive_desc_t hint)
{
	dnnl_primitive_attr_t attr = NULL;
	int rc = onednn_attributes(&attr);
	if (rc == 0)
		rc = onednn_check(create(made, c, pass, attr, hint), "convolution");
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
	const onednn_md w = dnnl_primitive_desc_query_md(
		pd, gradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
	const onednn_md scratch = dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
	TRY(onednn_check(dnnl_primitive_create(&p->primitive, pd), "convolution"));
	TRY(onednn_memory(&p->scratch, c->onednn, scratch));
	p->scratch_bytes = onednn_bytes(scratch);
	if (gradient || !dnnl_memory_desc_equal(w, c->w_md)) {
		TRY(onednn_memory(&p->weights, c->onednn, w));
		p->weight_bytes = onednn_bytes(w);
		TRY(onednn_reorder(&p->reorder, c->onednn, gradient ? w : c->w_md, gradient ? c->w_md : w,
			gradient && adds));
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
	onednn_md_free(c->x_md);
	onednn_md_free(c->w_md);
	onednn_md_free(c->any_md);
	onednn_md_free(c->y_md);
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
	TRY(onednn_memory(&c->x, c->onednn, c->x_md));
	TRY(onednn_memory(&c->w, c->onednn, c->w_md));
	TRY(onednn_memory(&c->y, c->onednn, c->y_md));
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
	c->onednn = context;
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

static int reorder(
	const struct conv_onednn *c, dnnl_primitive_t primitive, dnnl_memory_t from, dnnl_memory_t to)
{
	const dnnl_exec_arg_t args[] = { { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } };
	return onednn_check(dnnl_primitive_execute(primitive, c->onednn->stream, 2, args), "reorder");
}

static int run(struct conv_onednn *c, int pass, const void *x, const void *w, const void *y, char *workspace)
{
	struct pass *p = &c->pass[pass];
	const bool gradient = pass == BACKWARD_WEIGHT, data = pass == BACKWARD_DATA;
	if (!p->primitive)
		BUG("convolution pass %d was not planned", pass);
	if (onednn_bind(c->x, x) != 0 || onednn_bind(c->w, w) != 0 || onednn_bind(c->y, y) != 0 ||
		onednn_bind(p->scratch, workspace + p->weight_bytes) != 0)
		return -1;
	if (p->reorder && onednn_bind(p->weights, workspace) != 0)
		return -1;
	if (p->reorder && !gradient && reorder(c, p->reorder, c->w, p->weights) != 0)
		return -1;
	const dnnl_exec_arg_t args[] = {
		{ data ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, c->x },
		{ gradient ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, p->reorder ? p->weights : c->w },
		{ pass == FORWARD ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, c->y },
		{ DNNL_ARG_SCRATCHPAD, p->scratch },
	};
	if (onednn_check(dnnl_primitive_execute(p->primitive, c->onednn->stream, 4, args), "convolution") != 0)
		return -1;
	if (gradient && reorder(c, p->reorder, p->weights, c->w) != 0)
		return -1;
	return onednn_check(dnnl_stream_wait(c->onednn->stream), "wait");
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
