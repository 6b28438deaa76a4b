/* CT numbers of tissue as a reader of the image finds them: no generator, only HU and the segmentation's labels. */
#ifndef EXPERIMENTS_COHORT_CHECK_TISSUE_H
#define EXPERIMENTS_COHORT_CHECK_TISSUE_H
#include "host/files/volume.h"
struct tissue_hu {
	double adipose, muscle; /* peaks of the histogram of unlabelled voxels */
	double cortical;        /* mean of the brightest 40 mm3 of the femora but for 2.2 mm3 (physics-and-clinical.md 1.5) */
	double air;             /* median of voxels below -800 HU */
};
/* hu: int16; labels: uint8, TotalSegmentator's numbers, on the same grid. */
struct tissue_hu tissue_measure(const struct volume *hu, const struct volume *labels);
#endif
