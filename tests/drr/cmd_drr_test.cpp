// xbmd drr from files to files.
#include <cmath>
#include <cstring>
#include "ct/calibrate.h"
#include "host/files/nifti.h"
#include "tests/drr/scene.h"

extern "C" int cmd_drr(int argc, char **argv);

namespace
{

class CmdDrr : public ::testing::Test
{
      protected:
	ScratchFolder folder_;
	const std::array<int64_t, 3> n_ = { 12, 10, 14 };
	const Vec3 spacing_ = { 2, 1.5, 2.5 };
	Affine affine_{ n_, spacing_, { 0, 0, 0 }, { 10, 20, 30 } };
	std::string density_ = folder_ / "density.nii.gz", ct_ = folder_ / "ct.nii",
		    labels_ = folder_ / "seg.nii.gz", map_ = folder_ / "map.yaml",
		    out_ = folder_ / "out/film.nii.gz", json_ = folder_ / "out/film.json";
	double mass_g_[3] = {}; // of all, femur_left, femur_right; there is no hip

	void SetUp() override
	{
		std::mt19937 random(3);
		std::uniform_real_distribution<double> mg(50, 900);
		Grid density(n_, affine_.m), ct(n_, affine_.m), labels(n_, affine_.m, VOLUME_U16);
		for (int64_t i = 0; i < density.count(); i++) {
			double rho = mg(random);
			int64_t x = i % 12;
			volume_f32(&density.v)[i] = (float)rho;
			volume_f32(&ct.v)[i] = (float)((rho + 4) / 0.8);
			uint16_t label = x < 5 ? 75 : x < 10 ? 76 : 0; // +x is right
			volume_u16(&labels.v)[i] = label;
			double g = rho * 7.5 * 1e-6;
			mass_g_[0] += g;
			mass_g_[1] += label == 75 ? g : 0;
			mass_g_[2] += label == 76 ? g : 0;
		}
		ASSERT_OK(nifti_write(density_.c_str(), &density.v, 1));
		ASSERT_OK(nifti_write(ct_.c_str(), &ct.v, 1));
		ASSERT_OK(nifti_write(labels_.c_str(), &labels.v, 1));
		WriteFile(map_, "name: test\nlabels:\n"
				"  - {id: 75, name: femur_left, kind: bone, side: left}\n"
				"  - {id: 76, name: femur_right, kind: bone, side: right}\n"
				"  - {id: 77, name: hip_left, kind: bone, side: left}\n"
				"  - {id: 80, name: gluteus, kind: muscle, side: left}\n");
		WriteSidecar({});
	}
	void WriteSidecar(const std::vector<std::string> &metal)
	{
		calibration c;
		calibration_defaults(&c);
		c.flags_known = true;
		c.slope_mg_cm3_per_hu = 0.8;
		c.intercept_mg_cm3 = -4;
		c.r2 = 1;
		strcpy(c.unit, "mgHA/cm3");
		strcpy(c.phantom, "test");
		for (auto &bone : metal) {
			calibration_flag *f = &c.flags[c.n_flags++];
			snprintf(f->bone, sizeof f->bone, "%s", bone.c_str());
			f->metal_cm3 = 1.5;
			snprintf(f->reason, sizeof f->reason, "1.5 cm3 of metal");
		}
		json *root = calibration_to_json(&c);
		ASSERT_OK(json_write(root, (folder_ / "density.json").c_str()));
		json_free(root);
	}
	int Run(std::vector<std::string> words)
	{
		words.insert(words.begin(), "drr");
		for (const char *w :
			{ "--out", out_.c_str(), "--device", "cpu", "--label-map", map_.c_str(), "--quiet" })
			words.push_back(w);
		std::vector<char *> argv;
		for (auto &w : words)
			argv.push_back(w.data());
		argv.push_back(nullptr);
		err_clear();
		return cmd_drr((int)words.size(), argv.data());
	}
	void Refused(const std::vector<std::string> &words, exit_code code, const char *message)
	{
		EXPECT_EQ(-1, Run(words));
		EXPECT_EQ(code, err_code()) << err_message();
		EXPECT_NE(nullptr, strstr(err_message(), message)) << err_message();
		EXPECT_FALSE(FileExists(out_)) << "nothing half-written";
		EXPECT_FALSE(FileExists(json_));
	}
	std::vector<std::string> Mineral(std::vector<std::string> more = {})
	{
		std::vector<std::string> words = { "--volume", density_, "--quantity", "mineral",
			"--projection", "parallel", "--size", "90x91", "--pixel-mm", "0.5", "--labels",
			labels_ };
		words.insert(words.end(), more.begin(), more.end());
		return words;
	}
	struct Result {
		volume image = {};
		json *sidecar = nullptr;
		~Result()
		{
			volume_free(&image);
			json_free(sidecar);
		}
	};
	void Read(Result *r)
	{
		ASSERT_OK(nifti_read_image(&r->image, out_.c_str()));
		ASSERT_OK(json_read(&r->sidecar, json_.c_str()));
	}
	static std::string FrameText(const Result &r, size_t frame, const char *key)
	{
		const char *text =
			json_string(json_member(json_at(json_member(r.sidecar, "frames"), frame), key));
		return text ? text : "";
	}
	static double Sum(const Result &r, int64_t frame)
	{
		int64_t pixels = r.image.n[0] * r.image.n[1];
		double sum = 0;
		for (int64_t i = 0; i < pixels; i++)
			sum += volume_f32(&r.image)[frame * pixels + i];
		return sum;
	}
};

TEST_F(CmdDrr, MineralFramesHoldTheMassOfEachBone)
{
	for (const char *model : { "pwc", "trilinear" }) {
		ASSERT_OK(Run(Mineral({ "--model", model, "--path", "--force" })));
		Result r;
		Read(&r);
		ASSERT_EQ(4, r.image.n[2]);
		EXPECT_NEAR(mass_g_[1], Sum(r, 0) * 0.05 * 0.05, 0.01 * mass_g_[1]) << model;
		EXPECT_NEAR(mass_g_[2], Sum(r, 1) * 0.05 * 0.05, 0.01 * mass_g_[2]) << model;
		EXPECT_NEAR(5 * 10 * 14 * 7.5e-3, Sum(r, 2) * 0.05 * 0.05, 0.06) << "cm3 from the path frame";
		EXPECT_EQ("femur_left", FrameText(r, 0, "name"));
		EXPECT_EQ("g/cm2", FrameText(r, 0, "unit"));
		EXPECT_EQ("femur_right", FrameText(r, 3, "name"));
		EXPECT_EQ("path", FrameText(r, 3, "quantity"));
		EXPECT_EQ("cm", FrameText(r, 3, "unit"));
		int64_t label = 0;
		ASSERT_OK(json_get_integer(
			json_at(json_member(r.sidecar, "frames"), 1), "label", "test", &label));
		EXPECT_EQ(76, label);
		EXPECT_EQ(0u, json_size(json_member(r.sidecar, "excluded")));
	}
}

TEST_F(CmdDrr, RightSideOfThePatientIsAtTheLeftOfTheFilm)
{
	ASSERT_OK(Run(Mineral({ "--bones", "femur_right,femur_left" })));
	Result r;
	Read(&r);
	EXPECT_EQ("femur_right", FrameText(r, 0, "name")) << "in the order asked for";
	double column[2] = {};
	for (int64_t f = 0; f < 2; f++) {
		for (int64_t i = 0; i < 90 * 91; i++)
			column[f] += (double)(i % 90) * volume_f32(&r.image)[f * 90 * 91 + i];
		column[f] /= Sum(r, f);
	}
	EXPECT_LT(column[0], column[1] - 15);
	double world[3], index[3] = { 44.5, 45, 0 };
	volume_index_to_world(&r.image, index, world);
	EXPECT_NEAR(10, world[0], 1e-4);
	EXPECT_NEAR(20, world[1], 1e-4);
	EXPECT_NEAR(30, world[2], 1e-4);
	EXPECT_NEAR(-0.5, r.image.to_world[0][0], 1e-6) << "columns grow towards the patient's left";
	double iso[3];
	ASSERT_OK(json_get_numbers(json_member(r.sidecar, "geometry"), "isocentre_mm", "test", iso, 3));
	EXPECT_NEAR(20, iso[1], 1e-4);
}

TEST_F(CmdDrr, WithoutLabelsTheWholeVolumeIsOneFrame)
{
	ASSERT_OK(Run({ "--volume", density_, "--quantity", "mineral", "--projection", "parallel", "--size",
		"90x91", "--pixel-mm", "0.5" }));
	Result r;
	Read(&r);
	EXPECT_EQ(1, r.image.n[2]);
	EXPECT_EQ("volume", FrameText(r, 0, "name"));
	EXPECT_NEAR(mass_g_[0], Sum(r, 0) * 0.05 * 0.05, 0.01 * mass_g_[0]);
}

TEST_F(CmdDrr, MetalIsRefusedByNameAndListedOtherwise)
{
	WriteSidecar({ "femur_left" });
	Refused(Mineral({ "--bones", "femur_left" }), EXIT_CODE_INVALID, "1.5 cm3 of metal");
	ASSERT_OK(Run(Mineral()));
	{
		Result r;
		Read(&r);
		EXPECT_EQ(1, r.image.n[2]);
		EXPECT_EQ("femur_right", FrameText(r, 0, "name"));
		const json *excluded = json_at(json_member(r.sidecar, "excluded"), 0);
		EXPECT_STREQ("femur_left", json_string(json_member(excluded, "name")));
		EXPECT_STREQ("1.5 cm3 of metal", json_string(json_member(excluded, "reason")));
		char *text = json_text(json_member(r.sidecar, "volume"));
		EXPECT_NE(nullptr, strstr(text, "\"metal_checked\":true")) << text;
		free(text);
	}
	ASSERT_OK(Run(Mineral({ "--bones", "femur_right", "--force" })));
	remove(out_.c_str());
	remove(json_.c_str());
	WriteSidecar({ "femur_left", "femur_right" });
	Refused(Mineral(), EXIT_CODE_INVALID, "no bone is left");
}

TEST_F(CmdDrr, SaysWhichFramesTheDetectorCuts)
{
	auto cut = [](const Result &r, size_t frame) {
		char *text = json_text(json_at(json_member(r.sidecar, "frames"), frame));
		bool yes = strstr(text, "\"touches_edge\":true") != nullptr;
		EXPECT_EQ(!yes, strstr(text, "\"touches_edge\":false") != nullptr) << text;
		free(text);
		return yes;
	};
	Result whole, shifted;
	ASSERT_OK(Run(Mineral({ "--model", "pwc" })));
	Read(&whole);
	EXPECT_FALSE(cut(whole, 0));
	EXPECT_FALSE(cut(whole, 1));
	ASSERT_OK(Run(Mineral(
		{ "--model", "pwc", "--shift-mm", "18,0,0", "--force" }))); // to the right of the patient
	Read(&shifted);
	EXPECT_FALSE(cut(shifted, 0));
	EXPECT_TRUE(cut(shifted, 1));
}

TEST_F(CmdDrr, PosesFollowEachOther)
{
	WriteFile(folder_ / "p.tsv", "rx\try\trz\ttx\tty\ttz\n0\t0\t0\t0\t0\t0\n10\t-20\t30\t1\t2\t3\n");
	ASSERT_OK(Run(Mineral({ "--poses", folder_ / "p.tsv" })));
	Result all;
	Read(&all);
	ASSERT_EQ(4, all.image.n[2]);
	EXPECT_EQ("femur_left", FrameText(all, 2, "name"));
	EXPECT_EQ(2u, json_size(json_member(all.sidecar, "poses")));
	ASSERT_OK(Run(Mineral({ "--rotate-deg", "10,-20,30", "--shift-mm", "1,2,3", "--force" })));
	Result one;
	Read(&one);
	ASSERT_EQ(2, one.image.n[2]);
	EXPECT_EQ(0, memcmp(volume_f32(&all.image) + 2 * 90 * 91, volume_f32(&one.image),
			     2 * 90 * 91 * sizeof(float)));
}

TEST_F(CmdDrr, ARadiographTakesACtOrItsDensity)
{
	std::vector<std::string> words = { "--quantity", "radiograph", "--size", "40x41", "--pixel-mm", "1.2",
		"--labels", labels_, "--kvp", "90", "--volume" };
	words.push_back(density_);
	ASSERT_OK(Run(words));
	Result density, ct;
	Read(&density);
	double slope;
	ASSERT_OK(json_get_number(
		json_member(density.sidecar, "materials"), "slope_mg_cm3_per_hu", "test", &slope));
	EXPECT_EQ(0.8, slope);
	double kvp;
	ASSERT_OK(json_get_number(density.sidecar, "kvp", "test", &kvp));
	EXPECT_EQ(90, kvp);
	EXPECT_EQ("radiograph", FrameText(density, 0, "quantity"));
	// a sidecar that is no calibration does not make a CT a density volume
	WriteFile(folder_ / "ct.json", "{\"KVP\": 120}");
	words.back() = ct_;
	words.push_back("--force");
	ASSERT_OK(Run(words));
	Read(&ct);
	ASSERT_OK(
		json_get_number(json_member(ct.sidecar, "materials"), "slope_mg_cm3_per_hu", "test", &slope));
	EXPECT_EQ(0.763, slope);
	double most = 0;
	for (int64_t i = 0; i < 40 * 41; i++)
		most = std::fmax(most, volume_f32(&ct.image)[i]);
	// 15 mm deep: between its water and its hydroxyapatite
	EXPECT_GT(most, 0.3);
	EXPECT_LT(most, 1.5);
	EXPECT_NEAR(Sum(ct, 0), Sum(density, 0), 0.05 * Sum(ct, 0)) << "another slope, a little more mineral";
}

TEST_F(CmdDrr, IntegralIsTheValueTimesMillimetres)
{
	ASSERT_OK(Run({ "--volume", ct_, "--quantity", "integral", "--model", "pwc", "--projection",
		"parallel", "--size", "3x3", "--pixel-mm", "0.1", "--view", "lat", "--isocentre-mm",
		"0,20.7,30.9" }));
	Result r;
	Read(&r);
	volume ct = {};
	ASSERT_OK(nifti_read_image(&ct, ct_.c_str()));
	double index[3] = { 0, 5, 6 }, world[3], sum = 0;
	volume_index_to_world(&ct, index, world);
	EXPECT_NEAR(20.75, world[1], 1e-4);
	for (int64_t x = 0; x < 12; x++)
		sum += 2.0 * volume_f32(&ct)[x + 12 * (5 + 10 * 7)];
	EXPECT_NEAR(sum, volume_f32(&r.image)[4], 1e-5 * sum);
	volume_free(&ct);
}

TEST_F(CmdDrr, RefusesWithAReasonAndWithoutFiles)
{
	Refused({ "--volume", ct_, "--quantity", "mineral" }, EXIT_CODE_INVALID, "is not a density volume");
	Refused(Mineral({ "--bones", "femur_middle" }), EXIT_CODE_USAGE, "femur_left, femur_right, hip_left");
	Refused(Mineral({ "--bones", "gluteus" }), EXIT_CODE_USAGE, "is no bone");
	Refused(Mineral({ "--bones", "hip_left" }), EXIT_CODE_INVALID, "contain no 'hip_left'");
	Refused(Mineral({ "--bones", "femur_left,femur_left" }), EXIT_CODE_USAGE, "twice");
	Refused(Mineral({ "--bones", "," }), EXIT_CODE_USAGE, "no names");
	Refused({ "--volume", ct_, "--quantity", "integral", "--bones", "femur_left" }, EXIT_CODE_USAGE,
		"--bones");
	Refused({ "--volume", ct_, "--quantity", "integral", "--path" }, EXIT_CODE_USAGE, "--path");
	Refused({ "--volume", ct_, "--quantity", "radiograph", "--kvp", "81" }, EXIT_CODE_USAGE, "81 kVp");
	Refused({ "--volume", ct_, "--quantity", "integral", "--pixel-mm", "0" }, EXIT_CODE_USAGE,
		"--pixel-mm");
	Refused({ "--volume", ct_, "--quantity", "integral", "--sod-mm", "2000" }, EXIT_CODE_USAGE,
		"--sdd-mm");
	Refused({ "--volume", ct_, "--quantity", "integral", "--poses", folder_ / "none.tsv" },
		EXIT_CODE_INPUT, "none.tsv");
	Refused({ "--volume", ct_, "--quantity", "integral", "--poses", "p", "--shift-mm", "1,0,0" },
		EXIT_CODE_USAGE, "--poses");
	Refused({ "--volume", folder_ / "none.nii", "--quantity", "integral" }, EXIT_CODE_INPUT, "none.nii");
	Affine moved(n_, spacing_, { 0, 0, 0 }, { 10, 20, 33 });
	Grid other(n_, moved.m, VOLUME_U16);
	ASSERT_OK(nifti_write((folder_ / "other.nii").c_str(), &other.v, 1));
	Refused({ "--volume", ct_, "--quantity", "radiograph", "--labels", folder_ / "other.nii" },
		EXIT_CODE_INVALID, "other.nii");
}

TEST_F(CmdDrr, OverwritesOnlyWhenForcedAndNeverItsInput)
{
	std::vector<std::string> words = { "--volume", ct_, "--quantity", "integral", "--size", "4x4" };
	ASSERT_OK(Run(words));
	EXPECT_EQ(-1, Run(words));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	words.push_back("--force");
	EXPECT_OK(Run(words));
	out_ = ct_;
	EXPECT_EQ(-1, Run(words));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code()) << err_message();
	out_ = folder_ / "film.mha";
	EXPECT_EQ(-1, Run(words));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

} // namespace
