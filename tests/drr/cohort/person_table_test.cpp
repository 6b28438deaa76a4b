#include "drr/cohort/person_table.h"

#include <string>
#include "tests/support/support.h"

namespace
{

struct Table {
	struct table t = {};
	~Table()
	{
		table_free(&t);
	}
	std::string Cell(int64_t row, const char *column)
	{
		int64_t c = table_find_column(&t, column);
		return c < 0 ? "no column" : table_cell(&t, row, c);
	}
};

TEST(PersonTable, MissingValuesAreMissingOnlyOutsideTheTruth)
{
	struct person p = person_sample(3, 0, 1);
	p.background.is[BACKGROUND_SMOKER] = true;
	p.background.is[BACKGROUND_STEROIDS] = false;
	p.missing = 1u << BACKGROUND_SMOKER | 1u << BACKGROUND_MISSING_WEIGHT;
	Table t;
	for (const char *name : { "height_cm", "weight_kg", "bmi" })
		table_add_column(&t.t, name);
	person_table_add_history(&t.t);
	for (bool all : { false, true }) {
		int64_t row = table_add_row(&t.t);
		for (const char *name : { "height_cm", "weight_kg", "bmi" })
			table_set_number(&t.t, row, name, 60);
		person_table_set_history(&t.t, row, &p, all);
		EXPECT_EQ(all ? "1" : "n/a", t.Cell(row, "smoker"));
		EXPECT_EQ("0", t.Cell(row, "steroids"));
		EXPECT_EQ("60", t.Cell(row, "height_cm"));
		EXPECT_EQ(all ? "60" : "n/a", t.Cell(row, "weight_kg"));
		EXPECT_EQ(all ? "60" : "n/a", t.Cell(row, "bmi"));
	}
}

TEST(PersonTable, TellsSidesApart)
{
	struct person p = person_sample(3, 0, 1);
	p.arthritis[ANATOMY_RIGHT] = 1;
	p.arthritis[ANATOMY_LEFT] = 4;
	p.anatomy.femur[ANATOMY_LEFT].joint_space_mm = 0.75;
	p.anatomy.femur[ANATOMY_RIGHT].joint_space_mm = 3.25;
	Table t;
	person_table_add_latent(&t.t);
	int64_t row = table_add_row(&t.t);
	person_table_set_latent(&t.t, row, &p);
	EXPECT_EQ("1", t.Cell(row, "right_arthritis_grade"));
	EXPECT_EQ("4", t.Cell(row, "left_arthritis_grade"));
	EXPECT_EQ("3.25", t.Cell(row, "right_joint_space_mm"));
	EXPECT_EQ("0.75", t.Cell(row, "left_joint_space_mm"));
	EXPECT_NE("n/a", t.Cell(row, "phleboliths"));
}

} // namespace
