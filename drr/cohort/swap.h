/*
 * The density-swap set: the same body in the same pose on the same film, once with its mineral multiplied, once with
 * more or less soft tissue.  What a method reads must follow the first in proportion and not follow the second at all.
 *
 *	film   1        2        3        4        5        6            7
 *	       x 0.8    x 0.9    x 1.0    x 1.1    x 1.2    x 1, -5 cm   x 1, +5 cm of soft tissue
 *
 * Mineral displaces: what is taken away or added fills with soft tissue, 1.04 g/cm3 for each 3.156 g/cm3.  Soft tissue
 * changes by a layer of 2 parts of muscle to 1 of fat in volume, everywhere the body is thicker than 10 cm; thinner
 * places change in proportion.  Noise is the same draw on all seven.
 */
#ifndef DRR_COHORT_SWAP_H
#define DRR_COHORT_SWAP_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct swap {
	const char *name;                    /* "mineral080", "tissuePlus5", ... */
	double mineral_scale, add_tissue_cm; /* of xray_order */
};
enum { SWAP_FILMS = 7 };
extern const struct swap swap_films[SWAP_FILMS];
/* materials_g_cm2 (MATERIALS, pixels); mineral_scale 0 is read as 1. */
void swap_materials(float *materials_g_cm2, int64_t pixels, double mineral_scale, double add_tissue_cm);
#ifdef __cplusplus
}
#endif
#endif
