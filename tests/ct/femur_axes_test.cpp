// The femur's axes and neutral regions: mirrored, stored in any axis order, turned.
#include "ct/femur_axes.h"
#include <algorithm>
#include <gmock/gmock.h>
#include "tests/ct/body.h"

namespace
{
const Turn kStill = TurnBy(0, 0, 0);

// The same voxels in another order, the world unchanged.
Volume Reordered(Volume &v, const int order[3], int flips)
{
	std::array<int64_t, 3> n;
	double to_world[4][4] = { { 0 }, { 0 }, { 0 }, { 0, 0, 0, 1 } };
	for (int r = 0; r < 3; r++)
		to_world[r][3] = v->to_world[r][3];
	for (int a = 0; a < 3; a++) {
		n[a] = v->n[order[a]];
		for (int r = 0; r < 3; r++) {
			const double step = v->to_world[r][order[a]];
			to_world[r][a] = flips >> a & 1 ? -step : step;
			if (flips >> a & 1)
				to_world[r][3] += step * (double)(n[a] - 1);
		}
	}
	Volume out(n, to_world, v->type);
	const size_t bytes = volume_type_bytes(v->type);
	for (int64_t i = 0; i < volume_count(out.get()); i++) {
		const int64_t at[3] = { i % n[0], i / n[0] % n[1], i / (n[0] * n[1]) };
		int64_t from[3];
		for (int a = 0; a < 3; a++)
			from[order[a]] = flips >> a & 1 ? n[a] - 1 - at[a] : at[a];
		std::copy_n((const char *)v->voxels.data + (size_t)v.at(from[0], from[1], from[2]) * bytes,
			bytes, (char *)out->voxels.data + (size_t)i * bytes);
	}
	return out;
}

void ExpectSameAxes(const struct femur_axes &a, const struct femur_axes &b, double mm, double degrees)
{
	for (int k = 0; k < 3; k++) {
		EXPECT_NEAR(a.frame.head_centre_mm[k], b.frame.head_centre_mm[k], mm);
		EXPECT_NEAR(a.lesser_mm[k], b.lesser_mm[k], mm);
	}
	EXPECT_NEAR(a.frame.head_radius_mm, b.frame.head_radius_mm, mm);
	EXPECT_NEAR(a.neck_mm, b.neck_mm, mm);
	EXPECT_NEAR(a.lesser_lower_mm, b.lesser_lower_mm, mm);
	EXPECT_LE(Angle(a.frame.neck_axis, b.frame.neck_axis), degrees);
	EXPECT_LE(Angle(a.frame.shaft_axis, b.frame.shaft_axis), degrees);
	EXPECT_NEAR(a.neck_shaft_deg, b.neck_shaft_deg, degrees);
}
} // namespace

TEST(FemurAxes, OfTheDigitalHip)
{
	BodyFemur f(kStill, kStill, { 1.5, 1.5, 1.5 });
	struct anatomy a;
	struct anatomy_params params = anatomy_params_default();
	ASSERT_OK(anatomy_init(&a, &params));
	struct femur_axes x;
	ASSERT_OK(femur_axes_find(&x, f.labels.get(), 76, LABEL_RIGHT, nullptr));
	const struct anatomy_frame &truth = a.frame[ANATOMY_RIGHT];
	for (int k = 0; k < 3; k++)
		EXPECT_NEAR(truth.head_centre_mm[k], x.frame.head_centre_mm[k], 0.3);
	EXPECT_NEAR(truth.head_radius_mm, x.frame.head_radius_mm, 0.4);
	EXPECT_LE(Angle(truth.neck_axis, x.frame.neck_axis), 2);
	EXPECT_LE(Angle(truth.shaft_axis, x.frame.shaft_axis), 1);
	EXPECT_NEAR(params.femur[0].neck_shaft_deg, x.neck_shaft_deg, 2.5);
	// the leg lies turned inwards: less of the neck's torsion is left
	EXPECT_NEAR(params.femur[0].torsion_deg - params.femur[0].internal_deg, x.anteversion_deg, 1);
	EXPECT_FALSE(x.neck_assumed || x.lesser_assumed || x.frame.shaft_assumed);
	EXPECT_GT(x.confidence, 0.5);
	// Neutral: orthonormal, right-handed, the shaft upright, the neck in the plane.
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			EXPECT_NEAR(i == k,
				x.neutral[i][0] * x.neutral[k][0] + x.neutral[i][1] * x.neutral[k][1] +
					x.neutral[i][2] * x.neutral[k][2],
				1e-12);
	double front = 0;
	for (int k = 0; k < 3; k++)
		front += x.neutral[1][k] * x.frame.neck_axis[k];
	EXPECT_NEAR(0, front, 1e-12);
	EXPECT_GT(x.neutral[1][1], 0.7);
}

