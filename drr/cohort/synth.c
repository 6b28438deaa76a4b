#include "drr/cohort/synth.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drr/cohort/listing.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/files/study.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/signal.h"

static const struct synth_quality qualities[] = {
	{ "fast", { 2.0, 3 }, { 400, 320, 1.0 } },
	{ "full", { 1.0, 2 }, { 800, 640, 0.5 } },
};

const struct synth_quality *synth_quality_find(const char *name)
{
	for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++)
		if (strcmp(qualities[i].name, name) == 0)
			return &qualities[i];
	return NULL;
}

static struct record_origin origin_of(const struct synth_options *o)
{
	return (struct record_origin){ .seed = o->seed, .sites = o->sites, .quality = o->quality->name };
}

/* ---- one participant ---- */

static int image_path(char path[PATH_BYTES], const char *root, const struct person *p, enum study_file file)
{
	struct study_session session = { .session = "ses-01" };
	memcpy(session.participant, p->id, sizeof(p->id));
	if (study_path(path, root, &session, file) != 0)
		return -1;
	return path_make_parent(path);
}

static int write_images(
	const char *root, const struct person *p, const struct scan *scan, const struct xray *xray)
{
	char path[PATH_BYTES];
	struct json *sidecar = NULL;
	int rc = -1;
	TRY(image_path(path, root, p, STUDY_CT));
	TRY(nifti_write(path, &scan->hu, 1));
	TRY(image_path(path, root, p, STUDY_LABELS));
	TRY(nifti_write(path, &scan->truth.labels, 1));
	TRY(image_path(path, root, p, STUDY_XRAY));
	TRY(nifti_write(path, &xray->film, 1));
	TRY(image_path(path, root, p, STUDY_XRAY_JSON));
	sidecar = xray_to_json(xray);
	TRY(json_write(sidecar, path));
	rc = 0;
cleanup:
	json_free(sidecar);
	return rc;
}

int synth_subject(struct record *record, const struct device *device, const char *root, int64_t index,
	const struct synth_options *o)
{
	struct anatomy *anatomy = malloc(sizeof(*anatomy));
	struct scan scan = { 0 };
	struct xray xray = { 0 };
	int rc = -1;
	if (!anatomy)
		return ERR_RESOURCE("out of memory for a digital body");
	memset(record, 0, sizeof(*record));
	record->person = person_sample(o->seed, index, o->sites);
	const struct person *p = &record->person;
	const struct site site = site_make(o->seed, p->site);
	TRY(anatomy_init(anatomy, &p->anatomy));
	TRY(scan_make(&scan, anatomy, p, &site, &o->quality->scan, o->seed));
	TRY(xray_make(&xray, device, &scan, p, &site, &o->quality->xray, o->seed));
	record_set_frames(record, anatomy, (const double(*)[4])scan.body_to_world);
	for (int side = 0; side < ANATOMY_SIDES; side++)
		TRY(areal_measure(&record->areal[side], device, anatomy, (enum anatomy_side)side, &scan, p,
			&site, o->seed));
	TRY(write_images(root, p, &scan, &xray));
	rc = 0;
cleanup:
	if (rc != 0)
		err_prefix("participant %s", record->person.id);
	scan_free(&scan);
	xray_free(&xray);
	free(anatomy);
	return rc;
}

/* ---- the folder ---- */

static bool is_wanted(const char *folder, const struct synth_options *o)
{
	/* "sub-A0001": the number says which participant it could be. */
	long number = strlen(folder) > 5 ? strtol(folder + 5, NULL, 10) : 0;
	return number >= 1 && number <= o->subjects &&
	       strcmp(person_sample(o->seed, number - 1, o->sites).id, folder) == 0;
}

/* stranger: a sub- folder this study will not have; busy: there is anything at all. */
static int look_into(const struct synth_options *o, bool *busy, char stranger[256])
{
	DIR *folder = opendir(o->out);
	*busy = false;
	stranger[0] = 0;
	if (!folder)
		return errno == ENOENT
			       ? 0
			       : ERR_OUTPUT("cannot open the folder '%s': %s", o->out, strerror(errno));
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		*busy = true;
		if (strncmp(entry->d_name, "sub-", 4) == 0 && !stranger[0] && !is_wanted(entry->d_name, o)) {
			size_t length = strlen(entry->d_name);
			memcpy(stranger, entry->d_name, length < 255 ? length + 1 : 255);
			stranger[255] = 0;
		}
	}
	closedir(folder);
	return 0;
}

