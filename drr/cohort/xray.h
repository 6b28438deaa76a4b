/* The radiograph of a synthetic participant, from its true materials: ap, cone beam, quantum noise, no phantom. */
#ifndef DRR_COHORT_XRAY_H
#define DRR_COHORT_XRAY_H
#include "drr/cohort/scan.h"
#include "drr/geometry.h"
#include "host/files/json.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
struct xray_setting {
	int64_t cols, rows;
	double pixel_mm; /* at the detector */
};
struct xray {
	struct volume film; /* (cols, rows, 1) float32, -ln(I/I0) */
	struct geometry geometry;
	struct pose pose;   /* of the CT's patient, about the geometry's isocentre: rendering the CT so gives this film */
	double kvp, photons_per_mm2;
};
int xray_make(struct xray *x, const struct device *device, const struct scan *scan, const struct person *p,
	const struct site *site, const struct xray_setting *setting, uint64_t seed);
void xray_free(struct xray *x);
/* The sidecar, as every projection has one. */
struct json *xray_to_json(const struct xray *x);
/* Soft, fat and mineral g/cm2 of one pose, (MATERIALS, rows, cols); metal is 0.  malloc'd by the caller. */
int xray_materials(float *materials_g_cm2, const struct device *device, const struct anatomy_voxels *truth,
	const struct geometry *geometry, const struct pose *pose);
#ifdef __cplusplus
}
#endif
#endif
