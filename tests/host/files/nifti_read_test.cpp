// Good images: every type, both byte orders, NIfTI-1 and -2, plain and gzip, every kind of orientation.
#include <cmath>
#include <gmock/gmock.h>
#include "host/files/nifti.h"
#include "tests/host/files/nifti_bytes.h"
#include "tests/support/support.h"

using ::testing::HasSubstr;

static std::string Name(const ScratchFolder &scratch, bool gzip)
{
	return scratch / (gzip ? "v.nii.gz" : "v.nii");
}

static void Save(const std::string &path, const std::string &bytes, bool gzip)
{
	WriteFile(path, gzip ? Gzip(bytes) : bytes);
}

/* The numbers are whole and fit every type but where the type says otherwise. */
template <class T> static void RoundTrip(int datatype, T low, T high)
{
	ScratchFolder scratch;
	for (int version : { 1, 2 })
		for (bool big : { false, true })
			for (bool gzip : { false, true }) {
				NiftiBytes f;
				f.version = version;
				f.big_endian = big;
				f.datatype = datatype;
				f.bitpix = 8 * (int)sizeof(T);
				const T values[4] = { low, high, (T)1, (T)77 };
				for (int i = 0; i < 24; i++)
					f.AddVoxel(values[i % 4]);
				std::string path = Name(scratch, gzip);
				Save(path, f.Bytes(), gzip);
				volume v = {};
				ASSERT_OK(nifti_read_image(&v, path.c_str()));
				ASSERT_EQ(VOLUME_F32, v.type);
				ASSERT_EQ(4, v.n[0]);
				ASSERT_EQ(3, v.n[1]);
				ASSERT_EQ(2, v.n[2]);
				for (int i = 0; i < 24; i++)
					ASSERT_EQ((float)values[i % 4], volume_f32(&v)[i]);
				const double expected[16] = { 1.5, 0, 0, 10, 0, 2, 0, 20, 0, 0, 2.5, 30, 0, 0,
					0, 1 };
				EXPECT_TRUE(AllClose(&v.to_world[0][0], expected, 16, 0, 0));
				volume_free(&v);
			}
}

TEST(NiftiRead, EveryType)
{
	RoundTrip<uint8_t>(2, 0, 255);
	RoundTrip<int16_t>(4, -32768, 32767);
	RoundTrip<int32_t>(8, -16777216, 16777216);
	RoundTrip<float>(16, -0.125f, 3e38f);
	RoundTrip<double>(64, -1e-3, 1e30);
	RoundTrip<int8_t>(256, -128, 127);
	RoundTrip<uint16_t>(512, 0, 65535);
	RoundTrip<uint32_t>(768, 0, 4294967295u);
	RoundTrip<int64_t>(1024, -(INT64_C(1) << 40), INT64_C(1) << 50);
	RoundTrip<uint64_t>(1280, 0, UINT64_C(1) << 63);
}

TEST(NiftiRead, Scaling)
{
	ScratchFolder scratch;
	NiftiBytes f;
	f.AddRamp();
	f.slope = 0.25;
	f.inter = -1024;
	WriteFile(scratch / "a.nii", f.Bytes());
	volume v = {};
	ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str()));
	for (int i = 0; i < 24; i++)
		EXPECT_EQ(0.25f * (float)i - 1024, volume_f32(&v)[i]);
	volume_free(&v);
	f.slope = 0; /* no scaling, whatever the intercept is */
	f.inter = NAN;
	WriteFile(scratch / "a.nii", f.Bytes());
	ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str()));
	EXPECT_EQ(23, volume_f32(&v)[23]);
	volume_free(&v);
}

TEST(NiftiRead, Labels)
{
	ScratchFolder scratch;
	std::string path = scratch / "seg.nii.gz";
	NiftiBytes f;
	f.datatype = 16;
	f.bitpix = 32;
	for (int i = 0; i < 24; i++)
		f.AddVoxel(i == 5 ? 65535.0f : (float)i);
	WriteFile(path, Gzip(f.Bytes()));
	volume v = {};
	ASSERT_OK(nifti_read_labels(&v, path.c_str()));
	ASSERT_EQ(VOLUME_U16, v.type);
	EXPECT_EQ(65535, volume_u16(&v)[5]);
	EXPECT_EQ(23, volume_u16(&v)[23]);
	volume_free(&v);
	for (float bad : { 1.5f, -1.0f, 65536.0f, NAN, INFINITY }) {
		f.Put(f.voxels, 4 * 17, bad); /* voxel (1, 1, 1) */
		WriteFile(path, Gzip(f.Bytes()));
		EXPECT_EQ(-1, nifti_read_labels(&v, path.c_str())) << bad;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), HasSubstr("seg.nii.gz"));
		EXPECT_THAT(err_message(), HasSubstr("voxel (1, 1, 1)"));
		EXPECT_EQ(nullptr, v.voxels.data);
	}
	f.Put(f.voxels, 4 * 17, 2.25f);
	WriteFile(path, Gzip(f.Bytes()));
	EXPECT_EQ(-1, nifti_read_labels(&v, path.c_str()));
	EXPECT_THAT(err_message(), HasSubstr("2.25"));
}

