// Damaged images: each is refused with the file's name and the field, exit code 3 or 4, and nothing
// allocated.
#include <cmath>
#include <functional>
#include <limits>
#include <gmock/gmock.h>
#include "host/files/nifti.h"
#include "tests/host/files/nifti_bytes.h"
#include "tests/support/support.h"

using ::testing::HasSubstr;

static const double kInf = std::numeric_limits<double>::infinity();

static void ExpectRefused(const std::string &path, const std::string &reason, const std::string &name)
{
	for (auto read : { nifti_read_image, nifti_read_labels }) {
		volume v = {};
		err_clear();
		EXPECT_EQ(-1, read(&v, path.c_str())) << name;
		EXPECT_TRUE(err_code() == EXIT_CODE_INPUT || err_code() == EXIT_CODE_INVALID)
			<< name << ": " << err_code();
		EXPECT_THAT(err_message(), HasSubstr(path)) << name;
		EXPECT_THAT(err_message(), HasSubstr(reason)) << name;
		EXPECT_EQ(nullptr, v.voxels.data) << name;
		volume_free(&v);
	}
}

struct Case {
	const char *name, *reason;
	std::function<void(NiftiBytes &)> edit;
};

/* Cases that both versions of the format can hold, in either byte order. */
static const std::vector<Case> &Cases()
{
	static const std::vector<Case> cases = {
		{ "dim0_zero", "dim[0] is 0", [](NiftiBytes &f) { f.dim[0] = 0; } },
		{ "dim0_one", "dim[0] is 1", [](NiftiBytes &f) { f.dim[0] = 1; } },
		{ "dim0_nine", "dim[0] is 9", [](NiftiBytes &f) { f.dim[0] = 9; } },
		{ "dim0_negative", "dim[0] is -3", [](NiftiBytes &f) { f.dim[0] = -3; } },
		{ "dim_zero", "dim[2] is 0", [](NiftiBytes &f) { f.dim[2] = 0; } },
		{ "dim_negative", "dim[3] is -2", [](NiftiBytes &f) { f.dim[3] = -2; } },
		{ "dim_32767", "dim 32767x32767x32767",
			[](NiftiBytes &f) {
				f.dim = { 3, 32767, 32767, 32767, 1, 1, 1, 1 };
			} },
		{ "dim_all_32767", "dim[4] is 32767",
			[](NiftiBytes &f) {
				f.dim = { 7, 32767, 32767, 32767, 32767, 32767, 32767, 32767 };
			} },
		{ "dim_4d", "dim[4] is 2",
			[](NiftiBytes &f) {
				f.dim = { 4, 4, 3, 1, 2, 1, 1, 1 };
			} },
		{ "dim_5_zero", "dim[5] is 0",
			[](NiftiBytes &f) {
				f.dim = { 5, 4, 3, 2, 1, 0, 1, 1 };
			} },
		{ "dim_short_by_one", "cut short", [](NiftiBytes &f) { f.dim[1] = 5; } },
		{ "dim_long_by_one", "too long", [](NiftiBytes &f) { f.dim[1] = 3; } },
		{ "datatype_unknown", "datatype 3", [](NiftiBytes &f) { f.datatype = 3; } },
		{ "datatype_rgb", "datatype 128", [](NiftiBytes &f) { f.datatype = 128, f.bitpix = 24; } },
		{ "datatype_complex", "datatype 32", [](NiftiBytes &f) { f.datatype = 32, f.bitpix = 64; } },
		{ "datatype_zero", "datatype 0", [](NiftiBytes &f) { f.datatype = 0; } },
		{ "bitpix", "bitpix is 32, but datatype 4 (int16)", [](NiftiBytes &f) { f.bitpix = 32; } },
		{ "bitpix_zero", "bitpix is 0", [](NiftiBytes &f) { f.bitpix = 0; } },
		{ "pixdim_nan", "pixdim[1] is", [](NiftiBytes &f) { f.pixdim[1] = NAN; } },
		{ "pixdim_inf", "pixdim[2] is inf", [](NiftiBytes &f) { f.pixdim[2] = kInf; } },
		{ "pixdim_zero", "pixdim[3] is 0", [](NiftiBytes &f) { f.pixdim[3] = 0; } },
		{ "pixdim_negative", "pixdim[3] is -2", [](NiftiBytes &f) { f.pixdim[3] = -2; } },
		{ "pixdim0_nan", "pixdim[0] is", [](NiftiBytes &f) { f.pixdim[0] = NAN; } },
		{ "slope_nan", "scl_slope is", [](NiftiBytes &f) { f.slope = NAN; } },
		{ "slope_inf", "scl_slope is inf", [](NiftiBytes &f) { f.slope = kInf; } },
		{ "inter_nan", "scl_inter is", [](NiftiBytes &f) { f.slope = 1, f.inter = NAN; } },
		{ "scaled_overflow", "voxel (", [](NiftiBytes &f) { f.slope = 3e38; } },
		{ "units_metre", "xyzt_units", [](NiftiBytes &f) { f.units = 1; } },
		{ "units_micron", "xyzt_units", [](NiftiBytes &f) { f.units = 3; } },
		{ "no_orientation", "no orientation", [](NiftiBytes &f) { f.sform_code = 0; } },
		{ "code_negative", "sform_code is -1",
			[](NiftiBytes &f) { f.sform_code = -1, f.qform_code = 1; } },
		{ "sform_nan", "srow_y[1]", [](NiftiBytes &f) { f.srow[1][1] = NAN; } },
		{ "sform_inf_shift", "srow_z[3]", [](NiftiBytes &f) { f.srow[2][3] = -kInf; } },
		{ "sform_zero", "sform is singular",
			[](NiftiBytes &f) { memset(f.srow, 0, sizeof f.srow); } },
		{ "sform_dependent", "sform is singular",
			[](NiftiBytes &f) {
				for (auto &row : f.srow)
					row[2] = 0.3 * row[0] + 0.7 * row[1];
			} },
		{ "sform_huge", "sform is singular",
			[](NiftiBytes &f) {
				for (int i = 0; i < 3; i++)
					f.srow[i][0] = f.srow[i][1] = f.srow[i][2] = 3e38;
			} },
		{ "qform_nan", "quatern_c",
			[](NiftiBytes &f) { f.sform_code = 0, f.qform_code = 1, f.quatern[1] = NAN; } },
		{ "qform_inf", "qoffset_z",
			[](NiftiBytes &f) { f.sform_code = 0, f.qform_code = 1, f.qoffset[2] = kInf; } },
		{ "qform_no_rotation", "no rotation",
			[](NiftiBytes &f) {
				f.sform_code = 0, f.qform_code = 1, f.quatern[0] = f.quatern[1] = 0.9;
			} },
		{ "forms_disagree_shift", "sform and qform disagree",
			[](NiftiBytes &f) { f.qform_code = 1, f.qoffset[0] += 0.01; } },
		{ "forms_disagree_side", "sform and qform disagree",
			[](NiftiBytes &f) { f.qform_code = 1, f.srow[0][0] = -1.5; } },
		{ "forms_disagree_turn", "sform and qform disagree",
			[](NiftiBytes &f) { f.qform_code = 1, f.quatern[2] = 0.01; } },
	};
	return cases;
}

