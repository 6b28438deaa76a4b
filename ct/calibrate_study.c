/* calibrate_study(): every CT of a study, one bad case never stopping the others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ct/calibrate_case.h"
#include "host/files/study.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/signal.h"
#include "host/run/thread.h"

enum outcome { NO_CT, SKIPPED, WRITTEN, FAILED, STOPPED, OUTCOMES };
struct result {
	enum outcome outcome;
	char reason[1024];
};

static bool is_done(const char *density_path)
{
	char sidecar[PATH_BYTES];
	return path_exists(density_path) && path_sidecar(sidecar, density_path) == 0 && path_exists(sidecar);
}

static int run_session(enum outcome *outcome, const struct calibrate_settings *s, const char *root,
	const struct study_session *session, bool force)
{
	char ct[PATH_BYTES], labels[PATH_BYTES], density[PATH_BYTES];
	*outcome = FAILED;
	if (study_path(ct, root, session, STUDY_CT) != 0 ||
		study_path(labels, root, session, STUDY_LABELS) != 0 ||
		study_path(density, root, session, STUDY_DENSITY) != 0)
		return -1;
	if (!path_exists(ct)) {
		*outcome = NO_CT;
		return 0;
	}
	if (!force && is_done(density)) {
		*outcome = SKIPPED;
		return 0;
	}
	bool without_labels = (s->line_given || s->find_rods) && !path_exists(labels);
	const struct calibrate_outputs outputs = { .density = density };
	if (calibrate_case(s, ct, without_labels ? NULL : labels, &outputs) != 0)
		return -1;
	*outcome = WRITTEN;
	return 0;
}

/* failures.tsv as this run leaves it: absent when nothing failed. */
static int write_failures(const struct study *study, const struct result *results, int64_t failed)
{
	char path[PATH_BYTES];
	struct table t = { 0 };
	if (path_format(path, "%s/derivatives/xbmd/failures.tsv", study->root) != 0)
		return -1;
	unlink(path);
	if (failed == 0)
		return 0;
	table_add_column(&t, "participant_id");
	table_add_column(&t, "session");
	table_add_column(&t, "stage");
	table_add_column(&t, "reason");
	for (int64_t i = 0; i < study->n_sessions; i++) {
		if (results[i].outcome != FAILED)
			continue;
		int64_t row = table_add_row(&t);
		table_set(&t, row, "participant_id", study->sessions[i].participant);
		table_set(&t, row, "session", study->sessions[i].session);
		table_set(&t, row, "stage", "calibrate");
		table_set(&t, row, "reason", results[i].reason);
	}
	int rc = path_make_parent(path);
	if (rc == 0)
		rc = table_write(&t, path);
	table_free(&t);
	return rc;
}

/* Errors are per thread, so each session's is copied where it happened. */
static void run_all(struct result *results, const struct calibrate_settings *s, const struct study *study,
	int jobs, bool force)
{
	struct progress progress;
	int64_t done = 0;
	progress_start(&progress, "calibrating", study->n_sessions);
#pragma omp parallel for schedule(dynamic) num_threads(jobs)
	for (int64_t i = 0; i < study->n_sessions; i++) {
		const struct study_session *session = &study->sessions[i];
		struct result *r = &results[i];
		if (signal_stop_requested())
			r->outcome = STOPPED;
		else if (run_session(&r->outcome, s, study->root, session, force) != 0) {
			snprintf(r->reason, sizeof r->reason, "%s", err_message());
			log_warn("%s %s: %s", session->participant, session->session, r->reason);
		}
#pragma omp critical(calibrate_progress)
		progress_step(&progress, ++done);
	}
	progress_end(&progress);
}

int calibrate_study(const struct calibrate_settings *s, const char *root, int64_t jobs, bool force)
{
	struct study study = { 0 };
	struct result *results = NULL;
	int64_t count[OUTCOMES] = { 0 };
	int rc = -1;
	TRY(study_open(&study, root));
	results = calloc((size_t)study.n_sessions + 1, sizeof *results);
	if (!results) {
		ERR_RESOURCE("no memory for %lld sessions", (long long)study.n_sessions);
		goto cleanup;
	}
	run_all(results, s, &study, jobs > 0 && jobs <= 1024 ? (int)jobs : thread_count(), force);
	for (int64_t i = 0; i < study.n_sessions; i++)
		count[results[i].outcome]++;
	TRY(write_failures(&study, results, count[FAILED]));
	log_info(
		"%lld density volumes written, %lld existed already, %lld failed, %lld sessions without a CT",
		(long long)count[WRITTEN], (long long)count[SKIPPED], (long long)count[FAILED],
		(long long)count[NO_CT]);
	if (count[STOPPED] > 0)
		ERR_STOPPED("stopped with %lld sessions to go; run the same command again",
			(long long)count[STOPPED]);
	else if (count[FAILED] > 0)
		ERR_PARTIAL("%lld of %lld CTs failed; see '%s/derivatives/xbmd/failures.tsv'",
			(long long)count[FAILED],
			(long long)(count[FAILED] + count[WRITTEN] + count[SKIPPED]), root);
	else if (count[NO_CT] == study.n_sessions)
		ERR_INPUT("study '%s' has no CT", root);
	else
		rc = 0;
cleanup:
	free(results);
	study_free(&study);
	return rc;
}
