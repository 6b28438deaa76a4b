/* xbmd segment: label maps of other programs to xbmd's own. */
#include <string.h>
#include <unistd.h>
#include "ct/same_file.h"
#include "ct/segment_import.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/opt.h"
#include "host/run/version.h"

struct arguments {
	const char *labels, *from, *to, *ct, *require, *sides, *out;
	bool force;
};

static int check_outputs(const struct arguments *a, char sidecar[PATH_BYTES])
{
	const char *inputs[] = { a->labels, a->from, a->to, a->ct };
	if (path_sidecar(sidecar, a->out) != 0)
		return -1;
	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		if (same_file_refuse(a->out, inputs[i]) != 0 || same_file_refuse(sidecar, inputs[i]) != 0)
			return -1;
	return path_check_output(a->out, a->force) != 0 ? -1 : path_check_output(sidecar, a->force);
}

/* The sidecar comes last and goes with the volume. */
static int write_both(const struct arguments *a, const char *sidecar, const struct volume *labels, const struct json *report)
{
	unlink(sidecar);
	if (path_make_parent(a->out) != 0 || nifti_write(a->out, labels, 1) != 0)
		return -1;
	if (json_write(report, sidecar) == 0)
		return 0;
	unlink(a->out);
	return -1;
}

static int run(const struct arguments *a, const struct opt *options)
{
	const struct segment_settings s = { a->from, a->to, a->ct, a->require, strcmp(a->sides, "exchange") == 0 };
	struct volume labels = { 0 };
	struct json *report = NULL;
	char sidecar[PATH_BYTES];
	int rc = -1;
	TRY(check_outputs(a, sidecar));
	TRY(segment_import(&labels, &report, &s, a->labels));
	json_put_text(report, "version", version_text());
	json_put(report, "options", json_from_options(options));
	TRY(write_both(a, sidecar, &labels, report));
	rc = 0;
cleanup:
	volume_free(&labels);
	json_free(report);
	return rc;
}

int cmd_segment(int argc, char **argv);
int cmd_segment(int argc, char **argv)
{
	struct arguments a = { .to = "totalseg", .sides = "refuse" };
	const struct opt table[] = {
		OPT_TEXT("labels", a.labels, OPT_REQUIRED, "FILE",
			"label volume: NIfTI (TotalSegmentator, nnU-Net, 3D Slicer) or .nrrd, .seg.nrrd of one layer"),
		OPT_TEXT("from", a.from, 0, "NAME|FILE",
			"what its numbers mean: totalseg, painted, a YAML label map, nnU-Net's dataset.json, a 3D Slicer "
			"colour table (.ctbl, .txt); not given: totalseg, or the names in a .seg.nrrd"),
		OPT_TEXT("to", a.to, 0, "NAME|FILE", "label map of the result: totalseg, painted or a YAML file"),
		OPT_TEXT("ct", a.ct, 0, "FILE", "CT on whose grid and bones the labels must lie, NIfTI in HU"),
		OPT_TEXT("require", a.require, 0, "NAMES", "labels that must be there, by commas"),
		OPT_CHOICE("sides", a.sides, 0, "refuse|exchange",
			"what to do when every left and right is swapped"),
		OPT_TEXT("out", a.out, OPT_REQUIRED, "FILE",
			"label volume to write, NIfTI; its sidecar is the same name .json"),
		OPT_FLAG("force", a.force, "overwrite outputs that exist"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "import a label map of TotalSegmentator, nnU-Net or 3D Slicer", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	return run(&a, table);
}
