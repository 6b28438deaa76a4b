#include "host/run/opt.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/log.h"

static const struct opt *given_table;
static bool given[OPT_TABLE_LIMIT];

const char *opt_text(const struct opt *o, char *text, size_t bytes)
{
	const double *v = o->value;
	const int64_t *n = o->value;
	switch (o->kind) {
	case OPT_KIND_FLAG:
		snprintf(text, bytes, "%s", *(bool *)o->value ? "yes" : "no");
		break;
	case OPT_KIND_INT:
		snprintf(text, bytes, "%lld", (long long)*n);
		break;
	case OPT_KIND_DOUBLE:
		snprintf(text, bytes, isnan(*v) ? "n/a" : "%.15g", *v); /* NaN = no default */
		break;
	case OPT_KIND_VEC3:
		if (isnan(v[0]))
			snprintf(text, bytes, "n/a");
		else
			snprintf(text, bytes, "%.15g,%.15g,%.15g", v[0], v[1], v[2]);
		break;
	case OPT_KIND_SIZE:
		snprintf(text, bytes, "%lldx%lld", (long long)n[0], (long long)n[1]);
		break;
	case OPT_KIND_TEXT:
	case OPT_KIND_CHOICE: {
		const char *value = *(const char **)o->value;
		snprintf(text, bytes, "%s", value ? value : "n/a");
		break;
	}
	case OPT_KIND_END:
		BUG("no option");
	}
	return text;
}

void opt_help(FILE *out, const char *verb, const char *summary, const struct opt *table)
{
	fprintf(out, "xbmd %s: %s\n\nusage: xbmd %s", verb, summary, verb);
	for (const struct opt *o = table; o->kind != OPT_KIND_END; o++)
		if (o->flags & OPT_REQUIRED)
			fprintf(out, " --%s %s", o->name, o->arg);
	fputs(" [options]\n\n", out);
	const struct opt *o = table;
	for (; o->kind != OPT_KIND_END; o++) {
		char left[96], value[256];
		snprintf(left, sizeof(left), o->optional_value ? "--%s [=%s]" : "--%s %s", o->name, o->arg);
		fprintf(out, "  %-36s %s", left, o->help);
		if (o->flags & OPT_REQUIRED)
			fputs(" (required)", out);
		else if (strcmp(opt_text(o, value, sizeof(value)), "n/a") != 0)
			fprintf(out, " (default %s)", value);
		fputc('\n', out);
	}
	fputs("  --quiet, -q                          warnings only\n"
	      "  --verbose, -v                        more log lines\n"
	      "  --help, -h                           this text\n",
		out);
	if (o->help)
		fprintf(out, "\n%s", o->help);
}

void opt_list_add(struct opt_list *list, const struct opt *table)
{
	for (; table->kind != OPT_KIND_END; table++) {
		if (list->n == OPT_TABLE_LIMIT)
			BUG("no room for --%s among %d options", table->name, OPT_TABLE_LIMIT);
		list->option[list->n++] = *table;
	}
	list->option[list->n] = *table;
}

static int parse_int(const char *name, const char *text, int64_t *value)
{
	char *end = NULL;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (end == text || *end || errno)
		return ERR_USAGE("--%s wants a whole number, got '%s'", name, text);
	*value = v;
	return 0;
}

static int parse_double(const char *name, const char *text, double *value)
{
	char *end = NULL;
	double v = strtod(text, &end);
	if (end == text || *end || !isfinite(v))
		return ERR_USAGE("--%s wants a finite number, got '%s'", name, text);
	*value = v;
	return 0;
}

static int parse_vec3(const char *name, const char *text, double value[3])
{
	const char *at = text;
	for (int i = 0; i < 3; i++) {
		char *end = NULL;
		double v = strtod(at, &end);
		if (end == at || !isfinite(v) || *end != (i < 2 ? ',' : '\0'))
			return ERR_USAGE("--%s wants three numbers x,y,z, got '%s'", name, text);
		value[i] = v;
		at = end + 1;
	}
	return 0;
}

static int parse_size(const char *name, const char *text, int64_t value[2])
{
	char *end = NULL;
	errno = 0;
	long long cols = strtoll(text, &end, 10), rows = 0;
	const char *second = *end == 'x' ? end + 1 : "";
	char *last = NULL;
	rows = strtoll(second, &last, 10);
	if (last == second || *last || errno || cols < 1 || rows < 1 || cols > 65535 || rows > 65535)
		return ERR_USAGE("--%s wants COLSxROWS, each 1..65535, got '%s'", name, text);
	value[0] = cols;
	value[1] = rows;
	return 0;
}

