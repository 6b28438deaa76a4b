/*
 * Memory.  A step is a line of times: node i runs forward at i and backward at 2 n - 1 - i.  Each value and
 * each gradient lives from its first to its last use, and blocks that are never alive together share
 * addresses.
 *
 * With recomputation a cheap value has two lives, one for each pass, and need not stay between them.
 */
#include <stdlib.h>

#include "gan/nn/plan.h"
#include "host/files/alloc.h"

struct block {
	int64_t first, last; /* times, both included; first > last: no block */
	size_t bytes, offset;
};

static size_t tensor_bytes(const struct nn_program *p, int i)
{
	return nn_align((size_t)nn_elements(p->nodes[i].stored) * device_elem_bytes(p->nn->device->elem));
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
	return node->needed && !node->alias && !node->part && !node->op->loss && node->op != &op_from &&
	       node->op != &op_gradient;
}

/* The blocks of each node: its value, its gradient, and its value computed again for the backward pass. */
struct lives {
	struct block *values, *gradients, *again;
};

static bool is_recomputed(const struct nn_program *p, int i)
{
	const struct nn_node *node = &p->nodes[i];
	return p->recompute && node->op->cheap && !node->stays && owns_value(node);
}

static void use_backward(const struct nn_program *p, const struct lives *l, int root, int64_t time)
{
	use(is_recomputed(p, root) ? &l->again[root] : &l->values[root], time);
}

static void find_uses(const struct nn_program *p, const struct lives *l, int i)
{
	const struct nn_node *node = &p->nodes[i];
	const int own = plan_root(p, i), own_gradient = plan_gradient_root(p, i);
	const int64_t end = 2 * (int64_t)p->n_nodes, back = backward_time(p, i);
	for (int k = 0; k < node->n_in; k++) {
		const int in = plan_root(p, node->in[k]);
		use(&l->values[in], i);
		if (node->passes && node->reads_in[k])
			use_backward(p, l, in, back);
		if (node->mode[k] != NN_SKIP) {
			const int to = plan_gradient_root(p, node->in[k]);
			use(&l->gradients[to], back);
			use(&l->gradients[to], backward_time(p, to));
		}
	}
	if (node->passes && node->reads_out)
		use_backward(p, l, own, back);
	if (node->part) { /* written before the whole, read after it */
		use(&l->values[own], i);
		if (node->active)
			use(&l->gradients[own], back);
	}
	if (node->keep)
		use(&l->values[own], end);
	if (node->keep_grad)
		use(&l->gradients[own_gradient], end);
}

static void find_lifetimes(const struct nn_program *p, const struct lives *l)
{
	const struct block none = { .first = INT64_MAX, .last = -2 };
	for (int i = 0; i < p->n_nodes; i++) {
		l->values[i] = l->gradients[i] = l->again[i] = none;
		l->values[i].bytes = l->gradients[i].bytes = l->again[i].bytes = tensor_bytes(p, i);
		if (owns_value(&p->nodes[i]))
			use(&l->values[i], p->nodes[i].op == &op_input ? -1 : i);
	}
	for (int i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].needed)
			find_uses(p, l, i);
	/* Computing a node again reads its inputs at that time; whoever reads node i comes after it. */
	for (int i = p->n_nodes - 1; i >= 0; i--)
		for (int k = 0; l->again[i].first <= l->again[i].last && k < p->nodes[i].n_in; k++)
			use_backward(p, l, plan_root(p, p->nodes[i].in[k]), l->again[i].first);
	for (int i = 0; i < p->n_nodes; i++)
		if (!owns_value(&p->nodes[i]))
			l->values[i].first = INT64_MAX;
}

/* In the order of the backward pass, and where several are needed at once in that of the forward pass. */
static void list_again(struct nn_program *p, const struct block *again)
{
	for (int before = p->n_nodes - 1; before >= 0; before--)
		for (int i = 0; i < p->n_nodes; i++) {
			if (again[i].first > again[i].last || again[i].first != backward_time(p, before))
				continue;
			p->again = alloc_grow(p->again, (size_t)p->n_again + 1, sizeof(*p->again));
			p->again[p->n_again++] = (struct nn_again){ i, before };
		}
}

