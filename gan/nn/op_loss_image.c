/* Losses through the sums over an image (NCC, Dice), and the cross-entropy of classes. */
#include "gan/nn/loss.h"
#include "kernels/class_loss.h"
#include "kernels/class_loss_grad.h"
#include "kernels/moment_loss.h"
#include "kernels/moment_loss_grad.h"
#include "kernels/softmax_stats.h"

static const double ncc_epsilon = 1e-6, dice_epsilon = 1;

/* One loss each: a channel of a sample. */
static int64_t moment_parts(const struct nn_program *p, const struct nn_node *node)
{
	const struct nn_shape s = node_in(p, node, 0)->shape;
	return s.n * s.c;
}

static int moment_plan(struct nn_program *p, struct nn_node *node)
{
	loss_save(node, moment_parts(p, node), 2 * MOMENT_LOSS_SAVED * moment_parts(p, node));
	return loss_refuse(p, node, 2);
}

static int moment_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *a = node_in(p, node, 0), *b = node_in(p, node, 1);
	const int64_t parts = moment_parts(p, node), pixels = nn_pixels(a->shape);
	const struct moment_loss_args args = {
		.part = loss_parts(node),
		.saved = loss_rest(node, parts),
		.a = a->value,
		.b = b->value,
		.weight = loss_weights(p, node),
		.pixels = pixels,
		.channels = a->shape.c,
		.kind = (enum moment_loss_kind)node->kind,
		.epsilon = node->factor,
	};
	if (moment_loss(p->nn->device, &args, a->shape.n, pixels) != 0)
		return -1;
	return loss_finish(p, node, parts, 1 / (double)parts);
}

static int moment_backward(struct nn_program *p, struct nn_node *node)
{
	const int64_t parts = moment_parts(p, node);
	for (int k = 0; k < 2; k++) {
		const struct nn_node *a = node_in(p, node, k), *b = node_in(p, node, 1 - k);
		const struct moment_loss_grad_args args = {
			.da = a->grad,
			.a = a->value,
			.b = b->value,
			.saved = loss_rest(node, parts),
			.pixels = nn_pixels(a->shape),
			.channels = a->shape.c,
			.swapped = k,
			.accumulate = node->mode[k] == NN_ADD,
			.factor = node->weight / (double)parts,
		};
		if (node->mode[k] != NN_SKIP && moment_loss_grad(p->nn->device, &args, nn_rows(a->shape)) != 0)
			return -1;
	}
	return 0;
}

const struct nn_op op_moment_loss = {
	.name = "loss of images",
	.plan = moment_plan,
	.forward = moment_forward,
	.backward = moment_backward,
	.reads_in = true,
	.loss = true,
};

static int add_moment(struct nn_program *p, const char *name, enum moment_loss_kind kind, double epsilon, int a,
	int b, double weight)
{
	int i = loss_add(p, &op_moment_loss, name, 2, a, b, weight);
	if (i < 0)
		return -1;
	p->nodes[i].kind = (int)kind;
	p->nodes[i].factor = epsilon;
	return i;
}

int nn_loss_ncc(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return add_moment(p, name, MOMENT_LOSS_NCC, ncc_epsilon, a, b, weight);
}

int nn_loss_dice(struct nn_program *p, const char *name, int a, int b, double weight)
{
	return add_moment(p, name, MOMENT_LOSS_DICE, dice_epsilon, a, b, weight);
}

/* The rows' largest logit, then their sums of exponentials, behind the partial sums. */
static void *class_stats(const struct nn_program *p, const struct nn_node *node, int which)
{
	const int64_t rows = nn_rows(node_in(p, node, 0)->shape);
	return (char *)loss_rest(node, loss_runs(rows)) + (size_t)(which * rows) * nn_master_bytes(p->nn);
}

static int class_plan(struct nn_program *p, struct nn_node *node)
{
	const int64_t rows = nn_rows(node_in(p, node, 0)->shape);
	loss_save(node, loss_runs(rows), 2 * rows);
	return loss_refuse(p, node, 1);
}

static bool by_class(const struct nn_program *p, const struct nn_node *node)
{
	return node_in(p, node, 1)->shape.c != node_in(p, node, 0)->shape.c;
}

static int class_forward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *x = node_in(p, node, 0);
	const int64_t rows = nn_rows(x->shape);
	const struct softmax_stats_args stats = {
		.top = class_stats(p, node, 0),
		.sum = class_stats(p, node, 1),
		.x = x->value,
		.channels = x->shape.c,
	};
	const struct class_loss_args args = {
		.part = loss_parts(node),
		.x = x->value,
		.target = node_in(p, node, 1)->value,
		.top = class_stats(p, node, 0),
		.sum = class_stats(p, node, 1),
		.weight = loss_weights(p, node),
		.rows = rows,
		.channels = x->shape.c,
		.classes = by_class(p, node),
		.run = LOSS_RUN,
		.sample = nn_pixels(x->shape),
	};
	if (softmax_stats(p->nn->device, &stats, rows) != 0 ||
		class_loss(p->nn->device, &args, loss_runs(rows), LOSS_RUN) != 0)
		return -1;
	return loss_finish(p, node, loss_runs(rows), 1 / (double)rows);
}

static int class_backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *x = node_in(p, node, 0);
	const int64_t rows = nn_rows(x->shape);
	const struct class_loss_grad_args args = {
		.dx = x->grad,
		.x = x->value,
		.target = node_in(p, node, 1)->value,
		.top = class_stats(p, node, 0),
		.sum = class_stats(p, node, 1),
		.weight = loss_weights(p, node),
		.channels = x->shape.c,
		.classes = by_class(p, node),
		.sample = nn_pixels(x->shape),
		.accumulate = node->mode[0] == NN_ADD,
		.factor = node->weight / (double)rows,
	};
	return node->mode[0] == NN_SKIP ? 0 : class_loss_grad(p->nn->device, &args, rows);
}

const struct nn_op op_class_loss = {
	.name = "cross-entropy loss",
	.plan = class_plan,
	.forward = class_forward,
	.backward = class_backward,
	.reads_in = true,
	.loss = true,
};

int nn_loss_cross_entropy(struct nn_program *p, const char *name, int logits, int target, double weight)
{
	int i = loss_add(p, &op_class_loss, name, 1, logits, -1, weight);
	if (i < 0 || program_append(p, i, target) != 0)
		return -1;
	struct nn_shape s = p->nodes[logits].shape, t = p->nodes[target].shape;
	char first[NN_SHAPE_TEXT], second[NN_SHAPE_TEXT];
	const bool classes = t.c == 1;
	if (classes)
		t.c = s.c;
	if (!nn_same_shape(s, t) || s.c < 2)
		return program_fail(p, "loss %s: logits %s and target %s", name, program_shape(first, s),
			program_shape(second, p->nodes[target].shape));
	return i;
}