TEST(FemurAxes, AMirroredFemurHasAMirroredFrame)
{
	BodyFemur right(kStill, kStill, { 1.5, 1.5, 1.5 });
	const int order[3] = { 0, 1, 2 };
	BodyFemur left(Reordered(right.density, order, 0), Reordered(right.labels, order, 0));
	for (Volume *v : { &left.density, &left.labels })
		for (int c = 0; c < 4; c++)
			(*v)->to_world[0][c] *= -1;
	for (int64_t i = 0; i < volume_count(left.labels.get()); i++)
		if (volume_u16(left.labels.get())[i])
			volume_u16(left.labels.get())[i] = 75;
	TwoFemora names;
	Measured r(right, names.map, LABEL_RIGHT), l(left, names.map, LABEL_LEFT);
	struct femur_axes m = l.hip.axes;
	for (double *v :
		{ m.frame.head_centre_mm, m.frame.neck_axis, m.frame.shaft_axis, m.lesser_mm, m.shaft_mm })
		v[0] *= -1;
	ExpectSameAxes(r.hip.axes, m, 1e-6, 1e-4);
	EXPECT_NEAR(r.hip.axes.anteversion_deg, m.anteversion_deg, 1e-4);
	for (int k = 0; k < REGION_GRUEN1; k++) {
		EXPECT_NEAR(r.hip.regions[k].abmd_g_cm2, l.hip.regions[k].abmd_g_cm2, 1e-5) << k;
		EXPECT_NEAR(r.hip.regions[k].area_cm2, l.hip.regions[k].area_cm2, 0.011)
			<< k; // a pixel on an edge
	}
}

TEST(FemurAxes, TheSameInAll48AxisOrders)
{
	BodyFemur f(kStill, TurnBy(4, -3, 2), { 2, 2.2, 1.8 });
	struct femur_axes first, x;
	ASSERT_OK(femur_axes_find(&first, f.labels.get(), 76, LABEL_RIGHT, nullptr));
	int order[3] = { 0, 1, 2 };
	do
		for (int flips = 0; flips < 8; flips++) {
			Volume labels = Reordered(f.labels, order, flips);
			ASSERT_OK(femur_axes_find(&x, labels.get(), 76, LABEL_RIGHT, nullptr));
			ExpectSameAxes(first, x, 1e-9, 1e-9); // sums in another order, no more
		}
	while (std::next_permutation(order, order + 3));
}

// The patient turned, the scanner's grid turned, voxels of 1 mm: 0.3 mm, 1 degree, 0.5 % of the neutral total
// hip's aBMD.
TEST(FemurAxes, TurnedPatientsAndGrids)
{
	TwoFemora names;
	BodyFemur still(kStill, kStill, { 1, 1, 1 });
	Measured first(still, names.map, LABEL_RIGHT);
	const struct femur_axes &a = first.hip.axes;
	const struct {
		Turn patient, grid;
	} cases[] = { { TurnBy(10, 0, 0), kStill }, { TurnBy(0, 0, 12), kStill },
		{ TurnBy(-7, 5, -9), kStill }, { TurnBy(6, -4, 8), TurnBy(-15, 10, 25) } };
	double worst_mm = 0, worst_deg = 0, worst_part = 0;
	for (const auto &c : cases) {
		BodyFemur turned(c.patient, c.grid, { 1, 1, 1 });
		Measured m(turned, names.map, LABEL_RIGHT);
		const struct femur_axes &b = m.hip.axes;
		// about the true head, which both found within what is asked
		struct anatomy body;
		struct anatomy_params params = anatomy_params_default();
		ASSERT_OK(anatomy_init(&body, &params));
		const double *h = body.frame[ANATOMY_RIGHT].head_centre_mm;
		auto moved = [&](const double p[3]) {
			Point q = c.patient({ p[0] - h[0], p[1] - h[1], p[2] - h[2] });
			return Point{ q[0] + h[0], q[1] + h[1], q[2] + h[2] };
		};
		const Point head = moved(a.frame.head_centre_mm);
		const Point neck =
			c.patient({ a.frame.neck_axis[0], a.frame.neck_axis[1], a.frame.neck_axis[2] });
		const Point shaft =
			c.patient({ a.frame.shaft_axis[0], a.frame.shaft_axis[1], a.frame.shaft_axis[2] });
		worst_mm = std::max({ worst_mm,
			Norm(Sub(head, { b.frame.head_centre_mm[0], b.frame.head_centre_mm[1],
					       b.frame.head_centre_mm[2] })),
			std::fabs(a.frame.head_radius_mm - b.frame.head_radius_mm),
			std::fabs(a.lesser_lower_mm - b.lesser_lower_mm) });
		worst_deg = std::max({ worst_deg, Angle(neck.data(), b.frame.neck_axis),
			Angle(shaft.data(), b.frame.shaft_axis),
			std::fabs(a.neck_shaft_deg - b.neck_shaft_deg) });
		worst_part =
			std::max(worst_part, std::fabs(m.hip.regions[REGION_TOTAL].abmd_g_cm2 /
							       first.hip.regions[REGION_TOTAL].abmd_g_cm2 -
						       1));
		EXPECT_NEAR(a.neck_mm, b.neck_mm, 1.0); // the neck is nearly a cylinder there: flat
	}
	std::printf("turned: %.3f mm, %.3f degrees, aBMD %.3f %%\n", worst_mm, worst_deg, 100 * worst_part);
	EXPECT_LE(worst_mm, 0.3);
	EXPECT_LE(worst_deg, 1);
	EXPECT_LE(worst_part, 0.005);
}
