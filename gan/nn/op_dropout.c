/*
 * Dropout.  The mask is a pure function of (network seed, program, node, draw, position), so the backward pass and a
 * recomputation find it again and a resumed run continues with the same masks.  The draw lies on the device: a recorded
 * step reads the new one.
 */
#include "gan/nn/program.h"
#include "kernels/dropout.h"

static int plan(struct nn_program *p, struct nn_node *node)
{
	(void)node;
	return p->draws.data ? 0 : memory_alloc(&p->draws, p->nn->device, sizeof(uint64_t), "dropout's draw");
}

static int run(struct nn_program *p, struct nn_node *node, void *y, const void *x, bool accumulate)
{
	const struct dropout_args args = {
		.y = y,
		.x = x,
		.draw = p->draws.data,
		.seed = p->nn->seed,
		.stream = param_hash(p->name) + (uint64_t)(node - p->nodes) * 0x9E3779B97F4A7C15u,
		.channels = node->shape.c,
		.accumulate = accumulate,
		.probability = node->factor,
	};
	return dropout(p->nn->device, &args, nn_rows(node->shape));
}

static int forward(struct nn_program *p, struct nn_node *node)
{
	return run(p, node, node->value, node_in(p, node, 0)->value, false);
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	return run(p, node, node_in(p, node, 0)->grad, node->grad, node->mode[0] == NN_ADD);
}

const struct nn_op op_dropout = { .name = "dropout", .plan = plan, .forward = forward, .backward = backward, .cheap = true };

int nn_dropout(struct nn_program *p, int x, double probability, bool always)
{
	if (!(probability >= 0 && probability < 1))
		return program_fail(p, "dropout: probability %g", probability);
	if (probability <= 0 || (p->evaluate && !always))
		return x;
	int i = program_add(p, &op_dropout, 1, x, -1);
	if (i >= 0)
		p->nodes[i].factor = probability;
	return i;
}

void nn_set_draw(struct nn_program *p, uint64_t draw)
{
	p->draw = draw;
}

int dropout_write_draw(struct nn_program *p)
{
	const uint64_t draw = p->draw + (uint64_t)p->step;
	return p->draws.data ? memory_write(&p->draws, 0, &draw, sizeof(draw)) : 0;
}
