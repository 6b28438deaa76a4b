/* One CT to one density volume with its sidecar; and all CTs of a study. */
#ifndef CT_CALIBRATE_CASE_H
#define CT_CALIBRATE_CASE_H
#include <stdbool.h>
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
struct calibrate_settings {
	struct calibration start; /* metal parameters; with line_given also the line */
	bool line_given;	  /* apply start's line instead of fitting one */
	struct phantom phantom;
	struct label_map map;
	const struct opt *options; /* recorded in the sidecar */
};
/* labels_path NULL: only with line_given; no metal flags then.  Writes density and sidecar, or neither. */
int calibrate_case(const struct calibrate_settings *s, const char *ct_path, const char *labels_path,
	const char *density_path);
/*
 * Every session's CT; outputs that exist are left alone unless force.  A case that fails is named in
 * derivatives/xbmd/failures.tsv and ERR_PARTIAL is returned when all others are written.  jobs 0 = automatic.
 */
int calibrate_study(const struct calibrate_settings *s, const char *root, int64_t jobs, bool force);
#ifdef __cplusplus
}
#endif
#endif
