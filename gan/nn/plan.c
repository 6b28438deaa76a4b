/*
 * The plan, in the order it is made: which nodes want gradients, which are needed at all, which activations, sums and
 * pads fuse into the norm before them, what is written straight into the cat behind it, and whether each gradient is written or added to.  place.c then gives addresses.
 */
#include <stdlib.h>
#include <string.h>

#include "gan/nn/conv_depthwise.h"
#include "gan/nn/plan.h"
#include "gan/nn/wide.h"
#include "host/files/alloc.h"
#include "kernels/activation.h"
#include "kernels/pad.h"

int plan_root(const struct nn_program *p, int i)
{
	while (p->nodes[i].alias)
		i = p->nodes[i].in[0];
	return p->nodes[i].part ? p->nodes[i].whole : i;
}

int plan_gradient_root(const struct nn_program *p, int i)
{
	while (p->nodes[i].alias && p->nodes[i].op != &op_detach)
		i = p->nodes[i].in[0];
	return p->nodes[i].part ? p->nodes[i].whole : i;
}

static bool stops_gradient(const struct nn_node *node)
{
	return node->op == &op_detach || node->op == &op_gradient;
}

static bool is_trainable(const struct nn_program *p, const struct nn_param *param)
{
	return param && !param->statistic && !program_has_prefix(param->name, p->frozen, p->n_frozen);
}

/* What stands before a parameter or a kept gradient is left out of the backward pass. */
static void find_requires(struct nn_program *p)
{
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		node->requires = node->keep_grad;
		for (int k = 0; k < NN_PARAMS; k++)
			node->requires |= is_trainable(p, node->param[k]);
		for (int k = 0; k < node->n_in && !stops_gradient(node); k++)
			node->requires |= node_in(p, node, k)->requires;
	}
}

static void find_active(struct nn_program *p)
{
	for (int i = p->n_nodes - 1; i >= 0; i--) {
		struct nn_node *node = &p->nodes[i];
		node->active |= node->op->loss && node->requires;
		node->needed |= node->op->loss || node->keep || node->op == &op_gradient;
		node->alias = node->op == &op_detach;
		node->reads_out = node->op->reads_out;
		for (int k = 0; k < node->n_in; k++) {
			struct nn_node *in = node_in(p, node, k);
			in->needed |= node->needed;
			in->active |= node->active && in->requires && !stops_gradient(node);
			node->reads_in[k] = node->op->reads_in;
		}
		for (int k = 0; k < NN_PARAMS; k++)
			node->param_mode[k] = node->active && is_trainable(p, node->param[k]) ? NN_WRITE : NN_SKIP;
	}
}

static int check_gradients(const struct nn_program *p)
{
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].op == &op_gradient && !node_in(p, &p->nodes[i], 0)->active)
			return ERR_INVALID(
				"nn_input_gradient: no loss depends on tensor %d", p->nodes[i].in[0]);
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].needed && p->nodes[i].op->forward)
			return 0;
	return ERR_INVALID("nothing to compute: no loss and no kept tensor");
}

static int count_readers(const struct nn_program *p, int tensor)
{
	int readers = 0;
	for (int i = 0; i < p->n_nodes; i++)
		for (int k = 0; k < p->nodes[i].n_in; k++)
			readers += p->nodes[i].needed && p->nodes[i].in[k] == tensor;
	return readers;
}

static bool is_kept(const struct nn_node *node)
{
	return node->keep || node->keep_grad;
}

/* The norm whose output tensor i is, when nothing but one reader sees it; else NULL. */
static struct nn_node *private_norm(const struct nn_program *p, int i)
{
	for (;;) {
		struct nn_node *node = &p->nodes[i];
		if (is_kept(node) || node->op == &op_detach || count_readers(p, i) != 1)
			return NULL;
		if (!node->alias)
			return node->op == &op_norm && node->pad == 0 ? node : NULL;
		i = node->in[0];
	}
}

/* A (leaky) ReLU that alone reads a norm, or the sum fused into one, becomes the norm's own slope: its value and gradient
 * are the norm's. */
