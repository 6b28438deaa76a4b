/*
 * The pelvis: on each side a hip bone (iliac wing, socket, ischium, pubis), in the middle sacrum and the
 * lowest lumbar vertebrae.  Points are (lateral, anterior, superior) mm from the femoral head's centre of
 * that side for an average adult, stretched to the subject's width and scale.
 */
#include "ct/anatomy_sdf.h"

#define AVERAGE_HALF_DISTANCE_MM 88.0
#define SACROILIAC_MM 2.5
#define SYMPHYSIS_MM 2.0 /* half of the gap */
enum { WING_CONES = 4 };

struct landmark {
	double lateral, anterior, superior, radius;
};

/* Medial of the head the width stretches with the distance of the heads, lateral of it with the scale. */
static void place(double out[3], const struct anatomy *a, enum anatomy_side side, const struct landmark *l)
{
	double scale = a->params.pelvis_scale, half = a->params.head_distance_mm / 2;
	double lateral = l->lateral < 0 ? l->lateral * half / AVERAGE_HALF_DISTANCE_MM : l->lateral * scale;
	out[0] = (side == ANATOMY_RIGHT ? 1 : -1) * (half + lateral);
	out[1] = l->anterior * scale;
	out[2] = l->superior * scale;
}

static struct anatomy_cone cone_of(
	const struct anatomy *a, enum anatomy_side side, const struct landmark ends[2])
{
	double p[3], q[3], scale = a->params.pelvis_scale;
	place(p, a, side, &ends[0]);
	place(q, a, side, &ends[1]);
	return anatomy_cone_make(p, q, ends[0].radius * scale, ends[1].radius * scale);
}

/* The thick rim of the crest, from spine to spine over the top, on the plate's sphere. */
static void add_rim(struct anatomy *a, enum anatomy_side side, const double middle[3], const double along[3],
	const double up[3])
{
	static const double way_mm[WING_CONES + 1][2] = { { 68, 4 }, { 54, 35 }, { 0, 49 }, { -52, 44 },
		{ -76, 8 } };
	const struct anatomy_wing *wing = &a->wing[side];
	double scale = a->params.pelvis_scale, rim[WING_CONES + 1][3];
	for (int i = 0; i <= WING_CONES; i++) {
		for (int k = 0; k < 3; k++)
			rim[i][k] = middle[k] + (along[k] * way_mm[i][0] + up[k] * way_mm[i][1]) * scale;
		double from_centre = anatomy_sdf_distance(rim[i], wing->centre_mm);
		for (int k = 0; k < 3; k++)
			rim[i][k] = wing->centre_mm[k] +
				    (rim[i][k] - wing->centre_mm[k]) / from_centre * wing->radius_mm;
	}
	for (int i = 0; i < WING_CONES; i++)
		anatomy_bone_add(&a->bone[ANATOMY_HIP_RIGHT + (int)side],
			anatomy_cone_make(rim[i], rim[i + 1], 5.5 * scale, 5.5 * scale));
}

static void make_unit(double v[3])
{
	double length = sqrt(anatomy_sdf_dot(v, v));
	for (int k = 0; k < 3; k++)
		v[k] /= length;
}

/*
 * The wing: a plate on a sphere, within a stadium outline.  It runs through the anterior and posterior
 * superior spines, the crest's top and the socket's roof, hollow towards the inside.
 */
static void make_wing(struct anatomy *a, enum anatomy_side side)
{
	static const struct landmark spine = { 33, 42, 74, 0 }, back = { -36, -82, 66, 0 };
	static const struct landmark crest = { 38, -12, 126, 0 }, roof = { -6, -6, 34, 0 };
	struct anatomy_wing *wing = &a->wing[side];
	double corner[4][3], along[3], up[3], normal[3], middle[3], from[3], to[3];
	double scale = a->params.pelvis_scale, outward = side == ANATOMY_RIGHT ? 1 : -1;
	place(corner[0], a, side, &spine);
	place(corner[1], a, side, &back);
	place(corner[2], a, side, &crest);
	place(corner[3], a, side, &roof);
	for (int k = 0; k < 3; k++) {
		along[k] = corner[0][k] - corner[1][k];
		up[k] = corner[2][k] - corner[3][k];
		middle[k] = (corner[0][k] + corner[1][k] + corner[2][k] + corner[3][k]) / 4;
	}
	make_unit(along);
	make_unit(up);
	for (int k = 0; k < 3; k++)
		normal[k] = along[(k + 1) % 3] * up[(k + 2) % 3] - along[(k + 2) % 3] * up[(k + 1) % 3];
	make_unit(normal);
	wing->radius_mm = 190 * scale;
	wing->half_mm = 3.2 * scale;
	for (int k = 0; k < 3; k++) {
		wing->centre_mm[k] = middle[k] - outward * normal[k] * (wing->radius_mm - 6 * scale);
		from[k] = middle[k] + along[k] * 25 * scale;
		to[k] = middle[k] - along[k] * 30 * scale;
	}
	wing->outline = anatomy_cone_make(from, to, 50 * scale, 50 * scale);
	add_rim(a, side, middle, along, up);
}

