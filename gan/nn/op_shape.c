/* Operators that move pixels or channels: pad, concatenation, slice, resize. */
#include "gan/nn/program.h"
#include "kernels/channel_copy.h"
#include "kernels/channel_pad.h"
#include "kernels/pad.h"
#include "kernels/pad_grad.h"
#include "kernels/resize.h"
#include "kernels/resize_grad.h"

static int pad_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const struct pad_args args = { node->value, in->value, in->shape.h, in->shape.w, node->size, node->shape.c,
		(enum pad_kind)node->kind };
	return pad(p->nn->device, &args, nn_rows(node->shape));
}

static int pad_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const struct pad_grad_args args = { in->grad, node->grad, in->shape.h, in->shape.w, node->size,
		node->shape.c, node->mode[0] == NN_ADD, (enum pad_kind)node->kind };
	return pad_grad(p->nn->device, &args, nn_rows(in->shape));
}

const struct nn_op op_pad = { .name = "pad", .forward = pad_forward, .backward = pad_backward, .cheap = true };

int nn_pad(struct nn_program *p, int x, enum nn_pad kind, int64_t pixels)
{
	static const enum pad_kind kinds[] = { PAD_ZERO, PAD_REFLECT, PAD_REPLICATE };
	static const char *const names[] = { "zero", "reflect", "replicate" };
	int i = program_add(p, &op_pad, 1, x, -1);
	if (i < 0)
		return -1;
	struct nn_shape *s = &p->nodes[i].shape;
	if (pixels < 0 || (kind == NN_PAD_REFLECT && (pixels >= s->h || pixels >= s->w)))
		return program_fail(p, "%s pad of %lld pixels of a %lldx%lld image", names[kind],
			(long long)pixels, (long long)s->h, (long long)s->w);
	s->h += 2 * pixels;
	s->w += 2 * pixels;
	p->nodes[i].size = pixels;
	p->nodes[i].kind = (int)kinds[kind];
	return i;
}

int nn_pad_reflect(struct nn_program *p, int x, int64_t pixels)
{
	return nn_pad(p, x, NN_PAD_REFLECT, pixels);
}

/* Copies `count` channels, from x_first of x to y_first of y. */
static int copy(struct nn_program *p, struct nn_shape y_shape, void *y, int64_t y_first,
	struct nn_shape x_shape, const void *x, int64_t x_first, int64_t count, bool accumulate)
{
	const struct channel_copy_args args = { y, x, count, y_shape.c, y_first, x_shape.c, x_first,
		accumulate };
	return channel_copy(p->nn->device, &args, nn_rows(y_shape));
}

/* Such an input was written where it belongs, and finds its gradient there. */
static bool is_part(const struct nn_program *p, const struct nn_node *cat, const struct nn_node *in)
{
	return in->part && &p->nodes[in->whole] == cat;
}

static int cat_forward(struct nn_program *p, struct nn_node *node)
{
	int64_t first = 0;
	for (int k = 0; k < node->n_in; k++) {
		const struct nn_node *in = node_in(p, node, k);
		if (!is_part(p, node, in) &&
			copy(p, node->shape, node->value, first, in->shape, in->value, 0, nn_channels(in), false) != 0)
			return -1;
		first += nn_channels(in);
	}
	return 0;
}

/* The gradient of one input; channels that it was given beyond its own (wide.h) stay zero. */
static int cut(struct nn_program *p, const struct nn_node *node, const struct nn_node *in, int64_t first, bool adds)
{
	const struct channel_pad_args args = { in->grad, node->grad, in->shape.c, nn_channels(in), node->shape.c, first };
	if (adds || in->shape.c == nn_channels(in))
		return copy(p, in->shape, in->grad, 0, node->shape, node->grad, first, nn_channels(in), adds);
	return channel_pad(p->nn->device, &args, nn_rows(in->shape));
}

static int cat_backward(struct nn_program *p, struct nn_node *node)
{
	int64_t first = 0;
	for (int k = 0; k < node->n_in; k++) {
		const struct nn_node *in = node_in(p, node, k);
		if (node->mode[k] != NN_SKIP && !is_part(p, node, in) &&
			cut(p, node, in, first, node->mode[k] == NN_ADD) != 0)
			return -1;
		first += nn_channels(in);
	}
	return 0;
}

const struct nn_op op_cat = { .name = "cat", .forward = cat_forward, .backward = cat_backward, .cheap = true };

