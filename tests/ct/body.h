// A digital hip in any pose on any grid, for the tests of frame and regions.
#ifndef TESTS_CT_BODY_H
#define TESTS_CT_BODY_H
#include "ct/anatomy.h"
#include "ct/qct.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

struct Turn {
	double m[3][3];
	Point operator()(const Point &p) const
	{
		Point q = { 0, 0, 0 };
		for (int r = 0; r < 3; r++)
			for (int c = 0; c < 3; c++)
				q[r] += m[r][c] * p[c];
		return q;
	}
	Turn back() const
	{
		Turn t;
		for (int r = 0; r < 3; r++)
			for (int c = 0; c < 3; c++)
				t.m[r][c] = m[c][r];
		return t;
	}
};

// Rz Ry Rx, degrees.
inline Turn TurnBy(double x, double y, double z)
{
	const double k = M_PI / 180, cx = std::cos(k * x), sx = std::sin(k * x), cy = std::cos(k * y),
		     sy = std::sin(k * y), cz = std::cos(k * z), sz = std::sin(k * z);
	return { { { cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx },
		{ sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx }, { -sy, cy * sx, cy * cx } } };
}

// The right femur of the default body: density mg/cm3 and labels (76).
struct BodyFemur {
	Volume density, labels;
	// patient: turned about the femur's head; grid: columns are the index axes.
	BodyFemur(const Turn &patient, const Turn &grid, Point mm)
	{
		static struct anatomy a;
		struct anatomy_params params = anatomy_params_default();
		EXPECT_OK(anatomy_init(&a, &params));
		const double *head = a.frame[ANATOMY_RIGHT].head_centre_mm;
		double half[3] = { 70, 75, 120 };
		const Point middle = patient({ 25, 0, -70 });
		Volume place = Cover({ head[0] + middle[0], head[1] + middle[1], head[2] + middle[2] }, half,
			grid.m, mm.data(), VOLUME_U16);
		struct anatomy_grid g = {};
		for (int r = 0; r < 3; r++) {
			g.n[r] = place->n[r];
			double shift = head[r];
			for (int c = 0; c < 3; c++) {
				g.world_to_body[r][c] = patient.m[c][r];
				shift -= patient.m[c][r] * head[c];
			}
			g.world_to_body[r][3] = shift;
		}
		g.world_to_body[3][3] = 1;
		std::copy(&place->to_world[0][0], &place->to_world[0][0] + 16, &g.to_world[0][0]);
		g.subsamples = 3;
		g.label_fraction = 0.5;
		struct anatomy_voxels v = {};
		EXPECT_OK(anatomy_voxelise(&v, NULL, &a, &g));
		density = Make(place, VOLUME_F32);
		labels = Make(place, VOLUME_U16);
		for (int64_t i = 0; i < volume_count(labels.get()); i++) {
			volume_f32(density.get())[i] = 1000 * volume_f32(&v.mineral)[i];
			volume_u16(labels.get())[i] = volume_u8(&v.labels)[i] == 76 ? 76 : 0;
		}
		anatomy_voxels_free(&v);
	}
	BodyFemur(Volume &&d, Volume &&l) : density(std::move(d)), labels(std::move(l))
	{
	}
	static Volume Make(Volume &like, enum volume_type type)
	{
		return Volume({ like->n[0], like->n[1], like->n[2] }, like->to_world, type);
	}
};

inline struct calibration NoFlags()
{
	struct calibration c = {};
	c.flags_known = true;
	return c;
}

// A measured hip that frees itself.
struct Measured {
	struct qct_hip hip = {};
	Measured(BodyFemur &f, const struct label_map &map, enum label_side side,
		const struct qct_settings &s = qct_settings_default())
	{
		const struct calibration c = NoFlags();
		EXPECT_OK(qct_measure(&hip, f.density.get(), &c, f.labels.get(), &map, side, &s));
		EXPECT_TRUE(hip.measured) << (hip.flags.n ? hip.flags.list[0].reason : "");
	}
	Measured(const Measured &) = delete;
	~Measured()
	{
		qct_hip_free(&hip);
	}
};

// femur_left 75, femur_right 76.
struct TwoFemora {
	struct label_map map = {};
	TwoFemora()
	{
		EXPECT_OK(label_map_load(&map, "painted"));
	}
	~TwoFemora()
	{
		label_map_free(&map);
	}
};

inline double Angle(const double a[3], const double b[3])
{
	double cross[3], dot = 0;
	for (int k = 0; k < 3; k++) {
		cross[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
		dot += a[k] * b[k];
	}
	return std::atan2(std::sqrt(cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]), dot) *
	       180 / M_PI;
}
#endif