static void make_hip(struct anatomy *a, enum anatomy_side side)
{
	static const struct landmark columns[][2] = {
		{ { -8, -6, 32, 17 }, { 12, -15, 70, 3.5 } },	    /* roof of the socket up into the wing */
		{ { 2, 20, 30, 10 }, { 29, 38, 70, 6 } },	    /* along its front edge */
		{ { -10, -20, 34, 14 }, { -34, -70, 58, 11 } },	    /* to the sacroiliac joint */
		{ { -35, -58, 50, 8 }, { -26, 4, 8, 9 } },	    /* arcuate line */
		{ { -14, -24, -12, 14 }, { -27, -33, -52, 12 } },   /* ischium */
		{ { -26, -33, -46, 13.5 }, { -30, -28, -66, 12 } }, /* its tuberosity */
		{ { -33, -20, -66, 8.5 }, { -73, 26, -50, 7 } },    /* lower ramus */
		{ { -22, 18, -2, 12 }, { -64, 40, -18, 8 } },	    /* upper ramus */
		{ { -70, 40, -20, 9 }, { -79, 36, -44, 9 } },	    /* body of the pubis */
	};
	struct anatomy_bone *bone = &a->bone[ANATOMY_HIP_RIGHT + (int)side];
	const double tilt[3] = { 0.68, 0.28, -0.677 }; /* the socket opens outwards, forwards and down */
	bone->blend_mm = 9 * a->params.pelvis_scale;
	make_wing(a, side);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		anatomy_bone_add(bone, cone_of(a, side, columns[i]));
	/* A narrow joint is narrow above: the head has risen within its socket. */
	double space = a->params.femur[side].joint_space_mm, middle = 0.5 * (space + ANATOMY_JOINT_SPACE_MM);
	a->cup_radius_mm[side] = a->frame[side].head_radius_mm + middle;
	for (int k = 0; k < 3; k++)
		a->cup_centre_mm[side][k] = a->frame[side].head_centre_mm[k];
	a->cup_centre_mm[side][2] -= middle - space;
	/* Osteophytes of the rim deepen the socket. */
	a->cup_rim_mm[side] = 0.6 * a->params.femur[side].osteophyte_mm;
	for (int k = 0; k < 3; k++)
		a->cup_axis[side][k] = (k == 0 && side == ANATOMY_LEFT) ? -tilt[k] : tilt[k];
	anatomy_bone_bound(bone, 8);
}

double anatomy_plate_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_wing *wing = &a->wing[side];
	double plate = fabs(anatomy_sdf_distance(p, wing->centre_mm) - wing->radius_mm) - wing->half_mm;
	return anatomy_sdf_cut(plate, anatomy_sdf_cone(&wing->outline, p), 4);
}

/* A ball around the head, cut open towards it. */
double anatomy_ball_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const double *head = a->cup_centre_mm[side];
	double to_head[3] = { p[0] - head[0], p[1] - head[1], p[2] - head[2] };
	double opening = anatomy_sdf_dot(to_head, a->cup_axis[side]) + 0.06 * a->cup_radius_mm[side] -
			 a->cup_rim_mm[side];
	double ball = sqrt(anatomy_sdf_dot(to_head, to_head)) - a->cup_radius_mm[side] -
		      7.5 * a->params.pelvis_scale;
	return anatomy_sdf_cut(ball, opening, 5);
}

double anatomy_socket_cut(const struct anatomy *a, enum anatomy_side side, double d, const double p[3])
{
	double from_head = anatomy_sdf_distance(p, a->cup_centre_mm[side]);
	return anatomy_sdf_cut(d, a->cup_radius_mm[side] - from_head, 1.5);
}

/* Its socket is hollowed to the joint space, its front end kept off the other side. */
double anatomy_pelvis_sdf(const struct anatomy *a, enum anatomy_side side,
	const struct anatomy_pieces *pieces, const double p[3])
{
	const struct anatomy_bone *bone = &a->bone[ANATOMY_HIP_RIGHT + (int)side];
	double d = anatomy_sdf_cones(bone, pieces, p);
	if (!pieces || pieces->plate)
		d = anatomy_sdf_union(d, anatomy_plate_sdf(a, side, p), bone->blend_mm);
	if (!pieces || pieces->ball)
		d = anatomy_sdf_union(d, anatomy_ball_sdf(a, side, p), bone->blend_mm);
	d = anatomy_socket_cut(a, side, d, p);
	double across = side == ANATOMY_RIGHT ? p[0] : -p[0];
	return anatomy_sdf_cut(d, SYMPHYSIS_MM - across, 1.5);
}

