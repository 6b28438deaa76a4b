// A bone's projection along any direction keeps its mass and volume; parts of the bone; legs are turned as
// clinics say.
#include "ct/bone_map.h"
#include "ct/leg_pose.h"
#include "tests/ct/body.h"

namespace
{
double Sum(const float *values, const struct bone_map &m)
{
	double sum = 0;
	for (int64_t i = 0; i < m.cols * m.rows; i++)
		sum += (double)values[i];
	return sum * BONE_MAP_PIXEL_MM * BONE_MAP_PIXEL_MM / 100;
}
} // namespace

TEST(BoneMap, KeepsMassAndVolumeInEveryDirection)
{
	const Turn still = TurnBy(0, 0, 0);
	BodyFemur f(still, TurnBy(10, 20, 30), { 2, 1.5, 2.5 });
	struct component bone;
	ASSERT_OK(component_largest(&bone, f.labels.get(), 76));
	double mass = 0;
	for (int64_t i = 0; i < volume_count(f.labels.get()); i++)
		if (volume_u16(f.labels.get())[i] == 76)
			mass += (double)volume_f32(f.density.get())[i] * volume_voxel_cm3(f.labels.get()) /
				1000;
	const double volume = (double)bone.voxels * volume_voxel_cm3(f.labels.get());
	const struct tissue_rule rule = tissue_rule_default();
	uint8_t *classes;
	ASSERT_OK(tissue_classify(&classes, &bone, f.density.get(), &rule));
	for (const Turn &t : { still, TurnBy(30, 0, 0), TurnBy(-5, 40, 77) }) {
		struct bone_map_view view = {};
		for (int k = 0; k < 3; k++) {
			view.x[k] = t.m[0][k];
			view.y[k] = t.m[2][k];
		}
		struct bone_map m;
		ASSERT_OK(bone_map_make(&m, f.density.get(), &bone, classes, &view, false));
		EXPECT_NEAR(mass, Sum(m.mineral_g_cm2[TISSUE_NONE], m), 1e-4 * mass);
		EXPECT_NEAR(volume, Sum(m.path_cm[TISSUE_NONE], m), 1e-4 * volume);
		double parts = 0;
		for (int k = TISSUE_OTHER; k < TISSUE_CLASSES; k++)
			parts += Sum(m.path_cm[k], m);
		EXPECT_NEAR(volume, parts, 1e-4 * volume);
		bone_map_free(&m);
	}
	free(classes);
	component_free(&bone);
}

// A ball of 20 mm: its trabecular core lies peel_mm under the surface, its shadow has the ball's area.
TEST(BoneMap, PartsOfABall)
{
	double half[3] = { 26, 26, 26 };
	const Turn grid = TurnBy(15, 25, 35);
	const Point mm = { 1, 1, 1 };
	Volume labels = Cover({ 3, 4, 5 }, half, grid.m, mm.data(), VOLUME_U16);
	Volume density = BodyFemur::Make(labels, VOLUME_F32);
	for (int64_t i = 0; i < volume_count(labels.get()); i++) {
		const double r = Norm(Sub(labels.world(i), { 3, 4, 5 }));
		volume_u16(labels.get())[i] = r <= 20 ? 7 : 0;
		volume_f32(density.get())[i] = r > 18 ? 800.0f : 100.0f;
	}
	struct component bone;
	ASSERT_OK(component_largest(&bone, labels.get(), 7));
	const struct tissue_rule rule = { 350, 5 };
	uint8_t *classes;
	ASSERT_OK(tissue_classify(&classes, &bone, density.get(), &rule));
	double count[TISSUE_CLASSES] = { 0 };
	for (int64_t i = 0; i < bone.n[0] * bone.n[1] * bone.n[2]; i++)
		count[classes[i]]++;
	auto ball = [](double r) { return 4.0 / 3 * M_PI * r * r * r; };
	EXPECT_NEAR(ball(20) - ball(18), count[TISSUE_CORTICAL], 0.02 * ball(20));
	EXPECT_GE(count[TISSUE_TRABECULAR],
		ball(14.2)); // the surface's voxel centres lie up to one voxel inside
	EXPECT_LE(count[TISSUE_TRABECULAR], ball(15.5));
	struct bone_map_view view = {};
	view.x[0] = view.y[2] = 1;
	struct bone_map m;
	ASSERT_OK(bone_map_make(&m, density.get(), &bone, classes, &view, false));
	double pixels = 0;
	for (int64_t i = 0; i < m.cols * m.rows; i++)
		pixels += m.path_cm[TISSUE_NONE][i] >= (float)ABMD_MASK_CM;
	// 2 mm of path are left at sqrt(20^2 - 1) mm
	EXPECT_NEAR(M_PI * (400 - 1), pixels * BONE_MAP_PIXEL_MM * BONE_MAP_PIXEL_MM, 0.02 * M_PI * 400);
	bone_map_free(&m);
	free(classes);
	component_free(&bone);
}

TEST(LegPose, TurnsAsClinicsSay)
{
	const double start[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	double t[3][3];
	for (enum label_side side : { LABEL_RIGHT, LABEL_LEFT }) {
		const double lateral = side == LABEL_RIGHT ? 1 : -1;
		const double knee[3] = { 0, 0, -1 }, toes[3] = { 0, 1, 0 };
		auto turned = [&](const double p[3], int row) {
			return t[row][0] * p[0] + t[row][1] * p[1] + t[row][2] * p[2];
		};
		const double flexion[3] = { 30, 0, 0 }, internal[3] = { 0, 30, 0 },
			     abduction[3] = { 0, 0, 30 };
		leg_pose_turn(t, start, flexion, side);
		EXPECT_NEAR(0.5, turned(knee, 1), 1e-12); // the knee comes forward
		leg_pose_turn(t, start, internal, side);
		EXPECT_NEAR(-0.5 * lateral, turned(toes, 0), 1e-12); // the toes go to the middle
		leg_pose_turn(t, start, abduction, side);
		EXPECT_NEAR(0.5 * lateral, turned(knee, 0), 1e-12); // the knee goes outwards
	}
}
