/* From a list of nodes to a list that can run: plan.c decides what is computed, place.c where it lies. */
#ifndef GAN_NN_PLAN_H
#define GAN_NN_PLAN_H
#include "gan/nn/program.h"
#ifdef __cplusplus
extern "C" {
#endif
int plan_program(struct nn_program *p, struct nn_report *report);
int place_program(struct nn_program *p, struct nn_report *report);
void plan_reset(struct nn_program *p); /* gives back what the plan made */
/* Switches the values of recomputed nodes to the forward or the backward pass's addresses. */
void place_pass(struct nn_program *p, bool backward);
/* memory_alloc() that says how much is missing. */
int arena_alloc(struct nn_program *p, struct memory *m, size_t bytes, const char *arena);

/* bank.c */
int64_t bank_room(int64_t count); /* elements a parameter takes in a bank: NN_ALIGN at a time */
int bank_make(struct nn_program *p, struct nn_param **params, int n); /* moves the parameters into a new bank */
int bank_average(struct nn_program *p, struct nn_bank *bank);	      /* averages, starting from the values */
void bank_free(struct nn_bank *bank);

/* update.c */
int64_t update_parts(int64_t count); /* partial sums of a run of elements */
int update_scalars(struct nn_program *p); /* this step's numbers, before the (perhaps recorded) rest */
int update_read_terms(struct nn_program *p); /* after a backward pass */
int update_run_all(struct nn_program *p);

/* finite.c; after a forward pass on the CPU: the losses are finite, else which tensor first was not */
int finite_losses(struct nn_program *p);
/* The node that owns the value of node i: i itself, or what it is an alias or a part of; and the one that owns its gradient, which
 * a detached tensor shares with nobody. */
int plan_root(const struct nn_program *p, int i);
int plan_gradient_root(const struct nn_program *p, int i);
#ifdef __cplusplus
}
#endif
#endif
