#include "gan/metrics_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* Copies the complete lines whose step is at most `step`. */
static int keep_until(const char *path, int64_t step)
{
	struct path_output out;
	char *text = NULL;
	size_t bytes = 0;
	if (path_read_text(&text, &bytes, path) != 0 || path_output_open(&out, path) != 0) {
		free(text);
		return -1;
	}
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		struct json *record = NULL;
		int64_t at = step + 1;
		if (json_parse(&record, line, (size_t)(end - line), path) == 0 &&
			json_get_integer(record, "step", path, &at) == 0 && at <= step)
			fwrite(line, 1, (size_t)(end - line) + 1, out.file);
		json_free(record);
	}
	free(text);
	return path_output_commit(&out);
}

int metrics_log_open(struct metrics_log *m, const char *path, int64_t step)
{
	memset(m, 0, sizeof(*m));
	if (step > 0 && path_exists(path) && keep_until(path, step) != 0)
		return -1;
	snprintf(m->path, sizeof(m->path), "%s", path);
	m->file = fopen(path, step > 0 ? "a" : "w");
	return m->file ? 0 : ERR_OUTPUT("cannot write '%s': %s", path, strerror(errno));
}

int metrics_log_begin(struct metrics_log *m, int64_t step)
{
	m->line = json_object();
	json_put_integer(m->line, "step", step);
	return 0;
}

void metrics_log_loss(struct metrics_log *m, struct nn_program *p, const char *name)
{
	double value = 0;
	if (nn_loss_value(p, name, &value) == 0)
		json_put_number(m->line, name, value);
}

int metrics_log_end(struct metrics_log *m)
{
	char *text = json_text(m->line);
	int written = text ? fprintf(m->file, "%s\n", text) : -1;
	free(text);
	json_free(m->line);
	m->line = NULL;
	if (written < 0 || fflush(m->file) != 0)
		return ERR_OUTPUT("cannot write '%s': %s", m->path, strerror(errno));
	return 0;
}

void metrics_log_close(struct metrics_log *m)
{
	if (m->file)
		fclose(m->file);
	json_free(m->line);
	memset(m, 0, sizeof(*m));
}
