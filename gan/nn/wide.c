#include "gan/nn/wide.h"

#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "kernels/activation.h"

int64_t wide_channels(int64_t channels, int64_t multiple)
{
	const int64_t wide = (channels + multiple - 1) / multiple * multiple;
	return wide <= 2 * channels ? wide : channels;
}

void wide_parameter(const struct nn *nn, struct nn_param *param)
{
	const int last = param->n_dims - 1;
	memcpy(param->stored, param->shape, sizeof(param->stored));
	if (!param->grouped) {
		param->stored[0] = wide_channels(param->shape[0], nn->wide);
		param->stored[last] = wide_channels(param->shape[last], nn->wide);
	}
	param->room = 1;
	for (int i = 0; i <= last; i++)
		param->room *= param->stored[i];
}

/* Rows are longer in memory, and more of them follow. */
void wide_expand(const struct nn_param *param, double *stored, const double *values)
{
	const int64_t row = param->shape[param->n_dims - 1], stored_row = param->stored[param->n_dims - 1];
	memset(stored, 0, (size_t)param->room * sizeof(double));
	for (int64_t i = 0; i < param->count / row; i++)
		memcpy(stored + i * stored_row, values + i * row, (size_t)row * sizeof(double));
}

void wide_compact(const struct nn_param *param, double *values, const double *stored)
{
	const int64_t row = param->shape[param->n_dims - 1], stored_row = param->stored[param->n_dims - 1];
	for (int64_t i = 0; i < param->count / row; i++)
		memcpy(values + i * row, stored + i * stored_row, (size_t)row * sizeof(double));
}

/* What an operator asks of its tensors. */
enum asks {
	ITS_OWN, /* copies what is not as wide as its weights: each of them may be either */
	ALIKE,	 /* the output and all inputs one or the other; zeros make zeros */
	READS,	 /* inputs of either kind, an output as it is */
	PLAIN	 /* all as they are */
};

static enum asks asks(const struct nn_node *node)
{
	const struct nn_op *op = node->op;
	if (op == &op_conv && node->conv.groups == 1)
		return ITS_OWN;
	if (op == &op_norm)
		return node->kind == NN_NORM_GROUP ? PLAIN : ALIKE;
	if (op == &op_act)
		return node->kind == ACTIVATION_SIGMOID ? PLAIN : ALIKE;
	if (op == &op_add || op == &op_scale || op == &op_pad || op == &op_resize || op == &op_pool || op == &op_detach)
		return ALIKE;
	return op == &op_cat ? READS : PLAIN;
}

/* The lowest node that must be like node i. */
static int first_of(int *first, int i)
{
	while (first[i] != i)
		i = first[i] = first[first[i]];
	return i;
}

static void join(int *first, int a, int b)
{
	const int x = first_of(first, a), y = first_of(first, b);
	first[x > y ? x : y] = x < y ? x : y;
}

static void find_alike(const struct nn_program *p, int *first)
{
	for (int i = 0; i < p->n_nodes; i++) {
		first[i] = i;
		for (int k = 0; k < p->nodes[i].n_in && asks(&p->nodes[i]) == ALIKE; k++)
			join(first, i, p->nodes[i].in[k]);
	}
}

/* Marks, at the first of each kind, what must stay as it is. */
static void find_plain(const struct nn_program *p, int *first, bool *plain)
{
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		const enum asks what = asks(node);
		if (what == READS || what == PLAIN || node->keep || node->keep_grad)
			plain[first_of(first, i)] = true;
		for (int k = 0; k < node->n_in && what == PLAIN; k++)
			plain[first_of(first, node->in[k])] = true;
	}
}

void wide_find(struct nn_program *p)
{
	int *first = alloc_grow(NULL, (size_t)p->n_nodes, sizeof(*first));
	bool *plain = alloc_grow(NULL, (size_t)p->n_nodes, sizeof(*plain));
	memset(plain, 0, (size_t)p->n_nodes * sizeof(*plain));
	find_alike(p, first);
	find_plain(p, first, plain);
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		node->channels = node->shape.c;
		node->shape.c = plain[first_of(first, i)] ? node->channels : wide_channels(node->channels, p->nn->wide);
	}
	free(first);
	free(plain);
}
