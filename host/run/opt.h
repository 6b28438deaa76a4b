/*
 * Command-line options as a table.  The table is the only place that knows an option: parsing, --help
 * (with the variables' true defaults) and the record written beside the results all derive from it.
 *
 *	double sdd_mm = 1000.0;
 *	const struct opt table[] = {
 *		OPT_TEXT("out", out, OPT_REQUIRED, "FILE", "projection to write"),
 *		OPT_DOUBLE("sdd-mm", sdd_mm, 0, "source-detector distance, mm"),
 *		OPT_END };
 *	int go = opt_parse(argc, argv, "render radiographs from a CT volume", table);
 *	if (go != 0) return go < 0 ? -1 : 0;      (1 = help was printed)
 *
 * Long options only, `--name value` or `--name=value`.  Every verb also takes --help, -q/--quiet, -v/--verbose.
 */
#ifndef HOST_RUN_OPT_H
#define HOST_RUN_OPT_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif

enum opt_kind {
	OPT_KIND_END,
	OPT_KIND_FLAG,   /* bool */
	OPT_KIND_INT,    /* int64_t */
	OPT_KIND_DOUBLE, /* double, finite */
	OPT_KIND_TEXT,   /* const char *, NULL = not given */
	OPT_KIND_CHOICE, /* const char *, one of the words in arg, "a|b|c" */
	OPT_KIND_VEC3,   /* double[3], "x,y,z" */
	OPT_KIND_SIZE,   /* int64_t[2], "COLSxROWS", both > 0 */
};
enum { OPT_REQUIRED = 1 }; /* missing is a usage error */

struct opt {
	enum opt_kind kind;
	const char *name; /* "sdd-mm" for --sdd-mm */
	void *value;      /* holds the default before, the given value after opt_parse() */
	int flags;
	const char *arg;  /* word shown after the name; for CHOICE the choices */
	const char *help;
	const char *optional_value; /* for TEXT: value taken when given bare as `--name`, else NULL */
};

/* _Generic makes a variable of the wrong type a compile error. */
#define OPT_FLAG(name, var, help) { OPT_KIND_FLAG, name, _Generic(&(var), bool *: &(var)), 0, "", help, 0 }
#define OPT_INT(name, var, flags, help)                                                                      \
	{ OPT_KIND_INT, name, _Generic(&(var), int64_t *: &(var)), flags, "N", help, 0 }
#define OPT_DOUBLE(name, var, flags, help)                                                                   \
	{ OPT_KIND_DOUBLE, name, _Generic(&(var), double *: &(var)), flags, "X", help, 0 }
#define OPT_TEXT(name, var, flags, arg, help)                                                                \
	{ OPT_KIND_TEXT, name, _Generic(&(var), const char **: &(var)), flags, arg, help, 0 }
#define OPT_TEXT_OR_BARE(name, var, flags, arg, help, bare)                                                  \
	{ OPT_KIND_TEXT, name, _Generic(&(var), const char **: &(var)), flags, arg, help, bare }
#define OPT_CHOICE(name, var, flags, choices, help)                                                          \
	{ OPT_KIND_CHOICE, name, _Generic(&(var), const char **: &(var)), flags, choices, help, 0 }
#define OPT_VEC3(name, var, flags, help)                                                                     \
	{ OPT_KIND_VEC3, name, _Generic(&(var), double(*)[3]: &(var)), flags, "X,Y,Z", help, 0 }
#define OPT_SIZE(name, var, flags, help)                                                                     \
	{ OPT_KIND_SIZE, name, _Generic(&(var), int64_t(*)[2]: &(var)), flags, "COLSxROWS", help, 0 }
#define OPT_END { OPT_KIND_END, 0, 0, 0, 0, 0, 0 }
/* The end with text for --help to print below the options. */
#define OPT_END_NOTES(text) { OPT_KIND_END, 0, 0, 0, 0, text, 0 }

/* A verb with many options has a table for each theme and joins them: opt_parse(argc, argv, summary, list.option). */
enum { OPT_TABLE_LIMIT = 64 };
struct opt_list {
	struct opt option[OPT_TABLE_LIMIT + 1]; /* (n), then the last table's end */
	int64_t n;
};
/* Behind the options that are there. */
void opt_list_add(struct opt_list *list, const struct opt *table);

/* argv[0] is the verb.  0 = go on, 1 = help was printed, -1 = usage error (err_message()). */
int opt_parse(int argc, char **argv, const char *summary, const struct opt *table);
/* True when the last opt_parse() of this process saw the option on the command line. */
bool opt_given(const struct opt *table, const char *name);
/* The same of any of the n options from `table` on, which is a place in the table that was parsed. */
bool opt_any_given(const struct opt *table, int64_t n);
void opt_help(FILE *out, const char *verb, const char *summary, const struct opt *table);
/* Writes the current value as text ("n/a" for NULL) into text[bytes]; returns text. */
const char *opt_text(const struct opt *option, char *text, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
