/*
 * Convolutions on the CPU through oneDNN: float, NHWC.  Our weights stay in (cout, kd, kh, kw, cin); each pass
 * reorders them into the layout its kernel prefers, which is cheap beside the convolution.  Primitives and
 * memory handles are made when the program is compiled; the library's scratch memory comes from the program's
 * workspace.
 *
 * Large 3x3 convolutions go by Winograd's algorithm, F(4x4, 3x3), where the library has it (oneDNN 2, AVX-512): 36 products
 * for 144, two to three times as fast although it wants tensors in a layout of its own and they are reordered before and
 * after.  Its results differ from the direct sum's by 1e-6 to 3e-6 (relative L2) where those differ from the exact ones by
 * 3e-7.  Which algorithm a convolution takes depends on its
 * shape, the passes wanted and the processor.
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
enum { X, W, Y, TENSORS };

/* A tensor as a pass takes it. */
struct part {
	dnnl_memory_t memory;	  /* in the primitive's own layout; NULL where that is ours */
	dnnl_primitive_t reorder; /* of an input in, or of the output out */
	size_t bytes;
};
struct pass {
	dnnl_primitive_t primitive;
	struct part part[TENSORS];
	dnnl_memory_t scratch;
	size_t scratch_bytes;
};
/* Tensors of a convolution in some layout. */
struct layouts {
	onednn_md md[TENSORS];
};

