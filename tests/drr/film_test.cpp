// From the primary beam to the detector: closed forms and statistics of each effect.
#include <complex>
#include <cstring>
#include <omp.h>
#include "drr/film.h"
#include "drr/psf.h"
#include "drr/scatter.h"
#include "tests/drr/scene.h"

namespace
{

using Picture = std::vector<float>;

class FilmPhysics : public ::testing::Test
{
      protected:
	Cpu cpu_;
	film_model model_ = film_model_default();
	film_plane plane_ = { 96, 80, 0.5, 1, 0, 0, 0 };
	size_t n() const
	{
		return (size_t)(plane_.cols * plane_.rows);
	}
	Picture Apply(const Picture &in, uint64_t stream = 0, const float *materials = nullptr)
	{
		Picture out(in.size());
		EXPECT_OK(film_apply(&cpu_.d, out.data(), in.data(), materials, &plane_, &model_, stream));
		return out;
	}
	static double Sum(const Picture &p)
	{
		double sum = 0;
		for (float v : p)
			sum += v;
		return sum;
	}
	static double Intensity(float minus_log)
	{
		return std::exp(-(double)minus_log);
	}
	// I/I0 with a point of 1/2 on a field of 1/2, in the middle; returns what the point became.
	std::vector<double> ImpulseResponse()
	{
		Picture in(n(), -(float)std::log(0.5));
		in[(size_t)(40 * plane_.cols + 48)] = 0;
		Picture out = Apply(in);
		std::vector<double> response;
		for (float v : out)
			response.push_back((Intensity(v) - 0.5) / 0.5);
		return response;
	}
};

TEST_F(FilmPhysics, OffIsTheInputBitByBit)
{
	Picture in(n());
	for (size_t i = 0; i < n(); i++)
		in[i] = 0.01f * (float)(i % 1300) - 0.1f;
	EXPECT_TRUE(film_model_is_off(&model_));
	EXPECT_EQ(in, Apply(in));
	model_.grid_primary = 0.7; // shows through scatter or noise alone
	model_.heel = 0.2;
	EXPECT_EQ(in, Apply(in));
	model_.flat_field_residual = 1e-9;
	EXPECT_FALSE(film_model_is_off(&model_));
	Picture out = Apply(in);
	EXPECT_NE(in, out);
	EXPECT_TRUE(AllClose(out.data(), in.data(), n(), 2e-6, 0));
}

// The stencil's variance is the wanted one at every size; samples of a Gaussian alone would miss below 1
// pixel.
TEST(Psf, HasTheVarianceOfItsGaussian)
{
	for (double sd : { 0.0, 0.1, 0.3, 0.5, 0.8, 1.0, 1.7, 6.0 }) {
		psf p = {};
		ASSERT_OK(psf_gaussian(&p, sd, 1000));
		double sum = 0, square = 0;
		for (int64_t k = -p.radius; k <= p.radius; k++) {
			sum += p.weights[p.radius + k];
			square += (double)(k * k) * p.weights[p.radius + k];
		}
		EXPECT_NEAR(1, sum, 1e-6) << sd;
		EXPECT_NEAR(sd * sd, square, 2e-3 * sd * sd + 1e-7) << sd;
		psf_free(&p);
	}
}

// Wide stencils work on a coarser grid: a point anywhere in its block, an edge and a constant.
TEST(Psf, WideStencilsKeepPlaceWidthAndSum)
{
	Cpu cpu;
	const int64_t cols = 301, rows = 280;
	const double sd = 22;
	for (int64_t shift = 0; shift < 5; shift++) {
		Picture in(cols * rows, 0.0f), out(cols * rows), scratch(cols * rows);
		int64_t c0 = 150 + shift, r0 = 140 - 2 * shift;
		in[(size_t)(r0 * cols + c0)] = 1;
		ASSERT_OK(psf_apply(&cpu.d, out.data(), scratch.data(), in.data(), cols, rows, sd,
			PSF_EDGE_KEEP, 1, false));
		double peak = 1 / (2 * M_PI * sd * sd), worst = 0, sum = 0, x1 = 0, y1 = 0;
		for (int64_t i = 0; i < cols * rows; i++) {
			double x = (double)(i % cols - c0), y = (double)(i / cols - r0), v = out[(size_t)i];
			worst = std::fmax(
				worst, std::fabs(v - peak * std::exp(-(x * x + y * y) / (2 * sd * sd))));
			sum += v;
			x1 += x * v;
			y1 += y * v;
		}
		EXPECT_LE(worst, 0.01 * peak) << shift;
		EXPECT_NEAR(1, sum, 1e-3);
		EXPECT_NEAR(0, x1, 0.01 * sd);
		EXPECT_NEAR(0, y1, 0.01 * sd);
	}
	Picture edge(cols * rows), out(cols * rows), scratch(cols * rows);
	for (int64_t i = 0; i < cols * rows; i++)
		edge[(size_t)i] = i % cols < 150 ? -3 : 5;
	ASSERT_OK(psf_apply(
		&cpu.d, out.data(), scratch.data(), edge.data(), cols, rows, sd, PSF_EDGE_KEEP, 0.5, false));
	for (int64_t c = 90; c < 210; c++) {
		double want = 0.5 * (1 + 4 * std::erf(((double)c - 149.5) / (sd * std::sqrt(2.0))));
		EXPECT_NEAR(want, out[(size_t)(100 * cols + c)], 0.005 * 4) << c;
	}
	std::fill(edge.begin(), edge.end(), -2.5f);
	ASSERT_OK(psf_apply(
		&cpu.d, edge.data(), scratch.data(), edge.data(), cols, rows, sd, PSF_EDGE_KEEP, 1, false));
	for (float v : edge)
		ASSERT_NEAR(-2.5, v, 5e-6);
}

TEST_F(FilmPhysics, BlurIsAGaussianOfItsWidthAndKeepsTheSum)
{
	model_.detector_blur_mm = 2; // 4 pixels
	std::vector<double> response = ImpulseResponse();
	double sd = 4 * PSF_SD_PER_FWHM, sum = 0, worst = 0;
	for (int64_t i = 0; i < (int64_t)n(); i++) {
		double x = (double)(i % plane_.cols - 48), y = (double)(i / plane_.cols - 40);
		double gauss = std::exp(-(x * x + y * y) / (2 * sd * sd)) / (2 * M_PI * sd * sd);
		worst = std::fmax(worst, std::fabs(gauss - response[(size_t)i]));
		sum += response[(size_t)i];
	}
	EXPECT_LE(worst, 2e-5); // of a peak of 0.055
	EXPECT_NEAR(1, sum, 1e-4);
	EXPECT_NEAR(0.5 * response[40 * 96 + 48], response[40 * 96 + 50], 1e-4) << "half at half the FWHM";
}

// exp(-2 (pi f sd)^2), f in cycles a pixel.
TEST_F(FilmPhysics, DetectorBlurHasTheTransferOfItsGaussians)
{
	model_.detector_blur_mm = 1.5;
	model_.detector_tail_mm = 6;
	model_.detector_tail_share = 0.3;
	std::vector<double> response = ImpulseResponse();
	for (double f : { 0.02, 0.05, 0.1, 0.2 }) {
		std::complex<double> sum = 0;
		for (int64_t i = 0; i < (int64_t)n(); i++)
			sum += response[(size_t)i] *
			       std::polar(1.0, -2 * M_PI * f * (double)(i % plane_.cols - 48));
		auto mtf = [f](double fwhm_px) {
			return std::exp(-2 * std::pow(M_PI * f * fwhm_px * PSF_SD_PER_FWHM, 2));
		};
		EXPECT_NEAR(0.7 * mtf(3) + 0.3 * mtf(12), std::abs(sum), 1e-3) << f;
	}
}

TEST_F(FilmPhysics, FocalSpotBlursByItsMagnification)
{
	model_.focal_spot_mm = 8;
	EXPECT_EQ(1, ImpulseResponse()[40 * 96 + 48]) << "a contact image";
	plane_.magnification = 1.25;
	std::vector<double> spot = ImpulseResponse();
	model_ = film_model_default();
	model_.detector_blur_mm = 2;
	EXPECT_EQ(ImpulseResponse(), spot);
}

TEST_F(FilmPhysics, BlurLeavesAConstantUpToTheEdges)
{
	model_.focal_spot_mm = 20;
	plane_.magnification = 1.2;
	model_.detector_blur_mm = 1;
	model_.detector_tail_mm = 9;
	model_.detector_tail_share = 0.2;
	Picture in(n(), 1.25f);
	for (float v : Apply(in))
		ASSERT_NEAR(1.25, v, 2e-6);
}

// sigma(-ln) = 1/sqrt(photons): 29000 photons/mm2/uGy x 2.5 uGy x (0.15 mm)^2 = 1630 photons give 0.025.
TEST_F(FilmPhysics, QuantumNoiseOfTheReferenceExposure)
{
	plane_ = { 400, 300, 0.15, 1, 0, 0, 0 };
	model_.photons_per_mm2 = 72500;
	double photons = 72500 * 0.15 * 0.15, mean = 0, square = 0;
	Picture out = Apply(Picture(n(), 4.4f));
	for (float v : out) {
		mean += v / (double)n();
		square += (v - 4.4) * (v - 4.4) / (double)n();
	}
	EXPECT_NEAR(4.4 + 0.5 / photons, mean, 5 * 0.025 / std::sqrt((double)n())) << "and -ln's own bias";
	EXPECT_NEAR(
		1 / std::sqrt(photons), std::sqrt(square), 0.025 * 5 / std::sqrt(2.0 * (double)n()) + 2e-5);
	// the same dose meant for the open beam: exp(4.4) times fewer behind the patient
	model_.exposure = FILM_EXPOSURE_OPEN;
	double open = 0;
	out = Apply(Picture(n(), 1.0f));
	for (float v : out)
		open += (Intensity(v) * M_E - 1) * (Intensity(v) * M_E - 1) / (double)n();
	EXPECT_NEAR(M_E / photons, open, 0.02 * M_E / photons);
	// a grid takes its share of the primary
	model_.grid_primary = 0.5;
	double behind_grid = 0;
	for (float v : Apply(Picture(n(), 1.0f)))
		behind_grid += (Intensity(v) * M_E - 1) * (Intensity(v) * M_E - 1) / (double)n();
	EXPECT_NEAR(2, behind_grid / open, 0.06);
}

// Air around the patient tells exposure control nothing; scatter in its chamber does.
TEST_F(FilmPhysics, ExposureControlLooksAtTheMiddleThird)
{
	plane_ = { 300, 300, 1, 1, 0, 0, 0 };
	model_.photons_per_mm2 = 500;
	Picture in(n(), 0.0f);
	auto relative_variance = [&] {
		Picture out = Apply(in);
		double mean = 0, square = 0;
		for (int64_t r = 100; r < 200; r++)
			for (int64_t c = 100; c < 200; c++) {
				double i = Intensity(out[(size_t)(r * 300 + c)]);
				mean += i / 1e4;
				square += i * i / 1e4;
			}
		return square / (mean * mean) - 1;
	};
	for (int64_t r = 100; r < 200; r++)
		for (int64_t c = 100; c < 200; c++)
			in[(size_t)(r * 300 + c)] = 3;
	double bound = 5 * std::sqrt(2.0 / 1e4) / 500;
	EXPECT_NEAR(1.0 / 500, relative_variance(), bound);
	for (float &v : in)
		v = v > 0 ? 2.9f : 3;
	EXPECT_NEAR(1.0 / 500, relative_variance(), bound);
	model_.scatter_to_primary = 3;
	EXPECT_NEAR(1.0 / 500, relative_variance(), bound + 2e-4)
		<< "the dose is that of primary and scatter";
}

TEST_F(FilmPhysics, DetectorBlurSmoothsQuantumNoiseAndNotTheElectronics)
{
	auto variance = [&] {
		double sum = 0;
		for (float v : Apply(Picture(n(), 2.0f)))
			sum += (v - 2.0) * (v - 2.0) / (double)n();
		return sum;
	};
	plane_ = { 300, 300, 1, 1, 0, 0, 0 };
	model_.photons_per_mm2 = 4000;
	EXPECT_NEAR(1.0 / 4000, variance(), 0.03 / 4000);
	model_.detector_blur_mm = 3;
	double sd = 3 * PSF_SD_PER_FWHM; // white noise through a Gaussian: 1 / (4 pi sd^2)
	EXPECT_NEAR(1 / (4 * M_PI * sd * sd) / 4000, variance(), 0.1 / (4 * M_PI * sd * sd) / 4000);
	model_.detector_blur_mm = 0.0;
	model_.electronic_noise_photons = 100;
	EXPECT_NEAR(1.0 / 4000 + 1e4 / 4000 / 4000, variance(), 0.03 / 1000);
}

TEST_F(FilmPhysics, TheLogarithmStaysFinite)
{
	model_.photons_per_mm2 = 100;
	model_.electronic_noise_photons = 50;
	Picture in(n(), 2.0f);
	for (size_t i = 0; i < n(); i += 3)
		in[i] = 200; // metal: exp(-200) is no float
	for (float v : Apply(in))
		ASSERT_TRUE(std::isfinite(v) && v <= 20) << v;
	model_ = film_model_default();
	model_.detector_blur_mm = 0.1;
	for (float v : Apply(Picture(n(), 200.0f)))
		ASSERT_NEAR(87.3, v, 0.1);
}

TEST_F(FilmPhysics, EverySeedAndStreamIsAnotherFilmAndTheSameSeedTheSame)
{
	model_.photons_per_mm2 = 1000;
	model_.electronic_noise_photons = 2;
	model_.flat_field_residual = 0.01;
	Picture in(n(), 1.0f), first = Apply(in, 4);
	EXPECT_EQ(first, Apply(in, 4));
	EXPECT_NE(first, Apply(in, 5));
	model_.seed = 1;
	EXPECT_NE(first, Apply(in, 4));
	model_ = film_model_default();
	model_.flat_field_residual = 0.01;
	first = Apply(in, 4);
	model_.seed = 9;
	EXPECT_EQ(first, Apply(in, 5)) << "the fixed pattern is the detector's";
	model_.detector_seed = 1;
	EXPECT_NE(first, Apply(in, 4));
}

TEST_F(FilmPhysics, SameBitsForAnyThreadsAndForATileAlone)
{
	model_.photons_per_mm2 = 1000;
	model_.exposure = FILM_EXPOSURE_OPEN;
	model_.electronic_noise_photons = 2;
	model_.flat_field_residual = 0.01;
	model_.heel = 0.2;
	plane_ = { 250, 140, 0.4, 1.2, 0, 0, 0 };
	Picture in(n());
	for (size_t i = 0; i < n(); i++)
		in[i] = 0.003f * (float)(i % 999);
	Picture film = Apply(in), part, cut;
	film_plane whole = plane_;
	plane_ = { 90, 70, 0.4, 1.2, 31, 40, 140 };
	for (int64_t i = 0; i < 90 * 70; i++) {
		part.push_back(in[(size_t)((40 + i / 90) * 250 + 31 + i % 90)]);
		cut.push_back(film[(size_t)((40 + i / 90) * 250 + 31 + i % 90)]);
	}
	EXPECT_EQ(cut, Apply(part));
	plane_ = whole;
	model_.exposure = FILM_EXPOSURE_BEHIND;
	model_.scatter_to_primary = 2;
	model_.detector_blur_mm = 1;
	model_.focal_spot_mm = 1;
	int before = omp_get_max_threads();
	omp_set_num_threads(1);
	film = Apply(in);
	omp_set_num_threads(3);
	EXPECT_EQ(film, Apply(in));
	omp_set_num_threads(before);
}

TEST_F(FilmPhysics, RefusesByName)
{
	auto refused = [&](double film_model::*field, double value, const char *word) {
		film_model bad = film_model_default();
		bad.*field = value;
		EXPECT_EQ(-1, film_model_check(&bad)) << word;
		EXPECT_EQ(EXIT_CODE_USAGE, err_code());
		EXPECT_NE(nullptr, strstr(err_message(), word)) << err_message();
	};
	EXPECT_OK(film_model_check(&model_));
	refused(&film_model::photons_per_mm2, -1, "--photons-per-mm2");
	refused(&film_model::photons_per_mm2, NAN, "--photons-per-mm2");
	refused(&film_model::swank, 0, "--swank");
	refused(&film_model::swank, 1.5, "--swank");
	refused(&film_model::electronic_noise_photons, 3, "--photons-per-mm2");
	refused(&film_model::focal_spot_mm, -0.1, "--focal-spot-mm");
	refused(&film_model::detector_blur_mm, INFINITY, "--detector-blur-mm");
	refused(&film_model::detector_tail_share, 0.5, "--detector-tail-mm");
	refused(&film_model::scatter_to_primary, -1, "--scatter");
	refused(&film_model::grid_primary, 0, "--grid");
	refused(&film_model::grid_scatter, 2, "--grid");
	refused(&film_model::heel, 2, "--heel");
	refused(&film_model::flat_field_residual, 1, "--flat-field");
	model_.seed = -1;
	EXPECT_EQ(-1, film_model_check(&model_));
}

class Scatter : public FilmPhysics
{
      protected:
	// A body of 200 mm of water with an arm of 80 mm, in air; -ln = 0.02 mm, as without materials.
	Picture body_;
	void SetUp() override
	{
		plane_ = { 150, 130, 2, 1, 0, 0, 0 };
		for (int64_t r = 0; r < 130; r++)
			for (int64_t c = 0; c < 150; c++)
				body_.push_back(c < 20	 ? 0.0f
						: c < 40 ? 0.02f * 80
						: c < 130
							? 0.02f * (200 + 10 * std::sin(0.2f * (float)(r + c)))
							: 0.0f);
	}
	double MeanRatio(const Picture &out, const Picture &primary)
	{
		double sum = 0, count = 0;
		for (size_t i = 0; i < n(); i++)
			if (primary[i] >= 0.02f * 10) {
				sum += Intensity(out[i]) / Intensity(primary[i]) - 1;
				count++;
			}
		return sum / count;
	}
};

TEST_F(Scatter, HasTheRatioThatWasAskedFor)
{
	for (double ratio : { 0.5, 3.5 }) {
		model_.scatter_to_primary = ratio;
		EXPECT_NEAR(ratio, MeanRatio(Apply(body_), body_), 0.01 * ratio);
	}
	// of materials: the same thickness written as soft tissue and fat
	Picture materials(4 * n());
	for (size_t i = 0; i < n(); i++) {
		materials[i] = 0.75f * body_[i] / 0.2f;
		materials[n() + i] = 0.25f * body_[i] / 0.2f;
	}
	Picture with = Apply(body_, 0, materials.data()), without = Apply(body_);
	EXPECT_TRUE(AllClose(with.data(), without.data(), n(), 1e-4, 0));
}

TEST_F(Scatter, GridLetsTsOverTpOfItThrough)
{
	model_.scatter_to_primary = 3.5;
	Picture bare = Apply(body_);
	model_.grid_primary = 0.68;
	model_.grid_scatter = 0.12;
	Picture grid = Apply(body_);
	EXPECT_NEAR(3.5 * 0.12 / 0.68, MeanRatio(grid, body_), 0.01 * 3.5);
	for (size_t i = 0; i < n(); i += 17) {
		double primary = Intensity(body_[i]), s = Intensity(bare[i]) - primary;
		ASSERT_NEAR(primary + 0.12 / 0.68 * s, Intensity(grid[i]), 1e-5);
	}
	model_.grid_primary = model_.grid_scatter = 0.4;
	EXPECT_TRUE(AllClose(Apply(body_).data(), bare.data(), n(), 1e-6, 0))
		<< "a grey filter changes nothing";
}

// A small bone on an even slab: its -ln contrast falls to 1 / (1 + SPR), SPR that of the spot.
TEST_F(Scatter, DividesSmallContrastByOnePlusTheRatio)
{
	model_.scatter_to_primary = 3;
	Picture slab(n(), 0.02f * 200), bone = slab;
	for (int64_t r = 62; r < 68; r++)
		for (int64_t c = 72; c < 78; c++)
			bone[(size_t)(r * 150 + c)] += 0.02f;
	size_t spot = 65 * 150 + 75;
	Picture plain = Apply(slab);
	double ratio = Intensity(plain[spot]) / Intensity(slab[spot]) - 1;
	EXPECT_GT(ratio, 3) << "the middle has more than the mean";
	double contrast = Apply(bone)[spot] - plain[spot];
	EXPECT_NEAR(0.02 / (1 + ratio), contrast, 0.02 * 0.02 / (1 + ratio));
}

// The scatter of a point of 200 mm in air is a Gaussian of the depth's width.
TEST_F(Scatter, SpreadsByDepthAndGap)
{
	plane_ = { 201, 201, 2, 1, 0, 0, 0 };
	for (double gap : { 20.0, 100.0 })
		for (double mm : { 100.0, 200.0 }) {
			scatter_model s = { 1, 0.3, gap, 1 };
			Picture primary(n(), 1.0f), thickness(n(), 0.0f), out(n());
			for (int64_t r = 98; r < 103; r++)
				for (int64_t c = 98; c < 103; c++)
					thickness[(size_t)(r * 201 + c)] = (float)mm;
			ASSERT_OK(scatter_apply(
				&cpu_.d, out.data(), primary.data(), thickness.data(), 201, 201, 2, &s, 0));
			double sum = 0, square = 0, sd = scatter_sd_mm(&s, mm);
			EXPECT_NEAR(0.3 * (mm / 2 + gap), sd, 1e-12);
			for (int64_t i = 0; i < (int64_t)n(); i++) {
				double x = 2.0 * (double)(i % 201 - 100), y = 2.0 * (double)(i / 201 - 100);
				if (std::fabs(x) > 2.5 * sd || std::fabs(y) > 2.5 * sd)
					continue;
				sum += out[(size_t)i] - 1.0;
				square += x * x * (out[(size_t)i] - 1.0);
			}
			// of a Gaussian cut at 2.5 SD: 0.9113 of its variance
			EXPECT_NEAR(std::sqrt(0.9113) * sd, std::sqrt(square / sum), 0.02 * sd)
				<< mm << " " << gap;
		}
}

TEST_F(Scatter, BlocksAreWithinOnePercentOfPixels)
{
	scatter_model s = { 3, 0.5, 50, 1 };
	Picture thickness(n()), primary(n()), fast(n()), slow(n());
	for (size_t i = 0; i < n(); i++) {
		thickness[i] = body_[i] / 0.02f;
		primary[i] = (float)Intensity(body_[i]);
	}
	ASSERT_OK(scatter_apply(&cpu_.d, fast.data(), primary.data(), thickness.data(), 150, 130, 2, &s, 0));
	ASSERT_OK(scatter_apply(&cpu_.d, slow.data(), primary.data(), thickness.data(), 150, 130, 2, &s, 1));
	double largest = 0, worst = 0;
	for (size_t i = 0; i < n(); i++) {
		largest = std::fmax(largest, slow[i] - primary[i]);
		worst = std::fmax(worst, std::fabs(slow[i] - fast[i]));
	}
	EXPECT_GT(largest, 0.05);
	EXPECT_GT(worst, 0) << "blocks were not used";
	EXPECT_LE(worst, 0.01 * largest);
}

TEST_F(Scatter, OfNobodyIsNone)
{
	model_.scatter_to_primary = 3;
	Picture air(n(), 0.0f);
	for (float v : Apply(air))
		ASSERT_EQ(0, v);
}

} // namespace
