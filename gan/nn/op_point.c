/* Element by element: activation, addition, scaling. */
#include "gan/nn/program.h"
#include "kernels/activation.h"
#include "kernels/activation_grad.h"
#include "kernels/add.h"
#include "kernels/scale.h"

/* Where the activation's derivative is found from: its input, else its output. */
static bool from_input(const struct nn_node *node)
{
	return node->kind == ACTIVATION_GELU || node->kind == ACTIVATION_SILU;
}

static int act_plan(struct nn_program *p, struct nn_node *node)
{
	(void)p;
	node->reads_in[0] = from_input(node);
	node->reads_out = !from_input(node);
	return 0;
}

static int act_forward(struct nn_program *p, struct nn_node *node)
{
	const struct activation_args args = {
		.y = node->value,
		.x = node_in(p, node, 0)->value,
		.channels = node->shape.c,
		.kind = (enum activation_kind)node->kind,
		.slope = node->slope,
	};
	return activation(p->nn->device, &args, nn_rows(node->shape));
}

static int act_backward(struct nn_program *p, struct nn_node *node)
{
	const struct activation_grad_args args = {
		.dx = node_in(p, node, 0)->grad,
		.dy = node->grad,
		.at = from_input(node) ? node_in(p, node, 0)->value : node->value,
		.channels = node->shape.c,
		.accumulate = node->mode[0] == NN_ADD,
		.kind = (enum activation_kind)node->kind,
		.slope = node->slope,
	};
	return activation_grad(p->nn->device, &args, nn_rows(node->shape));
}

const struct nn_op op_act = {
	.name = "activation",
	.plan = act_plan,
	.forward = act_forward,
	.backward = act_backward,
	.reads_in = true,
	.reads_out = true,
	.cheap = true,
};

static enum activation_kind kind_of(enum nn_act kind)
{
	switch (kind) {
	case NN_ACT_NONE:
	case NN_ACT_RELU:
	case NN_ACT_LEAKY:
		return ACTIVATION_LEAKY;
	case NN_ACT_TANH:
		return ACTIVATION_TANH;
	case NN_ACT_SIGMOID:
		return ACTIVATION_SIGMOID;
	case NN_ACT_GELU:
		return ACTIVATION_GELU;
	case NN_ACT_SILU:
		return ACTIVATION_SILU;
	}
	BUG("activation %d", (int)kind);
}

int nn_act(struct nn_program *p, int x, enum nn_act kind, double slope)
{
	if (kind == NN_ACT_NONE)
		return x;
	int i = program_add(p, &op_act, 1, x, -1);
	if (i < 0)
		return -1;
	if (kind == NN_ACT_LEAKY && !(slope >= 0))
		return program_fail(p, "leaky ReLU: slope %g must not be negative", slope);
	p->nodes[i].kind = (int)kind_of(kind);
	p->nodes[i].slope = kind == NN_ACT_LEAKY ? slope : 0;
	return i;
}

/* The gradient of input k is factor times the output's. */
static int pass_back(struct nn_program *p, struct nn_node *node, int k, double factor)
{
	const struct scale_args args = {
		.y = node_in(p, node, k)->grad,
		.x = node->grad,
		.channels = node->shape.c,
		.accumulate = node->mode[k] == NN_ADD,
		.factor = factor,
	};
	return node->mode[k] == NN_SKIP ? 0 : scale(p->nn->device, &args, nn_rows(node->shape));
}

static int add_forward(struct nn_program *p, struct nn_node *node)
{
	const struct add_args args = { node->value, node_in(p, node, 0)->value, node_in(p, node, 1)->value,
		node->shape.c };
	return add(p->nn->device, &args, nn_rows(node->shape));
}

static int add_backward(struct nn_program *p, struct nn_node *node)
{
	return pass_back(p, node, 0, 1) != 0 ? -1 : pass_back(p, node, 1, 1);
}

const struct nn_op op_add = { .name = "add", .forward = add_forward, .backward = add_backward };

int nn_add(struct nn_program *p, int a, int b)
{
	int i = program_add(p, &op_add, 2, a, b);
	if (i < 0)
		return -1;
	const struct nn_shape s = p->nodes[a].shape, t = p->nodes[b].shape;
	char first[NN_SHAPE_TEXT], second[NN_SHAPE_TEXT];
	if (!nn_same_shape(s, t))
		return program_fail(p, "add: shapes %s and %s", program_shape(first, s), program_shape(second, t));
	return i;
}

static int scale_forward(struct nn_program *p, struct nn_node *node)
{
	const struct scale_args args = {
		.y = node->value,
		.x = node_in(p, node, 0)->value,
		.channels = node->shape.c,
		.factor = node->factor,
	};
	return scale(p->nn->device, &args, nn_rows(node->shape));
}

static int scale_backward(struct nn_program *p, struct nn_node *node)
{
	return pass_back(p, node, 0, node->factor);
}

const struct nn_op op_scale = { .name = "scale", .forward = scale_forward, .backward = scale_backward, .cheap = true };

int nn_scale(struct nn_program *p, int x, double factor)
{
	int i = program_add(p, &op_scale, 1, x, -1);
	if (i >= 0)
		p->nodes[i].factor = factor;
	return i;
}
