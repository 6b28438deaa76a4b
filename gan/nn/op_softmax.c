/* Softmax over the channels of each pixel. */
#include "gan/nn/program.h"
#include "kernels/softmax.h"
#include "kernels/softmax_grad.h"
#include "kernels/softmax_stats.h"

static void *sums(const struct nn_program *p, const struct nn_node *node)
{
	return (char *)node->saved + (size_t)nn_rows(node->shape) * nn_master_bytes(p->nn);
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	node->saved_bytes = 2 * (size_t)nn_rows(node->shape) * nn_master_bytes(p->nn);
	return 0;
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const void *x = node_in(p, node, 0)->value;
	const struct softmax_stats_args stats = { node->saved, sums(p, node), x, node->shape.c };
	const struct softmax_args args = { node->value, x, node->saved, sums(p, node), node->shape.c };
	if (softmax_stats(p->nn->device, &stats, nn_rows(node->shape)) != 0)
		return -1;
	return softmax(p->nn->device, &args, nn_rows(node->shape));
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const struct softmax_grad_args args = { node_in(p, node, 0)->grad, node->grad, node->value,
		node->shape.c, node->mode[0] == NN_ADD };
	return softmax_grad(p->nn->device, &args, nn_rows(node->shape));
}

const struct nn_op op_softmax = {
	.name = "softmax",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.reads_out = true,
	.cheap = true,
};

int nn_softmax(struct nn_program *p, int x)
{
	return program_add(p, &op_softmax, 1, x, -1);
}
