// estimates.csv of a folder.
#ifndef TESTS_EVAL_ESTIMATES_H
#define TESTS_EVAL_ESTIMATES_H
#include <cmath>
#include <string>
#include "host/files/table.h"
#include "tests/support/support.h"

class Estimates {
public:
	explicit Estimates(const std::string &folder) { EXPECT_OK(table_read(&t_, (folder + "/estimates.csv").c_str())); }
	~Estimates() { table_free(&t_); }
	Estimates(const Estimates &) = delete;
	Estimates &operator=(const Estimates &) = delete;
	const struct table *table() const { return &t_; }
	// The row of a statistic; group "" = none.  -1 when absent.
	int64_t row(const std::string &level, const std::string &group, const std::string &statistic) const
	{
		for (int64_t i = 0; i < t_.n_rows; i++)
			if (level == table_cell(&t_, i, 0) && (group.empty() ? "n/a" : group) == table_cell(&t_, i, 1) &&
				statistic == table_cell(&t_, i, 2))
				return i;
		return -1;
	}
	std::string text(const std::string &level, const std::string &group, const std::string &statistic,
		const char *column) const
	{
		int64_t at = row(level, group, statistic);
		EXPECT_GE(at, 0) << level << " " << group << " " << statistic;
		return at < 0 ? "" : table_cell(&t_, at, table_find_column(&t_, column));
	}
	double number(const std::string &level, const std::string &group, const std::string &statistic,
		const char *column = "estimate") const
	{
		double value = NAN;
		int64_t at = row(level, group, statistic);
		EXPECT_GE(at, 0) << level << " " << group << " " << statistic;
		if (at >= 0) {
			EXPECT_OK(table_number(&t_, at, table_find_column(&t_, column), &value));
		}
		return value;
	}
private:
	struct table t_ = {};
};
#endif
