/*
 * Instance norm with scale and shift.  What alone reads it is fused in by the plan: a (leaky) ReLU (slope), the
 * addition of another tensor (a second input), a reflect pad (pad).
 */
#include "gan/nn/program.h"
#include "kernels/norm_apply.h"
#include "kernels/norm_grad.h"
#include "kernels/norm_grad_sums.h"
#include "kernels/norm_stats.h"
#include "kernels/reflect_pad_grad.h"
#include "kernels/sample_sum.h"
#include "kernels/scale.h"

enum { GAMMA, BETA };
enum { MEAN, RSTD, SUM_G, SUM_G_HAT, SAVED }; /* each k_master (n, c) */

static void *saved(const struct nn_program *p, const struct nn_node *node, int which)
{
	return (char *)node->saved + (size_t)(which * node->shape.n * node->shape.c) * nn_master_bytes(p->nn);
}

static int plan(struct nn_program *p, struct nn_node *node)
{
	node->saved_bytes = (size_t)(SAVED * node->shape.n * node->shape.c) * nn_master_bytes(p->nn);
	if (node->pad > 0 && node->active)
		node->workspace_bytes = (size_t)nn_elements(node->shape) * device_elem_bytes(p->nn->device->elem);
	return 0;
}

static int apply_norm(struct nn_program *p, struct nn_node *node, bool statistics)
{
	const struct nn_shape s = node->shape;
	const void *x = node_in(p, node, 0)->value;
	const struct norm_stats_args stats = {
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.x = x,
		.pixels = nn_pixels(s),
		.channels = s.c,
		.epsilon = node->factor,
	};
	const struct norm_apply_args apply = {
		.y = node->value,
		.x = x,
		.residual = node->n_in == 2 ? node_in(p, node, 1)->value : NULL,
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.pixels = nn_pixels(s),
		.channels = s.c,
		.h = s.h,
		.w = s.w,
		.pad = node->pad,
		.slope = node->slope,
	};
	if (statistics && norm_stats(p->nn->device, &stats, s.n, nn_pixels(s)) != 0)
		return -1;
	return norm_apply(p->nn->device, &apply, nn_rows(node->stored));
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	return apply_norm(p, node, true);
}

/* The statistics are saved. */
static int again(struct nn_program *p, struct nn_node *node)
{
	return apply_norm(p, node, false);
}

/* The output's gradient without the pad. */
static void *gradient(const struct nn_program *p, const struct nn_node *node)
{
	return node->pad > 0 ? p->workspace.data : node->grad;
}

static int fold_pad(struct nn_program *p, struct nn_node *node)
{
	const struct nn_shape s = node->shape;
	const struct reflect_pad_grad_args args = { p->workspace.data, node->grad, s.h, s.w, node->pad, s.c, 0 };
	return node->pad > 0 ? reflect_pad_grad(p->nn->device, &args, nn_rows(s)) : 0;
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
	if (node->n_in < 2 || node->mode[1] == NN_SKIP)
		return 0;
	return scale(p->nn->device, &args, nn_rows(node->shape));
}

static int backward_sums(struct nn_program *p, struct nn_node *node)
{
	const struct nn_shape s = node->shape;
	const struct norm_grad_sums_args args = {
		.sum_g = saved(p, node, SUM_G),
		.sum_g_hat = saved(p, node, SUM_G_HAT),
		.dy = gradient(p, node),
		.x = node_in(p, node, 0)->value,
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.pixels = nn_pixels(s),
		.channels = s.c,
		.slope = node->slope,
	};
	return norm_grad_sums(p->nn->device, &args, s.n, nn_pixels(s));
}

static int backward_param(struct nn_program *p, struct nn_node *node, int which, int sums)
{
	const struct sample_sum_args args = {
		.total = node->param[which]->gradient.data,
		.part = saved(p, node, sums),
		.samples = node->shape.n,
		.n = node->shape.c,
	};
	return node->param_wanted[which] ? sample_sum(p->nn->device, &args, node->shape.c) : 0;
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_shape s = node->shape;
	if (fold_pad(p, node) != 0 || backward_residual(p, node) != 0 || backward_sums(p, node) != 0 || backward_param(p, node, GAMMA, SUM_G_HAT) != 0 ||
		backward_param(p, node, BETA, SUM_G) != 0)
		return -1;
	if (node->mode[0] == NN_SKIP)
		return 0;
	const struct norm_grad_args args = {
		.dx = node_in(p, node, 0)->grad,
		.dy = gradient(p, node),
		.x = node_in(p, node, 0)->value,
		.mean = saved(p, node, MEAN),
		.rstd = saved(p, node, RSTD),
		.sum_g = saved(p, node, SUM_G),
		.sum_g_hat = saved(p, node, SUM_G_HAT),
		.gamma = node->param[GAMMA]->value.data,
		.beta = node->param[BETA]->value.data,
		.pixels = nn_pixels(s),
		.channels = s.c,
		.accumulate = node->mode[0] == NN_ADD,
		.slope = node->slope,
	};
	return norm_grad(p->nn->device, &args, nn_rows(s));
}

const struct nn_op op_norm = {
	.name = "norm",
	.plan = plan,
	.forward = forward,
	.backward = backward,
	.reads_in = true,
	.cheap = true,
	.again = again,
};

int nn_norm(struct nn_program *p, int x, const char *name, enum nn_norm kind, double epsilon)
{
	if (kind == NN_NORM_NONE)
		return x;
	int i = program_add(p, &op_norm, 1, x, -1);
	if (i < 0)
		return -1;
	const struct nn_shape s = p->nodes[i].shape;
	if (nn_pixels(s) < 2)
		return program_fail(p, "norm %s: instance norm of one pixel is always 0", name);
	if (!(epsilon > 0))
		return program_fail(p, "norm %s: epsilon %g", name, epsilon);
	p->nodes[i].factor = epsilon;
	p->nodes[i].param[GAMMA] = param_get(p, name, "gamma", &s.c, 1, 1, 0);
	p->nodes[i].param[BETA] = param_get(p, name, "beta", &s.c, 1, 0, 0);
	return p->error[0] ? -1 : i;
}
