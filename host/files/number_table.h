/*
 * The built-in tables (drr/tables/): a header line of column names, then rows of numbers.  Parsed once; a damaged
 * table is a damaged program, hence BUG.
 */
#ifndef HOST_FILES_NUMBER_TABLE_H
#define HOST_FILES_NUMBER_TABLE_H
enum { NUMBER_TABLE_COLUMNS = 48 };
struct number_table {
	char *text; /* names' storage */
	const char *columns[NUMBER_TABLE_COLUMNS];
	int n_columns, n_rows;
	double *values; /* (n_rows, n_columns) */
};
void number_table_parse(struct number_table *t, const char *csv);
int number_table_find(const struct number_table *t, const char *column); /* -1 when absent */
double number_table_at(const struct number_table *t, int row, int column);
#endif
