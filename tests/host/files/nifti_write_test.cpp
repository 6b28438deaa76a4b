#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <nifti/nifti2_io.h>
#include <omp.h>
#include "host/files/nifti.h"
#include "tests/host/files/nifti_bytes.h"
#include "tests/support/support.h"

using ::testing::HasSubstr;

template <class T> static T At(const std::string &bytes, size_t at)
{
	T value;
	memcpy(&value, bytes.data() + at, sizeof value);
	return value;
}

/* rotation (degrees about x, y, z) times spacing, columns permuted and flipped by `order` (1-based, signed).
 */
static void Affine(double m[4][4], double x, double y, double z, const int order[3])
{
	const double d = std::acos(-1.0) / 180, spacing[3] = { 0.7, 1.25, 3 };
	const double rx[4][4] = { { 1, 0, 0, 0 }, { 0, cos(x * d), -sin(x * d), 0 },
		{ 0, sin(x * d), cos(x * d), 0 }, { 0, 0, 0, 1 } };
	const double ry[4][4] = { { cos(y * d), 0, sin(y * d), 0 }, { 0, 1, 0, 0 },
		{ -sin(y * d), 0, cos(y * d), 0 }, { 0, 0, 0, 1 } };
	const double rz[4][4] = { { cos(z * d), -sin(z * d), 0, 0 }, { sin(z * d), cos(z * d), 0, 0 },
		{ 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
	double permute[4][4] = { { 0 } }, a[4][4], b[4][4];
	for (int i = 0; i < 3; i++)
		permute[std::abs(order[i]) - 1][i] = (order[i] < 0 ? -1 : 1) * spacing[i];
	permute[3][3] = 1;
	affine_multiply(a, rx, permute);
	affine_multiply(b, ry, a);
	affine_multiply(m, rz, b);
	m[0][3] = -120.5;
	m[1][3] = 33;
	m[2][3] = 1000.25;
}

static volume Ramp(volume_type type, const double m[4][4])
{
	volume v = {};
	const int64_t n[3] = { 5, 4, 3 };
	EXPECT_OK(volume_init(&v, n, m, type));
	for (int i = 0; i < 60; i++)
		switch (type) {
		case VOLUME_F32:
			volume_f32(&v)[i] = (float)i * 0.3f - 7;
			break;
		case VOLUME_I16:
			volume_i16(&v)[i] = (int16_t)(i * 1000 - 30000);
			break;
		case VOLUME_U16:
			volume_u16(&v)[i] = (uint16_t)(i * 1100);
			break;
		case VOLUME_U8:
			volume_u8(&v)[i] = (uint8_t)(i * 4);
			break;
		}
	return v;
}

static double Value(const volume &v, int i)
{
	return v.type == VOLUME_F32   ? (double)volume_f32(&v)[i]
	       : v.type == VOLUME_I16 ? volume_i16(&v)[i]
	       : v.type == VOLUME_U16 ? volume_u16(&v)[i]
				      : volume_u8(&v)[i];
}

static const int kRas[3] = { 1, 2, 3 };

TEST(NiftiWrite, RoundTripsEveryTypeAndScale)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 10, -20, 30, kRas);
	for (volume_type type : { VOLUME_F32, VOLUME_I16, VOLUME_U16, VOLUME_U8 })
		for (double scale : { 1.0, 0.25 })
			for (const char *name : { "v.nii", "v.nii.gz" }) {
				volume v = Ramp(type, m), back = {};
				ASSERT_OK(nifti_write((scratch / name).c_str(), &v, scale));
				ASSERT_OK(nifti_read_image(&back, (scratch / name).c_str()));
				ASSERT_OK(volume_same_grid(&v, "written", &back, "read"));
				for (int i = 0; i < 60; i++)
					ASSERT_EQ((float)(scale * Value(v, i)), volume_f32(&back)[i]);
				volume_free(&v);
				volume_free(&back);
			}
}

TEST(NiftiWrite, LabelsRoundTrip)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 0, 0, 0, kRas);
	volume v = Ramp(VOLUME_U16, m), back = {};
	ASSERT_OK(nifti_write((scratch / "s.nii.gz").c_str(), &v, 1));
	ASSERT_OK(nifti_read_labels(&back, (scratch / "s.nii.gz").c_str()));
	EXPECT_EQ(0, memcmp(v.voxels.data, back.voxels.data, v.voxels.bytes));
	volume_free(&v);
	volume_free(&back);
}

/* All 48 orders of the axes, straight and oblique: sform is the affine, and the qform agrees (the reader
 * checks it). */
