// xbmd drr --quantity dxa from files to files.
#include <cmath>
#include <cstring>
#include "host/files/nifti.h"
#include "tests/drr/scene.h"

extern "C" int cmd_drr(int argc, char **argv);

namespace
{

// A slab of lean and fatty tissue (0 HU), 40 x 60 x 40 mm, with a bone of 500 mg/cm3 through the middle
// third.  Bone marrow and the tissue beside are the same mix, so the dual-energy equation is exact: 6 cm of
// bone are 3 g/cm2.
class CmdDxa : public ::testing::Test
{
      protected:
	ScratchFolder folder_;
	const std::array<int64_t, 3> n_ = { 40, 30, 20 };
	Affine affine_{ n_, { 2, 2, 2 }, { 0, 0, 0 }, { 0, 0, 0 } };
	std::string ct_ = folder_ / "ct.nii", labels_ = folder_ / "seg.nii", map_ = folder_ / "map.yaml",
		    out_ = folder_ / "scan.nii.gz", json_ = folder_ / "scan.json";
	static constexpr double kMineral = 3.0;

	void SetUp() override
	{
		WriteFile(map_, "name: test\nlabels:\n"
				"  - {id: 75, name: femur_left, kind: bone, side: left}\n");
		Write(false);
	}
	void Write(bool metal)
	{
		Grid ct(n_, affine_.m), labels(n_, affine_.m, VOLUME_U16);
		for (int64_t i = 0; i < ct.count(); i++) {
			int64_t x = i % 40, y = i / 40 % 30, z = i / 1200;
			bool bone = x >= 15 && x < 25;
			volume_f32(&ct.v)[i] = bone ? (float)(500 / 0.763) : 0;
			volume_u16(&labels.v)[i] = bone ? 75 : 0;
			if (metal && x >= 18 && x < 22 && y < 15 && z >= 8 && z < 12)
				volume_f32(&ct.v)[i] = 3000;
		}
		ASSERT_OK(nifti_write(ct_.c_str(), &ct.v, 1));
		ASSERT_OK(nifti_write(labels_.c_str(), &labels.v, 1));
	}
	int Run(std::vector<std::string> words)
	{
		std::vector<std::string> all = { "drr", "--volume", ct_, "--labels", labels_, "--label-map",
			map_, "--pixel-mm", "1", "--out", out_, "--device", "cpu", "--quiet", "--force" };
		all.insert(all.end(), words.begin(), words.end());
		auto unless_given = [&](const char *name, const char *value) {
			if (std::find(words.begin(), words.end(), name) == words.end())
				all.insert(all.end(), { name, value });
		};
		unless_given("--quantity", "dxa");
		unless_given("--size", "81x41");
		std::vector<char *> argv;
		for (auto &w : all)
			argv.push_back(w.data());
		argv.push_back(nullptr);
		err_clear();
		return cmd_drr((int)all.size(), argv.data());
	}
	void Refused(const std::vector<std::string> &words, exit_code code, const char *message)
	{
		EXPECT_EQ(-1, Run(words)) << message;
		EXPECT_EQ(code, err_code()) << err_message();
		EXPECT_NE(nullptr, strstr(err_message(), message)) << err_message();
		EXPECT_FALSE(FileExists(out_)) << "nothing half-written";
		EXPECT_FALSE(FileExists(json_));
	}
	// The frames' bytes lie behind the header of an uncompressed file; NaN cannot be read as an image.
	std::vector<float> Frames(const std::vector<std::string> &words)
	{
		out_ = folder_ / "scan.nii";
		EXPECT_OK(Run(words));
		std::string bytes = ReadFile(out_);
		std::vector<float> values((bytes.size() - 352) / sizeof(float));
		memcpy(values.data(), bytes.data() + 352, values.size() * sizeof(float));
		return values;
	}
	std::string Sidecar()
	{
		json *root = nullptr;
		EXPECT_OK(json_read(&root, json_.c_str()));
		char *text = json_text(root);
		std::string copy = text;
		free(text);
		json_free(root);
		return copy;
	}
	void SidecarHas(const char *text)
	{
		EXPECT_NE(std::string::npos, Sidecar().find(text)) << text << " in " << Sidecar();
	}
};

TEST_F(CmdDxa, ReadsTheMineralOfTheBone)
{
	for (const char *energies : { "40/70", "38/70", "45/100" })
		for (const char *geometry : { "pencil", "fan" }) {
			std::vector<float> f =
				Frames({ "--dxa-energies", energies, "--dxa-geometry", geometry });
			ASSERT_EQ(81u * 41, f.size());
			EXPECT_NEAR(kMineral, f[81 * 20 + 40], 3e-3 * kMineral) << energies << geometry;
			EXPECT_NEAR(0, f[81 * 20 + 15], 3e-3) << energies << geometry;
			SidecarHas((std::string("\"beam\":\"") + energies).c_str());
			SidecarHas((std::string("\"projection\":\"") +
				    (strcmp(geometry, "fan") == 0 ? "fan" : "parallel"))
					   .c_str());
		}
	SidecarHas("\"metal in the way\":0");
	SidecarHas("\"quantity\":\"dxa\",\"unit\":\"g/cm2\",\"pose\":0");
}

TEST_F(CmdDxa, TheTissueIsAFrameOfItsOwn)
{
	std::vector<float> f = Frames({ "--dxa-tissue", "--preview", folder_ / "scan.png" });
	ASSERT_EQ(2u * 81 * 41, f.size());
	// 0 HU: two thirds of the volume soft tissue, one third fat; the mineral displaces its share in the
	// bone
	double tissue = 6 * (2 * 1.04 + 0.92) / 3;
	EXPECT_NEAR(tissue, f[81 * 41 + 81 * 20 + 15], 3e-3 * tissue);
	EXPECT_NEAR(tissue * (1 - 500 / 3156.0), f[81 * 41 + 81 * 20 + 40], 3e-3 * tissue);
	EXPECT_TRUE(FileExists(folder_ / "scan.png"));
	SidecarHas("\"quantity\":\"dxa_tissue\"");
}

TEST_F(CmdDxa, MetalLeavesNoReadingAndIsCounted)
{
	Write(true);
	std::vector<float> f = Frames({});
	int64_t refused = 0;
	for (float v : f)
		refused += std::isnan(v);
	EXPECT_GE(refused, 7 * 7);
	EXPECT_LE(refused, 11 * 11) << "8 x 8 mm and the interpolation around them";
	EXPECT_TRUE(std::isnan(f[81 * 20 + 40]));
	SidecarHas(("\"metal in the way\":" + std::to_string(refused)).c_str());
}

TEST_F(CmdDxa, NoiseFollowsTheSeedAndThePoseNotItsNeighbours)
{
	const std::vector<std::string> noisy = { "--dxa-photons-per-mm2", "40000,50000", "--seed" };
	auto with = [&](std::vector<std::string> more) {
		std::vector<std::string> words = noisy;
		words.insert(words.end(), more.begin(), more.end());
		return Frames(words);
	};
	WriteFile(folder_ / "p.tsv", "rx\try\trz\ttx\tty\ttz\n0\t0\t0\t0\t0\t0\n0\t0\t0\t0\t0\t0\n");
	std::vector<float> one = with({ "7" }), again = with({ "7" }), other = with({ "8" }),
			   both = with({ "7", "--poses", folder_ / "p.tsv" });
	SidecarHas("\"photons_per_mm2\":[40000.0,50000.0],\"seed\":7");
	ASSERT_EQ(2 * one.size(), both.size());
	const size_t bytes = one.size() * sizeof(float);
	EXPECT_EQ(0, memcmp(one.data(), again.data(), bytes));
	EXPECT_NE(0, memcmp(one.data(), other.data(), bytes));
	EXPECT_EQ(0, memcmp(one.data(), both.data(), bytes));
	EXPECT_NE(0, memcmp(one.data(), both.data() + one.size(), bytes)) << "two scans, two noises";
	double sum = 0;
	for (int row = 0; row < 41; row++)
		sum += one[81 * row + 40] / 41;
	EXPECT_NEAR(kMineral, sum, 0.1 * kMineral);
	EXPECT_NE(one[81 * 20 + 40], one[81 * 21 + 40]);
}

TEST_F(CmdDxa, RefusesWithAReasonAndWithoutFiles)
{
	Refused({ "--photons-per-mm2", "70000" }, EXIT_CODE_USAGE, "--dxa-photons-per-mm2");
	Refused({ "--projection", "parallel" }, EXIT_CODE_USAGE, "--dxa-geometry");
	Refused({ "--dxa-photons-per-mm2", "40000" }, EXIT_CODE_USAGE, "two numbers");
	Refused({ "--dxa-photons-per-mm2", "40000,0" }, EXIT_CODE_USAGE, "one energy");
	Refused({ "--dxa-photons-per-mm2=-1,-1" }, EXIT_CODE_USAGE, "zero or more");
	Refused({ "--dxa-energies", "10/20" }, EXIT_CODE_USAGE, "10/20");
	Refused({ "--quantity", "radiograph", "--dxa-tissue" }, EXIT_CODE_USAGE, "--quantity dxa");
	Refused({ "--quantity", "integral", "--seed", "1" }, EXIT_CODE_USAGE, "--seed");
	Refused({ "--dxa-geometry", "fan", "--sod-mm", "20" }, EXIT_CODE_INVALID, "inside the volume");
	Refused({ "--dxa-geometry", "fan", "--sod-mm", "0" }, EXIT_CODE_USAGE, "--sod-mm");
	Refused({ "--size", "15x41" }, EXIT_CODE_INVALID, "no bone-free tissue");
}

// A row of a fan sees the patient moved along: one row may have the source inside where the first and last do
// not.
TEST_F(CmdDxa, AFanMayNotPassThroughThePatientInAnyRow)
{
	Refused({ "--dxa-geometry", "fan", "--sod-mm", "20", "--size", "81x201" }, EXIT_CODE_INVALID,
		"(pose 1)");
}

} // namespace
