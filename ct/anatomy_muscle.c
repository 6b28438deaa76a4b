/*
 * Muscles about the hip as round cones: gluteal (great, middle, tensor), iliopsoas, the thigh's extensors,
 * adductors, hamstrings and the internal obturator.  Their lower ends hang on the femur and follow its pose.
 * Between them lies fat (kernels/anatomy/muscle.h).
 */
#include "ct/anatomy_make.h"

/* (lateral, anterior, superior) mm from the head's centre, for heads 176 mm apart. */
struct belly {
	double from[3], from_radius;
	double to[3], to_radius; /* in the femur's axes */
};
static const struct belly bellies[ANATOMY_MUSCLES] = {
	{ { -34, -78, 55 }, 24, { 36, -42, -48 }, 17 },	  /* gluteus maximus */
	{ { 26, -18, 92 }, 22, { 50, -16, 4 }, 11 },	  /* medius and minimus */
	{ { 36, 32, 60 }, 12, { 56, 22, -60 }, 10 },	  /* tensor of the fascia */
	{ { -34, 2, 105 }, 24, { 6, 26, -6 }, 15 },	  /* iliopsoas */
	{ { 8, 44, 22 }, 12, { 22, 46, -150 }, 20 },	  /* rectus and sartorius */
	{ { 44, 20, -55 }, 18, { 42, 10, -260 }, 30 },	  /* vasti */
	{ { -52, 16, -55 }, 16, { 6, -4, -240 }, 30 },	  /* adductors */
	{ { -24, -46, -62 }, 15, { 14, -44, -250 }, 25 }, /* hamstrings */
	{ { -48, -48, 14 }, 15, { 38, -22, -22 }, 10 },	  /* short rotators */
	{ { -52, -16, 6 }, 11, { -18, -44, -8 }, 9 },	  /* internal obturator */
};
/* The others' lower ends are fixed to the femur, this one's to the pelvis. */
enum { OBTURATOR = ANATOMY_MUSCLES - 1 };

void anatomy_muscle_make(struct anatomy *a)
{
	double stretch = a->params.head_distance_mm / 176, scale = a->params.pelvis_scale;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		double outward = side == ANATOMY_RIGHT ? 1 : -1;
		const double *head = a->frame[side].head_centre_mm;
		for (int i = 0; i < ANATOMY_MUSCLES; i++) {
			const struct belly *b = &bellies[i];
			double size = a->params.femur[side].head_diameter_mm / 45.5, from[3], to[3];
			const double *in[2] = { b->from, b->to };
			double *out[2] = { from, to };
			for (int end = 0; end < 2; end++) {
				const double *c = in[end];
				out[end][0] = head[0] + outward * c[0] * (c[0] < 0 ? stretch : scale);
				out[end][1] = head[1] + c[1] * scale;
				out[end][2] = head[2] + c[2] * scale;
			}
			if (i != OBTURATOR)
				anatomy_femur_to_body(to, a, (enum anatomy_side)side, size * b->to[0],
					size * b->to[1], size * b->to[2]);
			a->muscle[side][i] =
				anatomy_cone_make(from, to, scale * b->from_radius, scale * b->to_radius);
		}
	}
}
