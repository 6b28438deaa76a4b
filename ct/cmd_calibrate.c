/* xbmd calibrate: CT numbers to mineral density. */
#include "ct/calibrate_case.h"
#include "ct/same_file.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/opt.h"

struct arguments {
	const char *ct, *labels, *label_map, *phantom, *calibration, *out, *study;
	double metal_threshold_hu, metal_margin_mm, metal_minimum_cm3;
	int64_t jobs;
	bool force;
};

static int check(const struct arguments *a)
{
	if (a->study) {
		if (a->ct || a->labels || a->out)
			return ERR_USAGE("--study takes no --ct, --labels or --out");
	} else if (!a->ct || !a->out) {
		return ERR_USAGE("give --ct and --out, or --study");
	} else if (!a->labels && !a->calibration) {
		return ERR_USAGE("give --labels with the phantom's rods, or a --calibration to apply");
	}
	if (!(a->metal_margin_mm >= 0 && a->metal_margin_mm <= 50))
		return ERR_USAGE("--metal-margin-mm must be in 0..50");
	if (!(a->metal_minimum_cm3 >= 0))
		return ERR_USAGE("--metal-minimum-cm3 must not be negative");
	if (a->jobs < 0)
		return ERR_USAGE("--jobs must not be negative");
	return 0;
}

/* The sidecar's place must be free as well, and neither may be an input. */
static int check_outputs(const struct arguments *a)
{
	const char *inputs[] = { a->ct, a->labels, a->calibration };
	char sidecar[PATH_BYTES];
	if (path_sidecar(sidecar, a->out) != 0)
		return -1;
	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		if (same_file_refuse(a->out, inputs[i]) != 0 || same_file_refuse(sidecar, inputs[i]) != 0)
			return -1;
	return path_check_output(a->out, a->force) != 0 ? -1 : path_check_output(sidecar, a->force);
}

static int run(const struct arguments *a, const struct opt *options)
{
	struct calibrate_settings s = { .options = options };
	int rc = -1;
	calibration_defaults(&s.start);
	TRY(label_map_load(&s.map, a->label_map));
	TRY(phantom_load(&s.phantom, a->phantom));
	if (a->calibration) {
		TRY(calibration_read(&s.start, a->calibration));
		s.line_given = true;
	}
	s.start.metal_threshold_hu = a->metal_threshold_hu;
	s.start.metal_margin_mm = a->metal_margin_mm;
	s.start.metal_minimum_cm3 = a->metal_minimum_cm3;
	if (a->study) {
		TRY(calibrate_study(&s, a->study, a->jobs, a->force));
	} else {
		TRY(check_outputs(a));
		TRY(calibrate_case(&s, a->ct, a->labels, a->out));
	}
	rc = 0;
cleanup:
	label_map_free(&s.map);
	return rc;
}

int cmd_calibrate(int argc, char **argv);
int cmd_calibrate(int argc, char **argv)
{
	struct calibration d;
	calibration_defaults(&d);
	struct arguments a = { .label_map = "totalseg",
		.phantom = "b-mas200",
		.metal_threshold_hu = d.metal_threshold_hu,
		.metal_margin_mm = d.metal_margin_mm,
		.metal_minimum_cm3 = d.metal_minimum_cm3 };
	const struct opt table[] = {
		OPT_TEXT("ct", a.ct, 0, "FILE", "CT in HU, NIfTI"),
		OPT_TEXT("labels", a.labels, 0, "FILE", "labels of bones and rods on the CT's grid, NIfTI"),
		OPT_TEXT("label-map", a.label_map, 0, "NAME|FILE",
			"what the labels mean: totalseg, painted or a YAML file"),
		OPT_TEXT("phantom", a.phantom, 0, "NAME|FILE", "the phantom's rods: b-mas200 or a YAML file"),
		OPT_TEXT("calibration", a.calibration, 0, "FILE",
			"apply this saved line (JSON) instead of fitting one"),
		OPT_TEXT("out", a.out, 0, "FILE",
			"density volume to write, mg/cm3; its sidecar is the same name .json"),
		OPT_TEXT("study", a.study, 0, "FOLDER",
			"calibrate every CT of a study into its derivatives/xbmd"),
		OPT_DOUBLE("metal-threshold-hu", a.metal_threshold_hu, 0, "metal is above this, HU"),
		OPT_DOUBLE(
			"metal-margin-mm", a.metal_margin_mm, 0, "and this near to a voxel of the bone, mm"),
		OPT_DOUBLE("metal-minimum-cm3", a.metal_minimum_cm3, 0,
			"a bone is flagged from this volume on, cm3"),
		OPT_INT("jobs", a.jobs, 0, "cases at the same time in a study, 0 = automatic"),
		OPT_FLAG("force", a.force, "overwrite outputs that exist"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "turn CT numbers into mineral density by a phantom's rods", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	return check(&a) != 0 ? -1 : run(&a, table);
}
