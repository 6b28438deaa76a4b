#include "gan/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

enum { CHECKPOINT_LIMIT = 4096 };

static int descending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x < y) - (x > y);
}

/* Steps of the checkpoints present, newest first. */
static int list(int64_t steps[CHECKPOINT_LIMIT], const char *run)
{
	char folder[PATH_BYTES];
	int n = 0;
	if (path_format(folder, "%s/checkpoints", run) != 0)
		return 0;
	DIR *d = opendir(folder);
	for (struct dirent *e = d ? readdir(d) : NULL; e && n < CHECKPOINT_LIMIT; e = readdir(d)) {
		char *end = NULL;
		if (strncmp(e->d_name, "step-", 5) != 0)
			continue;
		long long step = strtoll(e->d_name + 5, &end, 10);
		if (strcmp(end, ".safetensors") == 0)
			steps[n++] = step;
	}
	if (d)
		closedir(d);
	qsort(steps, (size_t)n, sizeof(steps[0]), descending);
	return n;
}

static int file_name(char path[PATH_BYTES], const char *run, int64_t step)
{
	return path_format(path, "%s/checkpoints/step-%08lld.safetensors", run, (long long)step);
}

static int remove_from(const char *run, int first)
{
	int64_t steps[CHECKPOINT_LIMIT];
	char path[PATH_BYTES];
	for (int i = first, n = list(steps, run); i < n; i++)
		if (file_name(path, run, steps[i]) != 0 || unlink(path) != 0)
			return ERR_OUTPUT("cannot remove '%s': %s", path, strerror(errno));
	return 0;
}

int checkpoint_remove_all(const char *run)
{
	return remove_from(run, 0);
}

int checkpoint_write(const struct checkpoint *c, struct nn *nn, const char *run, int64_t keep)
{
	struct safetensors tensors = { 0 };
	char path[PATH_BYTES], number[32];
	int rc = -1;
	TRY(file_name(path, run, c->step));
	TRY(path_make_parent(path));
	TRY(nn_export(nn, &tensors, true));
	snprintf(number, sizeof(number), "%lld", (long long)c->step);
	safetensors_add_meta(&tensors, "train.step", number);
	snprintf(number, sizeof(number), "%lld", (long long)c->seed);
	safetensors_add_meta(&tensors, "train.seed", number);
	safetensors_add_meta(&tensors, "train.config", c->config);
	safetensors_add_meta(&tensors, "train.dataset", c->dataset);
	TRY(safetensors_write(&tensors, path));
	TRY(remove_from(run, (int)keep));
	rc = 0;
cleanup:
	safetensors_free(&tensors);
	return rc;
}

static int read_one(struct checkpoint *c, struct safetensors *tensors, const char *path)
{
	if (safetensors_read(tensors, path) != 0)
		return -1;
	const char *step = safetensors_meta(tensors, "train.step"), *seed = safetensors_meta(tensors, "train.seed");
	const char *config = safetensors_meta(tensors, "train.config"), *dataset = safetensors_meta(tensors, "train.dataset");
	if (!step || !seed || !config || !dataset)
		return ERR_MODEL("%s: not a checkpoint of a training run", path);
	c->step = strtoll(step, NULL, 10);
	c->seed = strtoll(seed, NULL, 10);
	snprintf(c->config, sizeof(c->config), "%s", config);
	snprintf(c->dataset, sizeof(c->dataset), "%s", dataset);
	return 0;
}

int checkpoint_find(struct checkpoint *c, struct safetensors *tensors, int *found, const char *run)
{
	int64_t steps[CHECKPOINT_LIMIT];
	char path[PATH_BYTES];
	*found = 0;
	for (int i = 0, n = list(steps, run); i < n && !*found; i++) {
		if (file_name(path, run, steps[i]) != 0)
			return -1;
		if (read_one(c, tensors, path) == 0) {
			*found = 1;
		} else {
			log_warn("passing over a damaged checkpoint: %s", err_message());
			safetensors_free(tensors);
			memset(tensors, 0, sizeof(*tensors));
		}
	}
	return 0;
}
