/*
 * What the losses share.  Each leaves its unweighted value in the first number of its saved block, whose layout is: the
 * value (room for 8 doubles), `parts` partial sums, then what the gradient needs.  The total is the weighted sum and is
 * never formed on the device: the backward pass starts from the weights.
 */
#ifndef GAN_NN_LOSS_H
#define GAN_NN_LOSS_H
#include "gan/nn/program.h"
enum { LOSS_RUN = 4096 }; /* elements of one partial sum */

static inline double *loss_parts(const struct nn_node *node)
{
	return (double *)((char *)node->saved + NN_ALIGN);
}
static inline double *loss_rest(const struct nn_node *node, int64_t parts)
{
	return loss_parts(node) + parts;
}
static inline void loss_save(struct nn_node *node, int64_t parts, int64_t rest)
{
	node->saved_bytes = NN_ALIGN + (size_t)(parts + rest) * sizeof(double);
}
static inline int64_t loss_runs(int64_t elements)
{
	return (elements + LOSS_RUN - 1) / LOSS_RUN;
}
/* The samples' weights, (n); NULL: all 1. */
static inline const void *loss_weights(const struct nn_program *p, const struct nn_node *node)
{
	return node->weighted ? node_in(p, node, node->n_in - 1)->value : NULL;
}
/* value = factor * sum of the parts */
int loss_finish(struct nn_program *p, struct nn_node *node, int64_t parts, double factor);
/* A new loss node of one or, of the same shape, two tensors. */
int loss_add(
	struct nn_program *p, const struct nn_op *op, const char *name, int n_in, int a, int b, double weight);
/* Refuses a gradient by inputs from k on, which have none. */
int loss_refuse(const struct nn_program *p, const struct nn_node *node, int k);
#endif
