/*
 * Attention: tokens are gathered into windows, head by head, and six batches of matrix products do the rest.  The
 * weights P = softmax(S / sqrt(depth)), S = Q K', are kept for the backward pass; Q, K and V are gathered again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/attention_windows.h"
#include "gan/nn/program.h"
#include "host/files/alloc.h"
#include "kernels/attention_gather.h"
#include "kernels/attention_scatter.h"
#include "kernels/attention_softmax.h"
#include "kernels/attention_softmax_grad.h"

/* S = Q K', O = P V; dP = dO V', dV = P' dO, dQ = dS K, dK = dS' Q. */
enum { SCORES, OUTPUT, D_WEIGHTS, D_V, D_Q, D_K, PRODUCTS };
enum { Q, K, V, O, T }; /* blocks of tokens in the workspace; T: a gradient on its way out */

struct attention {
	struct attention_windows windows;
	int64_t batch, heads, depth; /* batch: samples, windows and heads */
	struct memory pixel_of, slot_of;
	void *product[PRODUCTS];
	size_t token_bytes;		/* of one block of tokens */
	size_t square_bytes, wide_bytes; /* of the weights, stored as elements and as masters */
};

static char *tokens(const struct nn_program *p, const struct nn_node *node, int block)
{
	const struct attention *a = node->state;
	return (char *)p->workspace.data + (size_t)block * a->token_bytes;
}

/* Scores or gradients of the weights, as masters. */
static char *wide(const struct nn_program *p, const struct nn_node *node)
{
	return tokens(p, node, T + 1);
}

/* Gradients of the scores; the weights where no backward pass wants them. */
static char *square(const struct nn_program *p, const struct nn_node *node)
{
	return wide(p, node) + ((const struct attention *)node->state)->wide_bytes;
}

static char *rest(const struct nn_program *p, const struct nn_node *node)
{
	return square(p, node) + ((const struct attention *)node->state)->square_bytes;
}

static void close_node(struct nn_program *p, struct nn_node *node)
{
	struct attention *a = node->state;
	if (!a)
		return;
	for (int i = 0; i < PRODUCTS; i++)
		p->nn->matmul->close(a->product[i]);
	memory_free(&a->pixel_of);
	memory_free(&a->slot_of);
	free(a);
	node->state = NULL;
}

static int write_tables(const struct device *device, struct attention *a)
{
	const struct attention_windows *w = &a->windows;
	const size_t slots = (size_t)(w->windows * w->slots), pixels = (size_t)w->pixels;
	int32_t *pixel_of = alloc_grow(NULL, slots, sizeof(int32_t));
	int32_t *slot_of = alloc_grow(NULL, pixels, sizeof(int32_t));
	int rc = -1;
	attention_windows_tables(w, pixel_of, slot_of);
	TRY(memory_alloc(&a->pixel_of, device, slots * sizeof(int32_t), "attention windows"));
	TRY(memory_alloc(&a->slot_of, device, pixels * sizeof(int32_t), "attention windows"));
	TRY(memory_write(&a->pixel_of, 0, pixel_of, slots * sizeof(int32_t)));
	TRY(memory_write(&a->slot_of, 0, slot_of, pixels * sizeof(int32_t)));
	rc = 0;
cleanup:
	free(pixel_of);
	free(slot_of);
	return rc;
}

static int open_products(struct nn_program *p, struct nn_node *node, size_t *workspace_bytes)
{
	struct attention *a = node->state;
	const int64_t batch = a->batch, l = a->windows.slots, d = a->depth;
	const struct plugin_matmul_shape shapes[PRODUCTS] = {
		{ batch, l, l, d, 0, 1, 1, PLUGIN_F32 },
		{ batch, l, d, l, 0, 0, 0, PLUGIN_F32 },
		{ batch, l, l, d, 0, 1, 1, PLUGIN_F32 },
		{ batch, l, d, l, 1, 0, 0, PLUGIN_F32 },
		{ batch, l, d, l, 0, 0, 0, PLUGIN_F32 },
		{ batch, l, d, l, 1, 0, 0, PLUGIN_F32 },
	};
	*workspace_bytes = 0;
	for (int i = 0; i < (node->active ? PRODUCTS : D_WEIGHTS); i++) {
		size_t bytes = 0;
		if (p->nn->matmul->open(&a->product[i], p->nn->conv_context, &shapes[i], &bytes) != 0)
			return -1;
		*workspace_bytes = bytes > *workspace_bytes ? bytes : *workspace_bytes;
	}
	return 0;
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	const size_t elem = device_elem_bytes(p->nn->device->elem);
	struct attention *a = alloc_grow(NULL, 1, sizeof(*a));
	size_t product_bytes;
	memset(a, 0, sizeof(*a));
	node->state = a;
	a->windows = attention_windows_of(node->shape, &node->attention);
	a->heads = node->attention.heads;
	a->depth = node->shape.c / a->heads;
	a->batch = node->shape.n * a->windows.windows * a->heads;
	const size_t rows = (size_t)(a->batch * a->windows.slots);
	a->token_bytes = nn_align(rows * (size_t)a->depth * elem);
	a->square_bytes = nn_align(rows * (size_t)a->windows.slots * elem);
	a->wide_bytes = nn_align(rows * (size_t)a->windows.slots * nn_master_bytes(p->nn));
	if (write_tables(p->nn->device, a) != 0 || open_products(p, node, &product_bytes) != 0)
		return -1;
	node->saved_bytes = node->active ? a->square_bytes : 0;
	node->flop_forward = 4 * (double)rows * (double)a->windows.slots * (double)a->depth;
	node->flop_backward = node->active ? 2 * node->flop_forward : 0;
	node->workspace_bytes = (T + 1) * a->token_bytes + a->wide_bytes + a->square_bytes + nn_align(product_bytes);
	return 0;
}