TEST(NiftiRefuse, HeaderFields)
{
	ScratchFolder scratch;
	for (const Case &c : Cases())
		for (int version : { 1, 2 })
			for (bool big : { false, true }) {
				NiftiBytes f;
				f.version = version;
				f.big_endian = big;
				f.AddRamp();
				c.edit(f);
				std::string name = std::string(c.name) + (version == 1 ? "_1" : "_2") +
						   (big ? "_big" : "");
				WriteFile(scratch / (name + ".nii"), f.Bytes());
				ExpectRefused(scratch / (name + ".nii"), c.reason, name);
				WriteFile(scratch / (name + ".nii.gz"), Gzip(f.Bytes()));
				ExpectRefused(scratch / (name + ".nii.gz"), c.reason, name);
			}
}

/* The good file of these tests is good: else every case above would prove nothing. */
TEST(NiftiRefuse, TheUneditedFileReads)
{
	ScratchFolder scratch;
	NiftiBytes f;
	f.AddRamp();
	f.qform_code = 1;
	volume v = {};
	WriteFile(scratch / "a.nii", f.Bytes());
	EXPECT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str()));
	volume_free(&v);
	EXPECT_OK(nifti_read_labels(&v, (scratch / "a.nii").c_str()));
	volume_free(&v);
}

