/*
 * Parameters and optimiser state as named tensors.  Convolution weights leave as (cout, cin, kh, kw) or
 * (cout, cin, kd, kh, kw), the order other programs use; a transposed convolution's as (cin, cout, ...).  float, or double from the
 * `ref` backend.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/program.h"
#include "host/files/alloc.h"

enum { VALUE, MOMENT, SQUARE, AVERAGE, KINDS };
static const long long MOST_STEPS = 1000000000000; /* beyond, the number is damaged */
static const char *const kind_prefix[KINDS] = { "net.", "opt.m.", "opt.v.", "ema." };

static struct memory *block_of(struct nn_param *param, int kind)
{
	struct memory *const blocks[KINDS] = { &param->value, &param->m, &param->v, &param->average };
	return blocks[kind];
}

/* Position in a file's (a, last, b, ...) of element i of memory's (a, b, ..., last). */
static int64_t file_index(const struct nn_param *param, int64_t i)
{
	if (param->n_dims < 4)
		return i;
	const int64_t last = param->shape[param->n_dims - 1];
	int64_t volume = 1;
	for (int k = 1; k < param->n_dims - 1; k++)
		volume *= param->shape[k];
	return (i / last / volume * last + i % last) * volume + i / last % volume;
}

static void file_shape(const struct nn_param *param, int64_t shape[NN_DIMS])
{
	memcpy(shape, param->shape, sizeof(param->shape));
	if (param->n_dims < 4)
		return;
	shape[1] = param->shape[param->n_dims - 1];
	for (int k = 2; k < param->n_dims; k++)
		shape[k] = param->shape[k - 1];
}

static void entry_name(char name[128], int kind, const struct nn_param *param)
{
	snprintf(name, 128, "%s%s", kind_prefix[kind], param->name);
}

static int export_one(struct nn *nn, struct safetensors *s, struct nn_param *param, int kind, size_t offset)
{
	const bool wide = nn->device->elem == DEVICE_F64;
	char name[128];
	int64_t shape[NN_DIMS];
	double *values = alloc_grow(NULL, (size_t)param->count, sizeof(double));
	int rc = param_read(nn, param, block_of(param, kind), values);
	void *to = (char *)nn->exported.data + offset;
	for (int64_t i = 0; rc == 0 && i < param->count; i++) {
		const int64_t at = file_index(param, i);
		if (wide)
			((double *)to)[at] = values[i];
		else
			((float *)to)[at] = (float)values[i];
	}
	free(values);
	if (rc != 0)
		return -1;
	entry_name(name, kind, param);
	file_shape(param, shape);
	safetensors_add(s, name, wide ? SAFETENSORS_F64 : SAFETENSORS_F32, shape, param->n_dims, to);
	return 0;
}

static void step_key(char key[NN_NAME + 8], const struct nn_program *p)
{
	snprintf(key, NN_NAME + 8, "step.%s", p->name);
}

int nn_export(struct nn *nn, struct safetensors *s, bool with_optimiser)
{
	const int kinds = with_optimiser ? KINDS : 1;
	size_t bytes = 0, offset = 0;
	for (int i = 0; i < nn->n_params; i++)
		for (int k = 0; k < kinds; k++)
			bytes += block_of(nn->params[i], k)->bytes;
	memory_free(&nn->exported);
	if (memory_alloc(&nn->exported, NULL, bytes, "checkpoint") != 0)
		return -1;
	for (int k = 0; k < kinds; k++)
		for (int i = 0; i < nn->n_params; i++) {
			struct nn_param *param = nn->params[i];
			if (!block_of(param, k)->data)
				continue;
			if (export_one(nn, s, param, k, offset) != 0)
				return -1;
			offset += block_of(param, k)->bytes;
		}
	for (int i = 0; with_optimiser && i < nn->n_programs; i++) {
		const struct nn_program *p = nn->programs[i];
		char key[NN_NAME + 8], value[24];
		if (p->n_trains == 0)
			continue;
		step_key(key, p);
		snprintf(value, sizeof(value), "%" PRId64, p->step);
		safetensors_add_meta(s, key, value);
	}
	return 0;
}