TEST(NiftiRead, TwoAndMoreDimensions)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.nii";
	NiftiBytes f;
	volume v = {};
	f.AddRamp();
	f.dim = { 7, 4, 3, 2, 1, 1, 1, 1 };
	WriteFile(path, f.Bytes());
	ASSERT_OK(nifti_read_image(&v, path.c_str()));
	EXPECT_EQ(2, v.n[2]);
	volume_free(&v);
	f.dim = { 2, 6, 4, 0, 0, 0, 0, 0 }; /* a picture; the unused pixdim may be anything */
	f.pixdim[3] = 0;
	WriteFile(path, f.Bytes());
	ASSERT_OK(nifti_read_image(&v, path.c_str()));
	EXPECT_EQ(6, v.n[0]);
	EXPECT_EQ(4, v.n[1]);
	EXPECT_EQ(1, v.n[2]);
	EXPECT_EQ(23, volume_f32(&v)[23]);
	volume_free(&v);
}

/* qform of the standard: R(a, b, c, d) diag(pixdim) with the third column times qfac; written out from
 * nifti1.h. */
static void Qform(const NiftiBytes &f, double m[3][4])
{
	double b = f.quatern[0], c = f.quatern[1], d = f.quatern[2];
	double a = std::sqrt(std::max(0.0, 1 - b * b - c * c - d * d)), z = f.pixdim[0] < 0 ? -1 : 1;
	const double rotation[3][3] = {
		{ a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c },
		{ 2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b },
		{ 2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - c * c - b * b },
	};
	for (int r = 0; r < 3; r++) {
		for (int k = 0; k < 3; k++)
			m[r][k] = rotation[r][k] * f.pixdim[(size_t)k + 1] * (k == 2 ? z : 1);
		m[r][3] = f.qoffset[r];
	}
}

TEST(NiftiRead, QformAlone)
{
	ScratchFolder scratch;
	volume v = {};
	for (double qfac : { -1.0, 0.0, 1.0 }) {
		NiftiBytes f;
		f.version = 2;
		f.AddRamp();
		f.sform_code = 0;
		f.qform_code = 1;
		f.srow[0][0] = NAN; /* not looked at */
		f.pixdim[0] = qfac;
		f.quatern[0] = 0.1;
		f.quatern[1] = -0.3;
		f.quatern[2] = 0.8;
		WriteFile(scratch / "a.nii", f.Bytes());
		ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str()));
		double expected[3][4];
		Qform(f, expected);
		EXPECT_TRUE(AllClose(&v.to_world[0][0], &expected[0][0], 12, 1e-12, 0));
		volume_free(&v);
	}
}

TEST(NiftiRead, SformAloneMayBeShearedAndPermuted)
{
	ScratchFolder scratch;
	volume v = {};
	NiftiBytes f;
	f.AddRamp();
	f.quatern[0] = NAN; /* not looked at: qform_code is 0 */
	const double srow[3][4] = { { 0, 0.25, 2.5, 1 }, { -1.5, 0, 0.5, 2 }, { 0, 2, 0, 3 } };
	memcpy(f.srow, srow, sizeof srow);
	WriteFile(scratch / "a.nii", f.Bytes());
	ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str()));
	EXPECT_TRUE(AllClose(&v.to_world[0][0], &srow[0][0], 12, 0, 0));
	volume_free(&v);
}

/*
 * Both forms from one rotation, as scanners' converters write them: in float32 and near half a turn, where
 * the quaternion is least precise.  512x512x100 voxels as far as the check is concerned would need the data;
 * a long thin image has the same corners.
 */
TEST(NiftiRead, CorrectFormsNearHalfATurnAgree)
{
	ScratchFolder scratch;
	volume v = {};
	for (double tilt : { 0.0, 1e-5, 1e-3, 0.02, 0.3 }) {
		NiftiBytes f;
		f.dim = { 3, 512, 1, 1, 1, 1, 1, 1 };
		f.AddRamp();
		f.qform_code = 1;
		f.pixdim = { 1, 0.7, 0.7, 1, 0, 0, 0, 0 };
		/* Half a turn about z (LPS), then a tilt about x. */
		f.quatern[0] = 0;
		f.quatern[1] = -std::sin(tilt / 2);
		f.quatern[2] = std::cos(tilt / 2);
		double q[3][4];
		Qform(f, q);
		memcpy(f.srow, q, sizeof q);
		WriteFile(scratch / "a.nii", f.Bytes());
		EXPECT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str())) << tilt;
		volume_free(&v);
		f.srow[1][3] += 0.7 * 0.3; /* a third of a voxel is no rounding */
		WriteFile(scratch / "a.nii", f.Bytes());
		EXPECT_EQ(-1, nifti_read_image(&v, (scratch / "a.nii").c_str())) << tilt;
		EXPECT_THAT(err_message(), HasSubstr("disagree"));
	}
}

