// What becomes of a film: metal in it, no grid in it, and the same pixels as DICOM.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>
#include "drr/cohort/film_dicom.h"
#include "drr/cohort/ray_body.h"
#include "drr/cohort/scan_reach.h"
#include "drr/materials.h"
#include "host/files/xray.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

constexpr struct xray_setting kCoarse = { 200, 160, 2.0, true };

struct Film {
	struct xray x = {};
	Film(const Subject &s, const struct scan_setting &voxels, const struct xray_setting &setting)
	{
		struct device cpu = Cpu();
		const struct xray_order order = { &s.scan, s.anatomy.get(), s.anatomy.get(),
			&s.person.xray_pose, &s.site, &voxels, &setting, 3, s.person.index, 0, 1, 0, POSTURE_WHOLE };
		if (xray_make(&x, &cpu, &order) != 0)
			ADD_FAILURE() << err_message();
	}
	~Film()
	{
		xray_free(&x);
	}
	Film(const Film &) = delete;
	float At(int64_t i) const
	{
		return volume_f32(&x.film)[i];
	}
};

struct person Nailed(double nail_mm)
{
	struct person p = person_sample(41, 0, 2);
	p.anatomy.femur[ANATOMY_RIGHT].nail_mm = nail_mm;
	p.anatomy.femur[ANATOMY_LEFT].nail_mm = 0;
	p.ct_pose = p.xray_pose = (struct pose){ { 0 }, { 0 } };
	return p;
}

// A point on the nail's axis in the shaft, body world.
void OnTheNail(double p[3], const Subject &s)
{
	const struct anatomy_cone &nail = s.anatomy->metal[ANATOMY_RIGHT][0];
	for (int k = 0; k < 3; k++)
		p[k] = nail.a[k] + 0.6 * nail.length * nail.axis[k];
}

TEST(Film, NailIsInTheScanAtTheScannersHighest)
{
	for (double nail_mm : { 0.0, 5.5 }) {
		Subject s(Nailed(nail_mm), 41, { 2.0, 2 });
		const struct volume &v = s.scan.hu;
		Subject with(Nailed(5.5), 41, { 12.0, 1 });
		double at[3], inverse[4][4], index[3], most = -1e9;
		OnTheNail(at, with);
		ASSERT_OK(volume_world_to_index(&v, inverse));
		affine_apply(inverse, at, index);
		int64_t i = std::lround(index[0]) +
			    v.n[0] * (std::lround(index[1]) + v.n[1] * std::lround(index[2]));
		for (int64_t j = 0; j < volume_count(&v); j++)
			most = std::fmax(most, volume_i16(&v)[j]);
		if (nail_mm > 0)
			EXPECT_EQ(3071, volume_i16(&v)[i]);
		else
			EXPECT_LT(volume_i16(&v)[i], 600);
		EXPECT_EQ(nail_mm > 0, most == 3071);
	}
}

// A chord of 11 mm of Ti6Al4V takes more than three quarters of the beam that bone let through.
TEST(Film, NailIsInTheFilm)
{
	Subject nailed(Nailed(5.5), 41), plain(Nailed(0), 41);
	Film with(nailed, { 4.0, 2 }, kCoarse), without(plain, { 4.0, 2 }, kCoarse);
	const struct pose still = { { 0 }, { 0 } };
	double at[3], world[3], col, row;
	OnTheNail(at, nailed);
	affine_apply(nailed.scan.body_to_world, at, world);
	geometry_project(&with.x.geometry, &still, world, &col, &row);
	int64_t i = std::lround(row) * with.x.geometry.cols + std::lround(col);
	EXPECT_GT((double)with.At(i) - (double)without.At(i), 1.4);
	// The other side has none.
	int64_t cols = with.x.geometry.cols, other = i / cols * cols + cols - 1 - i % cols;
	EXPECT_NEAR((double)with.At(other), (double)without.At(other), 0.15);
}

