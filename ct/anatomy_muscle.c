/*
 * Muscles about the hip as round cones: gluteal (great, middle, tensor), iliopsoas, the thigh's extensors,
 * adductors, hamstrings and the internal obturator.  Their lower ends hang on the femur and follow its pose.
 * Between them lies fat: a point belongs to its nearest muscle, a septum runs where two are equally near.
 */
#include "ct/anatomy_sdf.h"

#define SEPTUM_MM 3.0
#define PLANE_FAT 0.9
#define BEYOND_MM 9.0 /* outside all of them fat takes over within this distance */

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

static const unsigned all_muscles = (1u << ANATOMY_MUSCLES) - 1;

struct nearest {
	double first, second;
};

static struct nearest nearest_to(
	const struct anatomy_cone muscle[ANATOMY_MUSCLES], unsigned which, const double p[3])
{
	struct nearest n = { INFINITY, INFINITY };
	for (int i = 0; i < ANATOMY_MUSCLES; i++) {
		if (!(which >> i & 1))
			continue;
		double d = anatomy_sdf_cone(&muscle[i], p);
		n.second = d < n.first ? n.first : anatomy_sdf_min(n.second, d);
		n.first = anatomy_sdf_min(n.first, d);
	}
	return n;
}

double anatomy_muscle_fat(const struct anatomy *a, const double p[3], const struct anatomy_local *local,
	double within, double beyond)
{
	enum anatomy_side side = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	if (!local->mixed)
		return local->gap > 0 ? beyond : within;
	const struct nearest n = nearest_to(a->muscle[side], local->muscle[side], p);
	double fat = within + (beyond - within) * anatomy_sdf_step(0, BEYOND_MM, n.first);
	/* A plane of fat where two bellies touch. */
	double septum = (1 - anatomy_sdf_step(0.3 * SEPTUM_MM, SEPTUM_MM, n.second - n.first)) *
			(1 - anatomy_sdf_step(0.3 * BEYOND_MM, BEYOND_MM, n.second));
	return fat + (PLANE_FAT - fat) * septum;
}

void anatomy_muscle_local(
	struct anatomy_local *local, const struct anatomy *a, const double centre[3], double radius_mm)
{
	double first = INFINITY, apart = INFINITY;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		local->muscle[side] = 0;
		if ((side == ANATOMY_RIGHT ? centre[0] : -centre[0]) < -radius_mm)
			continue;
		const struct nearest n = nearest_to(a->muscle[side], all_muscles, centre);
		for (int i = 0; i < ANATOMY_MUSCLES; i++)
			if (anatomy_sdf_cone(&a->muscle[side][i], centre) <= n.second + 2 * radius_mm)
				local->muscle[side] |= 1u << i;
		apart = anatomy_sdf_min(apart, n.second - n.first);
		first = anatomy_sdf_min(first, n.first);
	}
	bool fat = first - radius_mm >= BEYOND_MM;
	bool belly = first + radius_mm <= 0 && apart - 2 * radius_mm >= SEPTUM_MM;
	/* At the midline each side has a belly of its own. */
	local->mixed = !fat && !(belly && fabs(centre[0]) > radius_mm);
	local->gap = fat ? 1 : 0;
}
