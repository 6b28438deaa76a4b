/* Tables as an SQLite file, whole or absent; the only file that knows SQLite is database.c. */
#ifndef EVAL_DATABASE_H
#define EVAL_DATABASE_H
#include "host/files/path.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct database {
	void *handle;
	struct path_output output;
};
/* Writes go to a temporary name beside path. */
int database_create(struct database *d, const char *path);
/* A table of that name with the columns of t: numbers as REAL, "n/a" as NULL, the rest as TEXT. */
int database_add(struct database *d, const char *name, const struct table *t);
int database_commit(struct database *d);
void database_abort(struct database *d); /* nothing after a commit */
/* ERR_OUTPUT when there is a file at path that holds no such table: it is somebody else's, and stays. */
int database_check_output(const char *path, const char *table);
/* The answer of one query, for reading an index back; t is empty before.  The file is opened read-only. */
int database_query(struct table *t, const char *path, const char *sql);
#ifdef __cplusplus
}
#endif
#endif
