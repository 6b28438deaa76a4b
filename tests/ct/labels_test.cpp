#include "ct/labels.h"
#include "tests/support/support.h"
#include <gmock/gmock.h>

TEST(Labels, TotalsegHasTheFullTask)
{
	struct label_map map;
	ASSERT_OK(label_map_load(&map, "totalseg"));
	EXPECT_EQ(117, map.n);
	const struct {
		uint16_t id;
		const char *name;
		enum label_kind kind;
		enum label_side side;
	} spots[] = {
		{ 1, "spleen", LABEL_OTHER, LABEL_MIDLINE },
		{ 25, "sacrum", LABEL_BONE, LABEL_MIDLINE },
		{ 27, "vertebrae_L5", LABEL_BONE, LABEL_MIDLINE },
		{ 32, "vertebrae_T12", LABEL_BONE, LABEL_MIDLINE },
		{ 44, "vertebrae_C7", LABEL_BONE, LABEL_MIDLINE },
		{ 75, "femur_left", LABEL_BONE, LABEL_LEFT },
		{ 76, "femur_right", LABEL_BONE, LABEL_RIGHT },
		{ 78, "hip_right", LABEL_BONE, LABEL_RIGHT },
		{ 80, "gluteus_maximus_left", LABEL_MUSCLE, LABEL_LEFT },
		{ 92, "rib_left_1", LABEL_BONE, LABEL_LEFT },
		{ 116, "sternum", LABEL_BONE, LABEL_MIDLINE },
		{ 117, "costal_cartilages", LABEL_OTHER, LABEL_MIDLINE },
	};
	for (const auto &s : spots) {
		const struct label *label = label_map_by_id(&map, s.id);
		ASSERT_NE(nullptr, label) << s.id;
		EXPECT_STREQ(s.name, label->name);
		EXPECT_EQ(s.kind, label->kind) << s.name;
		EXPECT_EQ(s.side, label->side) << s.name;
		EXPECT_EQ(label, label_map_by_name(&map, s.name));
	}
	EXPECT_EQ(nullptr, label_map_by_id(&map, 118));
	EXPECT_EQ(nullptr, label_map_by_name(&map, "femur"));
	for (int64_t i = 0; i < map.n; i++)
		EXPECT_EQ(i + 1, map.labels[i].id);
	label_map_free(&map);
	label_map_free(&map);
}

TEST(Labels, Painted)
{
	struct label_map map;
	ASSERT_OK(label_map_load(&map, "painted"));
	EXPECT_EQ(7, map.n);
	EXPECT_STREQ("lumbar_spine", label_map_by_id(&map, 27)->name);
	EXPECT_EQ(LABEL_MUSCLE, label_map_by_id(&map, 80)->kind);
	EXPECT_EQ(LABEL_LEFT, label_map_by_name(&map, "hip_left")->side);
	label_map_free(&map);
}

TEST(Labels, RequireListsTheBones)
{
	struct label_map map;
	const struct label *label;
	ASSERT_OK(label_map_load(&map, "painted"));
	ASSERT_OK(label_map_require(&map, "femur_right", &label));
	EXPECT_EQ(76, label->id);
	EXPECT_EQ(-1, label_map_require(&map, "tibia", &label));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr("sacrum, lumbar_spine, femur_left"));
	EXPECT_THAT(err_message(), testing::Not(testing::HasSubstr("muscle")));
	label_map_free(&map);
}

TEST(Labels, OwnFile)
{
	ScratchFolder scratch;
	struct label_map map;
	WriteFile(scratch / "own.yaml", "name: own\nlabels:\n  - {id: 65535, name: tibia, kind: bone, side: "
					"left}\n  - {id: 3, name: gel}\n");
	ASSERT_OK(label_map_load(&map, (scratch / "own.yaml").c_str()));
	EXPECT_EQ(2, map.n);
	EXPECT_EQ(LABEL_LEFT, label_map_by_id(&map, 65535)->side);
	EXPECT_EQ(LABEL_OTHER, label_map_by_name(&map, "gel")->kind);
	EXPECT_EQ(LABEL_MIDLINE, label_map_by_name(&map, "gel")->side);
	label_map_free(&map);
}

TEST(Labels, RefusesBadFiles)
{
	ScratchFolder scratch;
	const struct {
		const char *text, *says;
	} bad[] = {
		{ "name: x\nlabels: []\n", "labels" },
		{ "name: x\nlabels:\n  - {id: 0, name: a}\n", "1..65535" },
		{ "name: x\nlabels:\n  - {id: 65536, name: a}\n", "1..65535" },
		{ "name: x\nlabels:\n  - {id: 1, name: a}\n  - {id: 1, name: b}\n", "twice" },
		{ "name: x\nlabels:\n  - {id: 1, name: a}\n  - {id: 2, name: a}\n", "twice" },
		{ "name: x\nlabels:\n  - {id: 1, name: a, kind: bones}\n", "kind" },
		{ "name: x\nlabels:\n  - {id: 1, name: a, side: L}\n", "side" },
		{ "name: x\nlabels:\n  - {id: 1, name: a, colour: red}\n", "colour" },
		{ "name: x\ncolour: red\nlabels:\n  - {id: 1, name: a}\n", "colour" },
		{ "labels:\n  - {id: 1, name: a}\n", "name" },
	};
	for (const auto &b : bad) {
		struct label_map map;
		WriteFile(scratch / "bad.yaml", b.text);
		EXPECT_EQ(-1, label_map_load(&map, (scratch / "bad.yaml").c_str())) << b.text;
		EXPECT_THAT(err_message(), testing::HasSubstr(b.says)) << b.text;
		EXPECT_THAT(err_message(), testing::HasSubstr("bad.yaml")) << b.text;
		EXPECT_EQ(nullptr, map.labels);
	}
	struct label_map map;
	EXPECT_EQ(-1, label_map_load(&map, "no-such-map"));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr("totalseg"));
}