/* Up to NN_INPUTS tensors. */
static int join(struct nn_program *p, int n, const int *x)
{
	char first[NN_SHAPE_TEXT], second[NN_SHAPE_TEXT];
	int i = program_add(p, &op_cat, 1, x[0], -1);
	for (int k = 1; i >= 0 && k < n; k++) {
		if (program_append(p, i, x[k]) != 0)
			return -1;
		const struct nn_shape s = p->nodes[i].shape, t = p->nodes[x[k]].shape;
		if (s.n != t.n || s.d != t.d || s.h != t.h || s.w != t.w)
			return program_fail(p, "cat: shapes %s and %s",
				program_shape(first, p->nodes[x[0]].shape), program_shape(second, t));
		p->nodes[i].shape.c += t.c;
	}
	return i;
}

int nn_cat_all(struct nn_program *p, int n, const int *x)
{
	if (n < 1)
		return program_fail(p, "cat of %d tensors", n);
	int whole = n == 1 ? x[0] : join(p, n < NN_INPUTS ? n : NN_INPUTS, x);
	for (int at = NN_INPUTS; at < n; at += NN_INPUTS - 1) {
		int next[NN_INPUTS] = { whole };
		const int more = n - at < NN_INPUTS - 1 ? n - at : NN_INPUTS - 1;
		for (int k = 0; k < more; k++)
			next[k + 1] = x[at + k];
		whole = join(p, more + 1, next);
	}
	return whole;
}

int nn_cat(struct nn_program *p, int a, int b)
{
	const int both[] = { a, b };
	return join(p, 2, both);
}

static int slice_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	return copy(p, node->shape, node->value, 0, in->shape, in->value, node->size, node->shape.c, false);
}

static int slice_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const int64_t first = node->size, last = first + node->shape.c;
	if (node->mode[0] == NN_WRITE) {
		const size_t offset = (size_t)((char *)in->grad - (char *)p->arena.data);
		const size_t bytes = (size_t)nn_elements(in->shape) * device_elem_bytes(p->nn->device->elem);
		if ((first > 0 || last < in->shape.c) && memory_zero(&p->arena, offset, bytes) != 0)
			return -1;
	}
	return copy(p, in->shape, in->grad, first, node->shape, node->grad, 0, node->shape.c,
		node->mode[0] == NN_ADD);
}

const struct nn_op op_slice = { .name = "slice", .forward = slice_forward, .backward = slice_backward, .cheap = true };

int nn_slice(struct nn_program *p, int x, int64_t first, int64_t count)
{
	int i = program_add(p, &op_slice, 1, x, -1);
	if (i < 0)
		return -1;
	if (first < 0 || count < 1 || first + count > p->nodes[i].shape.c)
		return program_fail(p, "slice of channels %lld .. %lld of %lld", (long long)first,
			(long long)(first + count - 1), (long long)p->nodes[i].shape.c);
	p->nodes[i].size = first;
	p->nodes[i].shape.c = count;
	return i;
}

static int resize_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const struct resize_args args = { node->value, in->value, in->shape.h, in->shape.w, node->shape.h,
		node->shape.w, node->shape.c, nn_row(p, node), (enum resize_kind)node->kind };
	return resize(p->nn->device, &args, nn_rows(node->shape));
}

static int resize_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const struct resize_grad_args args = { in->grad, node->grad, in->shape.h, in->shape.w, node->shape.h,
		node->shape.w, node->shape.c, nn_row(p, node), node->mode[0] == NN_ADD, (enum resize_kind)node->kind };
	return resize_grad(p->nn->device, &args, nn_rows(in->shape));
}

const struct nn_op op_resize = { .name = "resize",
	.forward = resize_forward,
	.backward = resize_backward,
	.cheap = true,
	.strided = true };

int nn_resize(struct nn_program *p, int x, int64_t h, int64_t w, enum nn_interp interp)
{
	int i = program_add(p, &op_resize, 1, x, -1);
	if (i < 0)
		return -1;
	if (h < 1 || w < 1)
		return program_fail(p, "resize to %lldx%lld", (long long)h, (long long)w);
	p->nodes[i].shape.h = h;
	p->nodes[i].shape.w = w;
	p->nodes[i].kind = interp == NN_NEAREST ? RESIZE_NEAREST : RESIZE_BILINEAR;
	return i;
}
