/* xbmd dataset: renders a study's calibrated CT into a training set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gan/dataset_file.h"
#include "gan/dxa.h"
#include "gan/purpose.h"
#include "gan/render.h"
#include "gan/volumes.h"
#include "host/files/hold_out.h"
#include "host/files/json.h"
#include "host/files/study.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"
#include "host/run/rng.h"
#include "host/run/signal.h"

int cmd_dataset(int argc, char **argv);

struct job {
	struct study study;
	struct label_map map;
	struct table dxa; /* empty when the study has none */
	struct device device;
	struct dataset_writer writer;
	struct sample_view view;
	struct render_range range;
	const char *split, *hold_out; /* hold_out: NULL = splits.json */
	int64_t poses, seed;
	bool volumes;
	int64_t rendered, failed;
	float *inputs[SUBJECT_HIPS], *targets[SUBJECT_HIPS];
};

static void fill_info(double info[DATASET_INFO], const struct render_draw *draw, const struct subject_hip *hip,
	double dxa_g_cm2)
{
	const double deg_per_rad = 57.29577951308232;
	info[DATASET_KVP] = draw->kvp;
	for (int k = 0; k < 3; k++) {
		info[DATASET_RX_DEG + k] = deg_per_rad * draw->pose.rotate_rad[k];
		info[DATASET_TX_MM + k] = draw->pose.shift_mm[k];
	}
	info[DATASET_ABMD_QCT] = hip->abmd_g_cm2;
	info[DATASET_VBMD_QCT] = hip->vbmd_mg_cm3;
	info[DATASET_ABMD_DXA] = dxa_g_cm2;
}

static struct dataset_key key_of(const struct study_session *session, const struct subject_hip *hip)
{
	struct dataset_key key;
	memset(&key, 0, sizeof(key));
	memcpy(key.participant, session->participant, sizeof(key.participant));
	memcpy(key.session, session->session, sizeof(key.session));
	memcpy(key.site, session->site, sizeof(key.site));
	snprintf(key.side, sizeof(key.side), "%s", hip->side == LABEL_LEFT ? "L" : "R");
	return key;
}

/* A subject's films depend on its name and the seed alone, not on who else is in the study. */
static uint64_t stream_of(const struct study_session *session)
{
	uint64_t h = 1469598103934665603u; /* FNV-1a */
	for (const char *c = session->participant; *c; c++)
		h = (h ^ (uint8_t)*c) * 1099511628211u;
	for (const char *c = session->session; *c; c++)
		h = (h ^ (uint8_t)*c) * 1099511628211u;
	return h;
}

static int render_subject(struct job *job, const struct study_session *session, struct subject *subject)
{
	for (int64_t i = 0; i < job->poses; i++) {
		struct render_draw draw = render_draw(&job->range, subject->isocentre_mm, (uint64_t)job->seed,
			stream_of(session), i);
		if (render_film(&job->device, job->inputs, job->targets, subject, &draw, &job->view) != 0)
			return -1;
		for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
			const struct subject_hip *h = &subject->hips[hip];
			double info[DATASET_INFO];
			if (!h->usable || h->truncated)
				continue;
			struct dataset_key key = key_of(session, h);
			fill_info(info, &draw, h, dxa_find(&job->dxa, key.participant, key.session, key.side));
			if (dataset_append(&job->writer, &key, job->inputs[hip], job->targets[hip], info) != 0)
				return -1;
		}
	}
	for (int hip = 0; hip < SUBJECT_HIPS && job->volumes; hip++) {
		struct dataset_key key = key_of(session, &subject->hips[hip]);
		if (subject->hips[hip].usable && volumes_append(&job->writer.file, &key, subject, hip) != 0)
			return -1;
	}
	return 0;
}

/* A case that cannot be used is logged and counted; anything else (memory, disk) ends the run. */
static int add_session(struct job *job, const struct study_session *session)
{
	char density[PATH_BYTES], labels[PATH_BYTES];
	struct subject subject = { 0 };
	if (study_path(density, job->study.root, session, STUDY_DENSITY) != 0 ||
		study_path(labels, job->study.root, session, STUDY_LABELS) != 0)
		return -1;
	if (subject_load(&subject, &job->device, density, labels, &job->map) != 0) {
		if (err_code() != EXIT_CODE_INPUT && err_code() != EXIT_CODE_INVALID)
			return -1;
		log_warn("%s %s left out: %s", session->participant, session->session, err_message());
		job->failed++;
		return 0;
	}
	for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
		const struct subject_hip *h = &subject.hips[hip];
		if (!h->usable || h->truncated)
			log_warn("%s %s %s hip left out: %s", session->participant, session->session,
				hip == 0 ? "right" : "left", h->usable ? "the image ends inside the region" : h->reason);
	}
	int rc = render_subject(job, session, &subject);
	job->rendered++;
	subject_free(&subject);
	return rc;
}

