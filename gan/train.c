#include "gan/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/bundle.h"
#include "gan/checkpoint.h"
#include "gan/metrics_log.h"
#include "gan/network.h"
#include "gan/predictor.h"
#include "gan/readout.h"
#include "gan/sampler.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/signal.h"
#include "host/run/version.h"

struct training {
	const struct train_job *job;
	struct config config;
	struct dataset dataset;
	struct sampler sampler;
	struct network net;
	struct metrics_log metrics;
	struct checkpoint mark; /* what a checkpoint of this run says, step left open */
	float *x, *y;
	int64_t step;
};

/* Two sets with the same fingerprint hold the same samples in the same order, as far as their keys tell. */
static void fingerprint(char text[128], const struct dataset *d)
{
	uint64_t h = 1469598103934665603u; /* FNV-1a */
	for (int64_t i = 0; i < d->meta.n_samples; i++)
		for (const char *c = (const char *)&d->keys[i]; c < (const char *)(&d->keys[i] + 1); c++)
			h = (h ^ (uint8_t)*c) * 1099511628211u;
	snprintf(text, 128, "%lld samples %lldx%lld %016llx", (long long)d->meta.n_samples,
		(long long)d->meta.view.cols, (long long)d->meta.view.rows, (unsigned long long)h);
}

static int open_all(struct training *t, const struct device *device)
{
	if (dataset_open(&t->dataset, t->job->dataset_path) != 0)
		return -1;
	t->config = t->job->config;
	t->config.model.outputs = SAMPLE_CHANNELS;
	size_t pixels = (size_t)(t->config.batch * t->dataset.meta.view.rows * t->dataset.meta.view.cols);
	t->x = malloc(pixels * sizeof(float));
	t->y = malloc(pixels * SAMPLE_CHANNELS * sizeof(float));
	if (!t->x || !t->y)
		return ERR_RESOURCE("no memory for a batch of %lld", (long long)t->config.batch);
	if (sampler_init(&t->sampler, &t->dataset, &t->config, (uint64_t)t->job->seed) != 0)
		return -1;
	fingerprint(t->mark.dataset, &t->dataset);
	t->mark.seed = t->job->seed;
	char *config = config_text(&t->config);
	snprintf(t->mark.config, sizeof(t->mark.config), "%s", config ? config : "");
	free(config);
	return network_open(&t->net, device, &t->config, &t->dataset.meta.view, (uint64_t)t->job->seed);
}

static void close_all(struct training *t)
{
	metrics_log_close(&t->metrics);
	network_close(&t->net);
	sampler_free(&t->sampler);
	dataset_close(&t->dataset);
	free(t->x);
	free(t->y);
}

static int check_same_run(const struct training *t, const struct checkpoint *c)
{
	if (c->seed != t->mark.seed)
		return ERR_MODEL("%s: the checkpoint was trained with --seed %lld, not %lld", t->job->run,
			(long long)c->seed, (long long)t->mark.seed);
	if (strcmp(c->dataset, t->mark.dataset) != 0)
		return ERR_MODEL("%s: the checkpoint was trained on another set (%s, now %s)", t->job->run, c->dataset,
			t->mark.dataset);
	struct config then = config_default();
	if (config_parse(&then, c->config, "the checkpoint's configuration") != 0)
		return ERR_MODEL("%s: the checkpoint was written by another version: %s", t->job->run, err_message());
	then.model.outputs = t->config.model.outputs;
	const char *key = config_difference(&then, &t->config);
	if (key)
		return ERR_MODEL("%s: the configuration differs from the checkpoint's in '%s' (see config.yaml there)",
			t->job->run, key);
	return 0;
}

static int resume(struct training *t)
{
	struct safetensors tensors = { 0 };
	struct checkpoint c = { 0 };
	int found = 0, rc = -1;
	if (t->job->resume == TRAIN_FRESH)
		return checkpoint_remove_all(t->job->run);
	TRY(checkpoint_find(&c, &tensors, &found, t->job->run));
	if (!found && t->job->resume == TRAIN_RESUME) {
		ERR_MODEL("%s: nothing to resume, there is no checkpoint", t->job->run);
		goto cleanup;
	}
	if (found) {
		TRY(check_same_run(t, &c));
		if (nn_import(t->net.nn, &tensors, true) != 0) {
			err_prefix("%s: checkpoint of step %lld", t->job->run, (long long)c.step);
			goto cleanup;
		}
		t->step = c.step;
		log_info("resumed at step %lld", (long long)t->step);
	}
	rc = 0;
cleanup:
	safetensors_free(&tensors);
	return rc;
}

static int save(struct training *t)
{
	t->mark.step = t->step;
	return checkpoint_write(&t->mark, t->net.nn, t->job->run, t->config.keep_checkpoints);
}

