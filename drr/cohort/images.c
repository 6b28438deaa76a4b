/* A visit's images on disk. */
#include <string.h>

#include "drr/cohort/film_dicom.h"
#include "drr/cohort/swap.h"
#include "drr/cohort/synth.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/files/study.h"
#include "host/run/err.h"

static struct study_session session_of(const struct record *r)
{
	struct study_session session = { .session = "" };
	memcpy(session.participant, r->person.id, sizeof(r->person.id));
	record_session(session.session, r->visit);
	return session;
}

static int write_volume(struct record *r, const char *root, const char *path, const struct volume *v)
{
	if (path_make_parent(path) != 0 || nifti_write(path, v, 1) != 0)
		return -1;
	return record_add_file(r, root, path);
}

static int write_scan(struct record *r, const char *root, const struct scan *scan)
{
	const struct study_session session = session_of(r);
	char ct[PATH_BYTES], labels[PATH_BYTES];
	if (study_path(ct, root, &session, STUDY_CT) != 0 ||
		study_path(labels, root, &session, STUDY_LABELS) != 0 ||
		write_volume(r, root, ct, &scan->hu) != 0)
		return -1;
	return write_volume(r, root, labels, &scan->truth.labels);
}

/* One film of a visit, and what its files are called after. */
struct film_name {
	struct film_id id;
	char run[64]; /* "" for the first film, else "run-02_" or "swap-mineral080_" */
};

static int name_film(struct film_name *name, const struct record *r, int i, const struct synth_options *o)
{
	char run[PATH_BYTES] = "";
	name->id = (struct film_id){ o->seed, cohort_who(r->person.index, r->visit), i + 1 };
	if (o->swap && path_format(run, "swap-%s_", swap_films[i].name) != 0)
		return -1;
	if (!o->swap && i > 0 && path_format(run, "run-%02d_", i + 1) != 0)
		return -1;
	memcpy(name->run, run, sizeof(name->run) - 1);
	return 0;
}

/* As NIfTI with its sidecar, and as DICOM. */
static int write_film(struct record *r, const char *root, const struct xray *x, const struct film_name *name,
	bool presentation)
{
	const struct study_session s = session_of(r);
	char stem[PATH_BYTES], image[PATH_BYTES], sidecar[PATH_BYTES], dicom[PATH_BYTES];
	struct json *json = xray_to_json(x, presentation);
	int rc = -1;
	TRY(path_format(stem, "%s/%s/%s/xr/%s_%s_%s%sview-AP_xr", root, s.participant, s.session,
		s.participant, s.session, name->run, presentation ? "desc-presentation_" : ""));
	TRY(path_format(image, "%s.nii.gz", stem));
	TRY(path_format(dicom, "%s.dcm", stem));
	TRY(path_sidecar(sidecar, image));
	TRY(write_volume(r, root, image, presentation ? &x->look : &x->film));
	TRY(json_write(json, sidecar));
	TRY(record_add_file(r, root, sidecar));
	if (dicom_available()) {
		TRY(film_dicom_write(dicom, x, &r->person, &name->id, presentation));
		TRY(record_add_file(r, root, dicom));
	}
	rc = 0;
cleanup:
	json_free(json);
	return rc;
}

int images_write(struct record *r, const char *root, const struct scan *scan, const struct xray *films, int n,
	const struct synth_options *o)
{
	r->n_files = 0;
	if (write_scan(r, root, scan) != 0)
		return -1;
	for (int i = 0; i < n; i++) {
		struct film_name name = { 0 };
		if (name_film(&name, r, i, o) != 0 || write_film(r, root, &films[i], &name, false) != 0 ||
			write_film(r, root, &films[i], &name, true) != 0)
			return -1;
	}
	return 0;
}