static void fuse_activation(struct nn_program *p, struct nn_node *node)
{
	struct nn_node *norm = private_norm(p, node->in[0]);
	if (node->kind != ACTIVATION_LEAKY || !norm || norm->sum_slope != 1 || (norm->n_in == 1 && norm->slope != 1))
		return;
	*(norm->n_in == 2 ? &norm->sum_slope : &norm->slope) = node->slope;
	node->alias = true;
}

/* An addition that alone reads a norm becomes the norm's second input, where that is there before the norm. */
static void fuse_add(struct nn_program *p, struct nn_node *node)
{
	for (int k = 1; k >= 0; k--) {
		const int own = node->in[k], other = node->in[1 - k];
		struct nn_node *norm = own != other ? private_norm(p, own) : NULL;
		if (!norm || norm->n_in == 2 || norm->active != node->active || &p->nodes[other] > norm)
			continue;
		norm->in[1] = other;
		norm->n_in = 2;
		node->in[0] = own;
		node->in[1] = other; /* still a part of the sum to who exports it */
		node->n_in = 1;
		node->alias = true;
		return;
	}
}

/* A reflect pad that alone reads a norm: the norm writes the padded image. */
static void fuse_pad(struct nn_program *p, struct nn_node *node)
{
	struct nn_node *norm = private_norm(p, node->in[0]);
	if (!norm || node->kind != PAD_REFLECT || norm->sum_slope != 1)
		return;
	norm->pad = node->size;
	norm->stored = node->shape;
	node->alias = true;
}

/* What a cat alone reads is written into its channels.  Not with recomputation, which has two places for a cat. */
static void fuse_cat(struct nn_program *p, int i)
{
	int64_t first = 0;
	for (int k = 0; k < p->nodes[i].n_in; k++) {
		struct nn_node *in = node_in(p, &p->nodes[i], k);
		const bool wide = in->shape.c != nn_channels(in);
		if (in->op->strided && !wide && !p->recompute && !is_kept(in) && count_readers(p, p->nodes[i].in[k]) == 1) {
			in->part = true;
			in->whole = i;
			in->first = first;
		}
		first += nn_channels(in);
	}
}

/* A kept tensor's block, whoever owns it, outlives the step. */
static void find_kept(struct nn_program *p)
{
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].keep)
			p->nodes[plan_root(p, i)].stays = true;
}

static void fuse(struct nn_program *p)
{
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		node->stored = node->shape;
		if (!node->needed)
			continue;
		if (node->op == &op_act)
			fuse_activation(p, node);
		else if (node->op == &op_add)
			fuse_add(p, node);
		else if (node->op == &op_pad)
			fuse_pad(p, node);
		else if (node->op == &op_cat)
			fuse_cat(p, i);
	}
}

/* In the order of the backward pass the first to reach a gradient writes it, the others add. */
static void find_modes(struct nn_program *p)
{
	bool *written = alloc_grow(NULL, (size_t)p->n_nodes, sizeof(bool));
	memset(written, 0, (size_t)p->n_nodes * sizeof(bool));
	for (int i = p->n_nodes - 1; i >= 0; i--) {
		struct nn_node *node = &p->nodes[i];
		for (int k = 0; k < node->n_in; k++) {
			const int root = plan_gradient_root(p, node->in[k]);
			node->mode[k] = NN_SKIP;
			if (!node->active || node->alias || !node_in(p, node, k)->requires)
				continue;
			node->mode[k] = written[root] ? NN_ADD : NN_WRITE;
			node->passes = written[root] = true;
		}
		for (int k = 0; k < NN_PARAMS; k++)
			node->passes |= node->param_mode[k] != NN_SKIP;
	}
	free(written);
}

static bool is_wanted(const struct nn_program *p, const struct nn_param *param)
{
	for (int i = 0; i < p->n_wanted; i++)
		if (p->wanted[i] == param)
			return true;
	return false;
}

