#include "gan/nn/plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"

int program_fail(struct nn_program *p, const char *fmt, ...)
{
	if (p->error[0])
		return -1;
	va_list args;
	va_start(args, fmt);
	vsnprintf(p->error, sizeof(p->error), fmt, args);
	va_end(args);
	p->error_code = EXIT_CODE_INVALID;
	return err_set(EXIT_CODE_INVALID, __FILE__, __LINE__, "program %s: %s", p->name, p->error);
}

int program_name(struct nn_program *p, char to[NN_NAME], const char *name)
{
	if (!name || !name[0] || strlen(name) >= NN_NAME)
		return program_fail(
			p, "name '%s' must have 1 to %d characters", name ? name : "", NN_NAME - 1);
	memcpy(to, name, strlen(name) + 1);
	return 0;
}

const char *program_shape(char text[NN_SHAPE_TEXT], struct nn_shape s)
{
	const int64_t sizes[] = { s.n, s.d, s.h, s.w, s.c };
	size_t at = 0;
	for (int i = 0; i < 5; i++)
		if (i != 1 || s.d != 1)
			at += (size_t)snprintf(
				text + at, NN_SHAPE_TEXT - at, "%s%" PRId64, i > 0 ? "x" : "", sizes[i]);
	return text;
}

bool program_has_prefix(const char *name, char *const *prefixes, int n)
{
	for (int i = 0; i < n; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

struct nn_program *nn_program_new(struct nn *nn, const char *name)
{
	struct nn_program *p = alloc_grow(NULL, 1, sizeof(*p));
	memset(p, 0, sizeof(*p));
	p->nn = nn;
	program_name(p, p->name, name);
	for (int i = 0; i < nn->n_programs; i++)
		if (strcmp(nn->programs[i]->name, p->name) == 0)
			program_fail(p, "a program of this name exists already");
	nn->programs = alloc_grow(nn->programs, (size_t)nn->n_programs + 1, sizeof(struct nn_program *));
	nn->programs[nn->n_programs++] = p;
	return p;
}

static bool is_tensor(const struct nn_program *p, int x)
{
	return x >= 0 && x < p->n_nodes && !p->nodes[x].op->loss;
}

int program_add(struct nn_program *p, const struct nn_op *op, int n_in, int a, int b)
{
	struct nn_node node = { .op = op, .n_in = n_in, .in = { a, b }, .slope = 1, .sum_slope = 1 };
	if (p->error[0])
		return -1;
	if (p->compiled)
		return program_fail(p, "%s after nn_compile()", op->name);
	for (int k = 0; k < n_in; k++)
		if (!is_tensor(p, node.in[k]) || p->nodes[node.in[k]].op == &op_gradient)
			return program_fail(
				p, "%s: input %d is no tensor of this program", op->name, node.in[k]);
	if (n_in > 0)
		node.shape = p->nodes[a].shape;
	p->nodes = alloc_grow(p->nodes, (size_t)p->n_nodes + 1, sizeof(node));
	p->nodes[p->n_nodes] = node;
	return p->n_nodes++;
}

int program_append(struct nn_program *p, int i, int x)
{
	struct nn_node *node = &p->nodes[i];
	if (p->error[0])
		return -1;
	if (p->compiled)
		return program_fail(p, "%s after nn_compile()", node->op->name);
	if (!is_tensor(p, x) || x >= i || p->nodes[x].op == &op_gradient)
		return program_fail(p, "%s: input %d is no tensor before it in this program", node->op->name, x);
	if (node->n_in == NN_INPUTS)
		return program_fail(p, "%s: more than %d inputs", node->op->name, (int)NN_INPUTS);
	node->in[node->n_in++] = x;
	return 0;
}

struct nn_shape nn_shape_of(const struct nn_program *p, int x)
{
	struct nn_shape shape = { 0 };
	if (is_tensor(p, x)) {
		shape = p->nodes[x].shape;
		shape.c = nn_channels(&p->nodes[x]);
	}
	return shape;
}

const struct nn_op op_input = { .name = "nn_input" };

int nn_input(struct nn_program *p, const char *name, struct nn_shape shape)
{
	int i = program_add(p, &op_input, 0, -1, -1);
	if (i < 0 || program_name(p, p->nodes[i].name, name) != 0)
		return -1;
	char text[NN_SHAPE_TEXT];
	if (shape.d == 0)
		shape.d = 1;
	if (shape.n < 1 || shape.d < 1 || shape.h < 1 || shape.w < 1 || shape.c < 1)
		return program_fail(p, "input %s: shape %s", name, program_shape(text, shape));
	p->nodes[i].shape = shape;
	p->nodes[i].keep = true;
	return i;
}

static int from_plan(struct nn_program *p, struct nn_node *node)
{
	(void)p;
	const struct nn_program *other = node->other;
	if (!other->compiled)
		return ERR("nn_from: program %s is not compiled yet", other->name);
	if (!other->nodes[node->other_tensor].keep)
		return ERR("nn_from: tensor %d of program %s is not kept (nn_keep)", node->other_tensor,
			other->name);
	node->value = other->nodes[node->other_tensor].value;
	return 0;
}

const struct nn_op op_from = { .name = "nn_from", .plan = from_plan };

int nn_from(struct nn_program *p, struct nn_program *other, int tensor)
{
	if (p->error[0])
		return -1;
	if (other == p || other->nn != p->nn || !is_tensor(other, tensor))
		return program_fail(p, "nn_from: %d is no tensor of another program of this network", tensor);
	int i = program_add(p, &op_from, 0, -1, -1);
	if (i < 0)
		return -1;
	p->nodes[i].shape = nn_shape_of(other, tensor);
	p->nodes[i].other = other;
	p->nodes[i].other_tensor = tensor;
	return i;
}

const struct nn_op op_detach = { .name = "nn_detach" };

int nn_detach(struct nn_program *p, int x)
{
	return program_add(p, &op_detach, 1, x, -1);
}

const struct nn_op op_gradient = { .name = "nn_input_gradient" };

int nn_input_gradient(struct nn_program *p, int tensor)
{
	int i = program_add(p, &op_gradient, 1, tensor, -1);
	if (i < 0)
		return -1;
	p->nodes[tensor].keep_grad = true;
	return i;
}

void nn_keep(struct nn_program *p, int tensor)
{
	if (p->error[0])
		return;
	if (p->compiled || !is_tensor(p, tensor))
		program_fail(p, "nn_keep: %d is no tensor of this program, or it is compiled", tensor);
	else
		p->nodes[tensor].keep = true;
}

void nn_evaluate(struct nn_program *p)
{
	if (p->compiled)
		program_fail(p, "nn_evaluate after nn_compile()");
	p->evaluate = true;
}

void nn_freeze(struct nn_program *p, const char *prefix)
{
	if (p->compiled) {
		program_fail(p, "nn_freeze after nn_compile()");
		return;
	}
	p->frozen = alloc_grow(p->frozen, (size_t)p->n_frozen + 1, sizeof(char *));
	p->frozen[p->n_frozen++] = alloc_text(prefix);
}

void nn_train(struct nn_program *p, const char *prefix, const struct nn_adam *adam)
{
	if (p->compiled) {
		program_fail(p, "nn_train after nn_compile()");
		return;
	}
	if (!(adam->learning_rate >= 0) || !(adam->beta1 >= 0 && adam->beta1 < 1) ||
		!(adam->beta2 >= 0 && adam->beta2 < 1) || !(adam->epsilon > 0) ||
		!(adam->weight_decay >= 0)) {
		program_fail(p, "nn_train '%s': learning rate %g, betas %g %g, epsilon %g, weight decay %g",
			prefix, adam->learning_rate, adam->beta1, adam->beta2, adam->epsilon,
			adam->weight_decay);
		return;
	}
	p->trains = alloc_grow(p->trains, (size_t)p->n_trains + 1, sizeof(struct nn_train));
	p->trains[p->n_trains++] = (struct nn_train){ .prefix = alloc_text(prefix), .adam = *adam };
}

static struct nn_train *find_train(struct nn_program *p, const char *call, const char *prefix)
{
	for (int i = 0; !p->compiled && i < p->n_trains; i++)
		if (strcmp(p->trains[i].prefix, prefix) == 0)
			return &p->trains[i];
	program_fail(p, "%s: no nn_train() of '%s' before it, or it is compiled", call, prefix);
	return NULL;
}

void nn_clip(struct nn_program *p, const char *prefix, double norm)
{
	struct nn_train *train = find_train(p, "nn_clip", prefix);
	if (train && !(norm > 0 && norm - norm == 0))
		program_fail(p, "nn_clip %s: norm %g", prefix, norm);
	else if (train)
		train->clip = norm;
}

void nn_average(struct nn_program *p, const char *prefix, double decay)
{
	struct nn_train *train = find_train(p, "nn_average", prefix);
	if (train && !(decay > 0 && decay < 1))
		program_fail(p, "nn_average %s: decay %g", prefix, decay);
	else if (train)
		train->average = decay;
}

void nn_recompute(struct nn_program *p)
{
	if (p->compiled)
		program_fail(p, "nn_recompute after nn_compile()");
	p->recompute = true;
}

void nn_set_learning_rate(struct nn_program *p, double learning_rate)
{
	for (int i = 0; i < p->n_trains; i++)
		p->trains[i].adam.learning_rate = learning_rate;
}

int nn_compile(struct nn_program *p, struct nn_report *report)
{
	struct nn_report mine = { 0 };
	if (p->error[0])
		return err_set(p->error_code, __FILE__, __LINE__, "program %s: %s", p->name, p->error);
	if (p->compiled)
		return ERR("program %s is compiled already", p->name);
	if (plan_program(p, &mine) != 0 || place_program(p, &mine) != 0) {
		plan_reset(p);
		p->error_code = err_code(); /* what is half planned is not planned again */
		snprintf(p->error, sizeof(p->error), "%s", err_message());
		return err_prefix("program %s", p->name);
	}
	p->compiled = true;
	p->report = mine;
	if (report)
		*report = mine;
	return 0;
}
