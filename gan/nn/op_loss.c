/*
 * Losses.  Each leaves its unweighted value in the first number of its saved block; the total is the weighted
 * sum and is never formed on the device: the backward pass starts from the weights.
 */
#include <string.h>

#include "gan/nn/program.h"
#include "kernels/gradient_correlation.h"
#include "kernels/gradient_correlation_field.h"
#include "kernels/gradient_correlation_grad.h"
#include "kernels/intensity_sum.h"
#include "kernels/intensity_sum_grad.h"
#include "kernels/l1.h"
#include "kernels/l1_grad.h"
#include "kernels/loss_total.h"
#include "kernels/lsgan.h"
#include "kernels/lsgan_grad.h"

enum { RUN = 4096 }; /* elements of one partial sum */
static const double correlation_epsilon = 1e-6;

/* The saved block: the value (room for 8 doubles), `parts` partial sums, then what the gradient needs. */
static double *parts_of(const struct nn_node *node)
{
	return (double *)((char *)node->saved + NN_ALIGN);
}

static double *rest_of(const struct nn_node *node, int64_t parts)
{
	return parts_of(node) + parts;
}

static void save(struct nn_node *node, int64_t parts, int64_t rest)
{
	node->saved_bytes = NN_ALIGN + (size_t)(parts + rest) * sizeof(double);
}

static int64_t runs(const struct nn_program *p, const struct nn_node *node)
{
	return (nn_elements(node_in(p, node, 0)->shape) + RUN - 1) / RUN;
}

static int total(struct nn_program *p, struct nn_node *node, int64_t parts, double factor)
{
	const struct loss_total_args args = { node->saved, parts_of(node), factor };
	return loss_total(p->nn->device, &args, 1, parts);
}

static int plan_runs(struct nn_program *p, struct nn_node *node)
{
	save(node, runs(p, node), 0);
	return 0;
}

static int l1_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const int64_t n = nn_elements(a->shape);
	const struct l1_args args = { parts_of(node), a->value, b->value, n, RUN };
	return l1(p->nn->device, &args, runs(p, node), RUN) != 0
		       ? -1
		       : total(p, node, runs(p, node), 1 / (double)n);
}

static int l1_backward(struct nn_program *p, struct nn_node *node)
{
	for (int k = 0; k < 2; k++) {
		const struct nn_node *a = node_in(p, node, k), *b = node_in(p, node, 1 - k);
		const int64_t n = nn_elements(a->shape);
		const struct l1_grad_args args = { a->grad, a->value, b->value, node->mode[k] == NN_ADD,
			node->weight / (double)n };
		if (node->mode[k] != NN_SKIP && l1_grad(p->nn->device, &args, n) != 0)
			return -1;
	}
	return 0;
}

const struct nn_op op_l1 = {
	.name = "L1 loss",
	.plan = plan_runs,
	.forward = l1_forward,
	.backward = l1_backward,
	.reads_in = true,
	.loss = true,
};

static int lsgan_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *x = node_in(p, node, 0);
	const int64_t n = nn_elements(x->shape);
	const struct lsgan_args args = { parts_of(node), x->value, n, RUN, node->factor };
	return lsgan(p->nn->device, &args, runs(p, node), RUN) != 0
		       ? -1
		       : total(p, node, runs(p, node), 1 / (double)n);
}

static int lsgan_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *x = node_in(p, node, 0);
	const int64_t n = nn_elements(x->shape);
	const struct lsgan_grad_args args = { x->grad, x->value, node->mode[0] == NN_ADD, node->factor,
		2 * node->weight / (double)n };
	return node->mode[0] == NN_SKIP ? 0 : lsgan_grad(p->nn->device, &args, n);
}

const struct nn_op op_lsgan = {
	.name = "LSGAN loss",
	.plan = plan_runs,
	.forward = lsgan_forward,
	.backward = lsgan_backward,
	.reads_in = true,
	.loss = true,
};

/* One correlation each: a channel of an image. */
static int64_t planes(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape s = node_in(p, node, 0)->shape;
	return nn_images(s) * s.c;
}

/* One sum each: a channel of a sample. */
static int64_t groups(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape s = node_in(p, node, 0)->shape;
	return s.n * s.c;
}

/* One of the two fields of Sobel gradients. */
static size_t field_bytes(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape s = node_in(p, node, 0)->shape;
	const size_t bytes = (size_t)(nn_images(s) * (s.h - 2) * (s.w - 2) * s.c) * nn_master_bytes(p->nn);
	return (bytes + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}

static int correlation_plan(struct nn_program *p, struct nn_node *node)
{
	save(node, planes(p, node), 2 * GRADIENT_CORRELATION_SIZE * planes(p, node));
	node->workspace_bytes = node->active ? 2 * field_bytes(p, node) : 0;
	return 0;
}

static int correlation_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const struct nn_shape s = a->shape;
	const int64_t parts = planes(p, node);
	const struct gradient_correlation_args args = { parts_of(node), rest_of(node, parts), a->value,
		b->value, s.h, s.w, s.c, correlation_epsilon };
	if (gradient_correlation(p->nn->device, &args, nn_images(s), (s.h - 2) * (s.w - 2)) != 0)
		return -1;
	return total(p, node, parts, 1 / (double)parts);
}

