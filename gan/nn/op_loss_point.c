/* Losses of single elements, all through one pair of kernels, and their helpers for adversarial training. */
#include <stdio.h>

#include "gan/nn/loss.h"
#include "kernels/point_loss.h"
#include "kernels/point_loss_grad.h"

static int operands(const struct nn_node *node)
{
	return node->n_in - node->weighted;
}

static const void *operand(const struct nn_program *p, const struct nn_node *node, int k)
{
	return k < operands(node) ? node_in(p, node, k)->value : NULL;
}

static struct point_loss_terms terms(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape s = node_in(p, node, 0)->shape;
	return (struct point_loss_terms){
		.x = operand(p, node, 0),
		.t = operand(p, node, 1),
		.v = operand(p, node, 2),
		.weight = loss_weights(p, node),
		.sample = nn_pixels(s) * s.c,
		.kind = (enum point_loss_kind)node->kind,
		.target = node->factor,
		.delta = node->slope,
	};
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	loss_save(node, loss_runs(nn_elements(node_in(p, node, 0)->shape)), 0);
	return loss_refuse(p, node, operands(node));
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	const int64_t n = nn_elements(node_in(p, node, 0)->shape);
	const struct point_loss_args args = { loss_parts(node), terms(p, node), n, LOSS_RUN };
	if (point_loss(p->nn->device, &args, loss_runs(n), LOSS_RUN) != 0)
		return -1;
	return loss_finish(p, node, loss_runs(n), 1 / (double)n);
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const int64_t n = nn_elements(node_in(p, node, 0)->shape);
	for (int k = 0; k < operands(node); k++) {
		const struct point_loss_grad_args args = { node_in(p, node, k)->grad, terms(p, node), k,
			node->mode[k] == NN_ADD, node->weight / (double)n };
		if (node->mode[k] != NN_SKIP && point_loss_grad(p->nn->device, &args, n) != 0)
			return -1;
	}
	return 0;
}

const struct nn_op op_point_loss = {
	.name = "loss of elements",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.reads_in = true,
	.loss = true,
};

static int add(struct nn_program *p, const char *name, enum point_loss_kind kind, int n_in, int a, int b, double weight)
{
	int i = loss_add(p, &op_point_loss, name, n_in, a, b, weight);
	if (i >= 0)
		p->nodes[i].kind = (int)kind;
	return i;
}

static int add_constant(
	struct nn_program *p, const char *name, enum point_loss_kind kind, int x, double target, double weight)
{
	int i = add(p, name, kind, 1, x, -1, weight);
	if (i < 0)
		return -1;
	if (!(target - target == 0))
		return program_fail(p, "loss %s: target %g", name, target);
	p->nodes[i].factor = target;
	return i;
}

int nn_loss_l1(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return add(p, name, POINT_LOSS_L1, 2, a, b, weight);
}

int nn_loss_l2(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return add(p, name, POINT_LOSS_L2, 2, a, b, weight);
}

int nn_loss_huber(struct nn_program *p, const char *name, int a, int b, double delta, double weight)
{
	int i = add(p, name, POINT_LOSS_HUBER, 2, a, b, weight);
	if (i < 0)
		return -1;
	if (!(delta > 0))
		return program_fail(p, "loss %s: delta %g", name, delta);
	p->nodes[i].slope = delta;
	return i;
}

int nn_loss_bce(struct nn_program *p, const char *name, int logits, int target, double weight)
{
	return add(p, name, POINT_LOSS_BCE, 2, logits, target, weight);
}

int nn_loss_bce_constant(struct nn_program *p, const char *name, int logits, double target, double weight)
{
	return add_constant(p, name, POINT_LOSS_BCE, logits, target, weight);
}

int nn_loss_lsgan(struct nn_program *p, const char *name, int x, double target, double weight)
{
	return add_constant(p, name, POINT_LOSS_L2, x, target, weight);
}

int nn_loss_hinge(struct nn_program *p, const char *name, int x, bool real, double weight)
{
	return add_constant(p, name, POINT_LOSS_HINGE, x, real ? 1 : -1, weight);
}

int nn_loss_hinge_generator(struct nn_program *p, const char *name, int x, double weight)
{
	return add_constant(p, name, POINT_LOSS_LINEAR, x, -1, weight);
}

int nn_loss_gaussian(
	struct nn_program *p, const char *name, int mean, int log_variance, int target, double weight)
{
	int i = add(p, name, POINT_LOSS_GAUSSIAN, 2, mean, target, weight);
	if (i < 0 || program_append(p, i, log_variance) != 0)
		return -1;
	char first[NN_SHAPE_TEXT], second[NN_SHAPE_TEXT];
	const struct nn_shape s = p->nodes[mean].shape, t = p->nodes[log_variance].shape;
	if (!nn_same_shape(s, t))
		return program_fail(p, "loss %s: shapes %s and %s", name, program_shape(first, s),
			program_shape(second, t));
	return i;
}

int nn_loss_feature_matching(
	struct nn_program *p, const char *name, int n, const int *real, const int *fake, double weight)
{
	char layer[NN_NAME];
	if (n < 1)
		return program_fail(p, "loss %s: no pair of features", name);
	for (int i = 0; i < n; i++) {
		if (snprintf(layer, sizeof(layer), "%s.%d", name, i) >= (int)sizeof(layer))
			return program_fail(p, "loss name '%.60s' is too long", name);
		if (nn_loss_l1(p, layer, fake[i], nn_detach(p, real[i]), weight / n) < 0)
			return -1;
	}
	return 0;
}