/* Edits of the bytes themselves. */
TEST(NiftiRefuse, RawBytes)
{
	ScratchFolder scratch;
	const struct {
		const char *name, *reason;
		std::function<void(NiftiBytes &, std::string &)> edit;
	} cases[] = {
		{ "magic", "magic is", [](NiftiBytes &, std::string &b) { b[344] = 'x'; } },
		{ "magic_analyze", "magic is",
			[](NiftiBytes &, std::string &b) { b.replace(344, 4, 4, '\0'); } },
		{ "magic_pair", "another file",
			[](NiftiBytes &, std::string &b) { b[345] = 'i', b[344] = 'n'; } },
		{ "sizeof_hdr", "sizeof_hdr is 347",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 0, (int32_t)347); } },
		{ "sizeof_hdr_zero", "sizeof_hdr is 0",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 0, (int32_t)0); } },
		{ "offset_nan", "vox_offset is",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, (float)NAN); } },
		{ "offset_inf", "vox_offset is inf",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, (float)kInf); } },
		{ "offset_negative", "vox_offset is -352",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, -352.f); } },
		{ "offset_1e30", "vox_offset is 1e+30",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, 1e30f); } },
		{ "offset_1e9", "vox_offset 1000000000",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, 1e9f); } },
		{ "offset_zero", "vox_offset is 0",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, 0.f); } },
		{ "offset_348", "vox_offset is 348",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, 348.f); } },
		{ "offset_half", "vox_offset is 352.5",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, 352.5f); } },
		{ "offset_short", "vox_offset 368",
			[](NiftiBytes &f, std::string &b) { f.Put(b, 108, 368.f); } },
		{ "header_cut", "cut short", [](NiftiBytes &, std::string &b) { b.resize(100); } },
		{ "header_only", "cut short", [](NiftiBytes &, std::string &b) { b.resize(348); } },
		{ "three_bytes", "cut short", [](NiftiBytes &, std::string &b) { b.resize(3); } },
		{ "data_cut_by_one", "cut short", [](NiftiBytes &, std::string &b) { b.pop_back(); } },
		{ "data_cut_half", "cut short", [](NiftiBytes &, std::string &b) { b.resize(376); } },
		{ "no_data", "cut short", [](NiftiBytes &, std::string &b) { b.resize(352); } },
		{ "one_byte_more", "too long", [](NiftiBytes &, std::string &b) { b += '\0'; } },
		{ "two_files", "too long", [](NiftiBytes &, std::string &b) { b += b; } },
	};
	for (const auto &c : cases)
		for (bool big : { false, true }) {
			NiftiBytes f;
			f.big_endian = big;
			f.AddRamp();
			std::string bytes = f.Bytes(), path = scratch / (std::string(c.name) + ".nii");
			c.edit(f, bytes);
			if (big && std::string(c.name) == "sizeof_hdr")
				continue; /* the message shows the bytes as they are read */
			WriteFile(path, bytes);
			ExpectRefused(path, c.reason, c.name);
			WriteFile(path + ".gz", Gzip(bytes));
			ExpectRefused(path + ".gz", c.reason, c.name);
		}
}

TEST(NiftiRefuse, Nifti2Offsets)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.nii";
	for (int64_t offset :
		{ INT64_C(0), INT64_C(543), INT64_C(-544), INT64_MIN, INT64_MAX, INT64_C(1) << 52 }) {
		NiftiBytes f;
		f.version = 2;
		f.AddRamp();
		std::string bytes = f.Bytes();
		f.Put(bytes, 168, offset);
		WriteFile(path, bytes);
		ExpectRefused(path, "vox_offset is", std::to_string(offset));
	}
	NiftiBytes f;
	f.version = 2;
	f.AddRamp();
	f.dim = { 3, INT64_C(1) << 31, INT64_C(1) << 31, INT64_C(1) << 31, 1, 1, 1, 1 };
	WriteFile(path, f.Bytes());
	ExpectRefused(path, "more voxels than any file holds", "2^93 voxels");
	f.dim = { 3, INT64_MAX, 1, 1, 1, 1, 1, 1 };
	WriteFile(path, f.Bytes());
	ExpectRefused(path, "more voxels than any file holds", "2^63 voxels");
	std::string bytes = f.Bytes();
	for (size_t i = 4; i < 12; i++) { /* each byte of the magic counts */
		std::string bad = bytes;
		bad[i] = (char)(bad[i] ^ 1);
		WriteFile(path, bad);
		ExpectRefused(path, "magic is", "magic " + std::to_string(i));
	}
}

TEST(NiftiRefuse, Extensions)
{
	ScratchFolder scratch;
	for (int32_t size : { -8, 0, 7, 40, 1000000, INT32_MAX, INT32_MIN })
		for (bool big : { false, true })
			for (bool gzip : { false, true }) {
				NiftiBytes f;
				f.big_endian = big;
				f.AddRamp();
				f.extensions = std::string(4 + 32, '\0');
				f.extensions[0] = 1;
				f.Put(f.extensions, 4, size);
				std::string path = scratch / (gzip ? "a.nii.gz" : "a.nii");
				WriteFile(path, gzip ? Gzip(f.Bytes()) : f.Bytes());
				ExpectRefused(path, "extension at byte 352 has size " + std::to_string(size),
					"extension");
			}
}

TEST(NiftiRefuse, BadVoxels)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.nii";
	for (float bad : { NAN, INFINITY, -INFINITY }) {
		NiftiBytes f;
		f.datatype = 16;
		f.bitpix = 32;
		for (int i = 0; i < 24; i++)
			f.AddVoxel(i == 23 ? bad : 1.0f);
		WriteFile(path, f.Bytes());
		ExpectRefused(path, "voxel (3, 2, 1)", "voxel");
		WriteFile(path + ".gz", Gzip(f.Bytes()));
		ExpectRefused(path + ".gz", "voxel (3, 2, 1)", "voxel");
	}
}

