/* xbmd predict: measures BMD on one film, or on the films of a study. */
#include <stdlib.h>
#include <string.h>

#include "gan/predict.h"
#include "host/files/hold_out.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/files/study.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"
#include "host/run/signal.h"
#include "host/run/version.h"

int cmd_predict(int argc, char **argv);

struct job {
	const char *run, *xray, *study, *split, *hold_out, *out, *maps;
	struct device device;
	struct predictor predictor;
	struct bundle bundle;
	struct table table;
	int64_t done, failed;
};

static int predict_film_of(struct job *job, const struct study *study, const struct study_session *session)
{
	char path[PATH_BYTES];
	struct true_maps truth = { 0 };
	const struct predict_subject subject = { session->participant, session->session, session->site };
	int rc = -1;
	TRY(study_path(path, study->root, session, STUDY_XRAY));
	if (job->maps)
		TRY(true_maps_make(&truth, &job->device, study->root, session, &job->predictor.view));
	TRY(predict_film(&job->table, &job->predictor, &job->bundle, path, &subject, job->maps, &truth));
	rc = 0;
cleanup:
	true_maps_free(&truth);
	return rc;
}

/* A film that cannot be read is logged and counted; anything else (memory, disk) ends the run. */
static int predict_session(struct job *job, const struct study *study, const struct study_session *session)
{
	if (predict_film_of(job, study, session) != 0) {
		if (err_code() != EXIT_CODE_INPUT && err_code() != EXIT_CODE_INVALID)
			return -1;
		log_warn("%s %s left out: %s", session->participant, session->session, err_message());
		job->failed++;
		return 0;
	}
	job->done++;
	return 0;
}

static int predict_study(struct job *job)
{
	struct study study = { 0 };
	int rc = -1;
	TRY(study_open(&study, job->study));
	TRY(hold_out(&study, job->hold_out));
	for (int64_t i = 0; i < study.n_sessions; i++) {
		if (strcmp(job->split, "all") != 0 && strcmp(job->split, study.sessions[i].split) != 0)
			continue;
		if (signal_stop_requested()) {
			ERR_STOPPED("stopped by a signal; nothing was written");
			goto cleanup;
		}
		TRY(predict_session(job, &study, &study.sessions[i]));
	}
	if (job->done == 0) {
		ERR_INVALID("%s: no film of split '%s' could be measured", job->study, job->split);
		goto cleanup;
	}
	TRY(predict_join_study(&job->table, job->study));
	rc = 0;
cleanup:
	study_free(&study);
	return rc;
}

static int write_results(const struct job *job, const struct opt *options)
{
	char sidecar[PATH_BYTES];
	struct json *root = json_object();
	int rc = -1;
	TRY(path_sidecar(sidecar, job->out));
	json_put_text(root, "version", version_text());
	json_put_text(root, "device", job->device.name);
	json_put(root, "options", json_from_options(options));
	json_put(root, "model", bundle_to_json(&job->bundle));
	json_put_text(root, "abmd_reference", bundle_reference(&job->bundle));
	json_put_integer(root, "films", job->done);
	json_put_integer(root, "films_left_out", job->failed);
	TRY(json_write(root, sidecar));
	TRY(table_write(&job->table, job->out));
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

static int run(struct job *job, const char *device_spec, const struct opt *options)
{
	const struct predict_subject unknown = { "n/a", "n/a", "n/a" };
	if (device_open(&job->device, device_spec) != 0 ||
		predictor_open(&job->predictor, &job->bundle, &job->device, job->run) != 0)
		return -1;
	if (predict_start_table(&job->table, job->study) != 0)
		return -1;
	int rc = job->study ? predict_study(job)
			    : predict_film(&job->table, &job->predictor, &job->bundle, job->xray, &unknown, job->maps,
				      NULL);
	if (rc != 0)
		return -1;
	job->done += job->study ? 0 : 1;
	if (write_results(job, options) != 0)
		return -1;
	log_info("%s: %lld hips", job->out, (long long)job->table.n_rows);
	return job->failed == 0 ? 0 : ERR_PARTIAL("%lld films left out, see the warnings above", (long long)job->failed);
}

int cmd_predict(int argc, char **argv)
{
	struct job job = { .split = "test" };
	const char *device = "auto";
	bool force = false;
	const struct opt table[] = {
		OPT_TEXT("run", job.run, OPT_REQUIRED, "RUN", "folder with the trained model"),
		OPT_TEXT("xray", job.xray, 0, "FILE", "radiograph, NIfTI -ln(I/I0); several frames are several films"),
		OPT_TEXT("study", job.study, 0, "STUDY", "measure a study's films instead"),
		OPT_TEXT("split", job.split, 0, "NAME", "participants of the study, by splits.json; all = every one"),
		OPT_TEXT("hold-out", job.hold_out, 0, "fold=K|site=NAME",
			"cross-validation: these are split test, as for the dataset that was trained on"),
		OPT_TEXT("out", job.out, OPT_REQUIRED, "FILE.csv", "one row a hip"),
		OPT_TEXT("maps", job.maps, 0, "DIR",
			"also write each hip's view and maps, of a synthetic study the true ones, too: for xbmd report --maps"),
		OPT_TEXT("device", device, 0, "cpu|cuda:N|auto", "where to compute"),
		OPT_FLAG("force", force, "overwrite"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "measure BMD on radiographs", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (!job.xray == !job.study)
		return ERR_USAGE("give either --xray or --study");
	if (job.hold_out && !job.study)
		return ERR_USAGE("--hold-out needs a --study");
	if (path_check_output(job.out, force) != 0)
		return -1;
	int rc = run(&job, device, table);
	predictor_close(&job.predictor);
	table_free(&job.table);
	device_close(&job.device);
	return rc;
}
