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
/* The node that owns the value (and gradient) of node i: i itself, or what it is an alias of. */
int plan_root(const struct nn_program *p, int i);
#ifdef __cplusplus
}
#endif
#endif
