/* Running a compiled program. */
#include <string.h>

#include "gan/nn/plan.h"
#include "gan/nn/storage.h"
#include "host/run/log.h"

static int check_compiled(const struct nn_program *p, const char *call)
{
	return p->compiled ? 0 : ERR("%s: program %s is not compiled", call, p->name);
}

static int failed(const struct nn_program *p, int i, const char *pass)
{
	return err_prefix("program %s, node %d (%s), %s", p->name, i, p->nodes[i].op->name, pass);
}

/* Seconds, once the device is done; 0 unless profiling. */
static double clock_s(const struct nn_program *p)
{
	return p->times && device_synchronize(p->nn->device) == 0 ? log_clock_s() : 0;
}

static int run_forward(struct nn_program *p)
{
	place_pass(p, false);
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		const double start = clock_s(p);
		if (node->needed && !node->alias && node->op->forward && node->op->forward(p, node) != 0)
			return failed(p, i, "forward");
		if (p->times)
			p->times[i].forward_s += clock_s(p) - start;
	}
	return 0;
}

/* What the backward pass of node i, as the first, reads again. */
static int run_again(struct nn_program *p, int i, int *done)
{
	for (; *done < p->n_again && p->again[*done].before == i; (*done)++) {
		const int k = p->again[*done].node;
		struct nn_node *node = &p->nodes[k];
		const double start = clock_s(p);
		if ((node->op->again ? node->op->again : node->op->forward)(p, node) != 0)
			return failed(p, k, "forward again");
		if (p->times)
			p->times[k].again_s += clock_s(p) - start;
	}
	return 0;
}

static int run_backward(struct nn_program *p)
{
	int again = 0;
	place_pass(p, true);
	for (int i = p->n_nodes - 1; i >= 0; i--) {
		struct nn_node *node = &p->nodes[i];
		if (run_again(p, i, &again) != 0)
			return -1;
		const double start = clock_s(p);
		if (node->passes && node->op->backward && node->op->backward(p, node) != 0)
			return failed(p, i, "backward");
		if (p->times)
			p->times[i].backward_s += clock_s(p) - start;
	}
	return 0;
}

static int run_update(struct nn_program *p)
{
	const double start = clock_s(p);
	if (update_read_terms(p) != 0 || update_run_all(p) != 0)
		return -1;
	if (p->times)
		p->update_s += clock_s(p) - start;
	return 0;
}

static int run_step(struct nn_program *p)
{
	if (run_forward(p) != 0)
		return -1;
	if (p->nn->device->kind == DEVICE_CPU && finite_losses(p) != 0)
		return -1;
	return run_backward(p) != 0 ? -1 : run_update(p);
}

static int record(struct nn_program *p, bool branches)
{
	const struct device *device = p->nn->device;
	const struct plugin_api *api = device->plugin;
	if (api->graph_begin(device->handle, branches) != 0)
		return ERR("recording program %s: %s", p->name, api->last_error());
	int rc = run_step(p);
	if (api->graph_end(device->handle, &p->graph, &p->graph_nodes) != 0 && rc == 0)
		rc = ERR("recording program %s: %s", p->name, api->last_error());
	if (rc != 0) { /* half a step must not be replayed */
		api->graph_free(p->graph);
		p->graph = NULL;
	}
	return rc;
}

/* A long step as a line of kernels, since one with branches would take the host longer than 0.1 ms to launch. */
static int record_shortest(struct nn_program *p)
{
	enum { LONG = 500 };
	if (record(p, true) != 0)
		return -1;
	if (p->graph_nodes <= LONG)
		return 0;
	p->nn->device->plugin->graph_free(p->graph);
	p->graph = NULL;
	return record(p, false);
}

/* On the GPU the second step is recorded, and it and all later ones are one launch. */
static int run_recorded(struct nn_program *p)
{
	const struct device *device = p->nn->device;
	const struct plugin_api *api = device->plugin;
	if (!p->graph && record_shortest(p) != 0)
		return -1;
	if (api->graph_launch(device->handle, p->graph) != 0)
		return ERR("program %s: %s", p->name, api->last_error());
	return 0;
}

int nn_forward(struct nn_program *p)
{
	if (check_compiled(p, "nn_forward") != 0 || dropout_write_draw(p) != 0)
		return -1;
	return run_forward(p);
}

