/*
 * The proximal femur: head, neck, trochanters and shaft as round cones in the femur's own axes (origin at the
 * head centre; lateral, anterior, proximal along the shaft), which the leg's pose and the side carry into the
 * body.
 */
#include "ct/anatomy_sdf.h"

static const double pi = 3.14159265358979323846;
/* In stance the shaft runs 6 degrees towards the midline against the line from hip to knee. */
#define SHAFT_TILT_DEG 6.0

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

static void to_body(double out[3], const struct anatomy *a, enum anatomy_side side, double lateral,
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
	to_body(p, a, side, from.lateral, from.anterior, from.proximal);
	to_body(q, a, side, to.lateral, to.anterior, to.proximal);
	anatomy_bone_add(
		&a->bone[ANATOMY_FEMUR_RIGHT + (int)side], anatomy_cone_make(p, q, from.radius, to.radius));
}

static void make_frame(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	struct anatomy_femur_axes *axes = &a->axes[side];
	struct femur_frame *frame = &a->frame[side];
	double neck_shaft = f->neck_shaft_deg * pi / 180, torsion = f->torsion_deg * pi / 180;
	double neck[3] = { sin(neck_shaft) * cos(torsion), -sin(neck_shaft) * sin(torsion), cos(neck_shaft) };
	leg_axes(axes->to_local, f, side);
	axes->neck_length_mm = f->offset_mm / sin(neck_shaft);
	axes->junction_mm = axes->neck_length_mm * neck[2];
	axes->shaft_offset_mm[0] = axes->neck_length_mm * neck[0];
	axes->shaft_offset_mm[1] = axes->neck_length_mm * neck[1];
	frame->side = side == ANATOMY_RIGHT ? LABEL_RIGHT : LABEL_LEFT;
	frame->head_radius_mm = f->head_diameter_mm / 2;
	frame->head_centre_mm[0] = (side == ANATOMY_RIGHT ? 0.5 : -0.5) * a->params.head_distance_mm;
	for (int k = 0; k < 3; k++) {
		frame->shaft_axis[k] = -axes->to_local[2][k];
		frame->neck_axis[k] = axes->to_local[0][k] * neck[0] + axes->to_local[1][k] * neck[1] +
				      axes->to_local[2][k] * neck[2];
	}
}

void anatomy_femur_make(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	struct anatomy_bone *bone = &a->bone[ANATOMY_FEMUR_RIGHT + (int)side];
	make_frame(a, side);
	double x = a->axes[side].shaft_offset_mm[0], y = a->axes[side].shaft_offset_mm[1];
	double z = a->axes[side].junction_mm, size = f->head_diameter_mm / 45.5;
	double head = f->head_diameter_mm / 2, neck = f->neck_width_mm / 2, shaft = f->shaft_diameter_mm / 2;
	bone->blend_mm = 7 * size;
	/* Head: a ball; its stub towards the neck keeps the blend off the bearing surface. */
	add(a, side, (struct end){ 0, 0, 0, head },
		(struct end){ 0.1 * x, 0.1 * y, 0.1 * z, head - 0.06 * a->axes[side].neck_length_mm });
	add(a, side, (struct end){ 0.3 * x, 0.3 * y, 0.3 * z, neck },
		(struct end){ 0.92 * x, 0.92 * y, 0.92 * z, neck + 3 * size });
	/* Body between the trochanters, narrowing into the shaft. */
	add(a, side, (struct end){ x, y, z - 2 * size, shaft + 4.5 * size },
		(struct end){ x, y, z - 58 * size, shaft });
	add(a, side, (struct end){ x, y, z - 58 * size, shaft },
		(struct end){ x, y, z - 400 * size, shaft - 1.5 });
	bone->cones[bone->n - 1].chained = true;
	/* Greater trochanter: its tip level with the head's centre, lateral and a little behind. */
	add(a, side, (struct end){ x + 7 * size, y - 3 * size, z - 4 * size, 15.5 * size },
		(struct end){ x + 10 * size, y - 10 * size, -11 * size, 10.5 * size });
	/* Lesser trochanter: behind and medial. */
	add(a, side, (struct end){ x - 1.0 * shaft, y - 0.75 * shaft, z - 26 * size, 7 * size },
		(struct end){ x - 0.3 * shaft, y - 0.3 * shaft, z - 44 * size, 9 * size });
	anatomy_bone_bound(bone, 4);
}

