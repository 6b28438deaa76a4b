/* xbmd train: trains the decomposition network on a training set. */
#include <stdio.h>
#include <string.h>

#include "gan/purpose.h"
#include "gan/train.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/opt.h"

int cmd_train(int argc, char **argv);

static int resume_mode(const char *text, enum train_resume *mode)
{
	*mode = TRAIN_FRESH;
	if (text && strcmp(text, "yes") == 0)
		*mode = TRAIN_RESUME;
	else if (text && strcmp(text, "auto") == 0)
		*mode = TRAIN_RESUME_AUTO;
	else if (text)
		return ERR_USAGE("--resume takes no value or 'auto', got '%s'", text);
	return 0;
}

int cmd_train(int argc, char **argv)
{
	const char *dataset = NULL, *out = NULL, *config = NULL, *resume = NULL, *device_spec = "auto";
	int64_t steps = 0, seed = 1;
	bool force = false, report = false;
	const struct opt table[] = {
		OPT_TEXT("dataset", dataset, OPT_REQUIRED, "SET.h5", "training set"),
		OPT_TEXT("out", out, OPT_REQUIRED, "RUN", "folder for checkpoints, metrics and the model"),
		OPT_TEXT("config", config, 0, "FILE.yaml", "training configuration (a run's config.yaml lists every key)"),
		OPT_INT("steps", steps, 0, "training steps; 0 = as configured"),
		OPT_TEXT_OR_BARE("resume", resume, 0, "auto", "continue from the newest checkpoint; =auto: start anew when "
							      "there is none", "yes"),
		OPT_TEXT("device", device_spec, 0, "cpu|cuda:N|auto", "where to train"),
		OPT_INT("seed", seed, 0, "seed of weights, order and augmentation"),
		OPT_FLAG("force", force, "start anew in a folder that holds a run"),
		OPT_FLAG("report", report, "print memory, FLOP and time of each operator of a step, and stop"),
		OPT_END,
	};
	struct train_job job = { 0 };
	struct device device;
	char path[PATH_BYTES];
	int go = opt_parse(argc, argv, "train the decomposition network", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	job.run = out;
	job.dataset_path = dataset;
	job.seed = seed;
	job.config = config_default();
	if (resume_mode(resume, &job.resume) != 0 || (config && config_read(&job.config, config) != 0))
		return -1;
	if (steps < 0)
		return ERR_USAGE("--steps is at least 1, got %lld", (long long)steps);
	if (steps > 0)
		job.config.steps = steps;
	if (path_format(path, "%s/config.yaml", out) != 0)
		return -1;
	if (!report && job.resume == TRAIN_FRESH && path_exists(path) && !force)
		return ERR_OUTPUT("%s holds a run already: --resume continues it, --force starts anew", out);
	if (purpose_check_set(dataset) != 0 || device_open(&device, device_spec) != 0)
		return -1;
	int rc = report ? train_report(&job, &device, stdout) : train_run(&job, &device);
	device_close(&device);
	return rc;
}
