/* One CT to one density volume with its sidecar; and all CTs of a study. */
#ifndef CT_CALIBRATE_CASE_H
#define CT_CALIBRATE_CASE_H
#include <stdbool.h>
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
struct calibrate_settings {
	struct calibration start; /* metal and streak parameters, min_r2; with line_given also the line */
	bool line_given;	  /* apply start's line instead of fitting one */
	bool internal;		  /* by the patient's own tissues (ct/internal.h): needs labels */
	bool find_rods;		  /* in the CT, else by their labels */
	struct phantom phantom;
	struct label_map map;
	struct scan_info scan; /* given by hand: before what the CT's sidecar says */
	bool allow_sharp_kernel;
	const char *unit;	/* the density must come out in it; NULL = in the phantom's */
	const char *conversion; /* K2HPO4 to HA, see calibration_to_ha(); NULL = none */
	const struct opt *options; /* recorded in the sidecar */
};
/* What to write; NULL = not.  All or none of it is written, but for a killed run. */
struct calibrate_outputs {
	const char *density;	 /* and its sidecar */
	const char *calibration; /* JSON alone: to apply to other scans */
	const char *rod_labels;	 /* label volume of the rods found */
};
/*
 * labels_path NULL: not with labelled rods or internal; no metal flags then.  ERR_INVALID: labels on another grid,
 * no phantom, implausible rods, a sharp kernel, another tube voltage than the given line's, another unit.
 */
int calibrate_case(const struct calibrate_settings *s, const char *ct_path, const char *labels_path,
	const struct calibrate_outputs *outputs);
/*
 * Every session's CT; outputs that exist are left alone unless force.  A case that fails is named in
 * derivatives/xbmd/failures.tsv and ERR_PARTIAL is returned when all others are written.  jobs 0 = automatic.
 */
int calibrate_study(const struct calibrate_settings *s, const char *root, int64_t jobs, bool force);
#ifdef __cplusplus
}
#endif
#endif