static void want(struct nn_program *p, struct nn_param *param)
{
	if (is_wanted(p, param))
		return;
	p->wanted = alloc_grow(p->wanted, (size_t)p->n_wanted + 1, sizeof(struct nn_param *));
	p->wanted[p->n_wanted++] = param;
}

/* Whether a node after i, which the backward pass comes to first, has a gradient of its own for the parameter. */
static bool is_written(const struct nn_program *p, int i, const struct nn_param *param)
{
	for (int j = i + 1; j < p->n_nodes; j++)
		for (int k = 0; k < NN_PARAMS; k++)
			if (p->nodes[j].param_mode[k] != NN_SKIP && p->nodes[j].param[k] == param)
				return true;
	return false;
}

static void find_wanted(struct nn_program *p)
{
	for (int i = 0; i < p->n_nodes; i++)
		for (int k = 0; k < NN_PARAMS; k++)
			if (p->nodes[i].param_mode[k] != NN_SKIP) {
				want(p, p->nodes[i].param[k]);
				if (is_written(p, i, p->nodes[i].param[k]))
					p->nodes[i].param_mode[k] = NN_ADD;
			}
}

/* The only node with a gradient for this parameter. */
static struct nn_node *only_user(const struct nn_program *p, const struct nn_param *param)
{
	struct nn_node *found = NULL;
	for (int i = 0; i < p->n_nodes; i++)
		for (int k = 0; k < NN_PARAMS; k++)
			if (p->nodes[i].param_mode[k] != NN_SKIP && p->nodes[i].param[k] == param) {
				if (found)
					return NULL;
				found = &p->nodes[i];
			}
	return found;
}

/* Whether a convolution's library writes the gradient alone, as a term. */
static bool makes_term(const struct nn_program *p, const struct nn_param *param)
{
	const struct nn_node *node = p->nn->terms ? only_user(p, param) : NULL;
	if (!node || node->op != &op_conv || node->param[0] != param)
		return false;
	const struct plugin_conv_shape shape = op_conv_shape(p, node);
	return !conv_depthwise_is(&shape);
}

/* Terms first, so that they lie together. */
static void find_terms(struct nn_program *p)
{
	struct nn_param **sorted = alloc_grow(NULL, (size_t)p->n_wanted + 1, sizeof(*sorted));
	int n = 0;
	for (int first = 1; first >= 0; first--)
		for (int i = 0; i < p->n_wanted; i++)
			if (makes_term(p, p->wanted[i]) == (first == 1))
				sorted[n++] = p->wanted[i];
	free(p->wanted);
	p->wanted = sorted;
}

/* Whether a parameter lies right behind a run, which is then extended. */
static bool extends(struct nn_run *run, const struct nn_param *param)
{
	if (run->bank != param->bank || run->first + run->count != param->first)
		return false;
	run->count += bank_room(param->room);
	return true;
}

/* Those of parameters that have room for one: of untrained ones they go the usual way. */
static void add_terms(struct nn_program *p)
{
	for (int i = 0; i < p->n_wanted; i++) {
		const struct nn_param *param = p->wanted[i];
		if (!param->term.data || !makes_term(p, param))
			continue;
		only_user(p, param)->term = true;
		if (p->n_terms > 0 && extends(&p->terms[p->n_terms - 1], param))
			continue;
		p->terms = alloc_grow(p->terms, (size_t)p->n_terms + 1, sizeof(*p->terms));
		p->terms[p->n_terms++] = (struct nn_run){ param->bank, param->first, bank_room(param->room) };
	}
}

/* Extends the last run by a parameter that lies right behind it, or starts another. */
static void add_update(struct nn_program *p, const struct nn_param *param, int train)
{
	struct nn_update *last = p->n_updates > 0 ? &p->updates[p->n_updates - 1] : NULL;
	if (last && last->train == train && extends(&last->run, param))
		return;
	p->updates = alloc_grow(p->updates, (size_t)p->n_updates + 1, sizeof(struct nn_update));
	p->updates[p->n_updates++] =
		(struct nn_update){ { param->bank, param->first, bank_room(param->room) }, train };
}