int nn_step(struct nn_program *p)
{
	if (check_compiled(p, "nn_step") != 0)
		return -1;
	if (update_scalars(p) != 0 || dropout_write_draw(p) != 0)
		return -1;
	const bool record = p->nn->device->kind == DEVICE_CUDA && p->n_runs > 0 && !p->times;
	if ((record ? run_recorded(p) : run_step(p)) != 0)
		return -1;
	p->n_runs++;
	p->step += p->n_trains > 0;
	return 0;
}

/* The block and byte offset of a tensor whose value outlives the step; of nn_from, in the other program. */
static int locate(
	const struct nn_program *p, int tensor, const char *call, const struct memory **block, size_t *offset)
{
	if (check_compiled(p, call) != 0)
		return -1;
	if (tensor < 0 || tensor >= p->n_nodes)
		return ERR("%s: %d is no tensor of program %s", call, tensor, p->name);
	const struct nn_node *node = &p->nodes[tensor], *root = &p->nodes[plan_root(p, tensor)];
	if (root->op == &op_from)
		return locate(root->other, root->other_tensor, call, block, offset);
	if (node->op->loss || !(node->keep || node->op == &op_gradient))
		return ERR("%s: tensor %d of program %s is not kept (nn_keep)", call, tensor, p->name);
	*block = &p->arena;
	*offset = (size_t)((char *)node->value - (char *)p->arena.data);
	return 0;
}

/* Through pinned memory: the copy does not wait for the steps before it, nor the program for the copy. */
static int send(const struct nn_program *p, void *to, const float *values, int64_t count)
{
	const struct device *device = p->nn->device;
	const struct plugin_api *api = device->plugin;
	const size_t bytes = (size_t)count * device_elem_bytes(device->elem);
	void *host;
	if (api->staging_take(device->handle, &host, bytes) != 0)
		return ERR_RESOURCE("nn_set on %s: %s", device->name, api->last_error());
	storage_pack(host, device->elem, values, count);
	if (api->staging_send(device->handle, to, host, bytes) != 0)
		return ERR("nn_set on %s: %s", device->name, api->last_error());
	return 0;
}

int nn_set(struct nn_program *p, int tensor, const float *values)
{
	const struct memory *block;
	const enum device_elem elem = p->nn->device->elem;
	size_t offset;
	if (locate(p, tensor, "nn_set", &block, &offset) != 0)
		return -1;
	if (p->nodes[tensor].op != &op_input)
		return ERR("nn_set: tensor %d of program %s is no input", tensor, p->name);
	const int64_t count = nn_elements(p->nodes[tensor].shape);
	const void *from = values;
	if (p->nn->device->kind == DEVICE_CUDA)
		return send(p, (char *)p->arena.data + offset, values, count);
	if (elem != DEVICE_F32) {
		storage_pack(p->staging.data, elem, values, count);
		from = p->staging.data;
	}
	return memory_write(&p->arena, offset, from, (size_t)count * device_elem_bytes(elem));
}

int nn_get(struct nn_program *p, int tensor, float *values)
{
	const struct memory *block;
	const enum device_elem elem = p->nn->device->elem;
	size_t offset;
	if (locate(p, tensor, "nn_get", &block, &offset) != 0)
		return -1;
	const int64_t count = nn_elements(p->nodes[tensor].shape);
	if (elem == DEVICE_F32)
		return memory_read(values, block, offset, (size_t)count * sizeof(float));
	if (memory_read(p->staging.data, block, offset, (size_t)count * device_elem_bytes(elem)) != 0)
		return -1;
	storage_unpack(values, p->staging.data, elem, count);
	return 0;
}

static int read_loss(const struct nn_program *p, const struct nn_node *node, double *value)
{
	const size_t offset = (size_t)((char *)node->saved - (char *)p->saved.data);
	return storage_read(
		value, &p->saved, offset, nn_master_elem(p->nn), 1);
}

int nn_loss_value(struct nn_program *p, const char *name, double *value)
{
	const bool total = strcmp(name, "total") == 0;
	double sum = 0;
	int found = 0;
	if (check_compiled(p, "nn_loss_value") != 0)
		return -1;
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		double one;
		if (!node->op->loss || !(total || strcmp(node->name, name) == 0))
			continue;
		if (read_loss(p, node, &one) != 0)
			return -1;
		sum += total ? node->weight * one : one;
		found++;
	}
	if (!found)
		return ERR("program %s has no loss '%s'", p->name, name);
	*value = sum;
	return 0;
}