TEST(NiftiWrite, EveryAxisOrder)
{
	ScratchFolder scratch;
	std::string path = scratch / "v.nii";
	int orders = 0;
	for (int a = -3; a <= 3; a++)
		for (int b = -3; b <= 3; b++)
			for (int c = -3; c <= 3; c++) {
				const int order[3] = { a, b, c };
				if (a * b * c == 0 || std::abs(a * b * c) != 6)
					continue;
				if (std::abs(a) == std::abs(b) || std::abs(b) == std::abs(c) ||
					std::abs(a) == std::abs(c))
					continue;
				orders++;
				for (double angle : { 0.0, 0.01, 17.0 }) {
					double m[4][4];
					Affine(m, angle, -2 * angle, 3 * angle, order);
					volume v = Ramp(VOLUME_U8, m), back = {};
					ASSERT_OK(nifti_write(path.c_str(), &v, 1));
					ASSERT_OK(nifti_read_image(&back, path.c_str()));
					EXPECT_TRUE(AllClose(&back.to_world[0][0], &m[0][0], 16, 1e-7, 1e-7));
					EXPECT_EQ(1, At<int16_t>(ReadFile(path), 252)); /* qform_code */
					volume_free(&v);
					volume_free(&back);
				}
			}
	EXPECT_EQ(48, orders);
}

TEST(NiftiWrite, ShearedAffineHasNoQform)
{
	ScratchFolder scratch;
	std::string path = scratch / "v.nii";
	double m[4][4];
	Affine(m, 5, 0, 0, kRas);
	m[0][2] += 0.5; /* a gantry's tilt */
	volume v = Ramp(VOLUME_F32, m), back = {};
	ASSERT_OK(nifti_write(path.c_str(), &v, 1));
	EXPECT_EQ(0, At<int16_t>(ReadFile(path), 252));
	EXPECT_EQ(1, At<int16_t>(ReadFile(path), 254));
	ASSERT_OK(nifti_read_image(&back, path.c_str()));
	EXPECT_OK(volume_same_grid(&v, "written", &back, "read"));
	volume_free(&v);
	volume_free(&back);
}

TEST(NiftiWrite, HeaderBytes)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 0, 0, 0, kRas);
	volume v = Ramp(VOLUME_I16, m);
	ASSERT_OK(nifti_write((scratch / "v.nii").c_str(), &v, 0.1));
	ASSERT_OK(nifti_write((scratch / "v.nii.gz").c_str(), &v, 0.1));
	std::string h = ReadFile(scratch / "v.nii"), gz = ReadFile(scratch / "v.nii.gz");
	ASSERT_EQ(352u + 120, h.size());
	EXPECT_EQ(348, At<int32_t>(h, 0));
	const int16_t dim[8] = { 3, 5, 4, 3, 1, 1, 1, 1 };
	EXPECT_EQ(0, memcmp(h.data() + 40, dim, sizeof dim));
	EXPECT_EQ(4, At<int16_t>(h, 70));
	EXPECT_EQ(16, At<int16_t>(h, 72));
	EXPECT_FLOAT_EQ(0.7f, At<float>(h, 80));
	EXPECT_EQ(352.0f, At<float>(h, 108));
	EXPECT_EQ(0.1f, At<float>(h, 112));
	EXPECT_EQ(2, h[123]);
	EXPECT_EQ(std::string(104, '\0'), h.substr(148, 104)); /* descrip, aux_file */
	EXPECT_EQ(std::string("n+1\0", 4), h.substr(344, 4));
	EXPECT_EQ(std::string(4, '\0'), h.substr(348, 4));
	/* No name and no date in the gzip header, and the same image inside; equal input gives equal bytes.
	 */
	EXPECT_EQ(std::string("\x1f\x8b\x08\0\0\0\0\0", 8), gz.substr(0, 8));
	EXPECT_EQ(h, Gunzip(gz));
	ASSERT_OK(nifti_write((scratch / "w.nii.gz").c_str(), &v, 0.1));
	EXPECT_EQ(gz, ReadFile(scratch / "w.nii.gz"));
	volume_free(&v);
}

// Several parts of the gzip stream, the last one short, what does not compress among them.
TEST(NiftiWrite, LargeOnesAreTheSameBytesOnAnyThreads)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 0, 0, 0, kRas);
	volume v = {};
	const int64_t n[3] = { 199, 181, 97 };
	ASSERT_OK(volume_init(&v, n, m, VOLUME_I16));
	uint32_t random = 1;
	for (int64_t i = 0; i < volume_count(&v); i++) {
		random = random * 1664525 + 1013904223;
		volume_i16(&v)[i] = (int16_t)(i < volume_count(&v) / 2 ? random >> 16 : (uint32_t)i / 500);
	}
	std::string bytes[2];
	const int threads = omp_get_max_threads();
	for (int i = 0; i < 2; i++) {
		volume back = {};
		omp_set_num_threads(i == 0 ? 1 : 3);
		const std::string path = scratch / (std::to_string(i) + ".nii.gz");
		ASSERT_OK(nifti_write(path.c_str(), &v, 1));
		ASSERT_OK(nifti_read_image(&back, path.c_str()));
		EXPECT_EQ(v.n[2], back.n[2]);
		bytes[i] = ReadFile(path);
		const std::string whole = Gunzip(bytes[i]);
		ASSERT_EQ(352 + v.voxels.bytes, whole.size());
		EXPECT_EQ(0, memcmp(whole.data() + 352, v.voxels.data, v.voxels.bytes));
		volume_free(&back);
	}
	omp_set_num_threads(threads);
	EXPECT_TRUE(bytes[0] == bytes[1]);
	EXPECT_LT(bytes[0].size(), v.voxels.bytes * 3 / 4);
	volume_free(&v);
}

