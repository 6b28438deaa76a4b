/*
 * The two beams of a dual-energy (DXA) scanner, and the dual-energy equation.
 *
 *	J_E = -ln(I/I0)                      per beam, behind soft tissue, fat and mineral
 *	R   = J_L / J_H of bone-free tissue  read beside the bone
 *	s_b = (J_L - R J_H) / (mu_b,L - R mu_b,H)
 *
 * With beams of one energy each (a K-edge filter) this is exact.  With two spectra J is not linear in the masses: the
 * tissue beside the bone is resolved into soft tissue and fat, and the pixel into that mix and mineral, by Newton's
 * method on the spectra's quadratures; of single energies it gives the equation above.
 */
#ifndef DRR_DXA_BEAM_H
#define DRR_DXA_BEAM_H
#include "drr/materials.h"
#include "drr/quadrature.h"
#ifdef __cplusplus
extern "C" {
#endif
enum dxa_beam_energy { DXA_LOW, DXA_HIGH, DXA_ENERGIES };
struct dxa_beam {
	char name[64];                      /* "40/70 keV", "70/140 kVp" */
	struct quadrature at[DXA_ENERGIES]; /* low, high; of one node for a single energy */
};
/* Single energies, keV in the attenuation table's range; ERR_USAGE else, or when low is not below high. */
int dxa_beam_kev(struct dxa_beam *beam, double low_kev, double high_kev);
/* Effective energies of K-edge filters: "40/70" (cerium, 80 kVp), "38/70" (Lunar), "45/100"; ERR_USAGE listing them
 * for any other name. */
int dxa_beam_named(struct dxa_beam *beam, const char *name);
/* Two tube voltages with their added aluminium, on the energy-integrating detector of drr/spectrum.h; ERR_USAGE as
 * spectrum_load(), or when low is not below high. */
int dxa_beam_kvp(struct dxa_beam *beam, const double kvp[DXA_ENERGIES], const double added_al_mm[DXA_ENERGIES]);
/* j: -ln(I/I0) at both energies behind these masses, g/cm2 (MATERIALS). */
void dxa_beam_attenuation(double j[DXA_ENERGIES], const struct dxa_beam *beam, const double g_cm2[MATERIALS]);
/* Share of fat in the mass of bone-free tissue that attenuates like this; outside 0..1 for anything else. */
double dxa_beam_fat_fraction(const struct dxa_beam *beam, const double j[DXA_ENERGIES]);
/* Mineral, g/cm2, of attenuation j in tissue like that beside the bone, whose attenuation is `beside`. */
double dxa_beam_mineral(
	const struct dxa_beam *beam, const double j[DXA_ENERGIES], const double beside[DXA_ENERGIES]);
/* The nodes as kernels/dxa_solve.h takes them; nodes (2 QUADRATURE_NODES), the first at[DXA_LOW].n are the low beam. */
struct dxa_solve_node;
void dxa_beam_nodes(struct dxa_solve_node *nodes, const struct dxa_beam *beam);
#ifdef __cplusplus
}
#endif
#endif
