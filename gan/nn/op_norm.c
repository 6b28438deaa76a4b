/*
 * Instance, group and batch norm with scale and shift.  All are statistics over some pixels of some channels: of a
 * sample's channel, of a group of a sample's channels, of a channel of the whole batch, which is then read as one
 * sample.  What alone reads the norm is fused in by the plan: a (leaky) ReLU (slope), the addition of another tensor (a
 * second input), a (leaky) ReLU of the sum (sum_slope), a reflect pad (pad).
 */
#include "gan/nn/program.h"
#include "kernels/activation_grad.h"
#include "kernels/norm_apply.h"
#include "kernels/norm_grad.h"
#include "kernels/norm_grad_sums.h"
#include "kernels/norm_group.h"
#include "kernels/norm_group_sums.h"
#include "kernels/norm_stats.h"
#include "kernels/pad_grad.h"
#include "kernels/sample_sum.h"
#include "kernels/scale.h"

enum { GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE };
enum { /* saved, each k_master (samples, c) */
	MEAN,
	RSTD,
	SUM_G,
	SUM_G_HAT,
	CHANNEL_MEAN, /* of group norm, or the batch's */
	VARIANCE,
	GROUP_G,
	GROUP_G_HAT,
	SAVED
};
static const double momentum = 0.1; /* of the running statistics */

static int64_t samples(const struct nn_node *node)
{
	return node->kind == NN_NORM_BATCH ? 1 : node->shape.n;
}

static int64_t pixels(const struct nn_node *node)
{
	return nn_rows(node->shape) / samples(node);
}

static bool fixed(const struct nn_node *node)
{
	return node->kind == NN_NORM_BATCH && node->evaluate;
}

static void *saved(const struct nn_program *p, const struct nn_node *node, int which)
{
	return (char *)node->saved + (size_t)(which * samples(node) * node->shape.c) * nn_master_bytes(p->nn);
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	node->saved_bytes = (size_t)(SAVED * samples(node) * node->shape.c) * nn_master_bytes(p->nn);
	node->reads_out = node->sum_slope != 1;
	if (node->active && (node->pad > 0 || (node->reads_out && node->mode[1] != NN_WRITE)))
		node->workspace_bytes = (size_t)nn_elements(node->shape) * device_elem_bytes(p->nn->device->elem);
	return 0;
}

/* Mean and 1 / standard deviation from those of the channels, which `mean` and `variance` hold. */
static int combine(struct nn_program *p, struct nn_node *node, const void *mean, const void *variance, int64_t size)
{
	const struct norm_group_args args = {
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.channel_mean = mean,
		.channel_variance = variance,
		.size = size,
		.epsilon = node->factor,
	};
	return norm_group(p->nn->device, &args, samples(node) * node->shape.c);
}

static int find_statistics(struct nn_program *p, struct nn_node *node)
{
	const bool group = node->kind == NN_NORM_GROUP, batch = node->kind == NN_NORM_BATCH;
	if (fixed(node))
		return combine(p, node, node->param[RUNNING_MEAN]->value.data,
			node->param[RUNNING_VARIANCE]->value.data, 1);
	const struct norm_stats_args args = {
		.mean = saved(p, node, group ? CHANNEL_MEAN : MEAN),
		.rstd = saved(p, node, RSTD),
		.variance = group ? saved(p, node, VARIANCE) : NULL,
		.running_mean = batch ? node->param[RUNNING_MEAN]->value.data : NULL,
		.running_variance = batch ? node->param[RUNNING_VARIANCE]->value.data : NULL,
		.momentum = momentum,
		.x = node_in(p, node, 0)->value,
		.pixels = pixels(node),
		.channels = node->shape.c,
		.epsilon = node->factor,
	};
	if (norm_stats(p->nn->device, &args, samples(node), pixels(node)) != 0)
		return -1;
	if (group)
		return combine(p, node, saved(p, node, CHANNEL_MEAN), saved(p, node, VARIANCE), node->size);
	return 0;
}

/* Also computes the value again: the statistics are saved. */
static int apply(struct nn_program *p, struct nn_node *node)
{
	const struct norm_apply_args args = {
		.y = node->value,
		.x = node_in(p, node, 0)->value,
		.residual = node->n_in == 2 ? node_in(p, node, 1)->value : NULL,
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.pixels = pixels(node),
		.channels = node->shape.c,
		.h = node->shape.h,
		.w = node->shape.w,
		.pad = node->pad,
		.slope = node->slope,
		.sum_slope = node->sum_slope,
	};
	return norm_apply(p->nn->device, &args, nn_rows(node->stored));
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	return find_statistics(p, node) != 0 ? -1 : apply(p, node);
}

