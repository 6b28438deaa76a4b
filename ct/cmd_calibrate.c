/* xbmd calibrate: CT numbers to mineral density. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ct/calibrate_case.h"
#include "ct/same_file.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/opt.h"

struct arguments {
	const char *ct, *labels, *label_map, *phantom, *rods, *method, *calibration, *out, *study;
	const char *save_calibration, *save_rods, *unit, *convert, *kernel, *scanner;
	double kvp, min_r2;
	double metal_threshold_hu, metal_margin_mm, metal_minimum_cm3, streak_threshold_hu;
	int64_t jobs;
	bool allow_sharp_kernel, force;
};

static bool is(const char *word, const char *value)
{
	return strcmp(word, value) == 0;
}

static int check_sources(const struct arguments *a)
{
	const bool internal = is(a->method, "internal");
	if (a->study) {
		if (a->ct || a->labels || a->out || a->save_calibration || a->save_rods)
			return ERR_USAGE("--study takes no --ct, --labels, --out, --save-calibration or --save-rods");
	} else if (!a->ct || !(a->out || a->save_calibration)) {
		return ERR_USAGE("give --ct and --out or --save-calibration, or --study");
	} else if (!a->labels && !a->calibration && (internal || !is(a->rods, "find"))) {
		return internal ? ERR_USAGE("--method internal needs --labels of muscle, vessels and bone")
				: ERR_USAGE("give --labels with the phantom's rods, --rods find, or a "
					    "--calibration to apply");
	}
	if (internal && a->calibration)
		return ERR_USAGE("--method internal and --calibration exclude each other");
	if (a->calibration && (a->save_calibration || a->save_rods || is(a->rods, "find")))
		return ERR_USAGE("--calibration is applied, not made: no --save-calibration, --save-rods or --rods find");
	if (internal && (a->save_rods || is(a->rods, "find")))
		return ERR_USAGE("--method internal goes without rods: no --rods find, no --save-rods");
	return 0;
}

static int check(const struct arguments *a)
{
	if (check_sources(a) != 0)
		return -1;
	if (!(a->metal_margin_mm >= 0 && a->metal_margin_mm <= 50))
		return ERR_USAGE("--metal-margin-mm must be in 0..50");
	if (!(a->metal_minimum_cm3 >= 0))
		return ERR_USAGE("--metal-minimum-cm3 must not be negative");
	if (!(a->streak_threshold_hu > 0))
		return ERR_USAGE("--streak-threshold-hu must be above 0");
	if (!(a->min_r2 >= 0 && a->min_r2 <= 1))
		return ERR_USAGE("--min-r2 must be in 0..1");
	if (a->kvp != 0 && !(a->kvp >= 40 && a->kvp <= 200))
		return ERR_USAGE("--kvp must be in 40..200");
	if (a->jobs < 0)
		return ERR_USAGE("--jobs must not be negative");
	return 0;
}

/* The sidecar's place must be free as well, and none may be an input or another output. */
static int check_outputs(const struct arguments *a)
{
	const char *inputs[] = { a->ct, a->labels, a->calibration };
	char sidecar[PATH_BYTES] = "", ct_sidecar[PATH_BYTES];
	if ((a->out && path_sidecar(sidecar, a->out) != 0) || path_sidecar(ct_sidecar, a->ct) != 0)
		return -1;
	const char *outputs[] = { a->out, a->out ? sidecar : NULL, a->save_calibration, a->save_rods };
	enum { OUTPUTS = sizeof outputs / sizeof outputs[0], INPUTS = sizeof inputs / sizeof inputs[0] };
	for (int i = 0; i < OUTPUTS; i++) {
		if (!outputs[i])
			continue;
		for (int k = 0; k < INPUTS; k++)
			if (same_file_refuse(outputs[i], inputs[k]) != 0)
				return -1;
		if (same_file_refuse(outputs[i], ct_sidecar) != 0)
			return -1;
		for (int k = 0; k < i; k++)
			if (outputs[k] && is(outputs[k], outputs[i]))
				return ERR_USAGE("two outputs have the name '%s'", outputs[i]);
		if (path_check_output(outputs[i], a->force) != 0)
			return -1;
	}
	return 0;
}

