// Damaged and impossible NIfTI files: exit 3 or 4, the file and the reason named, nothing written.  Each is a
// good file with a few bytes changed, so what is refused is that change.
#include <cmath>
#include <cstring>
#include <limits>
#include "tests/cli/cli.h"

namespace
{

using Bytes = std::string;
struct Damage {
	const char *name;
	bool zipped; // starts from the .nii.gz
	std::function<void(Bytes &)> apply;
	const char *reason; // a regular expression the message must match
};
void PrintTo(const Damage &damage, std::ostream *out)
{
	*out << damage.name;
}

template <class T> void Put(Bytes &file, size_t offset, T value)
{
	ASSERT_LE(offset + sizeof(T), file.size());
	memcpy(&file[offset], &value, sizeof(T));
}
std::function<void(Bytes &)> I16(size_t offset, int16_t value)
{
	return [=](Bytes &file) { Put(file, offset, value); };
}
std::function<void(Bytes &)> I32(size_t offset, int32_t value)
{
	return [=](Bytes &file) { Put(file, offset, value); };
}
std::function<void(Bytes &)> F32(size_t offset, double value)
{
	return [=](Bytes &file) { Put(file, offset, (float)value); };
}

// Offsets of the NIfTI-1 header.
enum {
	SIZEOF_HDR = 0,
	DIM = 40,
	DATATYPE = 70,
	BITPIX = 72,
	PIXDIM = 76,
	VOX_OFFSET = 108,
	SCL_SLOPE = 112,
	SCL_INTER = 116,
	QFORM_CODE = 252,
	SFORM_CODE = 254,
	QUATERN_B = 256,
	SROW_X = 280,
	MAGIC = 344,
	EXTENSION = 348,
	ESIZE = 352,
	DATA = 352
};

// Makes room for an extension of 16 bytes that claims `size`.
std::function<void(Bytes &)> Extension(int32_t size)
{
	return [=](Bytes &file) {
		file.insert(DATA, 16, '\0');
		Put(file, VOX_OFFSET, (float)(DATA + 16));
		file[EXTENSION] = 1;
		Put(file, ESIZE, size);
	};
}

const double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

const Damage kDamages[] = {
	{ "Empty", false, [](Bytes &f) { f.clear(); }, "empty|short|0 bytes|header" },
	{ "EmptyGz", true, [](Bytes &f) { f.clear(); }, "empty|short|0 bytes|header|gzip" },
	{ "ShorterThanAHeader", false, [](Bytes &f) { f.resize(200); }, "short|header|bytes" },
	{ "HeaderAlone", false, [](Bytes &f) { f.resize(352); }, "short|cut|bytes" },
	{ "DataCutShort", false, [](Bytes &f) { f.resize(f.size() - 1); }, "short|cut|bytes" },
	{ "DataHalf", false, [](Bytes &f) { f.resize(352 + (f.size() - 352) / 2); }, "short|cut|bytes" },
	{ "GzCutShort", true, [](Bytes &f) { f.resize(f.size() / 2); }, "cut|short|gz|compress|end" },
	{ "GzWithoutItsLastByte", true, [](Bytes &f) { f.pop_back(); }, "cut|short|gz|compress|end" },
	{ "GzFlippedByte", true, [](Bytes &f) { f[f.size() / 2] ^= 0x10; },
		"gz|compress|corrupt|damaged|check|data" },
	{ "GzWrongChecksum", true, [](Bytes &f) { f[f.size() - 8] ^= 1; },
		"check|crc|CRC|gz|compress|damaged" },
	{ "GzWrongLength", true, [](Bytes &f) { f[f.size() - 4] ^= 1; }, "check|length|gz|compress|damaged" },
	{ "WrongMagic", false, [](Bytes &f) { memcpy(&f[MAGIC], "n+9", 4); }, "magic|NIfTI" },
	{ "MagicOfATwoFileImage", false, [](Bytes &f) { memcpy(&f[MAGIC], "ni1", 4); }, "magic|NIfTI" },
	{ "NoNiftiAtAll", false, [](Bytes &f) { f.assign(5000, 'x'); }, "sizeof_hdr|NIfTI|header" },
	{ "WrongSizeofHdr", false, I32(SIZEOF_HDR, 347), "sizeof_hdr|header" },
	{ "NoDimensions", false, I16(DIM, 0), "dim" },
	{ "NineDimensions", false, I16(DIM, 9), "dim" },
	{ "NegativeDimensions", false, I16(DIM, -3), "dim" },
	{ "AZeroDim", false, I16(DIM + 4, 0), "dim" },
	{ "ANegativeDim", false, I16(DIM + 4, -10), "dim" },
	{ "HugeDims", false,
		[](Bytes &f) {
			for (size_t i = 1; i <= 3; i++)
				Put(f, DIM + 2 * i, (int16_t)32767);
		},
		"dim|short|bytes|large" },
	{ "SevenHugeDims", false,
		[](Bytes &f) {
			Put(f, DIM, (int16_t)7);
			for (size_t i = 1; i <= 7; i++)
				Put(f, DIM + 2 * i, (int16_t)32767);
		},
		"dim|short|bytes|large" },
	{ "HugeDimsGz", true, nullptr,
		"dim|short|bytes|large" }, // made in the test: the header is compressed
	{ "UnknownDatatype", false, I16(DATATYPE, 12345), "datatype" },
	{ "NoDatatype", false, I16(DATATYPE, 0), "datatype" },
	{ "ColourDatatype", false,
		[](Bytes &f) {
			Put(f, DATATYPE, (int16_t)128);
			Put(f, BITPIX, (int16_t)24);
		},
		"datatype" },
	{ "BitpixDisagrees", false, I16(BITPIX, 8), "bitpix" },
	{ "VoxOffsetNan", false, F32(VOX_OFFSET, kNan), "vox_offset" },
	{ "VoxOffsetInfinite", false, F32(VOX_OFFSET, kInf), "vox_offset" },
	{ "VoxOffsetNegative", false, F32(VOX_OFFSET, -352), "vox_offset" },
	{ "VoxOffsetEnormous", false, F32(VOX_OFFSET, 1e30), "vox_offset" },
	{ "VoxOffsetInsideTheHeader", false, F32(VOX_OFFSET, 100), "vox_offset" },
	{ "ExtensionLargerThanTheFile", false, Extension(1 << 30), "extension|esize" },
	{ "ExtensionOfNegativeSize", false, Extension(-16), "extension|esize" },
	{ "PixdimNan", false, F32(PIXDIM + 8, kNan), "pixdim" },
	{ "PixdimInfinite", false, F32(PIXDIM + 8, kInf), "pixdim" },
	{ "PixdimZero", false, F32(PIXDIM + 8, 0), "pixdim" },
	{ "SclSlopeNan", false, F32(SCL_SLOPE, kNan), "scl_slope" },
	{ "SclInterInfinite", false,
		[](Bytes &f) {
			Put(f, SCL_SLOPE, 1.0f);
			Put(f, SCL_INTER, (float)kInf);
		},
		"scl_inter" },
	{ "SingularSform", false,
		[](Bytes &f) {
			for (size_t i = 0; i < 4; i++)
				Put(f, SROW_X + 16 + 4 * i, 0.0f);
		},
		"sform|affine|singular" },
	{ "SformNan", false, F32(SROW_X, kNan), "sform|srow" },
	{ "SformAndQformDisagree", false, F32(SROW_X + 12, 25), "sform|qform" },
	{ "SformAndQformDisagreeInSpacing", false, F32(PIXDIM + 4, 4), "sform|qform|pixdim" },
	{ "NeitherSformNorQform", false,
		[](Bytes &f) {
			Put(f, SFORM_CODE, (int16_t)0);
			Put(f, QFORM_CODE, (int16_t)0);
		},
		"sform|qform" },
	{ "NanVoxel", false, F32(DATA + 4 * 57, kNan), "NaN|nan|finite" },
	{ "InfiniteVoxel", false, F32(DATA + 4 * 57, -kInf), "-inf|finite" },
};

class BadNifti : public testing::TestWithParam<Damage>
{
      protected:
	ScratchFolder scratch;
	std::string bad, out_folder = scratch / "out";
	void SetUp() override
	{
		Image ct(12, 10, 8, 2.0, VOLUME_F32), labels(12, 10, 8, 2.0, VOLUME_U8);
		ct.Fill(volume_f32(&ct.v),
			[](int64_t i, int64_t j, int64_t k) { return 3 * i + 7 * j + 11 * k; });
		labels.Fill(volume_u8(&labels.v), [](int64_t i, int64_t, int64_t) { return i > 5 ? 76 : 0; });
		ct.Write(scratch / "good.nii");
		ct.Write(scratch / "good.nii.gz");
		labels.Write(scratch / "labels.nii");
		WriteFile(scratch / "line.json",
			R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": 0, "unit": "mgHA/cm3"})");
		std::filesystem::create_directory(out_folder);
	}
	std::vector<std::string> Drr(const std::string &volume)
	{
		return { "drr", "--volume", volume, "--quantity", "integral", "--model", "pwc",
			"--projection", "parallel", "--size", "9x7", "--pixel-mm", "2", "--out",
			out_folder + "/film.nii.gz" };
	}
	std::vector<std::string> Calibrate(const std::string &ct, const std::string &labels)
	{
		return { "calibrate", "--ct", ct, "--labels", labels, "--calibration", scratch / "line.json",
			"--out", out_folder + "/density.nii.gz" };
	}
	void Refuses(const std::vector<std::string> &words, const std::string &named)
	{
		RunResult r = RunXbmd(words);
		ExpectRefused(r, { 3, 4 }, words[0], { named });
		// The name of the file must not be what matches the reason.
		std::string rest = r.err;
		for (size_t at; (at = rest.find(scratch.path())) != std::string::npos;)
			rest.erase(at, rest.find_first_of("' \n", at) - at);
		EXPECT_THAT(rest, testing::ContainsRegex(GetParam().reason));
		EXPECT_THAT(FilesIn(out_folder), testing::IsEmpty());
	}
};

TEST_P(BadNifti, IsRefusedByNameAndNothingIsWritten)
{
	const Damage &damage = GetParam();
	std::string name = damage.zipped ? "bad.nii.gz" : "bad.nii";
	Bytes file = ReadFile(scratch / (damage.zipped ? "good.nii.gz" : "good.nii"));
	ASSERT_GT(file.size(), 400u);
	if (damage.apply) {
		damage.apply(file);
		WriteFile(scratch / name, file);
	} else {
		Bytes plain = ReadFile(scratch / "good.nii");
		for (size_t i = 1; i <= 3; i++)
			Put(plain, DIM + 2 * i, (int16_t)32767);
		WriteFile(scratch / "bad.nii", plain);
		ASSERT_EQ(0, std::system(("gzip -nf '" + (scratch / "bad.nii") + "'").c_str()));
	}
	Refuses(Drr(scratch / name), name);
	Refuses(Calibrate(scratch / name, scratch / "labels.nii"), name);
	Refuses(Calibrate(scratch / "good.nii", scratch / name), name);
}

INSTANTIATE_TEST_SUITE_P(
	All, BadNifti, testing::ValuesIn(kDamages), [](const auto &info) { return info.param.name; });

// Without the damage both commands work: what was refused above was the damage.
class GoodNifti : public BadNifti
{
};
const Damage kNone = { "None", false, nullptr, "" };
INSTANTIATE_TEST_SUITE_P(
	Control, GoodNifti, testing::Values(kNone), [](const auto &info) { return info.param.name; });

TEST_P(GoodNifti, IsRead)
{
	Bytes plain = ReadFile(scratch / "good.nii");
	int32_t sizeof_hdr;
	memcpy(&sizeof_hdr, plain.data(), 4);
	ASSERT_EQ(348, sizeof_hdr) << "the offsets above are NIfTI-1's";
	ASSERT_EQ(352u + 4 * 12 * 10 * 8, plain.size());
	for (const char *name : { "good.nii", "good.nii.gz" }) {
		std::filesystem::remove_all(out_folder);
		ExpectDone(RunXbmd(Drr(scratch / name)));
		ExpectDone(RunXbmd(Calibrate(scratch / name, scratch / "labels.nii")));
		EXPECT_THAT(FilesIn(out_folder),
			testing::ElementsAre("density.json", "density.nii.gz", "film.json", "film.nii.gz"));
	}
	Bytes with_extension = plain;
	Extension(16)(with_extension);
	WriteFile(scratch / "extended.nii", with_extension);
	std::filesystem::remove_all(out_folder);
	ExpectDone(RunXbmd(Drr(scratch / "extended.nii")));
}

TEST_P(GoodNifti, ThatIsMissingIsExitThree)
{
	ExpectRefused(RunXbmd(Drr(scratch / "absent.nii")), { 3 }, "drr", { "absent.nii" });
	ExpectRefused(RunXbmd(Calibrate(scratch / "absent.nii.gz", scratch / "labels.nii")), { 3 },
		"calibrate", { "absent.nii.gz" });
	ExpectRefused(RunXbmd(Drr(scratch.path())), { 3, 4 }, "drr", { scratch.path() });
	EXPECT_THAT(FilesIn(out_folder), testing::IsEmpty());
}

TEST_P(GoodNifti, WithLabelsOnAnotherGridIsExitFour)
{
	Image fewer(12, 10, 7, 2.0, VOLUME_U8), shifted(12, 10, 8, 2.0, VOLUME_U8),
		coarser(12, 10, 8, 2.01, VOLUME_U8);
	shifted.v.to_world[1][3] = 0.1;
	fewer.Write(scratch / "fewer.nii");
	shifted.Write(scratch / "shifted.nii");
	coarser.Write(scratch / "coarser.nii");
	for (const char *name : { "fewer.nii", "shifted.nii", "coarser.nii" }) {
		ExpectRefused(RunXbmd(Calibrate(scratch / "good.nii", scratch / name)), { 4 }, "calibrate",
			{ "good.nii", name });
		std::vector<std::string> drr = Drr(scratch / "good.nii");
		drr.insert(drr.end(), { "--labels", scratch / name });
		ExpectRefused(RunXbmd(drr), { 4 }, "drr", { "good.nii", name });
	}
	EXPECT_THAT(FilesIn(out_folder), testing::IsEmpty());
}

} // namespace