/*
 * The gradient by the sum, or by the norm where there is none: the output's without the pad, or through the activation
 * behind the sum.  That is the second input's gradient, too, and is put there where it is the first to come.
 */
static void *gradient(const struct nn_program *p, const struct nn_node *node)
{
	if (node->sum_slope != 1 && node->mode[1] == NN_WRITE)
		return node_in(p, node, 1)->grad;
	return node->pad > 0 || node->sum_slope != 1 ? p->workspace.data : node->grad;
}

static int fold_pad(struct nn_program *p, struct nn_node *node)
{
	const struct nn_shape s = node->shape;
	const struct pad_grad_args args = { gradient(p, node), node->grad, s.h, s.w, node->pad, s.c, 0, PAD_REFLECT };
	return pad_grad(p->nn->device, &args, nn_rows(s));
}

static int backward_activation(struct nn_program *p, struct nn_node *node)
{
	const struct activation_grad_args args = {
		.dx = gradient(p, node),
		.dy = node->grad,
		.at = node->value,
		.channels = node->shape.c,
		.kind = ACTIVATION_LEAKY,
		.slope = node->sum_slope,
	};
	return activation_grad(p->nn->device, &args, nn_rows(node->shape));
}

static int find_gradient(struct nn_program *p, struct nn_node *node)
{
	if (node->pad > 0)
		return fold_pad(p, node);
	return node->sum_slope != 1 ? backward_activation(p, node) : 0;
}

static int backward_residual(struct nn_program *p, struct nn_node *node)
{
	const struct scale_args args = {
		.y = node_in(p, node, node->n_in - 1)->grad,
		.x = gradient(p, node),
		.channels = node->shape.c,
		.accumulate = node->mode[1] == NN_ADD,
		.factor = 1,
	};
	if (node->n_in < 2 || node->mode[1] == NN_SKIP || args.x == args.y)
		return 0;
	return scale(p->nn->device, &args, nn_rows(node->shape));
}

static void *wanted(const struct nn_node *node, int which)
{
	return node->param_mode[which] != NN_SKIP ? node->param[which]->gradient.data : NULL;
}

/* Of one sample they are the parameters' gradients as well. */
static int backward_sums(struct nn_program *p, struct nn_node *node)
{
	const bool one = samples(node) == 1;
	const struct norm_grad_sums_args args = {
		.sum_g = saved(p, node, SUM_G),
		.sum_g_hat = saved(p, node, SUM_G_HAT),
		.dgamma = one ? wanted(node, GAMMA) : NULL,
		.dbeta = one ? wanted(node, BETA) : NULL,
		.dy = gradient(p, node),
		.x = node_in(p, node, 0)->value,
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.pixels = pixels(node),
		.channels = node->shape.c,
		.add_gamma = node->param_mode[GAMMA] == NN_ADD,
		.add_beta = node->param_mode[BETA] == NN_ADD,
		.slope = node->slope,
	};
	return norm_grad_sums(p->nn->device, &args, samples(node), pixels(node));
}

static int group_sums(struct nn_program *p, struct nn_node *node)
{
	const struct norm_group_sums_args args = {
		.group_g = saved(p, node, GROUP_G),
		.group_g_hat = saved(p, node, GROUP_G_HAT),
		.sum_g = saved(p, node, SUM_G),
		.sum_g_hat = saved(p, node, SUM_G_HAT),
		.gamma = node->param[GAMMA]->value.data,
		.channels = node->shape.c,
		.size = node->size,
	};
	return norm_group_sums(p->nn->device, &args, samples(node) * node->shape.c);
}

/* Of several samples; of one, backward_sums() has written them. */
static int backward_params(struct nn_program *p, struct nn_node *node)
{
	const struct sample_sum_args args = {
		.total = { wanted(node, GAMMA), wanted(node, BETA) },
		.part = { saved(p, node, SUM_G_HAT), saved(p, node, SUM_G) },
		.samples = samples(node),
		.n = node->shape.c,
		.accumulate = { node->param_mode[GAMMA] == NN_ADD, node->param_mode[BETA] == NN_ADD },
	};
	if (args.samples == 1 || (!args.total[0] && !args.total[1]))
		return 0;
	return sample_sum(p->nn->device, &args, 2 * args.n);
}

