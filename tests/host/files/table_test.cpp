#include "host/files/table.h"

#include <chrono>
#include <cmath>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;

static std::string Cell(const table &t, int64_t row, const char *column)
{
	return table_cell(&t, row, table_find_column(&t, column));
}

TEST(Table, CsvByTheBook)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.csv";
	/* RFC 4180: quotes, doubled quotes, commas and line ends inside; CRLF; a byte-order mark; no last
	 * line end. */
	WriteFile(path,
		"\xEF\xBB\xBFid,\"say \"\"hi\"\"\",x\r\n1,\"a,b\",2\r\n2,\"two\nlines\",\r\n\"\",,\"\"");
	table t = {};
	ASSERT_OK(table_read(&t, path.c_str()));
	ASSERT_EQ(3, t.n_columns);
	ASSERT_EQ(3, t.n_rows);
	EXPECT_STREQ("id", t.columns[0]);
	EXPECT_EQ("a,b", Cell(t, 0, "say \"hi\""));
	EXPECT_EQ("two\nlines", Cell(t, 1, "say \"hi\""));
	EXPECT_EQ("", Cell(t, 1, "x"));
	EXPECT_EQ("", Cell(t, 2, "id"));
	/* Written and read again, nothing changes. */
	ASSERT_OK(table_write(&t, (scratch / "b.csv").c_str()));
	table again = {};
	ASSERT_OK(table_read(&again, (scratch / "b.csv").c_str()));
	ASSERT_EQ(t.n_rows, again.n_rows);
	for (int64_t i = 0; i < 9; i++)
		EXPECT_STREQ(t.cells[i], again.cells[i]);
	table_free(&t);
	table_free(&t);
	table_free(&again);
}

TEST(Table, TsvKeepsQuotesAndRefusesTabs)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.tsv";
	WriteFile(path, "participant_id\tnote\nsub-1\t5\" tall\nsub-2\t\n\n");
	table t = {};
	ASSERT_OK(table_read(&t, path.c_str()));
	ASSERT_EQ(2, t.n_rows);
	EXPECT_EQ("5\" tall", Cell(t, 0, "note"));
	ASSERT_OK(table_write(&t, path.c_str()));
	EXPECT_EQ("participant_id\tnote\nsub-1\t5\" tall\nsub-2\tn/a\n", ReadFile(path));
	table_set(&t, 0, "note", "a\tb");
	EXPECT_EQ(-1, table_write(&t, path.c_str()));
	EXPECT_THAT(err_message(), HasSubstr("a.tsv"));
	EXPECT_EQ("participant_id\tnote\nsub-1\t5\" tall\nsub-2\tn/a\n", ReadFile(path));
	table_free(&t);
}

TEST(Table, OneColumnKeepsItsEmptyCell)
{
	ScratchFolder scratch;
	std::string path = scratch / "a.csv";
	table t = {}, again = {};
	table_add_column(&t, "x");
	table_set(&t, table_add_row(&t), "x", "");
	table_set(&t, table_add_row(&t), "x", "b");
	table_set(&t, table_add_row(&t), "x", "");
	ASSERT_OK(table_write(&t, path.c_str()));
	ASSERT_OK(table_read(&again, path.c_str()));
	EXPECT_EQ(3, again.n_rows);
	table_free(&t);
	table_free(&again);
}

TEST(Table, BuildsAndReadsNumbers)
{
	table t = {};
	table_add_column(&t, "id");
	table_add_column(&t, "bmd_g_cm2");
	const double numbers[] = { 0.81234567891, 1e-12, -3, NAN, 123456 };
	for (double number : numbers) {
		int64_t row = table_add_row(&t);
		EXPECT_TRUE(table_is_missing(table_cell(&t, row, 0)));
		table_set_number(&t, row, "bmd_g_cm2", number);
	}
	EXPECT_STREQ("0.812345679", table_cell(&t, 0, 1));
	EXPECT_STREQ("n/a", table_cell(&t, 3, 1));
	for (int64_t row = 0; row < 5; row++) {
		double back;
		ASSERT_OK(table_number(&t, row, 1, &back));
		if (std::isnan(numbers[row]))
			EXPECT_TRUE(std::isnan(back));
		else
			EXPECT_NEAR(numbers[row], back, 1e-9 * std::fabs(numbers[row]));
	}
	table_free(&t);
}

TEST(Table, AColumnMayComeAfterRows)
{
	for (int rows : { 1, 2, 3, 4, 5, 8, 9 }) {
		table t = {};
		table_add_column(&t, "id");
		table_add_column(&t, "side");
		for (int row = 0; row < rows; row++) {
			table_add_row(&t);
			table_set(&t, row, "id", std::to_string(row).c_str());
			table_set(&t, row, "side", row % 2 ? "L" : "R");
		}
		table_add_column(&t, "late");
		table_add_row(&t);
		table_set(&t, rows, "late", "there");
		table_add_column(&t, "later");
		ASSERT_EQ(4, t.n_columns);
		for (int row = 0; row < rows; row++) {
			EXPECT_EQ(std::to_string(row), table_cell(&t, row, 0));
			EXPECT_STREQ(row % 2 ? "L" : "R", table_cell(&t, row, 1));
			EXPECT_STREQ("n/a", table_cell(&t, row, 2));
			EXPECT_STREQ("n/a", table_cell(&t, row, 3));
		}
		EXPECT_STREQ("n/a", table_cell(&t, rows, 0));
		EXPECT_STREQ("there", table_cell(&t, rows, 2));
		table_free(&t);
	}
}

