/*
 * Which DXA belongs to which film: same participant, side and region, nearest in days, within a window.  Of two equally
 * near the earlier counts.
 */
#ifndef EVAL_PAIRING_H
#define EVAL_PAIRING_H
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PAIRING_WINDOW_DAYS = 365 };
/*
 * films: participant_id, session, file, days_from_index.  dxa: participant_id, side, region, bmd_g_cm2,
 * days_from_index, device where known.  pairs and excluded are empty before:
 *	pairs     participant_id session file side region bmd_g_cm2 device dxa_days film_days interval_days
 *	excluded  participant_id session file side region reason
 * Reasons: no_dxa (of the participant at all), no_bmd (the nearest has no value), no_date, outside_window,
 * ambiguous_dxa (two of one day with different values).
 */
int pairing_run(struct table *pairs, struct table *excluded, const struct table *films, const struct table *dxa,
	double window_days);
#ifdef __cplusplus
}
#endif
#endif