static bool is_choice(const char *choices, const char *text)
{
	size_t length = strcspn(text, "|");
	if (length == 0 || text[length])
		return false;
	for (const char *at = choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
		if (strncmp(at, text, length) == 0 && (at[length] == '|' || at[length] == '\0'))
			return true;
	return false;
}

static int store(const struct opt *o, const char *text)
{
	switch (o->kind) {
	case OPT_KIND_INT:
		return parse_int(o->name, text, o->value);
	case OPT_KIND_DOUBLE:
		return parse_double(o->name, text, o->value);
	case OPT_KIND_VEC3:
		return parse_vec3(o->name, text, o->value);
	case OPT_KIND_SIZE:
		return parse_size(o->name, text, o->value);
	case OPT_KIND_CHOICE:
		if (!is_choice(o->arg, text))
			return ERR_USAGE("--%s is one of %s, got '%s'", o->name, o->arg, text);
		*(const char **)o->value = text;
		return 0;
	case OPT_KIND_TEXT:
		if (!*text)
			return ERR_USAGE("--%s wants a value, got an empty one", o->name);
		*(const char **)o->value = text;
		return 0;
	case OPT_KIND_FLAG:
	case OPT_KIND_END:
		break;
	}
	BUG("option kind %d stores nothing", (int)o->kind);
}

/* Matches "--name" or "--name=value"; *value is the text behind '=' or NULL. */
static const struct opt *find(const struct opt *table, const char *word, const char **value)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	*value = equals ? equals + 1 : NULL;
	for (const struct opt *o = table; o->kind != OPT_KIND_END; o++)
		if (strlen(o->name) == length && strncmp(o->name, word, length) == 0)
			return o;
	return NULL;
}

static int parse_one(int argc, char **argv, int *i, const struct opt *table)
{
	const char *word = argv[*i], *value = NULL;
	if (strncmp(word, "--", 2) != 0 || !word[2])
		return ERR_USAGE("unexpected argument '%s' (see xbmd %s --help)", word, argv[0]);
	const struct opt *o = find(table, word + 2, &value);
	if (!o)
		return ERR_USAGE("unknown option '%s' (see xbmd %s --help)", word, argv[0]);
	if (given[o - table])
		return ERR_USAGE("--%s is given twice", o->name);
	given[o - table] = true;
	if (o->kind == OPT_KIND_FLAG) {
		if (value)
			return ERR_USAGE("--%s takes no value", o->name);
		*(bool *)o->value = true;
		return 0;
	}
	/* A word that looks like an option is never taken for a value: `--out --force` forgot the file. */
	const char *next = *i + 1 < argc ? argv[*i + 1] : "--";
	if (!value && o->optional_value) {
		value = next[0] == '-' ? o->optional_value : argv[++*i];
	} else if (!value) {
		if (strncmp(next, "--", 2) == 0)
			return ERR_USAGE("--%s wants a value (one that begins with -- as --%s=VALUE)", o->name, o->name);
		value = argv[++*i];
	}
	return store(o, value);
}

int opt_parse(int argc, char **argv, const char *summary, const struct opt *table)
{
	int64_t n = 0;
	while (table[n].kind != OPT_KIND_END)
		if (++n > OPT_TABLE_LIMIT)
			BUG("option table of %s is too long", argv[0]);
	given_table = table;
	memset(given, 0, sizeof(given));
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			opt_help(stdout, argv[0], summary, table);
			return 1;
		}
		if (strcmp(argv[i], "--quiet") == 0 || strcmp(argv[i], "-q") == 0)
			log_set_level(LOG_QUIET);
		else if (strcmp(argv[i], "--verbose") == 0 || strcmp(argv[i], "-v") == 0)
			log_set_level(LOG_VERBOSE);
		else if (parse_one(argc, argv, &i, table) != 0)
			return -1;
	}
	for (const struct opt *o = table; o->kind != OPT_KIND_END; o++)
		if ((o->flags & OPT_REQUIRED) && !given[o - table])
			return ERR_USAGE("--%s is missing (see xbmd %s --help)", o->name, argv[0]);
	return 0;
}

bool opt_given(const struct opt *table, const char *name)
{
	const char *unused = NULL;
	const struct opt *o = find(table, name, &unused);
	if (!o || table != given_table)
		BUG("opt_given('%s') asks about an option that was not parsed", name);
	return given[o - table];
}

bool opt_any_given(const struct opt *table, int64_t n)
{
	const int64_t first = table - given_table;
	if (first < 0 || first + n > OPT_TABLE_LIMIT)
		BUG("opt_any_given() asks about options that were not parsed");
	for (int64_t i = first; i < first + n; i++)
		if (given[i])
			return true;
	return false;
}