static void take_settings(struct calibrate_settings *s, const struct arguments *a)
{
	s->start.metal_threshold_hu = a->metal_threshold_hu;
	s->start.metal_margin_mm = a->metal_margin_mm;
	s->start.metal_minimum_cm3 = a->metal_minimum_cm3;
	s->start.streak_threshold_hu = a->streak_threshold_hu;
	s->start.min_r2 = a->min_r2;
	s->internal = is(a->method, "internal");
	s->find_rods = is(a->rods, "find");
	s->unit = is(a->unit, "as-calibrated") ? NULL : a->unit;
	s->conversion = a->convert;
	s->allow_sharp_kernel = a->allow_sharp_kernel;
	s->scan = scan_info_unknown();
	if (a->kvp > 0)
		s->scan.kvp = a->kvp;
	snprintf(s->scan.kernel, sizeof s->scan.kernel, "%s", a->kernel ? a->kernel : "");
	snprintf(s->scan.scanner, sizeof s->scan.scanner, "%s", a->scanner ? a->scanner : "");
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
	take_settings(&s, a);
	if (a->study) {
		TRY(calibrate_study(&s, a->study, a->jobs, a->force));
	} else {
		const struct calibrate_outputs outputs = { a->out, a->save_calibration, a->save_rods };
		TRY(check_outputs(a));
		TRY(calibrate_case(&s, a->ct, a->labels, &outputs));
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
		.rods = "labels",
		.method = "phantom",
		.unit = "as-calibrated",
		.min_r2 = d.min_r2,
		.metal_threshold_hu = d.metal_threshold_hu,
		.metal_margin_mm = d.metal_margin_mm,
		.metal_minimum_cm3 = d.metal_minimum_cm3,
		.streak_threshold_hu = d.streak_threshold_hu };
	const struct opt table[] = {
		OPT_TEXT("ct", a.ct, 0, "FILE", "CT in HU, NIfTI"),
		OPT_TEXT("labels", a.labels, 0, "FILE", "labels of bones and rods on the CT's grid, NIfTI"),
		OPT_TEXT("label-map", a.label_map, 0, "NAME|FILE",
			"what the labels mean: totalseg, painted or a YAML file"),
		OPT_CHOICE("method", a.method, 0, "phantom|internal",
			"by a phantom's rods, or without one by fat, air, muscle, blood and cortical bone"),
		OPT_TEXT("phantom", a.phantom, 0, "NAME|FILE",
			"the phantom: b-mas200, mindways-model3, qrm-bdc-3, qrm-bdc-6, image-analysis, siemens or a "
			"YAML file of its certificate"),
		OPT_CHOICE("rods", a.rods, 0, "labels|find",
			"take the rods by their labels, or find them in the CT"),
		OPT_DOUBLE("min-r2", a.min_r2, 0, "rods with a smaller r2 are refused"),
		OPT_TEXT("calibration", a.calibration, 0, "FILE",
			"apply this saved line (JSON), as of a separate phantom scan, instead of fitting one"),
		OPT_CHOICE("unit", a.unit, 0, "as-calibrated|mgHA/cm3|mgK2HPO4/cm3",
			"refuse a calibration in the other unit"),
		OPT_TEXT("convert", a.convert, 0, "NAME",
			"K2HPO4 to HA by a published conversion: faulkner1993 (1.15 K2HPO4 - 7.32)"),
		OPT_DOUBLE("kvp", a.kvp, 0, "tube voltage, kV; 0 = as the CT's JSON sidecar says (KVP)"),
		OPT_TEXT("kernel", a.kernel, 0, "NAME",
			"reconstruction kernel, else the sidecar's ConvolutionKernel"),
		OPT_TEXT("scanner", a.scanner, 0, "NAME", "scanner, else the sidecar's maker and model"),
		OPT_FLAG("allow-sharp-kernel", a.allow_sharp_kernel, "calibrate a sharp kernel's CT all the same"),
		OPT_TEXT("out", a.out, 0, "FILE",
			"density volume to write, mg/cm3; its sidecar is the same name .json"),
		OPT_TEXT("save-calibration", a.save_calibration, 0, "FILE",
			"calibration alone to write (JSON), for --calibration on other scans"),
		OPT_TEXT("save-rods", a.save_rods, 0, "FILE", "label volume of the rods found, to look at"),
		OPT_TEXT("study", a.study, 0, "FOLDER",
			"calibrate every CT of a study into its derivatives/xbmd"),
		OPT_DOUBLE("metal-threshold-hu", a.metal_threshold_hu, 0, "metal is above this, HU"),
		OPT_DOUBLE(
			"metal-margin-mm", a.metal_margin_mm, 0, "and this near to a voxel of the bone, mm"),
		OPT_DOUBLE("metal-minimum-cm3", a.metal_minimum_cm3, 0,
			"a bone is flagged from this volume on, cm3"),
		OPT_DOUBLE("streak-threshold-hu", a.streak_threshold_hu, 0,
			"a bone is flagged above this streak index, HU"),
		OPT_INT("jobs", a.jobs, 0, "cases at the same time in a study, 0 = automatic"),
		OPT_FLAG("force", a.force, "overwrite outputs that exist"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "turn CT numbers into mineral density by a phantom's rods", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	return check(&a) != 0 ? -1 : run(&a, table);
}
