// The DXA scanner on phantoms whose mineral is known.
#include "drr/dxa_simulator.h"

#include <cmath>
#include <gmock/gmock.h>
#include <omp.h>
#include <vector>
#include "drr/dxa_geometry.h"
#include "tests/drr/scene.h"

namespace
{

using ::testing::HasSubstr;

// Material planes of kCols x rows pixels with bone in columns 24 .. 35.
constexpr int64_t kCols = 60;
struct Phantom {
	int64_t rows, n;
	std::vector<float> materials;
	std::vector<uint8_t> region;
	struct Tissue {
		double soft, fat;
	};
	Phantom(int64_t rows_, Tissue beside, Tissue bone, double mineral)
	    : rows(rows_), n(kCols * rows_), materials((size_t)(MATERIALS * n)), region((size_t)n)
	{
		for (int64_t i = 0; i < n; i++) {
			bool in = i % kCols >= 24 && i % kCols < 36;
			at(MATERIAL_SOFT, i) = (float)(in ? bone.soft : beside.soft);
			at(MATERIAL_FAT, i) = (float)(in ? bone.fat : beside.fat);
			at(MATERIAL_MINERAL, i) = (float)(in ? mineral : 0);
			region[(size_t)i] = in;
		}
	}
	float &at(int material, int64_t i)
	{
		return materials[(size_t)(material * n + i)];
	}
};

class Scan
{
      public:
	dxa_scan s = {};
	int rc;
	Scan(const Phantom &p, const dxa_beam &beam,
		const dxa_simulator_options &o = dxa_simulator_options_default(), double pixel_mm = 1)
	{
		Cpu cpu;
		rc = dxa_simulator_run(&s, &cpu.d, p.materials.data(), kCols, p.rows, pixel_mm, &beam, &o);
	}
	~Scan()
	{
		dxa_simulator_free(&s);
	}
	Scan(const Scan &) = delete;
	double Read(const Phantom &p) const
	{
		double bmd = NAN, area = NAN;
		EXPECT_OK(dxa_simulator_region(&bmd, &area, &s, p.region.data()));
		return bmd;
	}
};

dxa_beam Beam(const char *name)
{
	dxa_beam beam;
	EXPECT_OK(dxa_beam_named(&beam, name));
	return beam;
}

dxa_beam Switched()
{
	const double kvp[2] = { 70, 140 }, al_mm[2] = { 0, 0 };
	dxa_beam beam;
	EXPECT_OK(dxa_beam_kvp(&beam, kvp, al_mm));
	return beam;
}

TEST(DxaSimulator, ReadsTheMineralWhereTheTissueIsEven)
{
	Phantom p(10, { 15, 5 }, { 12, 4 }, 0.7); // thinner behind the bone, the same mix
	for (const dxa_beam &beam : { Beam("40/70"), Beam("38/70"), Beam("45/100"), Switched() }) {
		Scan scan(p, beam);
		ASSERT_OK(scan.rc);
		for (int64_t i = 0; i < p.n; i++) {
			EXPECT_NEAR(p.at(MATERIAL_MINERAL, i), scan.s.mineral_g_cm2[i], 1e-5)
				<< beam.name << i;
			EXPECT_NEAR(p.region[(size_t)i] ? 16 : 20, scan.s.tissue_g_cm2[i], 1e-4)
				<< beam.name << i;
		}
		EXPECT_NEAR(0.7, scan.Read(p), 5e-6);
	}
}

// The errors of the table of physics known answers: the tissue beside the bone has 10 % fat.
TEST(DxaSimulator, FatInTheBoneReadsAsMissingMineral)
{
	struct {
		const char *beam;
		double muscle, fat, reads;
	} cases[] = { { "38/70", 15, 5, 0.561865336 }, { "38/70", 12, 8, 0.423730672 },
		{ "45/100", 15, 5, 0.562982208 } };
	for (auto &c : cases) {
		Phantom p(7, { 18, 2 }, { c.muscle, c.fat }, 0.7);
		Scan scan(p, Beam(c.beam));
		ASSERT_OK(scan.rc);
		EXPECT_NEAR(c.reads, scan.Read(p), 3e-6) << c.beam;
	}
	Phantom p(3, { 18, 2 }, { 18, 2 }, 1.0);
	Scan scan(p, Beam("38/70"));
	for (int64_t row = 0; row < 3; row++)
		EXPECT_NEAR(1.460088837, scan.s.ratio[row], 1e-6);
}

TEST(DxaSimulator, ReadsTheBaselineBesideTheBoneRowByRow)
{
	Phantom p(40, { 18, 2 }, { 18, 2 }, 0.5);
	for (int64_t i = 0; i < p.n; i++) {
		int64_t row = i / kCols, col = i % kCols;
		if (row >= 20) { // other tissue below
			p.at(MATERIAL_SOFT, i) = 12;
			p.at(MATERIAL_FAT, i) = 8;
		}
		if (col < 8 || col > 51) { // other tissue far away, and touching the bone
			p.at(MATERIAL_SOFT, i) = 0;
			p.at(MATERIAL_FAT, i) = 20;
		}
		if (col == 21 || col == 38)
			p.at(MATERIAL_FAT, i) = 30;
	}
	dxa_simulator_options sharp = dxa_simulator_options_default();
	sharp.smooth_mm = 0;
	Scan scan(p, Beam("38/70"), sharp), smooth(p, Beam("38/70"));
	ASSERT_OK(scan.rc);
	for (int64_t row = 0; row < 40; row++)
		EXPECT_NEAR(row < 20 ? 1.460088837 : 1.411673103, scan.s.ratio[row], 1e-6) << row;
	EXPECT_NEAR(0.5, scan.Read(p), 5e-6);
	EXPECT_NEAR(1.460088837, smooth.s.ratio[14], 1e-6);
	EXPECT_GT(smooth.s.ratio[14], smooth.s.ratio[15] + 1e-4);
	EXPECT_GT(smooth.s.ratio[24], smooth.s.ratio[25] + 1e-4);
	EXPECT_NEAR(1.411673103, smooth.s.ratio[25], 1e-6);
}

TEST(DxaSimulator, RowsWithoutBoneUseTheNextRowsBaseline)
{
	Phantom p(30, { 15, 5 }, { 15, 5 }, 0.6);
	for (int64_t i = 0; i < p.n; i++)
		if (i / kCols < 12) {
			p.at(MATERIAL_MINERAL, i) = 0;
			p.at(MATERIAL_SOFT, i) = 5;
		}
	Scan scan(p, Beam("40/70"));
	ASSERT_OK(scan.rc);
	EXPECT_EQ(scan.s.ratio[20], scan.s.ratio[0]);
	Phantom none(5, { 15, 5 }, { 15, 5 }, 0);
	Scan plain(none, Beam("40/70"));
	ASSERT_OK(plain.rc);
	for (int64_t i = 0; i < none.n; i++)
		EXPECT_NEAR(0, plain.s.mineral_g_cm2[i], 1e-5);
}

TEST(DxaSimulator, RefusesMetalByName)
{
	Phantom p(10, { 15, 5 }, { 15, 5 }, 0.7);
	p.at(MATERIAL_METAL, 5 * kCols + 30) = 3;
	p.at(MATERIAL_METAL, 2 * kCols + 15) = 1; // in the baseline
	Scan scan(p, Beam("40/70"));
	ASSERT_OK(scan.rc);
	EXPECT_EQ(2, scan.s.refused[DXA_SIMULATOR_METAL]);
	EXPECT_EQ(p.n - 2, scan.s.refused[DXA_SIMULATOR_OK]);
	EXPECT_TRUE(std::isnan(scan.s.mineral_g_cm2[5 * kCols + 30]));
	EXPECT_NEAR(0.7, scan.s.mineral_g_cm2[5 * kCols + 29], 1e-5);
	EXPECT_NEAR(0.7, scan.s.mineral_g_cm2[2 * kCols + 29], 1e-5);
	double bmd = NAN, area = NAN;
	EXPECT_EQ(-1, dxa_simulator_region(&bmd, &area, &scan.s, p.region.data()));
	EXPECT_THAT(err_message(), HasSubstr("metal in the way in 1 of the region's 120 pixels"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	p.region[5 * kCols + 30] = 0;
	EXPECT_OK(dxa_simulator_region(&bmd, &area, &scan.s, p.region.data()));
	EXPECT_NEAR(0.7, bmd, 1e-5);
	EXPECT_NEAR(1.19, area, 1e-12);
}

TEST(DxaSimulator, RefusesWhatCannotBeRead)
{
	Phantom all(4, { 15, 5 }, { 15, 5 }, 0.7);
	for (int64_t i = 0; i < all.n; i++)
		all.at(MATERIAL_MINERAL, i) = 1;
	EXPECT_EQ(-1, Scan(all, Beam("40/70")).rc);
	EXPECT_THAT(err_message(), HasSubstr("no bone-free tissue beside the bone"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	for (int64_t i = 0; i < all.n; i++)
		all.at(MATERIAL_METAL, i) = 1;
	EXPECT_EQ(-1, Scan(all, Beam("40/70")).rc);
	EXPECT_THAT(err_message(), HasSubstr("metal in the way everywhere"));
	Phantom p(4, { 15, 5 }, { 15, 5 }, 0.7);
	Scan scan(p, Beam("40/70"));
	double bmd, area;
	std::vector<uint8_t> empty((size_t)p.n);
	EXPECT_EQ(-1, dxa_simulator_region(&bmd, &area, &scan.s, empty.data()));
	EXPECT_THAT(err_message(), HasSubstr("empty"));
	dxa_simulator_options bad = dxa_simulator_options_default();
	bad.photons_per_mm2[DXA_LOW] = -1;
	EXPECT_EQ(-1, Scan(p, Beam("40/70"), bad).rc);
	bad.photons_per_mm2[DXA_LOW] = 1000;
	EXPECT_EQ(-1, Scan(p, Beam("40/70"), bad).rc);
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	bad = dxa_simulator_options_default();
	bad.beside_to_mm = NAN;
	EXPECT_EQ(-1, Scan(p, Beam("40/70"), bad).rc);
	dxa_simulator_options dim = dxa_simulator_options_default();
	dim.photons_per_mm2[DXA_LOW] = dim.photons_per_mm2[DXA_HIGH] = 1e-6;
	EXPECT_EQ(-1, Scan(p, Beam("40/70"), dim).rc);
	EXPECT_THAT(err_message(), HasSubstr("no photon counted anywhere"));
}

// Mean and spread of repeated scans against the propagation of counting noise, the baseline's included.
TEST(DxaSimulator, PrecisionIsThatOfCountingNoise)
{
	const int64_t rows = 12, repeats = 800;
	Phantom p(rows, { 15, 5 }, { 15, 5 }, 0.8);
	const dxa_beam beam = Beam("38/70");
	dxa_simulator_options o = dxa_simulator_options_default();
	o.photons_per_mm2[DXA_LOW] = 4e6;
	o.photons_per_mm2[DXA_HIGH] = 2e6;
	o.smooth_mm = 0;
	const double pixel_mm = 0.8;
	std::vector<double> bmd;
	for (int64_t i = 0; i < repeats; i++) {
		o.seed = (uint64_t)i;
		Scan scan(p, beam, o, pixel_mm);
		ASSERT_OK(scan.rc);
		bmd.push_back(scan.Read(p));
	}
	double soft[MATERIALS] = { 15, 5, 0, 0 }, bone[MATERIALS] = { 15, 5, 0.8, 0 }, beside[2], j[2];
	dxa_beam_attenuation(beside, &beam, soft);
	dxa_beam_attenuation(j, &beam, bone);
	const double ratio = beside[0] / beside[1], mm2 = pixel_mm * pixel_mm;
	const double slope = beam.at[0].mu_rho_cm2_g[0][MATERIAL_MINERAL] -
			     ratio * beam.at[1].mu_rho_cm2_g[0][MATERIAL_MINERAL];
	auto variance = [&](const double *a) {
		return (std::exp(a[0]) / o.photons_per_mm2[0] +
			       ratio * ratio * std::exp(a[1]) / o.photons_per_mm2[1]) /
		       mm2;
	};
	// 12 bone columns; the baseline's 5 .. 20 pixels (4 .. 16 mm) on both sides, of the same tissue.
	const double sd = std::sqrt(variance(j) / (12.0 * rows) + variance(beside) / (32.0 * rows)) / slope;
	double mean = 0, cv = NAN;
	for (double b : bmd)
		mean += b / (double)repeats;
	ASSERT_OK(dxa_simulator_precision_cv(&cv, bmd.data(), 1, repeats));
	EXPECT_NEAR(0.8, mean, 4 * sd / std::sqrt((double)repeats) + 1e-3); // 1/(2N) of the logarithm
	EXPECT_NEAR(sd / 0.8, cv, 0.1 * sd / 0.8);
	EXPECT_GT(cv, 0.001);
}

TEST(DxaSimulator, NoiseIsItsSeedAndNothingElse)
{
	Phantom p(50, { 15, 5 }, { 15, 5 }, 0.8);
	dxa_simulator_options o = dxa_simulator_options_default();
	o.photons_per_mm2[DXA_LOW] = o.photons_per_mm2[DXA_HIGH] = 1e6;
	o.seed = 7;
	const int threads = omp_get_max_threads();
	omp_set_num_threads(1);
	Scan one(p, Switched(), o);
	omp_set_num_threads(3);
	Scan three(p, Switched(), o);
	omp_set_num_threads(threads);
	o.seed = 8;
	Scan other(p, Switched(), o);
	int64_t differ = 0;
	for (int64_t i = 0; i < p.n; i++) {
		EXPECT_EQ(one.s.mineral_g_cm2[i], three.s.mineral_g_cm2[i]) << i;
		differ += one.s.mineral_g_cm2[i] != other.s.mineral_g_cm2[i];
	}
	EXPECT_GT(differ, p.n * 99 / 100);
}

TEST(DxaSimulator, PrecisionIsTheRootMeanSquare)
{
	const double bmd[6] = { 0.9, 1.0, 1.1, 0.51, 0.5, 0.49 };
	double cv = NAN;
	ASSERT_OK(dxa_simulator_precision_cv(&cv, bmd, 2, 3));
	EXPECT_NEAR(std::sqrt((0.1 * 0.1 + 0.02 * 0.02) / 2), cv, 1e-12);
	EXPECT_EQ(-1, dxa_simulator_precision_cv(&cv, bmd, 6, 1));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

// A slab of muscle with a bar of 300 mg/cm3 in it, from voxels to the reading: both geometries.
TEST(DxaSimulator, ReadsABarInASlabInBothGeometries)
{
	const std::array<int64_t, 3> size = { 60, 50, 20 };
	Grid grid(size, Affine(size, { 2, 4, 4 }).m);
	material_model model = material_model_default();
	grid.Fill([&](int64_t i) {
		int64_t x = i % 60, y = i / 60 % 50;
		bool bar = x >= 24 && x < 36 && y >= 20 && y < 25; // 24 mm wide, 20 mm deep
		return model.soft_hu + (bar ? 300 / model.slope_mg_cm3_per_hu : 0);
	});
	for (dxa_geometry_kind kind : { DXA_GEOMETRY_PENCIL, DXA_GEOMETRY_FAN }) {
		dxa_geometry g = {};
		g.kind = kind;
		g.cols = 81;
		g.rows = 15;
		g.pixel_mm = 1;
		g.sod_mm = 700;
		g.sdd_mm = 1000;
		Cpu cpu;
		Resident volume(&cpu.d, Source(grid));
		pose p = {};
		const int64_t n = g.cols * g.rows;
		std::vector<float> materials((size_t)(MATERIALS * n));
		ASSERT_OK(dxa_geometry_materials(materials.data(), &volume.r, PROJECTOR_PWC, &g, &p));
		dxa_scan scan = {};
		dxa_simulator_options o = dxa_simulator_options_default();
		dxa_beam beam = Beam("40/70");
		ASSERT_OK(dxa_simulator_run(
			&scan, &cpu.d, materials.data(), g.cols, g.rows, g.pixel_mm, &beam, &o));
		for (int64_t i = 0; i < n; i++)
			EXPECT_NEAR(
				materials[(size_t)(MATERIAL_MINERAL * n + i)], scan.mineral_g_cm2[i], 1e-5)
				<< kind << " " << i;
		EXPECT_NEAR(0.6, scan.mineral_g_cm2[7 * g.cols + 40], 2e-5) << kind;
		dxa_simulator_free(&scan);
	}
}

} // namespace
