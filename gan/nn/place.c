/*
 * Memory.  A step is a line of times: node i runs forward at i and backward at 2 n - 1 - i.  Each value and
 * each gradient lives from its first to its last use, and blocks that are never alive together share
 * addresses.
 */
#include <stdlib.h>

#include "gan/nn/plan.h"
#include "host/files/alloc.h"

struct block {
	int64_t first, last; /* times, both included; first > last: no block */
	size_t bytes, offset;
};

static size_t align(size_t bytes)
{
	return (bytes + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}

static size_t tensor_bytes(const struct nn_program *p, int i)
{
	return align((size_t)nn_elements(p->nodes[i].shape) * device_elem_bytes(p->nn->device->elem));
}

static int64_t backward_time(const struct nn_program *p, int i)
{
	return 2 * (int64_t)p->n_nodes - 1 - i;
}

static void use(struct block *b, int64_t time)
{
	if (time < b->first)
		b->first = time;
	if (time > b->last)
		b->last = time;
}

static bool owns_value(const struct nn_node *node)
{
	return node->needed && !node->alias && !node->op->loss && node->op != &op_from &&
	       node->op != &op_gradient;
}

/* values[i] and gradients[i] of node i. */
static void find_lifetimes(const struct nn_program *p, struct block *values, struct block *gradients)
{
	const int64_t end = 2 * (int64_t)p->n_nodes;
	for (int i = 0; i < p->n_nodes; i++) {
		values[i] = gradients[i] = (struct block){ .first = INT64_MAX, .last = -2 };
		values[i].bytes = gradients[i].bytes = tensor_bytes(p, i);
		if (owns_value(&p->nodes[i]))
			use(&values[i], p->nodes[i].op == &op_input ? -1 : i);
	}
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		const int own = plan_root(p, i);
		const bool backward = node->active && !node->alias;
		if (!node->needed)
			continue;
		for (int k = 0; k < node->n_in; k++) {
			const int in = plan_root(p, node->in[k]);
			use(&values[in], i);
			if (backward && node->reads_in[k])
				use(&values[in], backward_time(p, i));
			if (node->mode[k] != NN_SKIP) {
				use(&gradients[in], backward_time(p, i));
				use(&gradients[in], backward_time(p, in));
			}
		}
		if (backward && node->reads_out)
			use(&values[own], backward_time(p, i));
		if (node->keep)
			use(&values[own], end);
		if (node->keep_grad)
			use(&gradients[own], end);
	}
	for (int i = 0; i < p->n_nodes; i++)
		if (!owns_value(&p->nodes[i]))
			values[i].first = INT64_MAX;
}

static int larger_first(const void *a, const void *b)
{
	const struct block *x = *(struct block *const *)a, *y = *(struct block *const *)b;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return x->first < y->first ? -1 : x->first > y->first ? 1 : x < y ? -1 : x > y;
}

/* Greedy by size: each block goes to the lowest gap among the placed blocks (in order of offset) alive with
 * it. */
static size_t place(struct block *b, struct block **placed, int n)
{
	size_t at = 0;
	int where = 0;
	for (int i = 0; i < n; i++) {
		const struct block *other = placed[i];
		if (other->last < b->first || other->first > b->last)
			continue;
		if (other->offset >= at + b->bytes)
			break;
		if (other->offset + other->bytes > at)
			at = other->offset + other->bytes;
	}
	b->offset = at;
	while (where < n && placed[where]->offset <= at)
		where++;
	for (int i = n; i > where; i--)
		placed[i] = placed[i - 1];
	placed[where] = b;
	return at + b->bytes;
}

/* Places all blocks; returns the arena's size, and what separate blocks would take. */
static size_t place_all(struct block *blocks, int n, size_t *unplanned)
{
	struct block **sorted = alloc_grow(NULL, 2 * (size_t)n + 1, sizeof(*sorted)), **placed = sorted + n;
	size_t total = 0;
	int count = 0;
	for (int i = 0; i < n; i++)
		if (blocks[i].first <= blocks[i].last)
			sorted[count++] = &blocks[i];
	qsort(sorted, (size_t)count, sizeof(*sorted), larger_first);
	for (int i = 0; i < count; i++) {
		size_t end = place(sorted[i], placed, i);
		total = end > total ? end : total;
		*unplanned += sorted[i]->bytes;
	}
	free(sorted);
	return total;
}

static int allocate(struct nn_program *p, size_t arena_bytes)
{
	const struct device *device = p->nn->device;
	size_t saved = 0, workspace = 0, staged = 0;
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		saved += align(node->saved_bytes);
		workspace = node->workspace_bytes > workspace ? node->workspace_bytes : workspace;
		const bool crosses = node->keep || node->op == &op_gradient || node->op == &op_from;
		if (crosses && tensor_bytes(p, i) > staged)
			staged = tensor_bytes(p, i);
	}
	if (device->elem == DEVICE_F32)
		staged = 0;
	if (memory_alloc(&p->arena, device, arena_bytes, "activations") != 0 ||
		memory_alloc(&p->saved, device, saved, "saved statistics") != 0 ||
		memory_alloc(&p->workspace, device, workspace, "convolution workspace") != 0 ||
		memory_alloc(&p->scalars, device, (size_t)p->n_trains * NN_ALIGN, "optimiser scalars") != 0)
		return -1;
	return memory_alloc(&p->staging, NULL, staged, "staging");
}

static void address(struct nn_program *p, const struct block *values, const struct block *gradients)
{
	char *arena = p->arena.data, *saved = p->saved.data;
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		const int root = plan_root(p, i);
		if (owns_value(&p->nodes[root]))
			node->value = arena + values[root].offset;
		else if (node->alias)
			node->value = p->nodes[root].value; /* detached nn_from */
		if (node->active && !node->op->loss)
			node->grad = arena + gradients[root].offset;
		if (node->saved_bytes > 0) {
			node->saved = saved;
			saved += align(node->saved_bytes);
		}
	}
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].op == &op_gradient)
			p->nodes[i].value = node_in(p, &p->nodes[i], 0)->grad;
	for (int t = 0; t < p->n_trains; t++)
		p->trains[t].scalars = (size_t)t * NN_ALIGN;
}

static void report_parameters(const struct nn_program *p, struct nn_report *report)
{
	for (int i = 0; i < p->nn->n_params; i++) {
		const struct nn_param *param = p->nn->params[i];
		bool used = false;
		for (int k = 0; k < p->n_nodes * NN_PARAMS; k++)
			used |= p->nodes[k / NN_PARAMS].param[k % NN_PARAMS] == param;
		if (!used)
			continue;
		report->parameters += param->count;
		report->parameter_bytes += param->value.bytes + param->copy.bytes + param->gradient.bytes +
					   param->m.bytes + param->v.bytes;
	}
}

int place_program(struct nn_program *p, struct nn_report *report)
{
	struct block *blocks = alloc_grow(NULL, 2 * (size_t)p->n_nodes, sizeof(*blocks));
	find_lifetimes(p, blocks, blocks + p->n_nodes);
	report->activation_bytes = place_all(blocks, 2 * p->n_nodes, &report->activation_bytes_unplanned);
	int rc = allocate(p, report->activation_bytes);
	if (rc == 0)
		address(p, blocks, blocks + p->n_nodes);
	free(blocks);
	report->workspace_bytes = p->workspace.bytes;
	report_parameters(p, report);
	return rc;
}
