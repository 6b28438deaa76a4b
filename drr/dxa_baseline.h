/* The baseline of a DXA scan: what soft tissue does to the two energies, read where no bone is in the way. */
#ifndef DRR_DXA_BASELINE_H
#define DRR_DXA_BASELINE_H
#include "drr/dxa_simulator.h"
/*
 * Fills scan->ratio and fat_fraction (rows), the mixture of soft tissue and fat with that ratio, from scan's
 * attenuation and status.  Rows without bone take theirs from the nearest row that has one; a scan without bone, from
 * all its tissue.  ERR_INVALID when there is no such tissue.
 */
int dxa_baseline(double *fat_fraction, struct dxa_scan *scan, const float *materials_g_cm2, const struct dxa_beam *beam,
	const struct dxa_simulator_options *options);
#endif
