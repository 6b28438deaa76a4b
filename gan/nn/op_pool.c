/* Pools: mean and largest of windows. */
#include "gan/nn/program.h"
#include "kernels/pool.h"
#include "kernels/pool_grad.h"

static int plan(struct nn_program *p, struct nn_node *node)
{
	(void)p;
	node->saved_bytes = node->kind == POOL_MAX ? (size_t)nn_elements(node->shape) : 0;
	return 0;
}

static struct pool_shape shape_of(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape in = node_in(p, node, 0)->shape, out = node->shape;
	return (struct pool_shape){ in.h, in.w, out.h, out.w, node->conv.kernel, node->conv.stride, node->conv.pad,
		(enum pool_kind)node->kind };
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const struct pool_args args = { node->value, node->saved, node_in(p, node, 0)->value, shape_of(p, node),
		node->shape.c };
	return pool(p->nn->device, &args, nn_rows(node->shape));
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const struct pool_grad_args args = { in->grad, node->grad, node->saved, shape_of(p, node), node->shape.c,
		node->mode[0] == NN_ADD };
	return pool_grad(p->nn->device, &args, nn_rows(in->shape));
}

const struct nn_op op_pool = { .name = "pool", .plan = plan, .forward = forward, .backward = backward };

int nn_pool(struct nn_program *p, int x, enum nn_pool kind, int64_t kernel, int64_t stride, int64_t pad)
{
	int i = program_add(p, &op_pool, 1, x, -1);
	if (i < 0)
		return -1;
	struct nn_node *node = &p->nodes[i];
	struct nn_shape *s = &node->shape;
	const int64_t most = kind == NN_POOL_MAX ? 15 : INT64_MAX;
	const int64_t smaller = s->h < s->w ? s->h : s->w;
	if (kernel < 1 || kernel > most || stride < 1 || pad < 0 || pad >= kernel || kernel > smaller + 2 * pad)
		return program_fail(p, "pool of kernel %lld, stride %lld and pad %lld of a %lldx%lld image",
			(long long)kernel, (long long)stride, (long long)pad, (long long)s->h, (long long)s->w);
	s->h = (s->h + 2 * pad - kernel) / stride + 1;
	s->w = (s->w + 2 * pad - kernel) / stride + 1;
	node->conv.kernel = kernel;
	node->conv.stride = stride;
	node->conv.pad = pad;
	node->kind = kind == NN_POOL_MAX ? POOL_MAX : POOL_AVERAGE;
	return i;
}

int nn_pool_average(struct nn_program *p, int x, int64_t kernel)
{
	return nn_pool(p, x, NN_POOL_AVERAGE, kernel, kernel, 0);
}
