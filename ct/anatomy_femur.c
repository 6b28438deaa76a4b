/*
 * The proximal femur: head, neck, trochanters and shaft as round cones in the femur's own axes (origin at the
 * head centre; lateral, anterior, proximal along the shaft), which the leg's pose and the side carry into the
 * body.
 */
#include "ct/anatomy_make.h"

static const double pi = 3.14159265358979323846;
/* In stance the shaft runs 6 degrees towards the midline against the line from hip to knee. */
#define SHAFT_TILT_DEG 6.0
enum { SHAFT_PIECES = 4, RIM_PIECES = 8 };

/* For a right leg, whose lateral is +x: flexion turns by +rx, internal rotation by +rz, abduction by -ry. */
static void leg_axes(double to_local[3][3], const struct anatomy_femur *f, enum anatomy_side side)
{
	double rx = f->flexion_deg * pi / 180, rz = f->internal_deg * pi / 180;
	double ry = -(f->abduction_deg - SHAFT_TILT_DEG) * pi / 180;
	double cx = cos(rx), sx = sin(rx), cy = cos(ry), sy = sin(ry), cz = cos(rz), sz = sin(rz);
	/* Columns of Rz Ry Rx are the femur's axes in a right leg's world, and the rows of to_local. */
	double r[3][3] = { { cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx },
		{ sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx }, { -sy, cy * sx, cy * cx } };
	for (int axis = 0; axis < 3; axis++)
		for (int k = 0; k < 3; k++)
			to_local[axis][k] = (k == 0 && side == ANATOMY_LEFT) ? -r[k][axis] : r[k][axis];
}

void anatomy_femur_to_body(double out[3], const struct anatomy *a, enum anatomy_side side, double lateral,
	double anterior, double proximal)
{
	const struct anatomy_femur_axes *axes = &a->axes[side];
	for (int k = 0; k < 3; k++)
		out[k] = a->frame[side].head_centre_mm[k] + axes->to_local[0][k] * lateral +
			 axes->to_local[1][k] * anterior + axes->to_local[2][k] * proximal;
}

struct end {
	double lateral, anterior, proximal, radius;
};

static void add(struct anatomy *a, enum anatomy_side side, struct end from, struct end to)
{
	double p[3], q[3];
	anatomy_femur_to_body(p, a, side, from.lateral, from.anterior, from.proximal);
	anatomy_femur_to_body(q, a, side, to.lateral, to.anterior, to.proximal);
	anatomy_bone_add(
		&a->bone[ANATOMY_FEMUR_RIGHT + (int)side], anatomy_cone_make(p, q, from.radius, to.radius));
}

static void make_frame(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	struct anatomy_femur_axes *axes = &a->axes[side];
	struct anatomy_frame *frame = &a->frame[side];
	double neck_shaft = f->neck_shaft_deg * pi / 180, torsion = f->torsion_deg * pi / 180;
	double neck[3] = { sin(neck_shaft) * cos(torsion), -sin(neck_shaft) * sin(torsion), cos(neck_shaft) };
	leg_axes(axes->to_local, f, side);
	axes->neck_length_mm = f->offset_mm / sin(neck_shaft);
	axes->junction_mm = axes->neck_length_mm * neck[2];
	axes->shaft_offset_mm[0] = axes->neck_length_mm * neck[0];
	axes->shaft_offset_mm[1] = axes->neck_length_mm * neck[1];
	frame->head_radius_mm = f->head_diameter_mm / 2;
	frame->head_centre_mm[0] = (side == ANATOMY_RIGHT ? 0.5 : -0.5) * a->params.head_distance_mm;
	for (int k = 0; k < 3; k++) {
		frame->shaft_axis[k] = -axes->to_local[2][k];
		frame->neck_axis[k] = axes->to_local[0][k] * neck[0] + axes->to_local[1][k] * neck[1] +
				      axes->to_local[2][k] * neck[2];
	}
}

/* Below the trochanters: a chain along the bow's arc, convex forwards, narrowing by 1.5 mm of radius. */
static void add_shaft(struct anatomy *a, enum anatomy_side side, struct end from)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	double length = 342 * f->head_diameter_mm / 45.5, half_curvature = 0.5e-3 * f->bow_per_m;
	int pieces = f->bow_per_m > 0 ? SHAFT_PIECES : 1;
	struct end start = from;
	for (int i = 1; i <= pieces; i++) {
		double down = length * i / pieces;
		struct end next = { from.lateral, from.anterior - half_curvature * down * down,
			from.proximal - down, from.radius - 1.5 * i / pieces };
		add(a, side, start, next);
		a->bone[ANATOMY_FEMUR_RIGHT + (int)side]
			.cones[a->bone[ANATOMY_FEMUR_RIGHT + (int)side].n - 1]
			.chained = true;
		start = next;
	}
}