static int backward_data(struct nn_program *p, struct nn_node *node)
{
	const bool group = node->kind == NN_NORM_GROUP;
	const struct norm_grad_args args = {
		.dx = node_in(p, node, 0)->grad,
		.dy = gradient(p, node),
		.x = node_in(p, node, 0)->value,
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.sum_g = saved(p, node, group ? GROUP_G : SUM_G),
		.sum_g_hat = saved(p, node, group ? GROUP_G_HAT : SUM_G_HAT),
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.pixels = pixels(node),
		.channels = node->shape.c,
		.accumulate = node->mode[0] == NN_ADD,
		.slope = node->slope,
		.kind = fixed(node) ? NORM_GRAD_FIXED : group ? NORM_GRAD_SHARED : NORM_GRAD_OWN,
	};
	if (node->mode[0] == NN_SKIP)
		return 0;
	return norm_grad(p->nn->device, &args, nn_rows(node->shape));
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	if (find_gradient(p, node) != 0)
		return -1;
	if (backward_sums(p, node) != 0 || backward_params(p, node) != 0)
		return -1;
	if (node->kind == NN_NORM_GROUP && group_sums(p, node) != 0)
		return -1;
	/* in the order of the inputs, which may be one tensor: the first writes its gradient, the second adds */
	return backward_data(p, node) != 0 ? -1 : backward_residual(p, node);
}

const struct nn_op op_norm = {
	.name = "norm",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.reads_in = true,
	.cheap = true,
	.again = apply,
};

static int check(struct nn_program *p, const struct nn_node *node, const char *name)
{
	const struct nn_shape s = node->shape;
	if (!(node->factor > 0))
		return program_fail(p, "norm %s: epsilon %g", name, node->factor);
	if (node->kind == NN_NORM_GROUP && (node->size < 1 || s.c % node->size != 0))
		return program_fail(p, "norm %s: %lld channels do not make such groups", name, (long long)s.c);
	if (fixed(node))
		return 0;
	if (node->kind == NN_NORM_INSTANCE && nn_pixels(s) < 2)
		return program_fail(p, "norm %s: instance norm of one pixel is always 0", name);
	if (node->kind == NN_NORM_BATCH && nn_rows(s) < 2)
		return program_fail(p, "norm %s: batch norm of one pixel in all is always 0", name);
	if (node->kind == NN_NORM_GROUP && nn_pixels(s) * node->size < 2)
		return program_fail(p, "norm %s: group norm of one number is always 0", name);
	return 0;
}

static int add_norm(
	struct nn_program *p, int x, const char *name, enum nn_norm kind, int64_t size, double epsilon)
{
	int i = program_add(p, &op_norm, 1, x, -1);
	if (i < 0)
		return -1;
	struct nn_node *node = &p->nodes[i];
	node->kind = (int)kind;
	node->size = size;
	node->factor = epsilon;
	node->evaluate = p->evaluate;
	if (check(p, node, name) != 0)
		return -1;
	node->param[GAMMA] = param_get(p, name, "gamma", &node->shape.c, 1, 1, 0);
	node->param[BETA] = param_get(p, name, "beta", &node->shape.c, 1, 0, 0);
	if (kind == NN_NORM_BATCH) {
		node->param[RUNNING_MEAN] = param_statistic(p, name, "running_mean", node->shape.c, 0);
		node->param[RUNNING_VARIANCE] = param_statistic(p, name, "running_var", node->shape.c, 1);
	}
	return p->error[0] ? -1 : i;
}

int nn_norm(struct nn_program *p, int x, const char *name, enum nn_norm kind, double epsilon)
{
	switch (kind) {
	case NN_NORM_NONE:
		return x;
	case NN_NORM_LAYER:
		return layer_norm_add(p, x, name, epsilon);
	case NN_NORM_GROUP:
		return program_fail(p, "norm %s: nn_norm_group() makes group norms", name);
	case NN_NORM_INSTANCE:
	case NN_NORM_BATCH:
		break;
	}
	return add_norm(p, x, name, kind, 1, epsilon);
}

int nn_norm_group(struct nn_program *p, int x, const char *name, int64_t groups, double epsilon)
{
	const int64_t channels = nn_shape_of(p, x).c;
	const bool whole = groups > 0 && channels % groups == 0;
	return add_norm(p, x, name, NN_NORM_GROUP, whole ? channels / groups : 0, epsilon);
}
