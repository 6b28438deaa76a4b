#include "eval/montage_files.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"

static const char ending[] = "_desc-maps_xr.nii.gz", true_prefix[] = "true_";

static int is_maps(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), part = strlen(ending);
	return length > part && strcmp(entry->d_name + length - part, ending) == 0;
}

/* The map's number by its frame's name, a new one where there is room; else -1. */
static int find_map(struct montage *m, const char *frame, bool may_add)
{
	char name[MONTAGE_NAME_BYTES];
	snprintf(name, sizeof(name), "%s", frame);
	for (char *at = name; (at = strchr(at, '_'));)
		*at = ' ';
	for (int k = 0; k < m->n_maps; k++)
		if (strcmp(m->map[k], name) == 0)
			return k;
	if (!may_add || m->n_maps == MONTAGE_MAPS)
		return -1;
	memcpy(m->map[m->n_maps], name, sizeof(name));
	return m->n_maps++;
}

/* Which frames are maps in g/cm2; the first file's names are everyone's. */
static int choose_frames(struct montage *m, struct montage_file *f, const struct json *root, const char *sidecar)
{
	const struct json *frames = json_member(root, "frames");
	bool complete = true;
	if (!frames || (int64_t)json_size(frames) != f->v.n[2])
		return ERR_INVALID(
			"'%s': \"frames\" does not name %lld frames", sidecar, (long long)f->v.n[2]);
	for (int k = 0; k < MONTAGE_MAPS; k++)
		f->predicted[k] = f->truth[k] = -1;
	for (size_t i = 0; i < json_size(frames); i++) {
		const char *name, *unit;
		if (json_get_text(json_at(frames, i), "name", sidecar, &name) != 0 ||
			json_get_text(json_at(frames, i), "unit", sidecar, &unit) != 0)
			return -1;
		if (i == 0)
			complete = strcmp(unit, "-ln(I/I0)") == 0;
		if (i == 0 || strcmp(unit, "g/cm2") != 0)
			continue;
		bool is_true = strncmp(name, true_prefix, strlen(true_prefix)) == 0;
		int k = find_map(m, is_true ? name + strlen(true_prefix) : name, m->n_hips == 0 && !is_true);
		if (k >= 0)
			*(is_true ? &f->truth[k] : &f->predicted[k]) = (int64_t)i;
		complete = complete && (k >= 0 || m->n_maps == MONTAGE_MAPS);
	}
	for (int k = 0; k < m->n_maps; k++)
		complete = complete && f->predicted[k] > 0 && (!m->has_truth || f->truth[k] > 0);
	return m->n_maps > 0 && complete
		       ? 0
		       : ERR_INVALID("'%s': no film and maps in g/cm2, as the other files have", sidecar);
}

static int read_file(struct montage *m, struct montage_file *f, const char *folder, const char *name)
{
	char path[PATH_BYTES], sidecar[PATH_BYTES];
	struct json *root = NULL;
	const char *side;
	int rc = -1;
	TRY(path_format(path, "%s/%s", folder, name));
	TRY(path_sidecar(sidecar, path));
	TRY(json_read(&root, sidecar));
	TRY(nifti_read_image(&f->v, path));
	TRY(json_get_text(root, "side", sidecar, &side));
	const struct json *abmd = json_member(root, "abmd_g_cm2");
	if (json_number(abmd, &m->hip[m->n_hips].abmd_g_cm2) != 0)
		m->hip[m->n_hips].abmd_g_cm2 = NAN;
	snprintf(m->hip[m->n_hips].side, sizeof(m->hip[0].side), "%s", side);
	TRY(choose_frames(m, f, root, sidecar));
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

static int names_truth(bool *has, const char *folder, const char *name)
{
	char path[PATH_BYTES], sidecar[PATH_BYTES];
	struct json *root = NULL;
	int rc = -1;
	*has = false;
	TRY(path_format(path, "%s/%s", folder, name));
	TRY(path_sidecar(sidecar, path));
	TRY(json_read(&root, sidecar));
	const struct json *frames = json_member(root, "frames");
	for (size_t i = 0; frames && i < json_size(frames); i++) {
		const char *frame;
		TRY(json_get_text(json_at(frames, i), "name", sidecar, &frame));
		*has = *has || strncmp(frame, true_prefix, strlen(true_prefix)) == 0;
	}
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

/* The files with true maps come to the front, if there are any; returns how many may be shown. */
static int prefer_truth(struct montage *m, struct dirent **entry, int n, const char *folder)
{
	int with_truth = 0;
	for (int i = 0; i < n; i++) {
		bool has;
		if (names_truth(&has, folder, entry[i]->d_name) != 0)
			return -1;
		if (has) {
			struct dirent *kept = entry[i];
			entry[i] = entry[with_truth];
			entry[with_truth++] = kept;
		}
	}
	m->has_truth = with_truth > 0;
	return m->has_truth ? with_truth : n;
}

int montage_files_read(struct montage_file file[MONTAGE_HIPS], struct montage *m, const char *folder)
{
	int rc = -1;
	struct dirent **entry = NULL;
	int n = scandir(folder, &entry, is_maps, alphasort);
	if (n < 0)
		return ERR_INPUT("cannot list the folder '%s': %s", folder, strerror(errno));
	if (n == 0) {
		(void)ERR_INPUT("'%s' has no *%s of xbmd predict --maps", folder, ending);
		goto cleanup;
	}
	const int eligible = prefer_truth(m, entry, n, folder), most = m->has_truth ? MONTAGE_HIPS_WITH_TRUTH : MONTAGE_HIPS;
	if (eligible < 0)
		goto cleanup;
	const int shown = eligible < most ? eligible : most;
	for (; m->n_hips < shown; m->n_hips++)
		TRY(read_file(m, &file[m->n_hips], folder, entry[(int64_t)m->n_hips * eligible / shown]->d_name));
	rc = 0;
cleanup:
	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
	return rc;
}

void montage_files_free(struct montage_file file[MONTAGE_HIPS])
{
	for (int h = 0; h < MONTAGE_HIPS; h++)
		volume_free(&file[h].v);
}