// A pixel against the mean of the square of 1.4 mm about it, without noise: in the median, and where the
// voxels would show most.  Quantum noise of such a pixel is about 2 %.
TEST(Film, VoxelsDoNotShowAtAFifthOfAMillimetre)
{
	struct person p = person_sample(43, 0, 2);
	p.ct_pose = (struct pose){ { 0 }, { 0 } };
	for (int side = 0; side < ANATOMY_SIDES; side++)
		p.anatomy.femur[side].texture = 0;
	Subject s(p, 43, { 12.0, 1 });
	struct device cpu = Cpu();
	// The right iliac wing, whose plate stands nearly along the beam.
	const struct geometry g = { GEOMETRY_CONE, GEOMETRY_AP, 1100, 900, 300, 250, 0.2,
		{ s.scan.isocentre_mm[0] + 105, s.scan.isocentre_mm[1], s.scan.isocentre_mm[2] + 85 } };
	const double wing = 60;
	struct scan_reach box = scan_reach_of(
		s.anatomy.get(), s.scan.body_to_world, g.isocentre_mm[2] - wing, g.isocentre_mm[2] + wing);
	box.low_mm[0] = g.isocentre_mm[0] - wing;
	struct anatomy_grid grid;
	struct ray_body body = {};
	xray_grid(&grid, &box, s.scan.body_to_world, 1.0);
	ASSERT_OK(ray_body_make(&body, &cpu, s.anatomy.get(), &grid, &g, 1, true));
	std::vector<float> m((size_t)(MATERIALS * g.cols * g.rows));
	ASSERT_OK(ray_body_project(m.data(), &body, &g));
	ray_body_free(&body);
	const int64_t plane = g.cols * g.rows;
	auto attenuation = [&](int64_t i) {
		return 0.2 * (double)m[(size_t)i] + 0.19 * (double)m[(size_t)(plane + i)] +
		       0.5 * (double)m[(size_t)(2 * plane + i)];
	};
	std::vector<double> residual;
	for (int64_t r = 3; r < g.rows - 3; r++)
		for (int64_t c = 3; c < g.cols - 3; c++) {
			double mean = 0;
			for (int64_t i = -3; i <= 3; i++)
				for (int64_t j = -3; j <= 3; j++)
					mean += attenuation((r + i) * g.cols + c + j) / 49;
			residual.push_back(std::fabs(attenuation(r * g.cols + c) - mean));
		}
	std::sort(residual.begin(), residual.end());
	RecordProperty("median_1e6", (int)(1e6 * residual[residual.size() / 2]));
	EXPECT_LT(residual[residual.size() / 2], 0.002);
	EXPECT_LT(residual[residual.size() * 4 / 5], 0.006);
}

TEST(Film, DicomHoldsTheSamePixels)
{
	if (!dicom_available())
		GTEST_SKIP() << "this build has no DICOM";
	ScratchFolder folder;
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, SITE_BUILT_IN));
	Subject s(5, 0);
	Film f(s, kTiny.scan, kTiny.xray);
	f.x.primary = false;
	const struct film_id id = { 5, 0, 1 };
	int inverted = 0;
	for (int k = 0; k < sites.n; k++) {
		f.x.site = &sites.list[k];
		for (bool presentation : { false, true }) {
			std::string path = folder / "film.dcm";
			struct xray_film read;
			ASSERT_OK(film_dicom_write(path.c_str(), &f.x, &s.person, &id, presentation));
			ASSERT_OK(xray_film_read(&read, path.c_str()));
			const struct volume &own = presentation ? f.x.look : f.x.film;
			EXPECT_TRUE(AllClose(volume_f32(&read.image), volume_f32(&own),
				(size_t)volume_count(&own),
				presentation ? 0.5 / 4095 + 1e-6 : 0.5 * 16 / 16383 + 1e-6, 0));
			EXPECT_NEAR(f.x.geometry.pixel_mm, read.pixel_mm, 1e-9);
			EXPECT_NEAR(f.x.geometry.sod_mm, read.sod_mm, 1e-6);
			EXPECT_EQ('B', read.laterality);
			inverted += read.inverted;
			xray_film_free(&read);
		}
	}
	EXPECT_GT(inverted, 0);
	EXPECT_LT(inverted, sites.n);
}

TEST(Film, IdentifiersAreUniqueAndRepeat)
{
	if (!dicom_available())
		GTEST_SKIP() << "this build has no DICOM";
	ScratchFolder folder;
	Subject s(5, 0);
	Film f(s, kTiny.scan, kTiny.xray);
	std::vector<std::string> instances, series, studies;
	for (uint64_t seed : { 5, 6 })
		for (int64_t who : { 0, 1 })
			for (int number : { 1, 2 })
				for (bool presentation : { false, true }) {
					const struct film_id id = { seed, who, number };
					struct dicom_film d;
					std::string path = folder / "film.dcm";
					ASSERT_OK(film_dicom_write(
						path.c_str(), &f.x, &s.person, &id, presentation));
					ASSERT_OK(dicom_read(&d, path.c_str()));
					EXPECT_LE(strlen(d.instance), 64u);
					EXPECT_EQ(0, strncmp(d.instance, "2.25.", 5));
					instances.push_back(d.instance);
					series.push_back(d.series);
					studies.push_back(d.study);
					dicom_film_free(&d);
				}
	auto distinct = [](std::vector<std::string> v) {
		std::sort(v.begin(), v.end());
		return std::unique(v.begin(), v.end()) - v.begin();
	};
	EXPECT_EQ(16, distinct(instances));
	EXPECT_EQ(8, distinct(series)); // two a visit: for processing and for presentation
	EXPECT_EQ(4, distinct(studies));
}

} // namespace
