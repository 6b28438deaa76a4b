/* What a compiled program holds, and where its time goes. */
#include <stdlib.h>
#include <string.h>

#include "gan/nn/plan.h"
#include "host/files/alloc.h"
#include "host/run/log.h"

enum { MIB = 1 << 20 };

static double mib(size_t bytes)
{
	return (double)bytes / MIB;
}

static void print_memory(const struct nn_program *p, FILE *file)
{
	const struct nn_report *r = &p->report;
	fprintf(file, "program %s on %s: %lld nodes, %lld parameters\n", p->name, p->nn->device->name,
		(long long)r->nodes, (long long)r->parameters);
	fprintf(file, "  %-28s %10.2f MiB (at most %.2f alive at once, %.2f without sharing)\n", "activations",
		mib(r->activation_bytes), mib(r->activation_bytes_live), mib(r->activation_bytes_unplanned));
	fprintf(file, "  %-28s %10.2f MiB\n", "saved statistics", mib(r->saved_bytes));
	fprintf(file, "  %-28s %10.2f MiB\n", "convolution workspace", mib(r->workspace_bytes));
	fprintf(file, "  %-28s %10.2f MiB\n", "parameters and optimiser", mib(r->parameter_bytes));
	fprintf(file, "  %-28s %10.3f GFLOP forward, %.3f backward\n", "convolutions, products", r->flop_forward / 1e9,
		r->flop_backward / 1e9);
	if (r->recomputed > 0)
		fprintf(file, "  %-28s %10lld nodes\n", "recomputed", (long long)r->recomputed);
}

/* Sums over a node, or over all nodes of one operator. */
struct row {
	const char *op;
	int nodes;
	double forward_s, backward_s, again_s, flop;
};

static double row_s(const struct row *r)
{
	return r->forward_s + r->backward_s + r->again_s;
}

static void add_node(struct row *r, const struct nn_program *p, int i)
{
	r->op = p->nodes[i].op->name;
	r->nodes++;
	r->forward_s += p->times[i].forward_s;
	r->backward_s += p->times[i].backward_s;
	r->again_s += p->times[i].again_s;
	r->flop += p->nodes[i].flop_forward + p->nodes[i].flop_backward;
}

static int slower_first(const void *a, const void *b)
{
	const double x = row_s(a), y = row_s(b);
	return (x < y) - (x > y);
}

static void print_times(const struct row *r, double steps, double total_s, FILE *file)
{
	fprintf(file, " %9.3f %9.3f %9.3f %6.1f %%", 1e3 * r->forward_s / steps, 1e3 * r->backward_s / steps,
		1e3 * r->again_s / steps, 100 * row_s(r) / total_s);
	if (r->flop > 0)
		fprintf(file, " %9.1f", r->flop * steps / row_s(r) / 1e9);
	fputc('\n', file);
}

/* By kind of operator; returns the seconds of all. */
static double print_operators(const struct nn_program *p, double steps, FILE *file)
{
	struct row *rows = alloc_grow(NULL, (size_t)p->n_nodes, sizeof(*rows));
	double total_s = p->update_s;
	int n = 0;
	for (int i = 0; i < p->n_nodes; i++) {
		int k = 0;
		while (k < n && strcmp(rows[k].op, p->nodes[i].op->name) != 0)
			k++;
		if (k == n)
			rows[n++] = (struct row){ 0 };
		add_node(&rows[k], p, i);
		total_s += p->times[i].forward_s + p->times[i].backward_s + p->times[i].again_s;
	}
	qsort(rows, (size_t)n, sizeof(*rows), slower_first);
	fprintf(file, "  %-28s %5s %9s %9s %9s %8s %9s\n", "operator, ms a step", "nodes", "forward", "backward",
		"again", "share", "GFLOP/s");
	for (int k = 0; k < n; k++) {
		fprintf(file, "  %-28s %5d", rows[k].op, rows[k].nodes);
		print_times(&rows[k], steps, total_s, file);
	}
	fprintf(file, "  %-28s %5d %9s %9.3f %9s %6.1f %%\n", "update", p->n_updates, "", 1e3 * p->update_s / steps, "",
		100 * p->update_s / total_s);
	free(rows);
	return total_s;
}

static void print_nodes(const struct nn_program *p, double steps, double total_s, FILE *file)
{
	fprintf(file, "  %4s %-22s %-40s %-20s %9s %9s %9s %8s %9s\n", "node", "operator", "name", "shape", "forward",
		"backward", "again", "share", "GFLOP/s");
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		struct row row = { 0 };
		char shape[NN_SHAPE_TEXT];
		if (!node->needed || node->alias)
			continue;
		add_node(&row, p, i);
		fprintf(file, "  %4d %-22s %-40s %-20s", i, node->op->name,
			node->param[0] ? node->param[0]->name : node->name, program_shape(shape, node->shape));
		print_times(&row, steps, total_s, file);
	}
}

static int run(struct nn_program *p, int64_t steps)
{
	for (int64_t i = 0; i < steps; i++)
		if (nn_step(p) != 0)
			return -1;
	return 0;
}

/* Seconds a step takes the host, from an idle device until the step is queued. */
static int host_time(struct nn_program *p, int64_t steps, double *seconds)
{
	*seconds = 0;
	for (int64_t i = 0; i < steps; i++) {
		if (device_synchronize(p->nn->device) != 0)
			return -1;
		const double start_s = log_clock_s();
		if (nn_step(p) != 0)
			return -1;
		*seconds += (log_clock_s() - start_s) / (double)steps;
	}
	return device_synchronize(p->nn->device);
}

int nn_profile(struct nn_program *p, int64_t steps, FILE *file)
{
	if (!p->compiled || steps < 1)
		return ERR("nn_profile: program %s is not compiled, or %lld steps", p->name, (long long)steps);
	double host_s;
	if (run(p, 2) != 0 || host_time(p, steps, &host_s) != 0)
		return -1;
	const double start_s = log_clock_s();
	int rc = run(p, steps);
	if (rc != 0 || device_synchronize(p->nn->device) != 0)
		return -1;
	const double whole_s = log_clock_s() - start_s;
	p->times = alloc_grow(NULL, (size_t)p->n_nodes, sizeof(*p->times));
	memset(p->times, 0, (size_t)p->n_nodes * sizeof(*p->times));
	p->update_s = 0;
	rc = run(p, steps);
	if (rc == 0) {
		const double n = (double)steps;
		print_memory(p, file);
		const double total_s = print_operators(p, n, file);
		fprintf(file, "  step %.3f ms (mean of %lld)", 1e3 * whole_s / n, (long long)steps);
		if (p->nn->device->kind == DEVICE_CUDA)
			fprintf(file, ", host time %.3f ms for a graph of %zu nodes", 1e3 * host_s, p->graph_nodes);
		fprintf(file, "; one by one the operators take %.3f ms\n", 1e3 * total_s / n);
		print_nodes(p, n, total_s, file);
	}
	free(p->times);
	p->times = NULL;
	return rc;
}