static int remove_file(const char *path)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return ERR_OUTPUT("cannot remove '%s': %s", path, strerror(errno));
	return 0;
}

static int record_path(char path[PATH_BYTES], const char *root, const struct person *p)
{
	return path_format(path, "%s/truth/records/%s.json", root, p->id);
}

/* Options a run began with, so that a later one may go on with it. */
static int mark_path(char path[PATH_BYTES], const char *root)
{
	return path_format(path, "%s/truth/unfinished.json", root);
}

static int prepare(const struct synth_options *o)
{
	char participants[PATH_BYTES], mark[PATH_BYTES], record[PATH_BYTES], stranger[256];
	bool busy;
	int rc = -1;
	TRY(path_format(participants, "%s/participants.tsv", o->out));
	TRY(mark_path(mark, o->out));
	TRY(look_into(o, &busy, stranger));
	if (stranger[0]) {
		ERR_OUTPUT("'%s' holds %s, which this study would not have; choose another folder", o->out,
			stranger);
		goto cleanup;
	}
	bool unfinished = path_exists(mark) && !path_exists(participants);
	if (busy && !unfinished && !o->force) {
		ERR_OUTPUT("'%s' is not empty; choose another folder or use --force", o->out);
		goto cleanup;
	}
	TRY(remove_file(participants));
	for (int64_t i = 0; o->force && i < o->subjects; i++) {
		struct person p = person_sample(o->seed, i, o->sites);
		TRY(record_path(record, o->out, &p));
		TRY(remove_file(record));
	}
	TRY(path_make_parent(mark));
	TRY(path_write_text(mark, "{\"unfinished\": true}\n"));
	rc = 0;
cleanup:
	return rc;
}

static int make_or_take(struct record *record, const struct device *device, int64_t index,
	const struct synth_options *o, bool *taken)
{
	char path[PATH_BYTES];
	const struct record_origin origin = origin_of(o);
	memset(record, 0, sizeof(*record));
	record->person = person_sample(o->seed, index, o->sites);
	if (record_path(path, o->out, &record->person) != 0)
		return -1;
	int found = record_read(record, &origin, path);
	*taken = found == 0;
	if (found <= 0)
		return found;
	/* A record of other options goes before its images do. */
	if (remove_file(path) != 0 || synth_subject(record, device, o->out, index, o) != 0 ||
		path_make_parent(path) != 0)
		return -1;
	return record_write(record, &origin, path);
}

static void report(const struct record *records, int64_t n)
{
	double sum = 0, squares = 0, count = (double)(ANATOMY_SIDES * n);
	for (int64_t i = 0; i < ANATOMY_SIDES * n; i++) {
		double x = records[i / ANATOMY_SIDES].areal[i % ANATOMY_SIDES].truth.abmd_g_cm2;
		sum += x;
		squares += x * x;
	}
	double mean = sum / count, variance = (squares - count * mean * mean) / (count - 1);
	log_info("%lld synthetic participants; true total-hip aBMD %.3f +- %.3f g/cm2", (long long)n, mean,
		sqrt(variance > 0 ? variance : 0));
}

int synth_run(const struct synth_options *o)
{
	struct device device = { 0 };
	struct progress progress;
	struct record *records = NULL;
	char mark[PATH_BYTES];
	const struct record_origin origin = origin_of(o);
	int64_t taken_count = 0;
	int rc = -1;
	TRY(device_open(&device, "cpu"));
	TRY(prepare(o));
	records = calloc((size_t)o->subjects, sizeof(*records));
	if (!records) {
		ERR_RESOURCE("out of memory for %lld participants", (long long)o->subjects);
		goto cleanup;
	}
	progress_start(&progress, "participants", o->subjects);
	for (int64_t i = 0; i < o->subjects; i++) {
		bool taken;
		if (signal_stop_requested()) {
			ERR_STOPPED("stopped after %lld of %lld participants; run the same command again",
				(long long)i, (long long)o->subjects);
			goto cleanup;
		}
		TRY(make_or_take(&records[i], &device, i, o, &taken));
		taken_count += taken;
		progress_step(&progress, i + 1);
	}
	progress_end(&progress);
	if (taken_count > 0)
		log_info("%lld participants were already there", (long long)taken_count);
	TRY(mark_path(mark, o->out));
	TRY(listing_write(o->out, records, o->subjects, &origin));
	TRY(remove_file(mark));
	report(records, o->subjects);
	rc = 0;
cleanup:
	free(records);
	device_close(&device);
	return rc;
}