static int log_losses(struct training *t)
{
	static const char *const generator[] = { "total", "l1", "gradient_correlation", "intensity_sum", "gan" };
	static const char *const critic[] = { "critic_real", "critic_fake" };
	if (metrics_log_begin(&t->metrics, t->step) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(generator) / sizeof(generator[0]); i++)
		metrics_log_loss(&t->metrics, t->net.generator_step, generator[i]);
	for (size_t i = 0; t->net.critic_step && i < sizeof(critic) / sizeof(critic[0]); i++)
		metrics_log_loss(&t->metrics, t->net.critic_step, critic[i]);
	return metrics_log_end(&t->metrics);
}

static int diverged(const struct training *t)
{
	return err_prefix("training diverged at step %lld (the last checkpoint is kept)", (long long)t->step);
}

/* On a GPU the losses are looked at now and then only; on the CPU nn_step() has done so. */
static int check_finite(struct training *t)
{
	struct nn_program *const programs[] = { t->net.generator_step, t->net.critic_step };
	for (int i = 0; i < 2; i++) {
		double total = NAN;
		if (programs[i] && nn_loss_value(programs[i], "total", &total) != 0)
			return -1;
		if (!programs[i] || isfinite(total))
			continue;
		if (nn_check_finite(programs[i]) == 0)
			ERR_INVALID("the loss is not finite");
		return diverged(t);
	}
	return 0;
}

static int step(struct training *t)
{
	if (sampler_batch(&t->sampler, t->step, t->x, t->y) != 0)
		return -1;
	if (network_step(&t->net, &t->config, t->step, t->x, t->y) != 0)
		return err_code() == EXIT_CODE_INVALID ? diverged(t) : -1;
	t->step++;
	return 0;
}

static int loop(struct training *t)
{
	struct progress progress;
	double saved_s = log_clock_s();
	progress_start(&progress, "training", t->config.steps - t->step);
	for (int64_t first = t->step; t->step < t->config.steps;) {
		if (step(t) != 0)
			return -1;
		progress_step(&progress, t->step - first);
		if (t->step % t->config.log_every == 0 && (check_finite(t) != 0 || log_losses(t) != 0))
			return -1;
		bool due = log_clock_s() - saved_s > 60 * t->config.checkpoint_minutes;
		bool stop = signal_stop_requested();
		if (due || stop || signal_save_requested()) {
			if (check_finite(t) != 0 || save(t) != 0)
				return -1;
			saved_s = log_clock_s();
		}
		if (stop)
			return ERR_STOPPED("stopped by a signal after step %lld; continue with --resume", (long long)t->step);
	}
	progress_end(&progress);
	return check_finite(t) != 0 ? -1 : save(t);
}

static int finish(struct training *t)
{
	struct bundle bundle = {
		.view = t->dataset.meta.view,
		.scale = t->sampler.scale,
		.config = t->config,
		.steps = t->step,
		.seed = t->job->seed,
		.synthetic = t->dataset.meta.synthetic,
	};
	struct predictor predictor = { 0 };
	snprintf(bundle.version, sizeof(bundle.version), "%s", version_text());
	if (nn_adopt_averages(t->net.nn) != 0 ||
		predictor_attach(&predictor, t->net.nn, &t->config, &bundle.view, &bundle.scale) != 0 ||
		readout_fit(&bundle, &predictor, &t->sampler) != 0)
		return -1;
	log_info("read-off on the training set: r %.3f against %s; mean grey value: r %.3f", bundle_abmd(&bundle)->r,
		bundle_reference(&bundle), bundle.baseline.r);
	return bundle_write(&bundle, t->net.nn, t->job->run);
}

int train_run(const struct train_job *job, const struct device *device)
{
	struct training t = { .job = job };
	char path[PATH_BYTES];
	int rc = -1;
	TRY(open_all(&t, device));
	TRY(path_make_folders(job->run));
	TRY(resume(&t));
	TRY(path_format(path, "%s/config.yaml", job->run));
	TRY(path_write_text(path, t.mark.config));
	TRY(path_format(path, "%s/metrics.jsonl", job->run));
	TRY(metrics_log_open(&t.metrics, path, t.step));
	TRY(loop(&t));
	TRY(finish(&t));
	rc = 0;
cleanup:
	close_all(&t);
	return rc;
}

int train_report(const struct train_job *job, const struct device *device, FILE *file)
{
	enum { STEPS = 5 };
	struct training t = { .job = job };
	int rc = -1;
	TRY(open_all(&t, device));
	TRY(sampler_batch(&t.sampler, 0, t.x, t.y));
	TRY(network_step(&t.net, &t.config, 0, t.x, t.y));
	TRY(nn_profile(t.net.generator_step, STEPS, file));
	if (t.net.critic_step)
		TRY(nn_profile(t.net.critic_step, STEPS, file));
	rc = 0;
cleanup:
	close_all(&t);
	return rc;
}
