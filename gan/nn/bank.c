/*
 * Banks.  What is trained together lies one after the other in memory, so that one launch updates a network and one
 * call can reduce its gradients.  The gaps between parameters, there for alignment, hold zeros and stay so.
 */
#include <stdlib.h>
#include <string.h>

#include "gan/nn/plan.h"
#include "host/files/alloc.h"

int64_t bank_room(int64_t count)
{
	return (count + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}

void bank_free(struct nn_bank *bank)
{
	struct memory *const blocks[] = { &bank->value, &bank->gradient, &bank->m, &bank->v, &bank->average,
		&bank->copy, &bank->term };
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		memory_free(blocks[i]);
}

static int allocate(struct nn_program *p, struct nn_bank *bank)
{
	const enum device_elem elem = p->nn->device->elem;
	const size_t bytes = (size_t)bank->count * nn_master_bytes(p->nn);
	const size_t copy = elem == DEVICE_BF16 ? (size_t)bank->count * device_elem_bytes(elem) : 0;
	if (arena_alloc(p, &bank->value, bytes, "parameters") != 0 ||
		arena_alloc(p, &bank->gradient, bytes, "gradients") != 0 ||
		arena_alloc(p, &bank->m, bytes, "optimiser state") != 0 ||
		arena_alloc(p, &bank->v, bytes, "optimiser state") != 0)
		return -1;
	if (p->nn->terms && arena_alloc(p, &bank->term, (size_t)bank->count * device_elem_bytes(elem), "gradients") != 0)
		return -1;
	return arena_alloc(p, &bank->copy, copy, "parameters");
}

static void view(struct memory *to, const struct memory *bank, const struct nn_param *param, size_t each)
{
	if (!bank->data)
		return;
	memory_free(to);
	*to = (struct memory){ (char *)bank->data + (size_t)param->first * each, (size_t)param->room * each,
		bank->where };
}

static int move_values(const struct nn *nn, struct nn_bank *bank, struct nn_param **params, int n)
{
	for (int i = 0; i < n; i++) {
		const struct nn_param *param = params[i];
		const size_t at = (size_t)param->first * nn_master_bytes(nn);
		if (memory_copy(&bank->value, at, &param->value, 0, param->value.bytes) != 0)
			return -1;
		if (bank->copy.data &&
			memory_copy(&bank->copy, (size_t)param->first * device_elem_bytes(nn->device->elem),
				&param->copy, 0, param->copy.bytes) != 0)
			return -1;
	}
	return 0;
}

/* A recorded step holds addresses: it is recorded anew. */
static void forget_recordings(struct nn *nn)
{
	for (int i = 0; i < nn->n_programs; i++) {
		if (nn->programs[i]->graph)
			nn->device->plugin->graph_free(nn->programs[i]->graph);
		nn->programs[i]->graph = NULL;
	}
}

int bank_make(struct nn_program *p, struct nn_param **params, int n)
{
	struct nn *nn = p->nn;
	struct nn_bank *bank = alloc_grow(NULL, 1, sizeof(*bank));
	memset(bank, 0, sizeof(*bank));
	for (int i = 0; i < n; i++) {
		params[i]->first = bank->count;
		bank->count += bank_room(params[i]->room);
	}
	if (allocate(p, bank) != 0 || move_values(nn, bank, params, n) != 0) {
		bank_free(bank);
		free(bank);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		const size_t each = nn_master_bytes(nn);
		view(&params[i]->value, &bank->value, params[i], each);
		view(&params[i]->gradient, &bank->gradient, params[i], each);
		view(&params[i]->m, &bank->m, params[i], each);
		view(&params[i]->v, &bank->v, params[i], each);
		view(&params[i]->copy, &bank->copy, params[i], device_elem_bytes(nn->device->elem));
		view(&params[i]->term, &bank->term, params[i], device_elem_bytes(nn->device->elem));
		params[i]->bank = bank;
	}
	nn->banks = alloc_grow(nn->banks, (size_t)nn->n_banks + 1, sizeof(*nn->banks));
	nn->banks[nn->n_banks++] = bank;
	forget_recordings(nn);
	return 0;
}

int bank_average(struct nn_program *p, struct nn_bank *bank)
{
	struct nn *nn = p->nn;
	if (bank->average.data)
		return 0;
	if (arena_alloc(p, &bank->average, bank->value.bytes, "averages") != 0)
		return -1;
	for (int i = 0; i < nn->n_params; i++)
		if (nn->params[i]->bank == bank)
			view(&nn->params[i]->average, &bank->average, nn->params[i], nn_master_bytes(nn));
	return memory_copy(&bank->average, 0, &bank->value, 0, bank->value.bytes);
}

int nn_adopt_averages(struct nn *nn)
{
	for (int i = 0; i < nn->n_params; i++) {
		struct nn_param *param = nn->params[i];
		if (!param->average.data)
			continue;
		double *values = alloc_grow(NULL, (size_t)param->count, sizeof(double));
		int rc = param_read(nn, param, &param->average, values);
		if (rc == 0)
			rc = param_write(nn, param, values);
		free(values);
		if (rc != 0)
			return -1;
	}
	return 0;
}