void place_pass(struct nn_program *p, bool backward)
{
	for (int i = 0; p->n_again > 0 && i < p->n_nodes; i++)
		if (p->nodes[i].value_again)
			p->nodes[i].value = backward ? p->nodes[i].value_again : p->nodes[i].value_first;
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

static int earlier_first(const void *a, const void *b)
{
	const struct block *x = *(struct block *const *)a, *y = *(struct block *const *)b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return larger_first(a, b);
}

static int longer_first(const void *a, const void *b)
{
	const struct block *x = *(struct block *const *)a, *y = *(struct block *const *)b;
	const int64_t p = x->last - x->first, q = y->last - y->first;
	return p != q ? (p < q ? 1 : -1) : larger_first(a, b);
}

typedef int (*order)(const void *, const void *);

static size_t place_in(order by, struct block **sorted, struct block **placed, int n)
{
	size_t total = 0;
	qsort(sorted, (size_t)n, sizeof(*sorted), by);
	for (int i = 0; i < n; i++) {
		size_t end = place(sorted[i], placed, i);
		total = end > total ? end : total;
	}
	return total;
}

/* Places all blocks in the best of a few orders; returns the arena's size, and what separate blocks would take. */
static size_t place_all(struct block *blocks, int n, size_t *unplanned)
{
	static const order orders[] = { larger_first, longer_first, earlier_first };
	struct block **sorted = alloc_grow(NULL, 2 * (size_t)n + 1, sizeof(*sorted)), **placed = sorted + n;
	size_t best = SIZE_MAX;
	int count = 0, which = 0;
	for (int i = 0; i < n; i++)
		if (blocks[i].first <= blocks[i].last) {
			sorted[count++] = &blocks[i];
			*unplanned += blocks[i].bytes;
		}
	for (int k = 0; k < 3; k++) {
		size_t total = place_in(orders[k], sorted, placed, count);
		if (total < best) {
			best = total;
			which = k;
		}
	}
	best = place_in(orders[which], sorted, placed, count);
	free(sorted);
	return best;
}

/* The most bytes alive at one time. */
static size_t most_alive(const struct block *blocks, int n, int64_t end)
{
	size_t most = 0;
	for (int64_t time = -1; time <= end; time++) {
		size_t alive = 0;
		for (int i = 0; i < n; i++)
			if (blocks[i].first <= time && time <= blocks[i].last)
				alive += blocks[i].bytes;
		most = alive > most ? alive : most;
	}
	return most;
}

static int allocate(struct nn_program *p, size_t arena_bytes)
{
	const struct device *device = p->nn->device;
	size_t saved = 0, workspace = 0, staged = 0, partials = 0;
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		saved += nn_align(node->saved_bytes);
		workspace = node->workspace_bytes > workspace ? node->workspace_bytes : workspace;
		const bool crosses = node->keep || node->op == &op_gradient || node->op == &op_from;
		if (crosses && tensor_bytes(p, i) > staged)
			staged = tensor_bytes(p, i);
	}
	if (device->elem == DEVICE_F32)
		staged = 0;
	for (int i = 0; i < p->n_updates; i++)
		partials += (size_t)update_parts(p->updates[i].run.count) * sizeof(double);
	if (arena_alloc(p, &p->arena, arena_bytes, "activations") != 0 ||
		arena_alloc(p, &p->saved, saved, "saved statistics") != 0 ||
		arena_alloc(p, &p->workspace, workspace, "convolution workspace") != 0 ||
		arena_alloc(p, &p->partials, partials, "partial sums") != 0 ||
		arena_alloc(p, &p->scalars, (size_t)p->n_trains * NN_ALIGN, "optimiser scalars") != 0)
		return -1;
	return memory_alloc(&p->staging, NULL, staged, "staging");
}

static void address(struct nn_program *p, const struct lives *l)
{
	char *arena = p->arena.data, *saved = p->saved.data;
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		const int root = plan_root(p, i);
		const size_t inside = (size_t)node->first * device_elem_bytes(p->nn->device->elem); /* 0 but of a part */
		if (owns_value(&p->nodes[root]))
			node->value = arena + l->values[root].offset + inside;
		else if (node->alias)
			node->value = p->nodes[root].value; /* detached nn_from */
		node->value_first = node->value;
		if (l->again[root].first <= l->again[root].last)
			node->value_again = arena + l->again[root].offset;
		if (node->active && !node->op->loss)
			node->grad = arena + l->gradients[plan_gradient_root(p, i)].offset + inside;
		if (node->saved_bytes > 0) {
			node->saved = saved;
			saved += nn_align(node->saved_bytes);
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
		report->parameter_bytes += param->value.bytes + param->copy.bytes + param->term.bytes + param->gradient.bytes +
					   param->m.bytes + param->v.bytes + param->average.bytes;
	}
}

int place_program(struct nn_program *p, struct nn_report *report)
{
	const int n = p->n_nodes;
	struct block *blocks = alloc_grow(NULL, 3 * (size_t)n, sizeof(*blocks));
	const struct lives l = { blocks, blocks + n, blocks + 2 * n };
	find_lifetimes(p, &l);
	list_again(p, l.again);
	report->activation_bytes = place_all(blocks, 3 * n, &report->activation_bytes_unplanned);
	report->activation_bytes_live = most_alive(blocks, 3 * n, 2 * (int64_t)n);
	int rc = allocate(p, report->activation_bytes);
	if (rc == 0)
		address(p, &l);
	free(blocks);
	report->recomputed = p->n_again;
	report->saved_bytes = p->saved.bytes;
	report->workspace_bytes = p->workspace.bytes;
	report_parameters(p, report);
	return rc;
}
