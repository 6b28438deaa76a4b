#include "host/files/volume.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;

/* Oblique, permuted and anisotropic; columns are rotation times spacing. */
static void Oblique(double m[4][4])
{
	const double c = std::cos(0.4), s = std::sin(0.4);
	const double values[4][4] = { { 0, -0.7 * s, 2.5 * c, -31 }, { 0, 0.7 * c, 2.5 * s, 12 },
		{ 1.5, 0, 0, 400 }, { 0, 0, 0, 1 } };
	memcpy(m, values, sizeof values);
}

TEST(Volume, InitZeroesAndTypes)
{
	double m[4][4];
	Oblique(m);
	const int64_t n[3] = { 3, 5, 7 };
	const volume_type types[] = { VOLUME_F32, VOLUME_I16, VOLUME_U16, VOLUME_U8 };
	const size_t bytes[] = { 4, 2, 2, 1 };
	for (int t = 0; t < 4; t++) {
		volume v = {};
		ASSERT_OK(volume_init(&v, n, m, types[t]));
		EXPECT_EQ(105, volume_count(&v));
		EXPECT_EQ(bytes[t], volume_type_bytes(types[t]));
		ASSERT_EQ(105 * bytes[t], v.voxels.bytes);
		for (size_t i = 0; i < v.voxels.bytes; i++)
			ASSERT_EQ(0, ((const char *)v.voxels.data)[i]);
		volume_free(&v);
		volume_free(&v);
		EXPECT_EQ(nullptr, v.voxels.data);
	}
}

TEST(Volume, RefusesEmptyAndAbsurdSizes)
{
	double m[4][4];
	Oblique(m);
	volume v = {};
	const int64_t empty[3] = { 3, 0, 7 }, huge[3] = { INT64_C(1) << 40, INT64_C(1) << 40, 1 };
	EXPECT_EQ(-1, volume_init(&v, empty, m, VOLUME_F32));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_EQ(-1, volume_init(&v, huge, m, VOLUME_F32));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_EQ(nullptr, v.voxels.data);
}

TEST(VolumeDeathTest, WrongTypeIsABug)
{
	volume v = {};
	double m[4][4];
	Oblique(m);
	const int64_t n[3] = { 1, 1, 1 };
	ASSERT_OK(volume_init(&v, n, m, VOLUME_U8));
	EXPECT_DEATH(volume_f32(&v), "BUG");
	volume_free(&v);
}

TEST(Volume, SpacingAndVoxelVolume)
{
	volume v = {};
	Oblique(v.to_world);
	double spacing[3];
	volume_spacing_mm(&v, spacing);
	EXPECT_NEAR(1.5, spacing[0], 1e-14);
	EXPECT_NEAR(0.7, spacing[1], 1e-14);
	EXPECT_NEAR(2.5, spacing[2], 1e-14);
	EXPECT_NEAR(1.5 * 0.7 * 2.5 / 1000, volume_voxel_cm3(&v), 1e-15);
}

TEST(Volume, WorldAndBack)
{
	volume v = {};
	Oblique(v.to_world);
	double inverse[4][4], product[4][4], world[3], back[3];
	ASSERT_OK(volume_world_to_index(&v, inverse));
	affine_multiply(product, inverse, v.to_world);
	for (int i = 0; i < 16; i++)
		EXPECT_NEAR(i % 5 == 0 ? 1 : 0, product[i / 4][i % 4], 1e-12);
	const double index[3] = { 10, -2.5, 7.25 };
	volume_index_to_world(&v, index, world);
	EXPECT_NEAR(1.5 * 10 + 400, world[2], 1e-12);
	affine_apply(inverse, world, back);
	EXPECT_TRUE(AllClose(back, index, 3, 1e-11, 0));
}

TEST(Volume, SingularAffine)
{
	volume v = {};
	Oblique(v.to_world);
	for (int row = 0; row < 3; row++)
		v.to_world[row][2] = 2 * v.to_world[row][1] - v.to_world[row][0];
	double inverse[4][4];
	EXPECT_EQ(-1, volume_world_to_index(&v, inverse));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("singular"));
	v.to_world[0][0] = NAN;
	EXPECT_EQ(-1, affine_invert(inverse, v.to_world));
}

TEST(Volume, SameGrid)
{
	volume a = {}, b = {};
	const int64_t n[3] = { 100, 50, 20 };
	memcpy(a.n, n, sizeof n);
	memcpy(b.n, n, sizeof n);
	Oblique(a.to_world);
	Oblique(b.to_world);
	EXPECT_OK(volume_same_grid(&a, "a.nii", &b, "b.nii"));
	b.to_world[2][3] += 1.5 * 0.9e-3; /* 0.9e-3 voxels along axis 0 */
	EXPECT_OK(volume_same_grid(&a, "a.nii", &b, "b.nii"));
	b.to_world[2][3] += 1.5 * 0.2e-3;
	EXPECT_EQ(-1, volume_same_grid(&a, "a.nii", &b, "b.nii"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("a.nii"));
	EXPECT_THAT(err_message(), HasSubstr("b.nii"));
	EXPECT_THAT(err_message(), HasSubstr("0.0011 voxels"));
	/* The same spacing error matters at the far corner, not at the first voxel. */
	Oblique(b.to_world);
	b.to_world[2][0] *= 1 + 2e-5;
	EXPECT_EQ(-1, volume_same_grid(&a, "a.nii", &b, "b.nii"));
	Oblique(b.to_world);
	b.to_world[1][2] = NAN;
	EXPECT_EQ(-1, volume_same_grid(&a, "a.nii", &b, "b.nii"));
	EXPECT_EQ(-1, volume_same_grid(&b, "b.nii", &a, "a.nii"));
	Oblique(b.to_world);
	b.n[1] = 51;
	EXPECT_EQ(-1, volume_same_grid(&a, "a.nii", &b, "b.nii"));
	EXPECT_THAT(err_message(), HasSubstr("100x51x20"));
}
