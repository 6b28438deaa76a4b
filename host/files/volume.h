/*
 * A grid of voxels and where it lies in the patient.
 *
 * Axis 0 runs fastest in memory.  World is NIfTI's RAS+ in mm (+x right, +y anterior, +z superior).  Voxel centres
 * are at integer indices; voxel i covers [i-0.5, i+0.5]; outside the grid the value is 0.
 */
#ifndef HOST_FILES_VOLUME_H
#define HOST_FILES_VOLUME_H
#include <stdint.h>
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
enum volume_type { VOLUME_F32, VOLUME_I16, VOLUME_U16, VOLUME_U8 };

struct volume {
	int64_t n[3];           /* voxels along axes 0, 1, 2; a projection is (cols, rows, frames) */
	double to_world[4][4];  /* index -> mm, RAS+; last row 0 0 0 1 */
	enum volume_type type;
	struct memory voxels;   /* n[0]*n[1]*n[2] values, host */
};
int volume_init(struct volume *v, const int64_t n[3], const double to_world[4][4], enum volume_type type);
void volume_free(struct volume *v);
int64_t volume_count(const struct volume *v);
size_t volume_type_bytes(enum volume_type type);
/* Typed access; BUG when the type differs. */
float *volume_f32(const struct volume *v);
int16_t *volume_i16(const struct volume *v);
uint16_t *volume_u16(const struct volume *v);
uint8_t *volume_u8(const struct volume *v);
void volume_spacing_mm(const struct volume *v, double spacing_mm[3]); /* lengths of the affine's columns */
double volume_voxel_cm3(const struct volume *v);                      /* |det| / 1000 */
void volume_index_to_world(const struct volume *v, const double index[3], double world_mm[3]);
int volume_world_to_index(const struct volume *v, double inverse[4][4]); /* ERR_INVALID when singular */
/* Equal dimensions and affines (1e-3 voxel at every corner), else ERR_INVALID naming both files and the difference. */
int volume_same_grid(const struct volume *a, const char *a_name, const struct volume *b, const char *b_name);
/*
 * 4x4 affine helpers: out may not alias in.  C11 does not turn double (*)[4] into const double (*)[4] by itself:
 * AFFINE(m) passes a local, non-const matrix to the functions of this file without a warning.
 */
#define AFFINE(m) ((const double(*)[4])(m))
void affine_multiply(double out[4][4], const double a[4][4], const double b[4][4]);
int affine_invert(double out[4][4], const double in[4][4]); /* -1 without message when singular */
void affine_apply(const double m[4][4], const double p[3], double out[3]);
#ifdef __cplusplus
}
#endif
#endif
