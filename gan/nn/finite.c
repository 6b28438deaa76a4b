/* Numbers that are not finite: which tensor was the first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gan/nn/plan.h"
#include "gan/nn/storage.h"
#include "host/files/alloc.h"

enum { PIECE = 1 << 16 }; /* elements looked at in one go */

static int has_bad(bool *bad, const struct nn *nn, const struct memory *block, size_t offset, enum device_elem elem,
	int64_t count)
{
	double *values = alloc_grow(NULL, PIECE, sizeof(double));
	int rc = 0;
	(void)nn;
	*bad = false;
	for (int64_t first = 0; rc == 0 && !*bad && first < count; first += PIECE) {
		const int64_t n = count - first < PIECE ? count - first : PIECE;
		rc = storage_read(values, block, offset + (size_t)first * device_elem_bytes(elem), elem, n);
		for (int64_t i = 0; rc == 0 && i < n; i++)
			*bad |= !isfinite(values[i]);
	}
	free(values);
	return rc;
}

static int report(const struct nn_program *p, int i, const char *what, const char *name)
{
	return ERR_INVALID("program %s: not finite: %s %s (node %d, %s)", p->name, what, name, i, p->nodes[i].op->name);
}

static int check_parameters(const struct nn_program *p, int i)
{
	for (int k = 0; k < NN_PARAMS; k++) {
		const struct nn_param *param = p->nodes[i].param[k];
		bool bad = false;
		if (param && has_bad(&bad, p->nn, &param->value, 0, nn_master_elem(p->nn), param->room) != 0)
			return -1;
		if (bad)
			return report(p, i, "parameter", param->name);
	}
	return 0;
}

/* The name a reader knows a tensor by: the first parameter's or its own. */
static const char *name_of(const struct nn_node *node)
{
	return node->param[0] ? node->param[0]->name : node->name[0] ? node->name : "(unnamed)";
}

static int check_value(const struct nn_program *p, int i)
{
	const struct nn_node *node = &p->nodes[i];
	const struct memory *block = node->op == &op_from ? &node->other->arena : &p->arena;
	const char *what = node->op == &op_input ? "input" : node->op->loss ? "loss" : "output of";
	bool bad = false;
	int rc = 0;
	if (node->op->loss)
		rc = has_bad(&bad, p->nn, &p->saved, (size_t)((char *)node->saved - (char *)p->saved.data),
			nn_master_elem(p->nn), 1);
	else if (node->value && node->op != &op_gradient && !node->part) /* a part is looked at in its whole */
		rc = has_bad(&bad, p->nn, block, (size_t)((char *)node->value - (char *)block->data),
			p->nn->device->elem, nn_elements(node->stored));
	if (rc != 0)
		return -1;
	return bad ? report(p, i, what, name_of(node)) : 0;
}

int nn_check_finite(struct nn_program *p)
{
	if (!p->compiled)
		return ERR("nn_check_finite: program %s is not compiled", p->name);
	place_pass(p, false);
	for (int i = 0; i < p->n_nodes; i++) {
		struct nn_node *node = &p->nodes[i];
		if (!node->needed)
			continue;
		if (check_parameters(p, i) != 0)
			return -1;
		if (!node->alias && node->op->forward && node->op->forward(p, node) != 0)
			return -1;
		if (!node->alias && check_value(p, i) != 0)
			return -1;
	}
	return 0;
}

int finite_losses(struct nn_program *p)
{
	for (int i = 0; i < p->n_nodes; i++) {
		const struct nn_node *node = &p->nodes[i];
		if (!node->op->loss)
			continue;
		const double value = p->nn->device->elem == DEVICE_F64 ? *(const double *)node->saved :
									 (double)*(const float *)node->saved;
		if (isfinite(value))
			continue;
		if (nn_check_finite(p) != 0)
			return -1;
		return report(p, i, "loss", node->name);
	}
	return 0;
}