TEST(Table, NumberRefusesWhatIsNone)
{
	table t = {};
	table_add_column(&t, "x");
	table_add_row(&t);
	for (const char *bad :
		{ "abc", "1,5", "inf", "-inf", "0x10", "1e999", "1 2", "--1", "1e", "nan(3)", "." }) {
		double number;
		table_set(&t, 0, "x", bad);
		EXPECT_EQ(-1, table_number(&t, 0, 0, &number)) << bad;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), HasSubstr("line 2"));
		EXPECT_THAT(err_message(), HasSubstr("'x'"));
		EXPECT_THAT(err_message(), HasSubstr(bad));
	}
	for (const char *missing : { "", "n/a", "NA", "NaN", "nan" }) {
		double number = 0;
		table_set(&t, 0, "x", missing);
		EXPECT_OK(table_number(&t, 0, 0, &number));
		EXPECT_TRUE(std::isnan(number)) << missing;
	}
	double number;
	table_set(&t, 0, "x", " +1.5e1 ");
	ASSERT_OK(table_number(&t, 0, 0, &number));
	EXPECT_EQ(15, number);
	table_free(&t);
}

TEST(Table, RefusesBrokenTables)
{
	const struct {
		std::string text;
		const char *reason;
	} cases[] = {
		{ "", "empty" },
		{ "\n\n", "empty" },
		{ "a,b\n1,2\n3\n", "line 3 has 1 cells; the header has 2" },
		{ "a,b\n1,2,3\n", "line 2 has 3 cells" },
		{ "a,b\n\"x\ny\",2\n1\n", "line 4 has 1 cells" },
		{ "a,b\n\n1,2\n", "line 2 has 1 cells" },
		{ "a,b,a\n", "'a' is repeated" },
		{ "a,b\n\"x,2\n", "line 2: the quote is never closed" },
		{ "a,b\n\"x\"y,2\n", "line 2: text follows a closing quote" },
		{ std::string("a,b\n1,\0\n", 8), "zero bytes" },
	};
	ScratchFolder scratch;
	std::string path = scratch / "bad.csv";
	for (const auto &c : cases) {
		WriteFile(path, c.text);
		table t = {};
		EXPECT_EQ(-1, table_read(&t, path.c_str())) << c.reason;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), HasSubstr("bad.csv"));
		EXPECT_THAT(err_message(), HasSubstr(c.reason));
		EXPECT_EQ(nullptr, t.cells);
	}
	table t = {};
	EXPECT_EQ(-1, table_read(&t, (scratch / "none.csv").c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

TEST(Table, ColumnErrorListsWhatThereIs)
{
	table t = {};
	int64_t column;
	table_add_column(&t, "site");
	table_add_column(&t, "age");
	ASSERT_OK(table_column(&t, "age", &column));
	EXPECT_EQ(1, column);
	EXPECT_EQ(-1, table_column(&t, "sex", &column));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("'sex'"));
	EXPECT_THAT(err_message(), HasSubstr("site, age"));
	table_free(&t);
	table_add_column(&t, "site;age");
	EXPECT_EQ(-1, table_column(&t, "age", &column));
	EXPECT_THAT(err_message(), HasSubstr("separated by semicolons"));
	table_free(&t);
	/* A list longer than the message is cut, not overrun. */
	for (int i = 0; i < 300; i++)
		table_add_column(&t, ("a_rather_long_name_" + std::to_string(i)).c_str());
	EXPECT_EQ(-1, table_column(&t, "sex", &column));
	table_free(&t);
}

TEST(Table, LargeTablesAreLinear)
{
	ScratchFolder scratch;
	std::string path = scratch / "big.csv", text = "id,a,b,c\n";
	const int64_t rows = 100000;
	for (int64_t i = 0; i < rows; i++)
		text += std::to_string(i) + ",0.5,\"q,q\",n/a\n";
	WriteFile(path, text);
	auto start = std::chrono::steady_clock::now();
	table t = {};
	ASSERT_OK(table_read(&t, path.c_str()));
	double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
	EXPECT_LE(s, 3.0); /* measured 0.03 s; a quadratic reader takes minutes */
	ASSERT_EQ(rows, t.n_rows);
	EXPECT_EQ(std::to_string(rows - 1), Cell(t, rows - 1, "id"));
	EXPECT_EQ("q,q", Cell(t, rows / 2, "b"));
	table_free(&t);
}