static void add_midline(struct anatomy *a, enum anatomy_part part, const struct landmark ends[2])
{
	/* Here `lateral` counts from the midline to the right. */
	double p[2][3], scale = a->params.pelvis_scale;
	double stretch = a->params.head_distance_mm / (2 * AVERAGE_HALF_DISTANCE_MM);
	for (int i = 0; i < 2; i++) {
		p[i][0] = ends[i].lateral * stretch;
		p[i][1] = ends[i].anterior * scale;
		p[i][2] = ends[i].superior * scale;
	}
	anatomy_bone_add(&a->bone[part],
		anatomy_cone_make(p[0], p[1], ends[0].radius * scale, ends[1].radius * scale));
}

static void make_midline(struct anatomy *a)
{
	static const struct landmark sacrum[][2] = {
		{ { -13, -46, 74, 18 }, { 13, -46, 74, 18 } }, /* base */
		{ { 0, -50, 68, 20 }, { 0, -82, 42, 15 } },    /* bodies */
		{ { 0, -84, 38, 15 }, { 0, -95, 8, 11 } },
		{ { 0, -95, 2, 10 }, { 0, -78, -24, 5 } },     /* coccyx */
		{ { -38, -60, 63, 16 }, { 38, -60, 63, 16 } }, /* wings */
		{ { 36, -68, 54, 15 }, { 14, -92, 4, 9 } },    /* lateral masses */
		{ { -36, -68, 54, 15 }, { -14, -92, 4, 9 } },
		{ { 0, -88, 62, 7 }, { 0, -106, 30, 5 } }, /* median crest */
	};
	static const struct landmark lumbar[][2] = {
		{ { 0, -66, 112, 6 }, { 0, -92, 104, 4.5 } }, /* spinous processes */
		{ { 0, -62, 146, 6 }, { 0, -90, 138, 4.5 } },
		{ { -38, -50, 112, 4.5 }, { 38, -50, 112, 4.5 } }, /* transverse processes */
		{ { -38, -50, 148, 4 }, { 38, -50, 148, 4 } },
	};
	a->bone[ANATOMY_SACRUM].blend_mm = 7;
	a->bone[ANATOMY_LUMBAR].blend_mm = 4;
	for (size_t i = 0; i < sizeof(sacrum) / sizeof(sacrum[0]); i++)
		add_midline(a, ANATOMY_SACRUM, sacrum[i]);
	for (size_t i = 0; i < sizeof(lumbar) / sizeof(lumbar[0]); i++)
		add_midline(a, ANATOMY_LUMBAR, lumbar[i]);
	anatomy_bone_bound(&a->bone[ANATOMY_SACRUM], 4);
	struct anatomy_bone *vertebrae = &a->bone[ANATOMY_LUMBAR];
	anatomy_bone_bound(vertebrae, 14);
	vertebrae->high[1] = 0; /* the bodies, which lumbar_sdf adds, reach further forwards and up */
	vertebrae->high[2] = INFINITY;
}

/* The sacrum is kept off both hip bones by the width of the joint. */
double anatomy_sacrum_cut(double sacrum, double hip)
{
	return anatomy_sdf_cut(sacrum, SACROILIAC_MM - hip, 1.5);
}

/* Vertebral bodies: a stack of rounded discs 36 mm apart, and the processes behind them. */
double anatomy_lumbar_sdf(const struct anatomy *a, const struct anatomy_pieces *pieces, const double p[3])
{
	const struct anatomy_bone *bone = &a->bone[ANATOMY_LUMBAR];
	double scale = a->params.pelvis_scale, pitch = 36 * scale, first = 113 * scale;
	double level = floor((p[2] - first) / pitch + 0.5);
	double z = p[2] - first - pitch * (level < 0 ? 0 : level);
	double x = p[0] / 1.2,
	       y = p[1] + 34 * scale; /* wider than deep; dividing keeps it an underestimate */
	double side = sqrt(x * x + y * y) - (20 * scale - 4), end = fabs(z) - (13.5 * scale - 4);
	double out = hypot(side > 0 ? side : 0, end > 0 ? end : 0);
	double d = out + fmin(fmax(side, end), 0) - 4;
	return anatomy_sdf_union(d, anatomy_sdf_cones(bone, pieces, p), bone->blend_mm);
}

void anatomy_pelvis_make(struct anatomy *a)
{
	make_hip(a, ANATOMY_RIGHT);
	make_hip(a, ANATOMY_LEFT);
	make_midline(a);
}
