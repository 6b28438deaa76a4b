#include "drr/cohort/xray.h"

#include <cmath>
#include <vector>
#include "drr/cohort/motion.h"
#include "drr/materials.h"
#include "drr/spectrum.h"
#include "tests/drr/cohort/cohort.h"
#include "tests/drr/cohort/materials.h"

namespace
{

std::vector<float> Clean(const struct xray &x, const struct anatomy_voxels &truth, const struct pose &pose)
{
	struct device cpu = Cpu();
	int64_t pixels = x.geometry.cols * x.geometry.rows;
	const std::vector<float> materials = MaterialsOf(truth, x.geometry, pose);
	std::vector<float> film((size_t)pixels);
	auto spectrum = std::make_unique<struct spectrum>();
	EXPECT_OK(spectrum_load(spectrum.get(), x.kvp, 0));
	EXPECT_OK(radiograph_apply(&cpu, film.data(), materials.data(), pixels, spectrum.get()));
	return film;
}

struct Film {
	struct xray x = {};
	Film(const Subject &s, uint64_t seed, const struct xray_setting &setting = kTiny.xray)
	{
		struct device cpu = Cpu();
		const struct xray_order order = { &s.scan, s.anatomy.get(), s.anatomy.get(), &s.person.xray_pose, &s.site,
			&kTiny.scan, &setting, seed, s.person.index, 0, 1, 0, POSTURE_WHOLE };
		if (xray_make(&x, &cpu, &order) != 0)
			ADD_FAILURE() << err_message();
	}
	~Film()
	{
		xray_free(&x);
	}
	Film(const Film &) = delete;
};

// The film is of the body articulated for it, the CT's body at the film's pose is the same where nothing was bent.
TEST(Xray, PoseOfTheScanIsThatOfTheRoom)
{
	struct person p = person_sample(32, 1, 2);
	p.ct_pose = (struct pose){ { 0.05, -0.05, 0.05 }, { 6, -5, 4 } };
	p.xray_pose = (struct pose){ { -0.08, 0.06, -0.08 }, { -9, 8, 7 } };
	Subject s(p, 32, { 2.0, 2 });
	Film f(s, 32);
	const float *direct = volume_f32(&f.x.film);
	auto difference = [&](const struct pose &pose) {
		std::vector<float> film = Clean(f.x, s.scan.truth, pose);
		double sum = 0;
		for (size_t r = 15; r < 65; r++) // the grids end elsewhere above and below
			for (size_t c = 20; c < 80; c++)
				sum += std::fabs((double)direct[r * 100 + c] - (double)film[r * 100 + c]);
		return sum / 3000;
	};
	double best = difference(f.x.pose);
	EXPECT_LT(best, 0.06);
	for (int side = 0; side < 2; side++) // nothing was bent: the femora move as the pelvis does
		for (int k = 0; k < 3; k++)
			EXPECT_NEAR(f.x.pose.rotate_rad[k], f.x.femur[side].pose.rotate_rad[k], 1e-9);
	for (int dof = 0; dof < 5; dof++) {
		struct pose off = f.x.pose;
		if (dof < 3)
			off.rotate_rad[dof] += 2 * M_PI / 180;
		else
			off.shift_mm[dof == 3 ? 0 : 2] += 3; // depth hardly shows on a film
		EXPECT_GT(difference(off), 1.1 * best) << dof;
	}
}

TEST(Xray, PatientsRightIsAtTheLeftAndTheFeetAreBelow)
{
	struct person p = person_sample(33, 0, 2);
	p.anatomy.femur[ANATOMY_LEFT] = p.anatomy.femur[ANATOMY_RIGHT];
	p.anatomy.femur[ANATOMY_RIGHT].trabecular_mg_cm3 = 300;
	p.anatomy.femur[ANATOMY_LEFT].trabecular_mg_cm3 = 20;
	p.ct_pose = p.xray_pose = (struct pose){ { 0 }, { 0 } };
	for (double &phase : p.anatomy.texture_rad)
		phase = 0;
	Subject s(p, 33);
	Film f(s, 33);
	const float *film = volume_f32(&f.x.film);
	double head[2];
	for (int side = 0; side < 2; side++) {
		double col, row;
		geometry_project(&f.x.geometry, &f.x.pose, s.anatomy->frame[side].head_centre_mm, &col, &row);
		EXPECT_EQ(side == ANATOMY_RIGHT, col < 50);
		EXPECT_NEAR(39.5, row, 0.5);
		head[side] = (double)film[(int64_t)std::lround(row) * 100 + std::lround(col)];
	}
	EXPECT_GT(head[ANATOMY_RIGHT], head[ANATOMY_LEFT] + 0.2);
	// Between the thighs, at the bottom in the middle, there is less than in the pelvis above.
	EXPECT_LT(film[78 * 100 + 50], film[30 * 100 + 50] - 1.0f);
	// The image's own affine says the same: columns to the patient's left, rows to the feet.
	EXPECT_LT(f.x.film.to_world[0][0], 0);
	EXPECT_LT(f.x.film.to_world[2][1], 0);
}

TEST(Xray, SidecarNamesGeometryPoseAndFrame)
{
	Subject s(34, 0);
	Film f(s, 34);
	struct json *root = xray_to_json(&f.x, false);
	double numbers[3];
	const char *text;
	const struct json *geometry = json_member(root, "geometry");
	ASSERT_OK(json_get_numbers(geometry, "isocentre_mm", "sidecar", numbers, 3));
	EXPECT_TRUE(AllClose(numbers, s.scan.isocentre_mm, 3, 1e-9, 0));
	ASSERT_OK(json_get_numbers(json_member(root, "pose"), "rotate_deg", "sidecar", numbers, 3));
	EXPECT_NEAR(f.x.pose.rotate_rad[2] * 180 / M_PI, numbers[2], 1e-9);
	ASSERT_OK(json_get_text(json_at(json_member(root, "frames"), 0), "quantity", "sidecar", &text));
	EXPECT_STREQ("radiograph", text);
	ASSERT_OK(json_get_number(root, "kvp", "sidecar", numbers));
	EXPECT_EQ(s.site.xray.kvp, numbers[0]);
	json_free(root);
}

} // namespace
