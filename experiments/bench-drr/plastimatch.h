/* The peer: `plastimatch drr -i exact` (Debian's package), run as a program on a volume file. */
#ifndef EXPERIMENTS_BENCH_DRR_PLASTIMATCH_H
#define EXPERIMENTS_BENCH_DRR_PLASTIMATCH_H
#include "drr/geometry.h"
struct plastimatch_run {
	double wall_s, cpu_s; /* of the whole process: reading, conversion, images */
	double total_s;	      /* what it prints as "Total time" */
};
enum plastimatch_values { PLASTIMATCH_AS_THEY_ARE, PLASTIMATCH_PREPROCESS };
/* The rz (drr/geometry.h, ap) of the patient who is seen as plastimatch sees its volume at angle 0; its
 * angles then grow as rz does, and its images' columns and rows run as ours. */
#define PLASTIMATCH_FIRST_DEG 270.0
/* Writes the volume, whole numbers of int16, axes along -x, -y, +z (so DICOM's x, y, z), as
 * FOLDER/volume.mha. */
int plastimatch_write(const char *folder, const struct volume *v);
/* Images of this detector about the volume at gantry angles step_deg apart, as FOLDER/image_NNNN.pfm. */
int plastimatch_drr(struct plastimatch_run *run, const char *folder, const struct geometry *g, int n_images,
	double step_deg, enum plastimatch_values values);
/* Image number `index`, (rows, cols) mm x value, in the order of our detector's rows and columns. */
int plastimatch_image(float *image, const char *folder, int index, const struct geometry *g);
#endif