static int correlation_backward_input(struct nn_program *p, struct nn_node *node, int k)
{
	const struct nn_node *a = node_in(p, node, k), *b = node_in(p, node, 1 - k);
	const struct nn_shape s = a->shape;
	const int64_t parts = planes(p, node);
	void *field_x = p->workspace.data, *field_y = (char *)field_x + field_bytes(p, node);
	const struct gradient_correlation_field_args field = { field_x, field_y, rest_of(node, parts),
		a->value, b->value, s.h, s.w, s.c, k };
	const struct gradient_correlation_grad_args grad = { a->grad, field_x, field_y, s.h, s.w, s.c,
		node->mode[k] == NN_ADD, node->weight / (double)parts };
	if (node->mode[k] == NN_SKIP)
		return 0;
	if (gradient_correlation_field(p->nn->device, &field, nn_images(s) * (s.h - 2) * (s.w - 2)) != 0)
		return -1;
	return gradient_correlation_grad(p->nn->device, &grad, nn_rows(s));
}

static int correlation_backward(struct nn_program *p, struct nn_node *node)
{
	if (correlation_backward_input(p, node, 0) != 0)
		return -1;
	return correlation_backward_input(p, node, 1);
}

const struct nn_op op_gradient_correlation = {
	.name = "gradient correlation loss",
	.plan = correlation_plan,
	.forward = correlation_forward,
	.backward = correlation_backward,
	.reads_in = true,
	.loss = true,
};

static int sum_plan(struct nn_program *p, struct nn_node *node)
{
	save(node, groups(p, node), groups(p, node));
	return 0;
}

static int sum_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const struct nn_shape s = a->shape;
	const int64_t parts = groups(p, node);
	const struct intensity_sum_args args = { parts_of(node), rest_of(node, parts), a->value, b->value,
		nn_pixels(s), s.c };
	if (intensity_sum(p->nn->device, &args, s.n, nn_pixels(s)) != 0)
		return -1;
	return total(p, node, parts, 1 / (double)parts);
}

static int sum_backward(struct nn_program *p, struct nn_node *node)
{
	const int64_t parts = groups(p, node);
	for (int k = 0; k < 2; k++) {
		const struct nn_node *a = node_in(p, node, k);
		const struct nn_shape s = a->shape;
		const double factor = node->weight / (double)(parts * nn_pixels(s));
		const struct intensity_sum_grad_args args = { a->grad, rest_of(node, parts), nn_pixels(s), s.c,
			node->mode[k] == NN_ADD, k == 0 ? factor : -factor };
		if (node->mode[k] != NN_SKIP && intensity_sum_grad(p->nn->device, &args, nn_rows(s)) != 0)
			return -1;
	}
	return 0;
}

const struct nn_op op_intensity_sum = {
	.name = "intensity sum loss",
	.plan = sum_plan,
	.forward = sum_forward,
	.backward = sum_backward,
	.reads_in = true,
	.loss = true,
};

static int add_loss(
	struct nn_program *p, const struct nn_op *op, const char *name, int n_in, int a, int b, double weight)
{
	int i = program_add(p, op, n_in, a, b);
	if (i < 0 || program_name(p, p->nodes[i].name, name) != 0)
		return -1;
	if (strcmp(name, "total") == 0)
		return program_fail(p, "loss name 'total' is the weighted sum's");
	for (int k = 0; k < i; k++)
		if (p->nodes[k].op->loss && strcmp(p->nodes[k].name, name) == 0)
			return program_fail(p, "two losses are named %s", name);
	if (!(weight - weight == 0))
		return program_fail(p, "loss %s: weight %g", name, weight);
	if (n_in == 2) {
		const struct nn_shape s = p->nodes[a].shape, t = p->nodes[b].shape;
		char first[NN_SHAPE_TEXT], second[NN_SHAPE_TEXT];
		if (!nn_same_shape(s, t))
			return program_fail(p, "loss %s: shapes %s and %s", name, program_shape(first, s),
				program_shape(second, t));
	}
	p->nodes[i].weight = weight;
	p->nodes[i].shape = (struct nn_shape){ 1, 1, 1, 1, 1 };
	return i;
}

int nn_loss_l1(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return add_loss(p, &op_l1, name, 2, a, b, weight);
}

int nn_loss_lsgan(struct nn_program *p, const char *name, int x, double target, double weight)
{
	int i = add_loss(p, &op_lsgan, name, 1, x, -1, weight);
	if (i >= 0)
		p->nodes[i].factor = target;
	return i;
}

int nn_loss_gradient_correlation(struct nn_program *p, const char *name, int a, int b, double weight)
{
	int i = add_loss(p, &op_gradient_correlation, name, 2, a, b, weight);
	if (i >= 0 && (p->nodes[a].shape.h < 3 || p->nodes[a].shape.w < 3))
		return program_fail(p, "loss %s: a Sobel gradient needs 3x3 pixels", name);
	return i;
}

int nn_loss_intensity_sum(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return add_loss(p, &op_intensity_sum, name, 2, a, b, weight);
}
