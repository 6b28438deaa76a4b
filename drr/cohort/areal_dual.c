/* The dual-energy equation on maps of a femur and the tissue around it. */
#include "drr/cohort/areal.h"
#include "drr/dxa_beam.h"
#include "drr/materials.h"
#include "host/run/err.h"

/* Beside the bone, in pixels: where the soft-tissue ratio is read. */
enum { BESIDE_FROM = 4, BESIDE_TO = 16 };
#define BONE_FREE_G_CM2 0.02

/* Maps of one picture. */
struct picture {
	const struct dxa_beam *beam;
	const float *materials, *bone_mineral;
	const uint8_t *masks;
	int64_t cols, rows;
};

/* Adds the attenuation at both energies of a pixel's soft tissue, fat and this much mineral. */
static void add(double sum[DXA_ENERGIES], const struct picture *p, int64_t i, double mineral)
{
	double j[DXA_ENERGIES];
	int64_t plane = p->cols * p->rows;
	const double g_cm2[MATERIALS] = { [MATERIAL_SOFT] = (double)p->materials[MATERIAL_SOFT * plane + i],
		[MATERIAL_FAT] = (double)p->materials[MATERIAL_FAT * plane + i],
		[MATERIAL_MINERAL] = mineral };
	dxa_beam_attenuation(j, p->beam, g_cm2);
	for (int e = 0; e < DXA_ENERGIES; e++)
		sum[e] += j[e];
}

/* Bone-free pixels close to a row's bone [first, last]. */
static void add_beside(
	double sum[DXA_ENERGIES], const struct picture *p, int64_t row, int64_t first, int64_t last)
{
	const float *mineral = p->materials + MATERIAL_MINERAL * p->cols * p->rows;
	for (int64_t step = BESIDE_FROM; step <= BESIDE_TO; step++)
		for (int way = 0; way < 2; way++) {
			int64_t c = way ? last + step : first - step, i = row * p->cols + c;
			if (c >= 0 && c < p->cols && (double)mineral[i] < BONE_FREE_G_CM2)
				add(sum, p, i, 0);
		}
}

static void read_beside(double beside[DXA_ENERGIES], const struct picture *p)
{
	for (int64_t row = 0; row < p->rows; row++) {
		int64_t first = -1, last = -1;
		for (int64_t c = 0; c < p->cols; c++)
			if (p->masks[AREAL_TOTAL_HIP * p->cols * p->rows + row * p->cols + c]) {
				first = first < 0 ? c : first;
				last = c;
			}
		if (first >= 0)
			add_beside(beside, p, row, first, last);
	}
}

int areal_dual_energy(double bmd_g_cm2[AREAL_REGIONS], const float *materials_g_cm2,
	const float *bone_mineral_g_cm2, const uint8_t *masks, int64_t cols, int64_t rows,
	const char *beam_name)
{
	struct dxa_beam beam;
	const struct picture p = { &beam, materials_g_cm2, bone_mineral_g_cm2, masks, cols, rows };
	double beside[DXA_ENERGIES] = { 0 };
	if (dxa_beam_named(&beam, beam_name) != 0)
		return -1;
	read_beside(beside, &p);
	for (int region = 0; region < AREAL_REGIONS; region++) {
		const uint8_t *mask = masks + region * cols * rows;
		double bone[DXA_ENERGIES] = { 0 }, pixels = 0;
		for (int64_t i = 0; i < cols * rows; i++)
			if (mask[i]) {
				add(bone, &p, i, (double)bone_mineral_g_cm2[i]);
				pixels++;
			}
		if (!(pixels > 0))
			return ERR_INVALID("dual-energy reading: no bone in the window (%s)",
				areal_region_name((enum areal_region)region));
		if (!(beside[1] > 0))
			return ERR_INVALID("dual-energy reading: no bone-free tissue beside the bone");
		/* The equation is linear in the attenuations, so the mean over pixels may be taken first. */
		for (int e = 0; e < DXA_ENERGIES; e++)
			bone[e] /= pixels;
		bmd_g_cm2[region] = dxa_beam_mineral(&beam, bone, beside);
	}
	return 0;
}
