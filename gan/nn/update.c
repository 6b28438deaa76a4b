/* What a step does with all parameters at once: weight gradients that a library wrote, clipping, Adam, moving averages. */
#include <math.h>
#include <string.h>

#include "gan/nn/plan.h"
#include "gan/nn/storage.h"
#include "kernels/adam.h"
#include "kernels/clip_factor.h"
#include "kernels/conv_wgrad_give.h"
#include "kernels/square_sum.h"

enum { RUN = 4096 };	       /* elements of one partial sum */
enum { NORM = ADAM_STEP, SCALARS }; /* after kernels/adam.h's numbers: the gradient's norm */
_Static_assert(SCALARS * sizeof(double) <= NN_ALIGN, "a train group's numbers fit its place");

int64_t update_parts(int64_t count)
{
	return (count + RUN - 1) / RUN;
}

static char *scalars_of(const struct nn_program *p, const struct nn_train *train)
{
	return (char *)p->scalars.data + train->scalars;
}

/* The share of the newest parameters in the average; larger in the first steps, so that the start is forgotten. */
static double share(double decay, double step)
{
	return 1 - fmin(decay, step / (9 + step));
}

int update_scalars(struct nn_program *p)
{
	for (int i = 0; i < p->n_trains; i++) {
		const struct nn_train *train = &p->trains[i];
		const double step = (double)(p->step + 1);
		const double values[ADAM_STEP] = {
			[ADAM_RATE] = train->adam.learning_rate,
			[ADAM_CORRECTION1] = 1 - pow(train->adam.beta1, step),
			[ADAM_CORRECTION2] = 1 - pow(train->adam.beta2, step),
			[ADAM_SHARE] = share(train->average, step),
			[ADAM_FACTOR] = 1,
		};
		float narrow[ADAM_STEP];
		const bool wide = p->nn->device->elem == DEVICE_F64;
		for (int k = 0; k < ADAM_STEP; k++)
			narrow[k] = (float)values[k];
		if (memory_write(&p->scalars, train->scalars, wide ? (const void *)values : (const void *)narrow,
			    wide ? sizeof(values) : sizeof(narrow)) != 0)
			return -1;
	}
	return 0;
}

/* The address of a run in one of its bank's blocks. */
static void *at(const struct nn_run *run, const struct memory *block, size_t each)
{
	return block->data ? (char *)block->data + (size_t)run->first * each : NULL;
}

static int clip(struct nn_program *p, int t)
{
	const struct nn_train *train = &p->trains[t];
	const size_t each = nn_master_bytes(p->nn);
	double *parts = p->partials.data;
	int64_t n = 0;
	for (int i = 0; i < p->n_updates; i++) {
		const struct nn_run *run = &p->updates[i].run;
		const struct square_sum_args args = {
			.part = parts + n,
			.x = at(run, &run->bank->gradient, each),
			.n = run->count,
			.run = RUN,
		};
		if (p->updates[i].train != t)
			continue;
		if (square_sum(p->nn->device, &args, update_parts(run->count), RUN) != 0)
			return -1;
		n += update_parts(run->count);
	}
	const struct clip_factor_args args = {
		.factor = scalars_of(p, train) + ADAM_FACTOR * each,
		.norm = scalars_of(p, train) + NORM * each,
		.part = parts,
		.largest = train->clip,
	};
	return clip_factor(p->nn->device, &args, 1, n);
}

static int update_run(struct nn_program *p, const struct nn_update *u)
{
	const struct nn_train *train = &p->trains[u->train];
	const struct nn_run *run = &u->run;
	const struct nn_bank *bank = run->bank;
	const size_t each = nn_master_bytes(p->nn);
	const struct adam_args args = {
		.parameter = at(run, &bank->value, each),
		.m = at(run, &bank->m, each),
		.v = at(run, &bank->v, each),
		.average = train->average > 0 ? at(run, &bank->average, each) : NULL,
		.gradient = at(run, &bank->gradient, each),
		.copy = at(run, &bank->copy, device_elem_bytes(p->nn->device->elem)),
		.step = scalars_of(p, train),
		.channels = NN_ALIGN,
		.beta1 = train->adam.beta1,
		.beta2 = train->adam.beta2,
		.epsilon = train->adam.epsilon,
		.weight_decay = train->adam.weight_decay,
	};
	return adam(p->nn->device, &args, run->count / NN_ALIGN);
}

int update_read_terms(struct nn_program *p)
{
	for (int i = 0; i < p->n_terms; i++) {
		const struct nn_run *run = &p->terms[i];
		const struct conv_wgrad_give_args args = {
			.dweight = at(run, &run->bank->gradient, nn_master_bytes(p->nn)),
			.term = at(run, &run->bank->term, device_elem_bytes(p->nn->device->elem)),
		};
		if (conv_wgrad_give(p->nn->device, &args, run->count) != 0)
			return -1;
	}
	return 0;
}

int update_run_all(struct nn_program *p)
{
	for (int t = 0; t < p->n_trains; t++)
		if (p->trains[t].clip > 0 && clip(p, t) != 0)
			return -1;
	for (int i = 0; i < p->n_updates; i++)
		if (update_run(p, &p->updates[i]) != 0)
			return -1;
	return 0;
}

int nn_gradient_norm(struct nn_program *p, const char *prefix, double *norm)
{
	for (int t = 0; p->compiled && t < p->n_trains; t++)
		if (strcmp(p->trains[t].prefix, prefix) == 0 && p->trains[t].clip > 0)
			return storage_read(norm, &p->scalars,
				p->trains[t].scalars + NORM * nn_master_bytes(p->nn),
				nn_master_elem(p->nn), 1);
	return ERR("program %s clips no gradient of '%s...'", p->name, prefix);
}