/* Osteophytes: a rim around the head where it meets the neck, thickest below and above. */
static void add_osteophytes(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double tube = a->params.femur[side].osteophyte_mm, head = a->frame[side].head_radius_mm;
	double n[3] = { axes->shaft_offset_mm[0], axes->shaft_offset_mm[1], axes->junction_mm }, u[3], v[3];
	double flat = hypot(n[0], n[2]);
	struct end start = { 0 };
	for (int k = 0; k < 3; k++)
		n[k] /= axes->neck_length_mm;
	flat /= axes->neck_length_mm;
	u[0] = -n[2] / flat, u[1] = 0, u[2] = n[0] / flat; /* up across the neck */
	for (int k = 0; k < 3; k++)
		v[k] = n[(k + 1) % 3] * u[(k + 2) % 3] - n[(k + 2) % 3] * u[(k + 1) % 3];
	for (int i = 0; i <= RIM_PIECES; i++) {
		double angle = 2 * pi * i / RIM_PIECES, c = cos(angle), s = sin(angle), at[3];
		for (int k = 0; k < 3; k++)
			at[k] = head * (0.64 * n[k] + 0.77 * (c * u[k] + s * v[k]));
		struct end next = { at[0], at[1], at[2], tube * (0.75 + 0.25 * cos(2 * angle)) };
		if (i > 0) {
			add(a, side, start, next);
			a->bone[ANATOMY_FEMUR_RIGHT + (int)side]
				.cones[a->bone[ANATOMY_FEMUR_RIGHT + (int)side].n - 1]
				.chained = i > 1;
		}
		start = next;
	}
}

/* The bone itself by the shape model. */
static void add_bone(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	double x = a->axes[side].shaft_offset_mm[0], y = a->axes[side].shaft_offset_mm[1];
	double z = a->axes[side].junction_mm, size = f->head_diameter_mm / 45.5;
	double head = f->head_diameter_mm / 2, neck = f->neck_width_mm / 2, shaft = f->shaft_diameter_mm / 2;
	/* Head: a ball; its short neckward end keeps the blend off the bearing surface. */
	add(a, side, (struct end){ 0, 0, 0, head },
		(struct end){ 0.1 * x, 0.1 * y, 0.1 * z, head - 0.06 * a->axes[side].neck_length_mm });
	add(a, side, (struct end){ 0.3 * x, 0.3 * y, 0.3 * z, neck },
		(struct end){ 0.92 * x, 0.92 * y, 0.92 * z, neck + 3 * size });
	/* Body between the trochanters, narrowing into the shaft. */
	add(a, side, (struct end){ x, y, z - 2 * size, shaft + 4.5 * size },
		(struct end){ x, y, z - 58 * size, shaft });
	add_shaft(a, side, (struct end){ x, y, z - 58 * size, shaft });
	/* Greater trochanter: its tip level with the head's centre, lateral and a little behind. */
	add(a, side, (struct end){ x + 7 * size, y - 3 * size, z - 4 * size, 15.5 * size },
		(struct end){ x + 10 * size, y - 10 * size, -11 * size, 10.5 * size });
	/* Lesser trochanter: behind and medial. */
	add(a, side, (struct end){ x - 1.0 * shaft, y - 0.75 * shaft, z - 26 * size, 7 * size },
		(struct end){ x - 0.3 * shaft, y - 0.3 * shaft, z - 44 * size, 9 * size });
}

void anatomy_femur_make(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	struct anatomy_bone *bone = &a->bone[ANATOMY_FEMUR_RIGHT + (int)side];
	make_frame(a, side);
	double x = a->axes[side].shaft_offset_mm[0], y = a->axes[side].shaft_offset_mm[1];
	double z = a->axes[side].junction_mm, size = f->head_diameter_mm / 45.5, neck = f->neck_width_mm / 2;
	bone->blend_mm = 7 * size;
	if (!a->params.map)
		add_bone(a, side);
	if (f->callus_mm > 0)
		add(a, side, (struct end){ 0.62 * x, 0.62 * y, 0.62 * z, neck + 2.5 * size + f->callus_mm },
			(struct end){ 0.74 * x, 0.74 * y, 0.74 * z, neck + 2.5 * size + f->callus_mm });
	if (f->osteophyte_mm > 0)
		add_osteophytes(a, side);
	anatomy_bone_bound(bone, 4);
	anatomy_metal_make(a, side);
	anatomy_stress_make(a, side);
}
