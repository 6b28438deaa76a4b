#include "drr/cohort/collimator.h"

#include <cmath>
#include <cstring>
#include <vector>
#include "host/run/device.h"
#include "tests/support/support.h"

namespace
{

constexpr int64_t kCols = 120, kRows = 90;

struct geometry Detector()
{
	struct geometry g = {};
	g.sdd_mm = 1000;
	g.cols = kCols;
	g.rows = kRows;
	g.pixel_mm = 1;
	return g;
}

struct collimator Closed()
{
	return { true, { 8.5, 12 }, { 110, 80 }, 3 };
}

// A body that gets thicker to the right, with a hem of air.
std::vector<float> Body()
{
	std::vector<float> film((size_t)(kCols * kRows));
	for (int64_t i = 0; i < kCols * kRows; i++)
		film[(size_t)i] =
			i % kCols < 20 ? 0.01F : 1 + 0.02F * (float)(i % kCols) + 0.003F * (float)(i / kCols);
	return film;
}

TEST(Collimator, DrawsItsShareAndMarginsOfTheSite)
{
	struct site_xray room = site_default().xray;
	const struct geometry g = Detector();
	room.collimated_share = 0.4;
	room.collimator_mm[0] = 4;
	room.collimator_mm[1] = 20;
	room.focal_spot_mm = 1.2;
	int on = 0;
	double least = 1e9, most = 0;
	for (int i = 0; i < 2000; i++) {
		struct collimator c, again;
		collimator_draw(&c, &room, &g, 7, i, i % 3);
		collimator_draw(&again, &room, &g, 7, i, i % 3);
		ASSERT_EQ(c.low_px[1], again.low_px[1]);
		ASSERT_NEAR(1.2 * 3, c.penumbra_px, 1e-12); // leaves at a quarter of the way
		on += c.on;
		for (int k = 0; k < 2; k++) {
			double low = c.low_px[k], high = (double)(k == 0 ? kCols : kRows) - c.high_px[k];
			double width = 0.5 * (low + high) * (k == 0 ? 2 : 1);
			ASSERT_GE(width, 4 - 1e-9);
			ASSERT_LE(width, 20 + 1e-9);
			ASSERT_LE(std::fabs(high - low), 0.5 * 20 + 1e-9);
			least = std::fmin(least, width);
			most = std::fmax(most, width);
		}
	}
	EXPECT_NEAR(800, on, 4 * std::sqrt(2000 * 0.4 * 0.6));
	EXPECT_LT(least, 4.1);
	EXPECT_GT(most, 19.9);
}

TEST(Collimator, DarkensTheBorderAndNothingElse)
{
	const struct collimator c = Closed();
	const std::vector<float> before = Body();
	std::vector<float> film = before;
	collimator_apply(film.data(), kCols, kRows, &c);
	auto added = [&](int64_t col, int64_t row) {
		size_t i = (size_t)(row * kCols + col);
		return (double)film[i] - (double)before[i];
	};
	for (int64_t row = 13; row < 79; row++)
		for (int64_t col = 10; col < 109; col++)
			ASSERT_EQ(0, added(col, row)) << col << " " << row;
	EXPECT_NEAR(-std::log(COLLIMATOR_LEAK), added(3, 40), 1e-5);
	EXPECT_NEAR(-std::log(COLLIMATOR_LEAK), added(60, 85), 1e-5);
	// Half of the beam at the edge, which runs through the middle of column 8; and straight on both sides
	// of it.
	EXPECT_NEAR(-std::log(COLLIMATOR_LEAK + (1 - COLLIMATOR_LEAK) * 0.5), added(8, 40), 1e-5);
	EXPECT_NEAR(std::exp(-added(9, 40)) - std::exp(-added(8, 40)),
		std::exp(-added(8, 40)) - std::exp(-added(7, 40)), 1e-5);
	film = before;
	struct collimator open = c;
	open.on = false;
	collimator_apply(film.data(), kCols, kRows, &open);
	EXPECT_EQ(before, film);
}

TEST(Collimator, ExposesWhatLiesBetweenTheLeaves)
{
	struct collimator c = Closed();
	EXPECT_TRUE(collimator_exposes(&c, 8, 11.5)); // both edges run here
	EXPECT_FALSE(collimator_exposes(&c, 7.9, 40));
	EXPECT_FALSE(collimator_exposes(&c, 40, 11.4));
	EXPECT_TRUE(collimator_exposes(&c, 109.5, 79.5));
	EXPECT_FALSE(collimator_exposes(&c, 109.6, 40));
	EXPECT_FALSE(collimator_exposes(&c, 40, 79.6));
	c.on = false;
	EXPECT_TRUE(collimator_exposes(&c, 2, 2));
}

// The window is that of the exposed field alone, so the border changes nothing within it.
TEST(Collimator, BorderDoesNotCountForTheVendorsWindow)
{
	const struct collimator c = Closed();
	struct device cpu = {};
	ASSERT_OK(device_open(&cpu, "cpu"));
	std::vector<float> film = Body(), strange = film;
	collimator_apply(film.data(), kCols, kRows, &c);
	for (int64_t i = 0; i < kCols * kRows; i++)
		strange[(size_t)i] = i % kCols >= 10 && i % kCols < 109 && i / kCols >= 13 && i / kCols < 79
					     ? film[(size_t)i]
					     : 9;
	for (const char *vendor : { "unsharp standard", "pyramid", "equalised" }) {
		struct look look;
		ASSERT_OK(look_parse(&look, vendor));
		std::vector<float> a(film.size()), b(film.size());
		ASSERT_OK(collimator_look(&cpu, a.data(), film.data(), kCols, kRows, &look, &c));
		ASSERT_OK(collimator_look(&cpu, b.data(), strange.data(), kCols, kRows, &look, &c));
		float low = 1, high = 0;
		for (int64_t row = 13; row < 79; row++)
			for (int64_t col = 10; col < 109; col++) {
				size_t i = (size_t)(row * kCols + col);
				ASSERT_EQ(a[i], b[i]) << vendor;
				low = std::fmin(low, a[i]);
				high = std::fmax(high, a[i]);
			}
		EXPECT_GT(high - low, 0.5) << vendor;
		// White below the leaves, or a black shutter.
		EXPECT_EQ(look.family == LOOK_UNSHARP ? 1 : 0, a[(size_t)(85 * kCols + 60)]) << vendor;
		EXPECT_EQ(look.family == LOOK_UNSHARP ? 1 : 0, a[(size_t)(40 * kCols + 115)]) << vendor;
	}
}

TEST(Collimator, RefusesAFieldThatIsShut)
{
	struct collimator c = Closed();
	struct device cpu = {};
	struct look look;
	std::vector<float> film = Body(), out(film.size());
	ASSERT_OK(device_open(&cpu, "cpu"));
	ASSERT_OK(look_parse(&look, "pyramid"));
	c.high_px[0] = 9;
	EXPECT_EQ(-1, collimator_look(&cpu, out.data(), film.data(), kCols, kRows, &look, &c));
	EXPECT_NE(nullptr, std::strstr(err_message(), "120 x 90"));
}

} // namespace