/* Channels from `first` of an image's tokens into a block of the workspace. */
static int gather(struct nn_program *p, struct nn_node *node, int block, const void *x, int64_t x_channels,
	int64_t first)
{
	const struct attention *a = node->state;
	const struct attention_windows *w = &a->windows;
	const struct attention_gather_args args = { tokens(p, node, block), x, a->pixel_of.data, a->depth, a->heads,
		w->windows, w->slots, w->pixels, x_channels, first };
	return attention_gather(p->nn->device, &args, a->batch * w->slots);
}

static int scatter(struct nn_program *p, struct nn_node *node, int block, void *y, int64_t y_channels, int64_t first,
	bool accumulate)
{
	const struct attention *a = node->state;
	const struct attention_windows *w = &a->windows;
	const struct attention_scatter_args args = { y, tokens(p, node, block), a->slot_of.data, node->shape.c,
		a->depth, w->windows, w->slots, w->pixels, y_channels, first, accumulate };
	return attention_scatter(p->nn->device, &args, nn_rows(node->shape));
}

static int multiply(struct nn_program *p, struct nn_node *node, int product, void *to, const void *a, const void *b)
{
	const struct attention *state = node->state;
	return p->nn->matmul->run(state->product[product], to, a, b, rest(p, node));
}

static int gather_input(struct nn_program *p, struct nn_node *node)
{
	const void *x = node_in(p, node, 0)->value;
	const int64_t c = node->shape.c;
	for (int block = Q; block <= V; block++)
		if (gather(p, node, block, x, 3 * c, block * c) != 0)
			return -1;
	return 0;
}

static double scale_of(const struct nn_node *node)
{
	return 1 / sqrt((double)((const struct attention *)node->state)->depth);
}

static void *weights_of(const struct nn_program *p, const struct nn_node *node)
{
	return node->active ? node->saved : square(p, node);
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const struct attention *a = node->state;
	const int64_t l = a->windows.slots, rows = a->batch * l;
	const struct attention_softmax_args softmax = { weights_of(p, node), wide(p, node), a->pixel_of.data, l,
		a->heads * l, a->windows.windows, scale_of(node) };
	if (gather_input(p, node) != 0 ||
		multiply(p, node, SCORES, wide(p, node), tokens(p, node, Q), tokens(p, node, K)) != 0 ||
		attention_softmax(p->nn->device, &softmax, rows) != 0 ||
		multiply(p, node, OUTPUT, tokens(p, node, O), weights_of(p, node), tokens(p, node, V)) != 0)
		return -1;
	return scatter(p, node, O, node->value, node->shape.c, 0, false);
}

/* One third of the input's gradient, from a product. */
static int backward_third(
	struct nn_program *p, struct nn_node *node, int third, int product, const void *left, int right)
{
	if (multiply(p, node, product, tokens(p, node, T), left, tokens(p, node, right)) != 0)
		return -1;
	return scatter(p, node, T, node_in(p, node, 0)->grad, 3 * node->shape.c, third * node->shape.c,
		node->mode[0] == NN_ADD);
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const struct attention *a = node->state;
	const struct attention_softmax_grad_args softmax = { square(p, node), node->saved, wide(p, node),
		a->windows.slots, scale_of(node) };
	if (node->mode[0] == NN_SKIP)
		return 0;
	if (gather_input(p, node) != 0 || gather(p, node, O, node->grad, node->shape.c, 0) != 0 ||
		backward_third(p, node, V, D_V, node->saved, O) != 0 ||
		multiply(p, node, D_WEIGHTS, wide(p, node), tokens(p, node, O), tokens(p, node, V)) != 0 ||
		attention_softmax_grad(p->nn->device, &softmax, a->batch * a->windows.slots) != 0 ||
		backward_third(p, node, Q, D_Q, square(p, node), K) != 0)
		return -1;
	return backward_third(p, node, K, D_K, square(p, node), Q);
}

const struct nn_op op_attention = {
	.name = "attention",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.close = close_node,
	.reads_in = true,
};

int nn_attention(struct nn_program *p, int qkv, const struct nn_attention *settings)
{
	int i = program_add(p, &op_attention, 1, qkv, -1);
	if (i < 0)
		return -1;
	struct nn_shape *s = &p->nodes[i].shape;
	const int64_t heads = settings->heads, window = settings->window, shift = settings->shift;
	if (heads < 1 || s->c % (3 * heads) != 0)
		return program_fail(p, "attention: %lld channels are not those of Q, K and V in %lld heads",
			(long long)s->c, (long long)heads);
	if (window < 0 || shift < 0 || (shift > 0 && shift >= window))
		return program_fail(p, "attention: window %lld, shift %lld", (long long)window, (long long)shift);
	if (nn_pixels(*s) > INT32_MAX / 8)
		return program_fail(p, "attention over %lld pixels", (long long)nn_pixels(*s));
	s->c /= 3;
	p->nodes[i].attention = *settings;
	return i;
}
