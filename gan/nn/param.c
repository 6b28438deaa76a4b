/* Parameters: one table for all programs, masters in k_master, drawn by name so that the order of creation is
 * free. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/nn/program.h"
#include "gan/nn/storage.h"
#include "gan/nn/wide.h"
#include "host/files/alloc.h"
#include "host/run/rng.h"

size_t param_bytes(const struct nn *nn, const struct nn_param *param)
{
	return (size_t)param->room * nn_master_bytes(nn);
}

const void *param_elements(const struct nn_param *param)
{
	return param->copy.data ? param->copy.data : param->value.data;
}

void param_free(struct nn_param *param)
{
	if (param->bank)
		return;
	memory_free(&param->value);
	memory_free(&param->gradient);
	memory_free(&param->m);
	memory_free(&param->v);
	memory_free(&param->copy);
}

struct nn_param *param_find(const struct nn *nn, const char *name)
{
	for (int i = 0; i < nn->n_params; i++)
		if (strcmp(nn->params[i]->name, name) == 0)
			return nn->params[i];
	return NULL;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
uint64_t param_hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3u;
	return h;
}

static int write_as(
	const struct nn_param *param, struct memory *to, enum device_elem elem, const double *values)
{
	if (param->room == param->count)
		return storage_write(to, 0, elem, values, param->count);
	double *stored = alloc_grow(NULL, (size_t)param->room, sizeof(double));
	wide_expand(param, stored, values);
	int rc = storage_write(to, 0, elem, stored, param->room);
	free(stored);
	return rc;
}

int param_write_block(const struct nn *nn, const struct nn_param *param, struct memory *to, const double *values)
{
	return write_as(param, to, nn_master_elem(nn), values);
}

int param_write(struct nn *nn, struct nn_param *param, const double *values)
{
	if (param_write_block(nn, param, &param->value, values) != 0)
		return -1;
	return param->copy.data ? write_as(param, &param->copy, nn->device->elem, values) : 0;
}

int param_read(const struct nn *nn, const struct nn_param *param, const struct memory *from, double *values)
{
	if (param->room == param->count)
		return storage_read(values, from, 0, nn_master_elem(nn), param->count);
	double *stored = alloc_grow(NULL, (size_t)param->room, sizeof(double));
	int rc = storage_read(stored, from, 0, nn_master_elem(nn), param->room);
	if (rc == 0)
		wide_compact(param, values, stored);
	free(stored);
	return rc;
}

static int param_init(struct nn *nn, struct nn_param *param, double mean, double sd)
{
	struct rng rng = rng_init(nn->seed, param_hash(param->name));
	double *values = alloc_grow(NULL, (size_t)param->count, sizeof(double));
	for (int64_t i = 0; i < param->count; i++)
		values[i] = sd > 0 ? mean + sd * rng_normal(&rng) : mean;
	int rc = memory_alloc(&param->value, nn->device, param_bytes(nn, param), param->name);
	if (rc == 0 && nn->device->elem == DEVICE_BF16)
		rc = memory_alloc(&param->copy, nn->device,
			(size_t)param->room * device_elem_bytes(DEVICE_BF16), param->name);
	if (rc == 0)
		rc = param_write(nn, param, values);
	free(values);
	return rc;
}

static struct nn_param *param_new(struct nn_program *p, const char *name, const int64_t *shape, int n_dims, double mean,
	double sd, bool grouped)
{
	struct nn *nn = p->nn;
	struct nn_param *param = alloc_grow(NULL, 1, sizeof(*param));
	memset(param, 0, sizeof(*param));
	memcpy(param->name, name, strlen(name) + 1);
	param->n_dims = n_dims;
	param->count = 1;
	param->grouped = grouped;
	for (int i = 0; i < n_dims; i++) {
		param->shape[i] = shape[i];
		param->count *= shape[i];
	}
	wide_parameter(nn, param);
	if (param_init(nn, param, mean, sd) != 0) {
		const enum exit_code code = err_code();
		program_fail(p, "%s", err_message());
		p->error_code = code;
		param_free(param);
		free(param);
		return NULL;
	}
	nn->params = alloc_grow(nn->params, (size_t)nn->n_params + 1, sizeof(struct nn_param *));
	nn->params[nn->n_params++] = param;
	return param;
}

static struct nn_param *get(struct nn_program *p, const char *prefix, const char *suffix, const int64_t *shape,
	int n_dims, double mean, double sd, bool grouped)
{
	char name[2 * NN_NAME];
	if (!prefix || !prefix[0] || snprintf(name, sizeof(name), "%s.%s", prefix, suffix) >= NN_NAME) {
		program_fail(p, "parameter name '%.60s' is empty or too long", prefix ? prefix : "");
		return NULL;
	}
	struct nn_param *param = param_find(p->nn, name);
	if (!param)
		return param_new(p, name, shape, n_dims, mean, sd, grouped);
	bool same = param->n_dims == n_dims && (param->grouped == grouped || p->nn->wide == 1);
	for (int i = 0; same && i < n_dims; i++)
		same = param->shape[i] == shape[i];
	if (!same)
		program_fail(p, "parameter %s exists with another shape", name);
	return same ? param : NULL;
}

struct nn_param *param_get(struct nn_program *p, const char *prefix, const char *suffix, const int64_t *shape,
	int n_dims, double mean, double sd)
{
	return get(p, prefix, suffix, shape, n_dims, mean, sd, false);
}

struct nn_param *param_get_grouped(struct nn_program *p, const char *prefix, const char *suffix, const int64_t *shape,
	int n_dims, double mean, double sd)
{
	return get(p, prefix, suffix, shape, n_dims, mean, sd, true);
}

struct nn_param *param_statistic(
	struct nn_program *p, const char *prefix, const char *suffix, int64_t channels, double initial)
{
	struct nn_param *param = param_get(p, prefix, suffix, &channels, 1, initial, 0);
	if (param)
		param->statistic = true;
	return param;
}

int64_t nn_parameter_count(struct nn *nn, const char *name)
{
	const struct nn_param *param = param_find(nn, name);
	return param ? param->count : -1;
}

int nn_parameter_read(struct nn *nn, const char *name, double *values)
{
	const struct nn_param *param = param_find(nn, name);
	return param ? param_read(nn, param, &param->value, values) : ERR("no parameter '%s'", name);
}

int nn_parameter_write(struct nn *nn, const char *name, const double *values)
{
	struct nn_param *param = param_find(nn, name);
	return param ? param_write(nn, param, values) : ERR("no parameter '%s'", name);
}

int nn_gradient_read(struct nn *nn, const char *name, double *values)
{
	const struct nn_param *param = param_find(nn, name);
	if (!param || !param->gradient.data)
		return ERR("no gradient of a parameter '%s'", name);
	return param_read(nn, param, &param->gradient, values);
}