TEST(NiftiWrite, FramesOfAProjection)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 0, 0, 0, kRas);
	volume v = {}, back = {};
	const int64_t n[3] = { 320, 1, 7 };
	ASSERT_OK(volume_init(&v, n, m, VOLUME_F32));
	for (int i = 0; i < 320 * 7; i++)
		volume_f32(&v)[i] = std::sin((float)i);
	ASSERT_OK(nifti_write((scratch / "p.nii.gz").c_str(), &v, 1));
	ASSERT_OK(nifti_read_image(&back, (scratch / "p.nii.gz").c_str()));
	EXPECT_EQ(7, back.n[2]);
	EXPECT_EQ(0, memcmp(v.voxels.data, back.voxels.data, v.voxels.bytes));
	volume_free(&v);
	volume_free(&back);
}

/* The reference library reads what we write, and agrees with what we read. */
TEST(NiftiWrite, TheReferenceLibraryAgrees)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 10, -20, 30, kRas);
	volume v = Ramp(VOLUME_I16, m);
	for (const char *name : { "v.nii", "v.nii.gz" }) {
		ASSERT_OK(nifti_write((scratch / name).c_str(), &v, 0.5));
		nifti_image *nim = nifti_image_read((scratch / name).c_str(), 1);
		ASSERT_NE(nullptr, nim);
		EXPECT_EQ(NIFTI_TYPE_INT16, nim->datatype);
		EXPECT_EQ(0.5, nim->scl_slope);
		EXPECT_EQ(NIFTI_UNITS_MM, nim->xyz_units);
		EXPECT_EQ(0, nim->num_ext);
		EXPECT_TRUE(AllClose(&nim->sto_xyz.m[0][0], &m[0][0], 16, 1e-6, 1e-6));
		EXPECT_TRUE(AllClose(&nim->qto_xyz.m[0][0], &m[0][0], 16, 1e-5, 1e-6));
		ASSERT_EQ(60, nim->nvox);
		EXPECT_EQ(0, memcmp(nim->data, v.voxels.data, 120));
		nifti_image_free(nim);
	}
	volume_free(&v);
}

TEST(NiftiWrite, TheReferenceLibraryAgreesOnARealCt)
{
	TEST_DATA_OR_SKIP(data);
	std::string path = data + "/real/torso_ct.nii.gz";
	volume v = {};
	ASSERT_OK(nifti_read_image(&v, path.c_str()));
	nifti_image *nim = nifti_image_read(path.c_str(), 1);
	ASSERT_NE(nullptr, nim);
	ASSERT_EQ(NIFTI_TYPE_INT32, nim->datatype);
	ASSERT_EQ(volume_count(&v), nim->nvox);
	EXPECT_TRUE(AllClose(&v.to_world[0][0], &nim->sto_xyz.m[0][0], 16, 1e-12, 1e-12));
	EXPECT_TRUE(AllClose(volume_f32(&v), (const int32_t *)nim->data, (size_t)nim->nvox, 0, 0));
	nifti_image_free(nim);
	volume_free(&v);
}

TEST(NiftiWrite, RefusalsLeaveNothing)
{
	ScratchFolder scratch;
	double m[4][4];
	Affine(m, 0, 0, 0, kRas);
	volume v = Ramp(VOLUME_U8, m);
	EXPECT_EQ(-1, nifti_write((scratch / "v.img").c_str(), &v, 1));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_THAT(err_message(), HasSubstr("v.img"));
	EXPECT_EQ(-1, nifti_write((scratch / "none/v.nii").c_str(), &v, 1));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	v.to_world[1][1] = NAN;
	EXPECT_EQ(-1, nifti_write((scratch / "v.nii").c_str(), &v, 1));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("v.nii"));
	v.to_world[1][1] = 0;
	EXPECT_EQ(-1, nifti_write((scratch / "v.nii.gz").c_str(), &v, 1));
	EXPECT_THAT(err_message(), HasSubstr("singular"));
	volume_free(&v);
	const int64_t n[3] = { 40000, 1, 1 };
	ASSERT_OK(volume_init(&v, n, m, VOLUME_U8));
	EXPECT_EQ(-1, nifti_write((scratch / "v.nii").c_str(), &v, 1));
	EXPECT_THAT(err_message(), HasSubstr("40000"));
	volume_free(&v);
	EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}
