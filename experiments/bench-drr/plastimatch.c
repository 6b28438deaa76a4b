#include "experiments/bench-drr/plastimatch.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments/bench-drr/bench.h"
#include "host/files/path.h"
#include "host/run/err.h"

extern char **environ;

/* Its line integrals are a tenth of value x mm (mm taken to cm). */
#define MM_PER_UNIT 10.0F

static void path_in(char path[PATH_BYTES], const char *folder, const char *name)
{
	snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

int plastimatch_write(const char *folder, const struct volume *v)
{
	char path[PATH_BYTES];
	int64_t count = volume_count(v), slice = v->n[0] * v->n[1];
	int16_t *line = malloc((size_t)slice * sizeof(*line));
	path_in(path, folder, "volume.mha");
	FILE *f = fopen(path, "wb");
	if (!f || !line) {
		free(line);
		if (f)
			fclose(f);
		return ERR("cannot write '%s'", path);
	}
	fprintf(f,
		"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
		"TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = %g %g %g\nElementSpacing = %g %g %g\n"
		"DimSize = %lld %lld %lld\nElementType = MET_SHORT\nElementDataFile = LOCAL\n",
		-v->to_world[0][3], -v->to_world[1][3], v->to_world[2][3], -v->to_world[0][0],
		-v->to_world[1][1], v->to_world[2][2], (long long)v->n[0], (long long)v->n[1],
		(long long)v->n[2]);
	for (int64_t at = 0; at < count; at += slice) {
		for (int64_t i = 0; i < slice; i++)
			line[i] = (int16_t)volume_f32(v)[at + i];
		fwrite(line, sizeof(*line), (size_t)slice, f);
	}
	free(line);
	return fclose(f) == 0 ? 0 : ERR("cannot write '%s'", path);
}

/* Runs argv with its output in `log`; times it. */
static int spawn(struct plastimatch_run *run, const char *const *argv, const char *log)
{
	posix_spawn_file_actions_t actions;
	struct rusage used;
	pid_t child;
	int status;
	struct bench_time start = bench_clock();
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	/* posix_spawnp's argv is not const only for history's sake. */
	int failed = posix_spawnp(&child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return ERR("cannot run '%s': %s", argv[0], strerror(failed));
	if (wait4(child, &status, 0, &used) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return ERR("'%s' failed, see '%s'", argv[0], log);
	run->wall_s = bench_clock().wall_s - start.wall_s;
	run->cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		     1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	return 0;
}

static int total_time(double *seconds, const char *log)
{
	char line[256];
	FILE *f = fopen(log, "r");
	*seconds = -1;
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "Total time: %lf", seconds);
	if (f)
		fclose(f);
	return *seconds >= 0 ? 0 : ERR("no total time in '%s'", log);
}

int plastimatch_drr(struct plastimatch_run *run, const char *folder, const struct geometry *g, int n_images,
	double step_deg, enum plastimatch_values values)
{
	char size[64], mm[64], sad[32], sid[32], n[16], step[32];
	char in[PATH_BYTES], out[PATH_BYTES], log[PATH_BYTES];
	/* Its help says rows first; it means columns. */
	snprintf(size, sizeof(size), "%lld %lld", (long long)g->cols, (long long)g->rows);
	snprintf(mm, sizeof(mm), "%g %g", (double)g->cols * g->pixel_mm, (double)g->rows * g->pixel_mm);
	snprintf(sad, sizeof(sad), "%g", g->sod_mm);
	snprintf(sid, sizeof(sid), "%g", g->sdd_mm);
	snprintf(n, sizeof(n), "%d", n_images);
	snprintf(step, sizeof(step), "%g", step_deg);
	path_in(in, folder, "volume.mha");
	path_in(out, folder, "image_");
	path_in(log, folder, "log");
	const char *argv[] = { "plastimatch", "drr", "-i", "exact", "-P",
		values == PLASTIMATCH_PREPROCESS ? "preprocess" : "none", "-t", "pfm", "-r", size, "-z", mm,
		"--sad", sad, "--sid", sid, "-a", n, "-N", step, "-O", out, in, NULL };
	return spawn(run, argv, log) != 0 ? -1 : total_time(&run->total_s, log);
}

int plastimatch_image(float *image, const char *folder, int index, const struct geometry *g)
{
	char name[32], path[PATH_BYTES];
	long long cols, rows;
	const size_t line = (size_t)g->cols;
	snprintf(name, sizeof(name), "image_%04d.pfm", index);
	path_in(path, folder, name);
	FILE *f = fopen(path, "rb");
	bool ok = f && fscanf(f, "Pf %lld %lld -1", &cols, &rows) == 2 && fgetc(f) == '\n' &&
		  cols == g->cols && rows == g->rows;
	for (int64_t r = 0; ok && r < g->rows; r++)
		ok = fread(image + r * g->cols, sizeof(float), line, f) == line;
	for (int64_t i = 0; ok && i < g->cols * g->rows; i++)
		image[i] *= MM_PER_UNIT;
	if (f)
		fclose(f);
	return ok ? 0 : ERR("'%s' is not the image that was asked for", path);
}