static bool wanted(const struct job *job, const struct study_session *session)
{
	return strcmp(job->split, "all") == 0 || strcmp(job->split, session->split) == 0;
}

static int add_all(struct job *job)
{
	struct progress progress;
	int64_t total = 0;
	for (int64_t i = 0; i < job->study.n_sessions; i++)
		total += wanted(job, &job->study.sessions[i]);
	if (total == 0)
		return ERR_INVALID("%s: no session of split '%s' (splits.json; --split all takes every one)",
			job->study.root, job->split);
	progress_start(&progress, "rendering subjects", total);
	for (int64_t i = 0; i < job->study.n_sessions; i++) {
		if (!wanted(job, &job->study.sessions[i]))
			continue;
		if (signal_stop_requested())
			return ERR_STOPPED("stopped by a signal; nothing was written");
		if (add_session(job, &job->study.sessions[i]) != 0)
			return -1;
		progress_step(&progress, job->rendered + job->failed);
	}
	progress_end(&progress);
	if (job->writer.n == 0)
		return ERR_INVALID("%s: no usable hip in %lld sessions", job->study.root, (long long)total);
	return 0;
}

static int allocate_views(struct job *job)
{
	size_t pixels = (size_t)(job->view.cols * job->view.rows);
	for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
		job->inputs[hip] = malloc(pixels * sizeof(float));
		job->targets[hip] = malloc(pixels * SAMPLE_CHANNELS * sizeof(float));
		if (!job->inputs[hip] || !job->targets[hip])
			return ERR_RESOURCE("no memory for a sample of %zu pixels", pixels);
	}
	return 0;
}

static void job_free(struct job *job)
{
	for (int hip = 0; hip < SUBJECT_HIPS; hip++) {
		free(job->inputs[hip]);
		free(job->targets[hip]);
	}
	dataset_writer_free(&job->writer);
	device_close(&job->device);
	label_map_free(&job->map);
	table_free(&job->dxa);
	study_free(&job->study);
}

static int run(struct job *job, const char *study, const char *out, const char *label_map, const char *device,
	const char *options)
{
	char mark[PATH_BYTES], purpose[PURPOSE_BYTES];
	if (study_open(&job->study, study) != 0 || hold_out(&job->study, job->hold_out) != 0 ||
		purpose_of_study(purpose, study) != 0 || dxa_read(&job->dxa, study) != 0 ||
		label_map_load(&job->map, label_map) != 0 ||
		device_open(&job->device, device) != 0 || allocate_views(job) != 0 ||
		path_format(mark, "%s/truth", study) != 0)
		return -1;
	if (dataset_create(&job->writer, out, &job->view, path_is_folder(mark), options) != 0 ||
		purpose_put(&job->writer.file, purpose) != 0 || add_all(job) != 0)
		return -1;
	int64_t samples = job->writer.n;
	if (dataset_commit(&job->writer) != 0)
		return -1;
	log_info("%s: %lld samples of %lld subjects", out, (long long)samples, (long long)job->rendered);
	if (job->failed > 0)
		return ERR_PARTIAL("%lld of %lld subjects left out, see the warnings above", (long long)job->failed,
			(long long)(job->failed + job->rendered));
	return 0;
}

int cmd_dataset(int argc, char **argv)
{
	const char *study = NULL, *out = NULL, *label_map = "totalseg", *device = "auto", *split = "train";
	struct job job = { .view = sample_view_default(), .range = render_range_default(), .poses = 16, .seed = 1 };
	bool force = false;
	const struct opt table[] = {
		OPT_TEXT("study", study, OPT_REQUIRED, "STUDY", "study with calibrated CT (xbmd calibrate --study)"),
		OPT_TEXT("out", out, OPT_REQUIRED, "SET.h5", "training set to write"),
		OPT_FLAG("volumes", job.volumes, "also store each hip's density and labels"),
		OPT_TEXT("split", split, 0, "NAME", "participants to take, by splits.json; all = every one"),
		OPT_TEXT("hold-out", job.hold_out, 0, "fold=K|site=NAME",
			"cross-validation: these are split test, all others train"),
		OPT_INT("poses", job.poses, 0, "films rendered of each subject"),
		OPT_INT("seed", job.seed, 0, "seed of poses and techniques"),
		OPT_TEXT("label-map", label_map, 0, "NAME|FILE", "meaning of the labels"),
		OPT_TEXT("device", device, 0, "cpu|cuda:N|auto", "where to render"),
		OPT_FLAG("force", force, "overwrite"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "make a training set from a study's calibrated CT", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (job.poses < 1)
		return ERR_USAGE("--poses is at least 1, got %lld", (long long)job.poses);
	job.split = split;
	if (path_check_output(out, force) != 0)
		return -1;
	struct json *options = json_from_options(table);
	char *text = json_text(options);
	int rc = run(&job, study, out, label_map, device, text);
	free(text);
	json_free(options);
	job_free(&job);
	return rc;
}