TEST(NiftiRead, ExtensionsAreSkipped)
{
	ScratchFolder scratch;
	volume v = {};
	for (bool big : { false, true }) {
		NiftiBytes f;
		f.big_endian = big;
		f.AddRamp();
		std::string e(4 + 16 + 32, 'x');
		f.Put(e, 0, (int32_t)0);
		e[0] = 1;
		f.Put(e, 4, (int32_t)16);
		f.Put(e, 8, (int32_t)6);
		f.Put(e, 20, (int32_t)32);
		f.Put(e, 24, (int32_t)4);
		f.extensions = e;
		WriteFile(scratch / "a.nii.gz", Gzip(f.Bytes()));
		ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii.gz").c_str()));
		EXPECT_EQ(7, volume_f32(&v)[7]);
		volume_free(&v);
	}
}

TEST(NiftiRead, GzipOfSeveralMembers)
{
	ScratchFolder scratch;
	NiftiBytes f;
	f.AddRamp();
	std::string bytes = f.Bytes();
	volume v = {};
	WriteFile(scratch / "a.nii.gz",
		Gzip(bytes.substr(0, 200)) + Gzip(bytes.substr(200, 170)) + Gzip(bytes.substr(370)));
	ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii.gz").c_str()));
	EXPECT_EQ(23, volume_f32(&v)[23]);
	volume_free(&v);
	/* What it holds decides, not its name: a compressed file called .nii is read. */
	WriteFile(scratch / "a.nii", Gzip(bytes));
	ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii").c_str()));
	volume_free(&v);
}

TEST(NiftiRead, LargerThanAPiece)
{
	ScratchFolder scratch;
	NiftiBytes f;
	f.dim = { 3, 101, 97, 31, 1, 1, 1, 1 };
	f.datatype = 8;
	f.bitpix = 32;
	const int n = 101 * 97 * 31;
	for (int i = 0; i < n; i++)
		f.AddVoxel((int32_t)(i * 7 % 1000003));
	WriteFile(scratch / "a.nii.gz", Gzip(f.Bytes()));
	volume v = {};
	ASSERT_OK(nifti_read_image(&v, (scratch / "a.nii.gz").c_str()));
	for (int i = 0; i < n; i++)
		ASSERT_EQ((float)(i * 7 % 1000003), volume_f32(&v)[i]);
	volume_free(&v);
}

TEST(NiftiRead, RealTorso)
{
	TEST_DATA_OR_SKIP(data);
	volume ct = {}, labels = {};
	std::string ct_path = data + "/real/torso_ct.nii.gz", labels_path = data + "/real/torso_dseg.nii.gz";
	ASSERT_OK(nifti_read_image(&ct, ct_path.c_str()));
	EXPECT_EQ(122, ct.n[0]);
	EXPECT_EQ(101, ct.n[1]);
	EXPECT_EQ(112, ct.n[2]);
	float low = INFINITY, high = -INFINITY;
	for (int64_t i = 0; i < volume_count(&ct); i++) {
		low = std::min(low, volume_f32(&ct)[i]);
		high = std::max(high, volume_f32(&ct)[i]);
	}
	EXPECT_EQ(-1207, low);
	EXPECT_EQ(3382, high);
	double spacing[3];
	volume_spacing_mm(&ct, spacing);
	for (double mm : spacing)
		EXPECT_NEAR(3, mm, 1e-3);
	ASSERT_OK(nifti_read_labels(&labels, labels_path.c_str()));
	EXPECT_OK(volume_same_grid(&ct, ct_path.c_str(), &labels, labels_path.c_str()));
	volume_free(&ct);
	volume_free(&labels);
}

TEST(NiftiRead, EveryRealFileReads)
{
	TEST_DATA_OR_SKIP(data);
	for (const char *name : { "real/torso_slab_ct", "painted/A_ct", "painted/B_ct" }) {
		volume v = {};
		EXPECT_OK(nifti_read_image(&v, (data + "/" + name + ".nii.gz").c_str()));
		volume_free(&v);
	}
	for (const char *name : { "real/torso_slab_dseg", "painted/A_dseg", "painted/B_dseg" }) {
		volume v = {};
		EXPECT_OK(nifti_read_labels(&v, (data + "/" + name + ".nii.gz").c_str()));
		volume_free(&v);
	}
}