/* The first train group whose prefix fits; -1: none. */
static int train_of(const struct nn_program *p, const struct nn_param *param)
{
	for (int t = 0; t < p->n_trains; t++)
		if (program_has_prefix(param->name, &p->trains[t].prefix, 1))
			return t;
	return -1;
}

static int find_group(struct nn_program *p, int t, struct nn_param **loose)
{
	int n = 0, rc = 0;
	for (int i = 0; i < p->n_wanted; i++)
		if (train_of(p, p->wanted[i]) == t) {
			p->trains[t].used = true;
			if (!p->wanted[i]->bank)
				loose[n++] = p->wanted[i];
		}
	if (!p->trains[t].used)
		return ERR_INVALID(
			"nn_train: no parameter '%s...' has a gradient here", p->trains[t].prefix);
	if (n > 0)
		rc = bank_make(p, loose, n);
	for (int i = 0; rc == 0 && i < p->n_wanted; i++)
		if (train_of(p, p->wanted[i]) == t) {
			if (p->trains[t].average > 0)
				rc = bank_average(p, p->wanted[i]->bank);
			add_update(p, p->wanted[i], t);
		}
	return rc;
}

static int find_updates(struct nn_program *p)
{
	struct nn_param **loose = alloc_grow(NULL, (size_t)p->n_wanted + 1, sizeof(*loose));
	int rc = 0;
	for (int t = 0; rc == 0 && t < p->n_trains; t++)
		rc = find_group(p, t, loose);
	for (int i = 0; rc == 0 && i < p->n_wanted; i++)
		if (!p->wanted[i]->gradient.data)
			rc = arena_alloc(p, &p->wanted[i]->gradient, param_bytes(p->nn, p->wanted[i]), "gradients");
	free(loose);
	return rc;
}

/* Sizes that 64 bits hold as a count of bytes, in every product of them. */
static int check_sizes(const struct nn_program *p)
{
	const double most = 1e15;
	char text[NN_SHAPE_TEXT];
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_shape s = p->nodes[i].shape;
		if ((double)s.n * (double)s.d * (double)s.h * (double)s.w * (double)s.c > most)
			return ERR_RESOURCE("node %d (%s): a tensor of %s is beyond any memory", i, p->nodes[i].op->name,
				program_shape(text, s));
	}
	return 0;
}

int plan_program(struct nn_program *p, struct nn_report *report)
{
	if (check_sizes(p) != 0)
		return -1;
	find_requires(p);
	find_active(p);
	if (check_gradients(p) != 0)
		return -1;
	wide_find(p);
	fuse(p);
	find_kept(p);
	find_modes(p);
	find_wanted(p);
	find_terms(p);
	if (find_updates(p) != 0)
		return -1;
	add_terms(p);
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		if (node->needed && !node->alias && node->op->plan && node->op->plan(p, node) != 0)
			return -1;
	}
	report->nodes = p->n_nodes;
	for (int i = 0; i < p->n_nodes; i++) {
		report->flop_forward += p->nodes[i].flop_forward;
		report->flop_backward += p->nodes[i].flop_backward;
	}
	return 0;
}

void plan_reset(struct nn_program *p)
{
	if (p->graph)
		p->nn->device->plugin->graph_free(p->graph);
	p->graph = NULL;
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].op->close)
			p->nodes[i].op->close(p, &p->nodes[i]);
	memory_free(&p->arena);
	memory_free(&p->saved);
	memory_free(&p->workspace);
	memory_free(&p->scalars);
	memory_free(&p->partials);
	memory_free(&p->staging);
	memory_free(&p->draws);
	free(p->wanted);
	free(p->updates);
	free(p->terms);
	free(p->again);
	p->wanted = NULL;
	p->updates = NULL;
	p->terms = NULL;
	p->again = NULL;
	p->n_wanted = 0;
	p->n_updates = 0;
	p->n_terms = 0;
	p->n_again = 0;
	p->compiled = false;
}
