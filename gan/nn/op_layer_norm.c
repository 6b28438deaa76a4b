/* Layer norm over the channels of each pixel (channels last), as ConvNeXt uses it. */
#include "gan/nn/program.h"
#include "kernels/layer_norm.h"
#include "kernels/layer_norm_grad.h"
#include "kernels/layer_norm_sums.h"

enum { GAMMA, BETA };

/* Saved: mean (0) and rstd (1), k_master (rows). */
static void *saved(const struct nn_program *p, const struct nn_node *node, int which)
{
	return (char *)node->saved + (size_t)(which * nn_rows(node->shape)) * nn_master_bytes(p->nn);
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	node->saved_bytes = (size_t)(2 * nn_rows(node->shape)) * nn_master_bytes(p->nn);
	return 0;
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const struct layer_norm_args args = {
		.y = node->value,
		.mean = saved(p, node, 0),
		.rstd = saved(p, node, 1),
		.x = node_in(p, node, 0)->value,
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.channels = node->shape.c,
		.epsilon = node->factor,
	};
	return layer_norm(p->nn->device, &args, nn_rows(node->shape));
}

static void *wanted(const struct nn_node *node, int which)
{
	return node->param_mode[which] != NN_SKIP ? node->param[which]->gradient.data : NULL;
}

static int backward_params(struct nn_program *p, struct nn_node *node)
{
	const struct layer_norm_sums_args args = {
		.dbeta = wanted(node, BETA),
		.dgamma = wanted(node, GAMMA),
		.dy = node->grad,
		.x = node_in(p, node, 0)->value,
		.mean = saved(p, node, 0),
		.rstd = saved(p, node, 1),
		.channels = node->shape.c,
		.add_beta = node->param_mode[BETA] == NN_ADD,
		.add_gamma = node->param_mode[GAMMA] == NN_ADD,
	};
	return args.dbeta || args.dgamma ? layer_norm_sums(p->nn->device, &args, 1, nn_rows(node->shape)) : 0;
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const struct layer_norm_grad_args args = {
		.dx = node_in(p, node, 0)->grad,
		.dy = node->grad,
		.x = node_in(p, node, 0)->value,
		.mean = saved(p, node, 0),
		.rstd = saved(p, node, 1),
		.gamma = node->param[GAMMA]->value.data,
		.channels = node->shape.c,
		.accumulate = node->mode[0] == NN_ADD,
	};
	if (backward_params(p, node) != 0)
		return -1;
	return node->mode[0] == NN_SKIP ? 0 : layer_norm_grad(p->nn->device, &args, nn_rows(node->shape));
}

const struct nn_op op_layer_norm = {
	.name = "layer norm",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.reads_in = true,
	.cheap = true,
};

int layer_norm_add(struct nn_program *p, int x, const char *name, double epsilon)
{
	int i = program_add(p, &op_layer_norm, 1, x, -1);
	if (i < 0)
		return -1;
	struct nn_node *node = &p->nodes[i];
	if (!(epsilon > 0))
		return program_fail(p, "norm %s: epsilon %g", name, epsilon);
	if (node->shape.c < 2)
		return program_fail(p, "norm %s: layer norm of one channel is always 0", name);
	node->factor = epsilon;
	node->param[GAMMA] = param_get(p, name, "gamma", &node->shape.c, 1, 1, 0);
	node->param[BETA] = param_get(p, name, "beta", &node->shape.c, 1, 0, 0);
	return p->error[0] ? -1 : i;
}