struct conv_onednn {
	struct onednn *onednn;
	struct layouts ours, any; /* any: left to the primitive */
	dnnl_dims_t stride, pad, dilation;
	dnnl_memory_t memory[TENSORS];
	struct pass pass[PASSES];
	bool winograd;
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
static int describe_tensor(struct conv_onednn *c, int t, int axes, int64_t n, int64_t channels, const int64_t size[3])
{
	dnnl_dims_t dims = { n, channels };
	memcpy(dims + 2, size + 3 - axes, (size_t)axes * sizeof(*dims));
	if (onednn_describe(&c->ours.md[t], 2 + axes, dims, axes == 2 ? dnnl_nhwc : dnnl_ndhwc) != 0)
		return -1;
	return onednn_describe(&c->any.md[t], 2 + axes, dims, dnnl_format_tag_any);
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
	if (onednn_describe(&c->ours.md[W], n_dims, dims + first, tag) != 0)
		return -1;
	return onednn_describe(&c->any.md[W], n_dims, dims + first, dnnl_format_tag_any);
}

static int output_of(int pass)
{
	return pass == FORWARD ? Y : pass == BACKWARD_DATA ? X : W;
}

/* Where Winograd's algorithm takes half the time in all three passes, reorders included: enough tiles of 4 x 4 pixels, and
 * channels enough to make their products large matrices.  Below that its coarser rounding buys little. */
static bool winograd_pays(const struct plugin_conv_shape *s)
{
	const int64_t pixels = s->n * s->out[1] * s->out[2], channels = s->cin < s->cout ? s->cin : s->cout;
	for (int k = 0; k < 3; k++)
		if (s->kernel[k] != (k == 0 ? 1 : 3) || s->stride[k] != 1 || s->dilation[k] != 1)
			return false;
	return s->groups == 1 && s->in[0] == 1 && (pixels >= 2048 ? channels >= 48 : pixels >= 1024 && channels >= 96);
}

/* hint: the forward pass's descriptor, needed by the others. */
#if ONEDNN_3
static dnnl_status_t create(dnnl_primitive_desc_t *made, const struct conv_onednn *c, int pass, bool winograd,
	const_dnnl_primitive_attr_t attr, const_dnnl_primitive_desc_t hint)
{
	const dnnl_engine_t engine = c->onednn->engine;
	const dnnl_alg_kind_t how = winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
	const struct layouts *l = winograd ? &c->any : &c->ours;
	const onednn_md x = l->md[X], w = c->any.md[W], y = l->md[Y];
	if (pass == FORWARD)
		return dnnl_convolution_forward_primitive_desc_create(made, engine, dnnl_forward_training, how, x, w,
			NULL, y, c->stride, c->dilation, c->pad, c->pad, attr);
	if (pass == BACKWARD_DATA)
		return dnnl_convolution_backward_data_primitive_desc_create(
			made, engine, how, x, w, y, c->stride, c->dilation, c->pad, c->pad, hint, attr);
	return dnnl_convolution_backward_weights_primitive_desc_create(
		made, engine, how, x, w, NULL, y, c->stride, c->dilation, c->pad, c->pad, hint, attr);
}
#else
static dnnl_status_t create(dnnl_primitive_desc_t *made, const struct conv_onednn *c, int pass, bool winograd,
	const_dnnl_primitive_attr_t attr, const_dnnl_primitive_desc_t hint)
{
	const dnnl_alg_kind_t how = winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
	const struct layouts *l = winograd ? &c->any : &c->ours;
	const onednn_md x = l->md[X], w = c->any.md[W], y = l->md[Y];
	dnnl_convolution_desc_t d;
	dnnl_status_t status;
	if (pass == FORWARD)
		status = dnnl_dilated_convolution_forward_desc_init(
			&d, dnnl_forward_training, how, x, w, NULL, y, c->stride, c->dilation, c->pad, c->pad);
	else if (pass == BACKWARD_DATA)
		status = dnnl_dilated_convolution_backward_data_desc_init(
			&d, how, x, w, y, c->stride, c->dilation, c->pad, c->pad);
	else
		status = dnnl_dilated_convolution_backward_weights_desc_init(
			&d, how, x, w, NULL, y, c->stride, c->dilation, c->pad, c->pad);
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
		rc = onednn_check(create(made, c, pass, c->winograd, attr, hint), "convolution");
	if (attr)
		dnnl_primitive_attr_destroy(attr);
	return rc;
}

/* Whether the library has all of the wanted passes by Winograd's algorithm on this processor. */
static bool has_winograd(const struct conv_onednn *c, unsigned passes)
{
	dnnl_primitive_desc_t pd[PASSES] = { NULL };
	dnnl_primitive_attr_t attr = NULL;
	bool has = onednn_attributes(&attr) == 0;
	for (int i = 0; i < PASSES && has; i++)
		if (i == FORWARD || (passes >> i & 1))
			has = create(&pd[i], c, i, true, attr, pd[FORWARD]) == dnnl_success;
	for (int i = 0; i < PASSES; i++)
		if (pd[i])
			dnnl_primitive_desc_destroy(pd[i]);
	if (attr)
		dnnl_primitive_attr_destroy(attr);
	return has;
}

/* Tensor t of a pass, where the primitive wants it otherwise than we store it; always where a gradient is added. */
static int make_part(struct conv_onednn *c, int pass, int t, const_dnnl_primitive_desc_t pd, bool adds)
{
	static const dnnl_query_t query[PASSES][TENSORS] = {
		[FORWARD] = { dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md },
		[BACKWARD_DATA] = { dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md },
		[BACKWARD_WEIGHT] = { dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md },
	};
	struct part *part = &c->pass[pass].part[t];
	const onednn_md md = dnnl_primitive_desc_query_md(pd, query[pass][t], 0), ours = c->ours.md[t];
	const bool made = t == output_of(pass);
	if (dnnl_memory_desc_equal(md, ours) && !(made && adds))
		return 0;
	if (onednn_memory(&part->memory, c->onednn, md) != 0)
		return -1;
	part->bytes = onednn_bytes(md);
	return onednn_reorder(&part->reorder, c->onednn, made ? md : ours, made ? ours : md, made && adds);
}

static int make_pass(struct conv_onednn *c, int pass, const_dnnl_primitive_desc_t hint, bool adds)
{
	struct pass *p = &c->pass[pass];
	dnnl_primitive_desc_t pd = NULL;
	int rc = -1;
	TRY(describe_pass(&pd, c, pass, hint));
	const onednn_md scratch = dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
	TRY(onednn_check(dnnl_primitive_create(&p->primitive, pd), "convolution"));
	TRY(onednn_memory(&p->scratch, c->onednn, scratch));
	p->scratch_bytes = onednn_bytes(scratch);
	for (int t = 0; t < TENSORS; t++)
		TRY(make_part(c, pass, t, pd, pass == BACKWARD_WEIGHT && adds));
	rc = 0;
cleanup:
	if (pd)
		dnnl_primitive_desc_destroy(pd);
	return rc;
}

static void close_pass(struct pass *p)
{
	dnnl_primitive_destroy(p->primitive);
	dnnl_memory_destroy(p->scratch);
	for (int t = 0; t < TENSORS; t++) {
		dnnl_primitive_destroy(p->part[t].reorder);
		dnnl_memory_destroy(p->part[t].memory);
	}
}

static void close_conv(void *conv)
{
	struct conv_onednn *c = conv;
	if (!c)
		return;
	for (int i = 0; i < PASSES; i++)
		close_pass(&c->pass[i]);
	for (int t = 0; t < TENSORS; t++) {
		dnnl_memory_destroy(c->memory[t]);
		onednn_md_free(c->ours.md[t]);
		onednn_md_free(c->any.md[t]);
	}
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
	TRY(describe_tensor(c, X, axes, s->n, s->cin, s->in));
	TRY(describe_weights(c, axes, s));
	TRY(describe_tensor(c, Y, axes, s->n, s->cout, s->out));
	for (int t = 0; t < TENSORS; t++)
		TRY(onednn_memory(&c->memory[t], c->onednn, c->ours.md[t]));
	c->winograd = winograd_pays(s) && has_winograd(c, passes);
	TRY(describe_pass(&hint, c, FORWARD, NULL));
	for (int i = 0; i < PASSES; i++)
		if (passes >> i & 1)
			TRY(make_pass(c, i, hint, passes & CONV_WEIGHT_ADDS));
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
		const struct pass *p = &c->pass[i];
		const size_t bytes = p->part[X].bytes + p->part[W].bytes + p->part[Y].bytes + p->scratch_bytes;
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

/* at: x, weights and y. */
static int bind(struct conv_onednn *c, struct pass *p, const void *const at[TENSORS], char *workspace)
{
	for (int t = 0; t < TENSORS; t++) {
		if (onednn_bind(c->memory[t], at[t]) != 0 ||
			(p->part[t].memory && onednn_bind(p->part[t].memory, workspace) != 0))
			return -1;
		workspace += p->part[t].bytes;
	}
	return onednn_bind(p->scratch, workspace);
}

static int run(struct conv_onednn *c, int pass, const void *const at[TENSORS], char *workspace)
{
	static const int argument[PASSES][TENSORS] = {
		[FORWARD] = { DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST },
		[BACKWARD_DATA] = { DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST },
		[BACKWARD_WEIGHT] = { DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST },
	};
	struct pass *p = &c->pass[pass];
	const int made = output_of(pass);
	dnnl_exec_arg_t args[TENSORS + 1] = { [TENSORS] = { DNNL_ARG_SCRATCHPAD, p->scratch } };
	if (!p->primitive)
		BUG("convolution pass %d was not planned", pass);
	if (bind(c, p, at, workspace) != 0)
		return -1;
	for (int t = 0; t < TENSORS; t++) {
		const struct part *part = &p->part[t];
		args[t] = (dnnl_exec_arg_t){ argument[pass][t], part->memory ? part->memory : c->memory[t] };
		if (t != made && part->memory && reorder(c, part->reorder, c->memory[t], part->memory) != 0)
			return -1;
	}
	if (onednn_check(dnnl_primitive_execute(p->primitive, c->onednn->stream, TENSORS + 1, args), "convolution") != 0)
		return -1;
	if (p->part[made].memory && reorder(c, p->part[made].reorder, p->part[made].memory, c->memory[made]) != 0)
		return -1;
	return onednn_check(dnnl_stream_wait(c->onednn->stream), "wait");
}

static int forward(void *conv, void *y, const void *x, const void *weight, void *workspace)
{
	return run(conv, FORWARD, (const void *const[]){ x, weight, y }, workspace);
}

static int backward_data(void *conv, void *dx, const void *dy, const void *weight, void *workspace)
{
	return run(conv, BACKWARD_DATA, (const void *const[]){ dx, weight, dy }, workspace);
}

static int backward_weight(void *conv, void *dweight, const void *x, const void *dy, void *workspace)
{
	return run(conv, BACKWARD_WEIGHT, (const void *const[]){ x, dweight, dy }, workspace);
}

const struct conv_backend conv_onednn = {
	.start = start,
	.stop = stop,
	.open = open_conv,
	.close = close_conv,
	.forward = forward,
	.backward_data = backward_data,
	.backward_weight = backward_weight,
};
