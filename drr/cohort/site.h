/* A hospital: what its CT scanner, X-ray room and DXA device do differently.  A pure function of (seed, number). */
#ifndef DRR_COHORT_SITE_H
#define DRR_COHORT_SITE_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { SITE_MOST = 26 };
struct site {
	char letter;               /* 'A' .., the prefix of its participants */
	char name[16];             /* "siteA" */
	double ct_kev;             /* effective energy of the scanner */
	double ct_gain, ct_offset_hu, ct_noise_hu;
	double xray_kvp;
	char dxa_device[16];       /* "dxaA" */
	double dxa_slope, dxa_offset_g_cm2;
};
struct site site_make(uint64_t seed, int number);
#ifdef __cplusplus
}
#endif
#endif
