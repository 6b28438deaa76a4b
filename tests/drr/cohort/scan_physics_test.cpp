// What a scanner adds to a body: beam hardening that is left over, kernel and slice thickness.
#include <cmath>
#include <vector>
#include "drr/cohort/scan.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

struct Scan {
	struct scan s = {};
	Scan(const struct anatomy &a, const struct site &site, double voxel_mm)
	{
		const struct pose still = { { 0 }, { 0 } };
		const struct scan_setting setting = { voxel_mm, 1 };
		if (scan_make(&s, NULL, &a, &still, &site, &setting, 1, 0) != 0)
			ADD_FAILURE() << err_message();
	}
	~Scan()
	{
		scan_free(&s);
	}
	Scan(const Scan &) = delete;
	int16_t At(int64_t i) const
	{
		return volume_i16(&s.hu)[i];
	}
};

struct site Quiet()
{
	struct site site = Sites().list[0];
	site.ct.noise_hu = site.ct.offset_hu = site.ct.cupping_hu = 0;
	site.ct.gain = 1;
	site.ct.kernel_fwhm_mm = site.ct.slice_mm = 0;
	return site;
}

// Against the same scan without: all of it in the body's middle, nothing at the rim, a parabola between; air
// has none.
TEST(ScanPhysics, CuppingIsDeepestInTheMiddle)
{
	auto a = std::make_unique<struct anatomy>();
	const struct anatomy_params p = anatomy_params_default();
	ASSERT_OK(anatomy_init(a.get(), &p));
	struct site flat = Quiet(), cupped = flat;
	cupped.ct.cupping_hu = 40;
	Scan without(*a, flat, 4), with(*a, cupped, 4);
	const struct volume &v = with.s.hu;
	const struct scan_reach skin =
		scan_reach_of(a.get(), with.s.body_to_world, -SCAN_REACH_MM, SCAN_REACH_MM);
	double deepest = 0;
	for (int64_t i = 0; i < volume_count(&v); i++) {
		double u[2], square = 0;
		for (int k = 0; k < 2; k++) {
			int64_t at = k == 0 ? i % v.n[0] : i / v.n[0] % v.n[1];
			double mm = v.to_world[k][3] + v.to_world[k][k] * (double)at;
			u[k] = (mm - 0.5 * (skin.low_mm[k] + skin.high_mm[k])) /
			       (0.5 * (skin.high_mm[k] - skin.low_mm[k]));
			square += u[k] * u[k];
		}
		double drop = (double)without.At(i) - (double)with.At(i);
		double expected = without.At(i) > -890 ? 40 * std::fmax(1 - square, 0) : 0;
		if (without.At(i) > -890 || without.At(i) < -910) {
			ASSERT_NEAR(expected, drop, 1.01) << i;
		}
		deepest = std::fmax(deepest, drop);
	}
	EXPECT_NEAR(40, deepest, 1.5);
}

double Profile(std::vector<double> &out, double fwhm_mm, double slice_mm, int axis)
{
	// A line of one voxel along the other axes: what is left of it along `axis`.
	const int64_t n[3] = { 31, 31, 31 };
	const double to_world[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
	const int64_t pitch[3] = { 1, 31, 31 * 31 };
	struct volume v = {};
	double sum = 0, square = 0;
	EXPECT_OK(volume_init(&v, n, to_world, VOLUME_F32));
	for (int64_t i = 0; i < volume_count(&v); i++)
		if (i / pitch[axis] % 31 == 15)
			volume_f32(&v)[i] = 1000;
	EXPECT_OK(scan_blur(&v, fwhm_mm, slice_mm));
	out.clear();
	for (int64_t k = 0; k < 31; k++) {
		int64_t at[3] = { 15, 15, 15 };
		at[axis] = k;
		double value = volume_f32(&v)[at[0] + 31 * (at[1] + 31 * at[2])];
		out.push_back(value);
		sum += value;
		square += value * std::pow((double)k - 15, 2);
	}
	volume_free(&v);
	EXPECT_NEAR(1000, sum, 0.5);
	return std::sqrt(square / sum);
}

TEST(ScanPhysics, KernelBlursWithinTheSlice)
{
	std::vector<double> line;
	for (double fwhm : { 2.0, 3.0 }) {
		// The voxel's own mean is part of the kernel.
		double sd = std::sqrt(fwhm * fwhm - 1) / 2.3548;
		EXPECT_NEAR(sd, Profile(line, fwhm, 0, 0), 0.03 * sd);
		EXPECT_NEAR(sd, Profile(line, fwhm, 0, 1), 0.03 * sd);
		EXPECT_NEAR(0, Profile(line, fwhm, 0, 2), 1e-6);
		EXPECT_NEAR(1000, line[15], 1e-3);
	}
	EXPECT_EQ(0, Profile(line, 1.0, 0, 0)); // no wider than a voxel
}

TEST(ScanPhysics, ThickSlicesAverageAlongTheBody)
{
	std::vector<double> line;
	EXPECT_EQ(0, Profile(line, 0, 3, 0));
	Profile(line, 0, 3, 2);
	for (int k = 0; k < 31; k++)
		EXPECT_NEAR(k >= 14 && k <= 16 ? 1000.0 / 3 : 0, line[(size_t)k], 1e-3) << k;
	Profile(line, 0, 2, 2); // half a voxel on each side
	EXPECT_NEAR(500, line[15], 1e-3);
	EXPECT_NEAR(250, line[14], 1e-3);
	EXPECT_NEAR(250, line[16], 1e-3);
}

} // namespace