static int check_entry(const struct safetensors *s, const struct nn_param *param, int kind)
{
	char name[128];
	int64_t shape[NN_DIMS];
	entry_name(name, kind, param);
	file_shape(param, shape);
	const struct safetensors_entry *e = safetensors_find(s, name);
	if (!e)
		return ERR_MODEL("tensor '%s' is missing", name);
	bool same = e->n_dims == param->n_dims;
	for (int i = 0; same && i < param->n_dims; i++)
		same = e->shape[i] == shape[i];
	if (!same)
		return ERR_MODEL("tensor '%s' has another shape than the network's parameter", name);
	if (e->type != SAFETENSORS_F32 && e->type != SAFETENSORS_F64)
		return ERR_MODEL("tensor '%s' holds no floating-point numbers", name);
	for (int64_t i = 0; i < param->count; i++) {
		double x = e->type == SAFETENSORS_F64 ? ((const double *)e->data)[i]
						      : (double)((const float *)e->data)[i];
		if (!isfinite(x))
			return ERR_MODEL("tensor '%s' holds a number that is not finite", name);
	}
	return 0;
}

static int64_t read_step(const struct safetensors *s, const struct nn_program *p)
{
	char key[NN_NAME + 8], *end;
	step_key(key, p);
	const char *text = safetensors_meta(s, key);
	if (!text || text[0] < '0' || text[0] > '9')
		return -1;
	const long long step = strtoll(text, &end, 10);
	return *end || step > MOST_STEPS ? -1 : (int64_t)step;
}

static int import_one(struct nn *nn, const struct safetensors *s, struct nn_param *param, int kind)
{
	char name[128];
	entry_name(name, kind, param);
	const struct safetensors_entry *e = safetensors_find(s, name);
	double *values = alloc_grow(NULL, (size_t)param->count, sizeof(double));
	for (int64_t i = 0; i < param->count; i++) {
		const int64_t at = file_index(param, i);
		values[i] = e->type == SAFETENSORS_F64 ? ((const double *)e->data)[at]
						       : (double)((const float *)e->data)[at];
	}
	int rc = kind == VALUE ? param_write(nn, param, values)
			       : param_write_block(nn, param, block_of(param, kind), values);
	free(values);
	return rc;
}

/* A whole checkpoint holds no parameter that this network lacks. */
static int check_known(const struct nn *nn, const struct safetensors *s)
{
	for (int i = 0; i < s->n_entries; i++) {
		const char *name = s->entries[i].name;
		if (strncmp(name, "net.", 4) == 0 && !param_find(nn, name + 4))
			return ERR_MODEL("tensor '%s' is of another network: this one has no such parameter", name);
	}
	return 0;
}

static int check_all(struct nn *nn, const struct safetensors *s, bool with_optimiser)
{
	for (int i = 0; i < nn->n_params; i++)
		for (int k = 0; k < (with_optimiser ? KINDS : 1); k++)
			if (block_of(nn->params[i], k)->data && check_entry(s, nn->params[i], k) != 0)
				return -1;
	for (int i = 0; with_optimiser && i < nn->n_programs; i++)
		if (nn->programs[i]->n_trains > 0 && read_step(s, nn->programs[i]) < 0)
			return ERR_MODEL("metadata 'step.%s' is missing or no number", nn->programs[i]->name);
	return with_optimiser ? check_known(nn, s) : 0;
}

int nn_import(struct nn *nn, const struct safetensors *s, bool with_optimiser)
{
	if (check_all(nn, s, with_optimiser) != 0)
		return -1;
	for (int i = 0; i < nn->n_params; i++)
		for (int k = 0; k < (with_optimiser ? KINDS : 1); k++)
			if (block_of(nn->params[i], k)->data && import_one(nn, s, nn->params[i], k) != 0)
				return -1;
	for (int i = 0; with_optimiser && i < nn->n_programs; i++)
		if (nn->programs[i]->n_trains > 0)
			nn->programs[i]->step = read_step(s, nn->programs[i]);
	return 0;
}
