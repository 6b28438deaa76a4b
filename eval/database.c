#include "eval/database.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"

static int failed(sqlite3 *db, const char *path)
{
	return ERR_OUTPUT("'%s': %s", path, db ? sqlite3_errmsg(db) : "no memory");
}

static int run(struct database *d, const char *sql)
{
	return sqlite3_exec(d->handle, sql, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : failed(d->handle, d->output.path);
}

int database_create(struct database *d, const char *path)
{
	sqlite3 *db = NULL;
	*d = (struct database){ 0 };
	if (path_output_name(&d->output, path) != 0)
		return -1;
	int rc = sqlite3_open_v2(d->output.temporary, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	d->handle = db;
	if (rc != SQLITE_OK)
		(void)failed(db, path);
	/* The file is renamed when it is whole, so SQLite's own journal would only cost time. */
	if (rc != SQLITE_OK || run(d, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN") != 0) {
		database_abort(d);
		return -1;
	}
	return 0;
}

/* Names are quoted as SQL wants: "a""b".  format: what each column becomes in the list. */
static char *column_list(const struct table *t, const char *before, const char *after, bool names)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	if (!out)
		return NULL;
	fputs(before, out);
	for (int64_t c = 0; c < t->n_columns; c++) {
		fputs(c ? ", " : "", out);
		if (!names) {
			fputc('?', out);
			continue;
		}
		fputc('"', out);
		for (const char *s = t->columns[c]; *s; s++) {
			if (*s == '"')
				fputc('"', out);
			fputc(*s, out);
		}
		fputc('"', out);
	}
	fputs(after, out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int bind_cell(sqlite3_stmt *statement, int at, const char *cell)
{
	char *end;
	if (table_is_missing(cell))
		return sqlite3_bind_null(statement, at);
	double number = strtod(cell, &end);
	bool plain = strspn(cell, "+-.0123456789eE") == strlen(cell);
	if (plain && *end == '\0')
		return sqlite3_bind_double(statement, at, number);
	return sqlite3_bind_text(statement, at, cell, -1, SQLITE_STATIC);
}

static int insert_rows(struct database *d, const char *sql, const struct table *t)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(d->handle, sql, -1, &statement, NULL);
	for (int64_t row = 0; rc == SQLITE_OK && row < t->n_rows; row++) {
		for (int64_t c = 0; rc == SQLITE_OK && c < t->n_columns; c++)
			rc = bind_cell(statement, (int)c + 1, table_cell(t, row, c));
		if (rc == SQLITE_OK && sqlite3_step(statement) != SQLITE_DONE)
			rc = SQLITE_ERROR;
		if (rc == SQLITE_OK)
			rc = sqlite3_reset(statement);
	}
	if (rc != SQLITE_OK)
		(void)failed(d->handle, d->output.path);
	sqlite3_finalize(statement);
	return rc == SQLITE_OK ? 0 : -1;
}

int database_add(struct database *d, const char *name, const struct table *t)
{
	int rc = -1;
	char head[128];
	char *create = NULL, *insert = NULL;
	if (t->n_columns == 0)
		return 0;
	snprintf(head, sizeof(head), "CREATE TABLE \"%.80s\" (", name);
	create = column_list(t, head, ")", true);
	snprintf(head, sizeof(head), "INSERT INTO \"%.80s\" VALUES (", name);
	insert = column_list(t, head, ")", false);
	if (!create || !insert)
		(void)ERR_RESOURCE("no memory for the index");
	else if (run(d, create) == 0)
		rc = insert_rows(d, insert, t);
	free(create);
	free(insert);
	return rc;
}

int database_commit(struct database *d)
{
	if (run(d, "COMMIT") != 0) {
		database_abort(d);
		return -1;
	}
	int rc = sqlite3_close(d->handle);
	d->handle = NULL;
	if (rc != SQLITE_OK) {
		path_output_abort(&d->output);
		return ERR_OUTPUT("'%s': cannot be closed", d->output.path);
	}
	return path_output_commit(&d->output);
}

void database_abort(struct database *d)
{
	if (d->handle)
		sqlite3_close(d->handle);
	d->handle = NULL;
	path_output_abort(&d->output);
}

int database_check_output(const char *path, const char *table)
{
	struct table found = { 0 };
	char sql[160];
	snprintf(sql, sizeof(sql), "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '%.80s'", table);
	if (!path_exists(path))
		return 0;
	int rc = database_query(&found, path, sql) == 0 && found.n_rows == 1
			 ? 0
			 : ERR_OUTPUT("'%s' exists and is no index of xbmd: choose another name", path);
	table_free(&found);
	return rc;
}

int database_query(struct table *t, const char *path, const char *sql)
{
	int rc = -1;
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int step = SQLITE_DONE;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		(void)ERR_INPUT("'%s': %s", path, db ? sqlite3_errmsg(db) : "no memory");
		goto cleanup;
	}
	for (int c = 0; c < sqlite3_column_count(statement); c++)
		table_add_column(t, sqlite3_column_name(statement, c));
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		int64_t row = table_add_row(t);
		for (int c = 0; c < sqlite3_column_count(statement); c++)
			if (sqlite3_column_type(statement, c) != SQLITE_NULL)
				table_set(t, row, t->columns[c],
					(const char *)sqlite3_column_text(statement, c));
	}
	rc = step == SQLITE_DONE ? 0 : ERR_INPUT("'%s': %s", path, sqlite3_errmsg(db));
cleanup:
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return rc;
}