static void local_of(const struct anatomy *a, enum anatomy_side side, const double p[3], double local[3])
{
	double d[3];
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->frame[side].head_centre_mm[k];
	for (int k = 0; k < 3; k++)
		local[k] = anatomy_sdf_dot(a->axes[side].to_local[k], d);
}

/*
 * Thin over the head, thin above and thick below the neck (calcar; Poole 2010), thin over the trochanters,
 * then growing along the first 50 mm of shaft to its full thickness.
 */
double anatomy_femur_cortex_mm(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double local[3], radius = a->frame[side].head_radius_mm, d[3];
	local_of(a, side, p, local);
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->frame[side].head_centre_mm[k];
	double along = anatomy_sdf_dot(a->frame[side].neck_axis, d);
	/* Height above the neck's axis within the femur's frontal plane: -1 under it, 1 over it. */
	double height = local[2] - axes->junction_mm / axes->neck_length_mm * along;
	double over = anatomy_sdf_clamp(height / (0.4 * f->neck_width_mm), -1, 1);
	double neck = f->cortex_neck_mm * (1.05 - 0.6 * over);
	double head = 0.55 * f->cortex_neck_mm, trochanter = 0.85 * f->cortex_neck_mm;
	double under = 1 - 0.5 * (1 + over);
	double t = head + (neck - head) * anatomy_sdf_step(0.6 * radius, 1.1 * radius, along);
	double lateral = anatomy_sdf_step(0.75 * axes->neck_length_mm, 1.15 * axes->neck_length_mm, along);
	t += (trochanter - t) * lateral * (1 - under * 0.3);
	double down = axes->junction_mm - local[2];
	return t + (f->cortex_shaft_mm - t) * anatomy_sdf_step(0, 50, down);
}

/* Densest in the head and along the compression struts from calcar to dome; none in the canal. */
double anatomy_femur_trabecular(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double local[3], d[3], radius = a->frame[side].head_radius_mm;
	local_of(a, side, p, local);
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->frame[side].head_centre_mm[k];
	double along = anatomy_sdf_dot(a->frame[side].neck_axis, d) / axes->neck_length_mm;
	double head = f->trabecular_mg_cm3 * f->trabecular_gradient;
	double trochanter = f->trabecular_mg_cm3 / f->trabecular_gradient;
	double rho =
		head + (f->trabecular_mg_cm3 - head) * anatomy_sdf_step(0.5 * radius / axes->neck_length_mm,
							       1.1 * radius / axes->neck_length_mm, along);
	rho += (trochanter - rho) * anatomy_sdf_step(0.6, 1.05, along);
	/* The strut: a sheet 12 mm wide from (calcar) to (dome of the head) in the frontal plane. */
	double calcar[2] = { axes->shaft_offset_mm[0] - 0.35 * f->shaft_diameter_mm, axes->junction_mm - 12 };
	double dome[2] = { -0.15 * radius, radius };
	double u[2] = { dome[0] - calcar[0], dome[1] - calcar[1] };
	double beside = ((local[0] - calcar[0]) * u[1] - (local[2] - calcar[1]) * u[0]) / hypot(u[0], u[1]);
	rho *= 1 + 0.45 * exp(-beside * beside / (2 * 6.0 * 6.0)) * (1 - anatomy_sdf_step(0.7, 1.0, along));
	/* The marrow canal begins below the trochanters. */
	return rho * (1 - anatomy_sdf_step(5, 60, axes->junction_mm - local[2]));
}