TEST(NiftiRefuse, MissingEmptyFolder)
{
	ScratchFolder scratch;
	for (const char *name : { "empty.nii", "empty.nii.gz" }) {
		WriteFile(scratch / name, "");
		ExpectRefused(scratch / name, "is empty", name);
	}
	ExpectRefused(scratch / "none.nii", "cannot open", "missing");
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
	ExpectRefused(scratch.path(), "no regular file", "folder");
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

class NiftiRefuseGzip : public ::testing::Test
{
      protected:
	NiftiRefuseGzip()
	{
		/* Noise, so that the stream is long enough to have an inside. */
		f_.dim = { 3, 16, 16, 4, 1, 1, 1, 1 };
		uint32_t state = 1;
		for (int i = 0; i < 1024; i++) {
			state = state * 1664525u + 1013904223u;
			f_.AddVoxel((int16_t)(state >> 18));
		}
		stream_ = Gzip(f_.Bytes());
		path_ = scratch_ / "a.nii.gz";
	}
	void Refused(const std::string &bytes, const std::string &reason, const std::string &name)
	{
		WriteFile(path_, bytes);
		ExpectRefused(path_, reason, name);
	}
	ScratchFolder scratch_;
	NiftiBytes f_;
	std::string stream_, path_;
};

TEST_F(NiftiRefuseGzip, CutAnywhere)
{
	for (size_t length = 1; length < stream_.size();
		length += length < 64 || length + 32 > stream_.size() ? 1 : 23)
		Refused(stream_.substr(0, length), "", "cut at " + std::to_string(length));
	Refused(stream_.substr(0, stream_.size() / 2), "cut short", "half");
}

TEST_F(NiftiRefuseGzip, AnyFlippedByte)
{
	/* Bytes 4 to 9 (date, hints, system) say nothing about the content and are not covered by the
	 * checksum. */
	for (size_t at = 0; at < stream_.size(); at += at < 3 || (at >= 10 && at < 100) ? 1
						       : at < 10			? 10 - at
											: 5) {
		std::string bad = stream_;
		bad[at] = (char)(bad[at] ^ 0x55);
		if (at == 0 || at == 1 || at == 2 || at >= 10)
			Refused(bad, "", "flip at " + std::to_string(at));
	}
}

TEST_F(NiftiRefuseGzip, WrongTrailer)
{
	size_t n = stream_.size();
	std::string bad = stream_;
	bad[n - 8] = (char)(bad[n - 8] ^ 1);
	Refused(bad, "incorrect data check", "checksum");
	bad = stream_;
	bad[n - 4] = (char)(bad[n - 4] ^ 1);
	Refused(bad, "incorrect length check", "length");
}

TEST_F(NiftiRefuseGzip, Rubbish)
{
	Refused(stream_ + "x", "bytes follow the end", "one byte more");
	Refused(stream_ + std::string(512, '\0'), "bytes follow the end", "zeros");
	Refused(stream_ + "\x1f", "cut short", "half a magic");
	Refused(stream_ + stream_, "bytes follow the last voxel", "twice");
	Refused(stream_ + Gzip("tail"), "too long", "a second member");
	Refused(f_.Bytes(), "no gzip stream", "not compressed");
	Refused(Gzip(""), "cut short", "nothing inside");
}

/* A header that asks for terabytes, and a trailer that lies along: no memory may be taken for it. */
TEST_F(NiftiRefuseGzip, LyingHeaderAndTrailer)
{
	f_.dim = { 3, 32767, 32767, 32767, 1, 1, 1, 1 };
	std::string lying = Gzip(f_.Bytes());
	uint32_t length = (uint32_t)(352 + 2 * 32767ull * 32767 * 32767);
	lying.replace(lying.size() - 4, 4, std::string((const char *)&length, 4));
	Refused(lying, "incorrect length check", "lying");
}

TEST(NiftiRefuse, RealTorsoCutAt16Offsets)
{
	TEST_DATA_OR_SKIP(data);
	ScratchFolder scratch;
	std::string whole = ReadFile(data + "/real/torso_ct.nii.gz"), path = scratch / "cut.nii.gz";
	ASSERT_GT(whole.size(), 100000u);
	for (size_t i = 0; i < 16; i++) {
		size_t length = whole.size() * (i + 1) / 17 + (i == 15 ? whole.size() / 17 - 1 : 0);
		WriteFile(path, whole.substr(0, length));
		volume v = {};
		EXPECT_EQ(-1, nifti_read_image(&v, path.c_str())) << length;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), HasSubstr("cut short"));
		EXPECT_EQ(nullptr, v.voxels.data);
	}
}
