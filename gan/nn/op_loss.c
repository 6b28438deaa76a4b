/* Losses: what all share, the gradient correlation and the intensity sum. */
#include <string.h>

#include "gan/nn/loss.h"
#include "kernels/gradient_correlation.h"
#include "kernels/gradient_correlation_field.h"
#include "kernels/gradient_correlation_grad.h"
#include "kernels/intensity_sum.h"
#include "kernels/intensity_sum_grad.h"
#include "kernels/loss_total.h"

static const double correlation_epsilon = 1e-6;

int loss_finish(struct nn_program *p, struct nn_node *node, int64_t parts, double factor)
{
	const struct loss_total_args args = { node->saved, loss_parts(node), factor };
	return loss_total(p->nn->device, &args, 1, parts);
}

int loss_refuse(const struct nn_program *p, const struct nn_node *node, int k)
{
	for (; k < node->n_in; k++)
		if (node->active && node->mode[k] != NN_SKIP)
			return ERR_INVALID("loss %s has no gradient by its input %d (tensor %d): nn_detach it", node->name,
				k + 1, node->in[k]);
	(void)p;
	return 0;
}

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
	loss_save(node, planes(p, node), 2 * GRADIENT_CORRELATION_SIZE * planes(p, node));
	node->workspace_bytes = node->active ? 2 * field_bytes(p, node) : 0;
	return 0;
}

static int correlation_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const struct nn_shape s = a->shape;
	const int64_t parts = planes(p, node);
	const struct gradient_correlation_args args = { loss_parts(node), loss_rest(node, parts), a->value,
		b->value, s.h, s.w, s.c, correlation_epsilon };
	if (gradient_correlation(p->nn->device, &args, nn_images(s), (s.h - 2) * (s.w - 2)) != 0)
		return -1;
	return loss_finish(p, node, parts, 1 / (double)parts);
}

static int correlation_backward_input(struct nn_program *p, struct nn_node *node, int k)
{
	const struct nn_node *a = node_in(p, node, k), *b = node_in(p, node, 1 - k);
	const struct nn_shape s = a->shape;
	const int64_t parts = planes(p, node);
	void *field_x = p->workspace.data, *field_y = (char *)field_x + field_bytes(p, node);
	const struct gradient_correlation_field_args field = { field_x, field_y, loss_rest(node, parts),
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
	loss_save(node, groups(p, node), groups(p, node));
	return 0;
}

static int sum_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const struct nn_shape s = a->shape;
	const int64_t parts = groups(p, node);
	const struct intensity_sum_args args = { loss_parts(node), loss_rest(node, parts), a->value, b->value,
		nn_pixels(s), s.c };
	if (intensity_sum(p->nn->device, &args, s.n, nn_pixels(s)) != 0)
		return -1;
	return loss_finish(p, node, parts, 1 / (double)parts);
}

static int sum_backward(struct nn_program *p, struct nn_node *node)
{
	const int64_t parts = groups(p, node);
	for (int k = 0; k < 2; k++) {
		const struct nn_node *a = node_in(p, node, k);
		const struct nn_shape s = a->shape;
		const double factor = node->weight / (double)(parts * nn_pixels(s));
		const struct intensity_sum_grad_args args = { a->grad, loss_rest(node, parts), nn_pixels(s), s.c,
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

int loss_add(
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

int nn_loss_gradient_correlation(struct nn_program *p, const char *name, int a, int b, double weight)
{
	int i = loss_add(p, &op_gradient_correlation, name, 2, a, b, weight);
	if (i >= 0 && (p->nodes[a].shape.h < 3 || p->nodes[a].shape.w < 3))
		return program_fail(p, "loss %s: a Sobel gradient needs 3x3 pixels", name);
	return i;
}

int nn_loss_intensity_sum(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return loss_add(p, &op_intensity_sum, name, 2, a, b, weight);
}

int nn_loss_weights(struct nn_program *p, int loss, int weights)
{
	if (p->error[0])
		return -1;
	if (loss < 0 || loss >= p->n_nodes || !p->nodes[loss].op->loss || p->nodes[loss].weighted)
		return program_fail(p, "nn_loss_weights: %d is no loss without weights", loss);
	struct nn_node *node = &p->nodes[loss];
	if (node->op != &op_point_loss && node->op != &op_moment_loss && node->op != &op_class_loss)
		return program_fail(p, "loss %s: this kind takes no weights", node->name);
	const struct nn_shape s = p->nodes[node->in[0]].shape;
	if (program_append(p, loss, weights) != 0)
		return -1;
	if (nn_elements(p->nodes[weights].shape) != s.n)
		return program_fail(p, "loss %s: one weight for each of %lld samples", node->name, (long long)s.n);
	node->weighted = true;
	return 0;
}
