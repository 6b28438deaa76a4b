/*
 * A hospital of the synthetic cohort: whom it sees, and what its CT scanner, X-ray room and DXA device do.
 *
 * A profile is a YAML file (those in drr/cohort/sites: site A is for development, B to G are external).  Lengths are mm,
 * angles degrees, densities of DXA g/cm2.  Ranges are [low, high].  A profile of the user's own may leave keys out: they
 * then are those of site_default(); an unknown key is refused.  Figures without a source in the profiles are choices
 * within the ranges of physics-and-clinical.md 1.6, 3 and 7 (scatter, grids and technique are marked unverified there).
 */
#ifndef DRR_COHORT_SITE_H
#define DRR_COHORT_SITE_H
#include <stdbool.h>
#include <stdint.h>
#include "drr/cohort/population.h"
#include "drr/film.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { SITE_MOST = 26, SITE_BUILT_IN = 7 };
struct site_ct {
	char scanner[32];
	double kvp;                 /* as the table says; the physics is the effective energy's */
	double kev;                 /* effective energy behind the body */
	double gain, offset_hu;     /* what quality control lets through */
	double noise_hu;            /* SD of a voxel in water */
	double kernel_fwhm_mm;      /* reconstruction kernel within the slice; 0 = as sharp as the voxels */
	double slice_mm;            /* thickness; thinner than the voxels has no effect */
	double cupping_hu;          /* beam hardening the water correction leaves: below the rim in the body's middle */
	double tilt_sd_deg, turn_sd_deg, shift_mm; /* pelvic tilt, turns of the body, shifts at most */
};
struct site_xray {
	char vendor[64];            /* "look" family of drr/cohort/look.h, e.g. "unsharp standard" */
	double kvp, added_al_mm;    /* spectra of drr/spectrum.h */
	char mineral[32];           /* attenuation of mineral: drr/cohort/mineral.h */
	double sdd_mm, table_mm;    /* source to detector; patient's middle to detector */
	double pixel_mm;            /* at the detector, quality `full` and above 0.4; see xray_setting */
	double cut_share;           /* of films that cut the pelvis or a femur off: drr/cohort/posture.h */
	double scatter_to_primary, scatter_spread; /* drr/scatter.h, before the grid */
	double veil_to_primary;     /* the other scatter model, drr/cohort/veil.h; 0 = off */
	double grid_primary, grid_scatter;
	double photons_per_mm2, electronic_noise_photons;
	double focal_spot_mm, detector_blur_mm, tail_mm, tail_share, heel, flat_field_residual;
	double tilt_sd_deg, turn_sd_deg, flexion_sd_deg, internal_mean_deg, internal_sd_deg, abduction_sd_deg, off_centre_mm;
	double collimated_share, collimator_mm[2]; /* films with an unexposed border, its width: drr/cohort/collimator.h */
	double poses[2];            /* films a visit, 1 .. 4 */
};
struct site_dxa {
	char device[32];            /* maker and model as the table shows it */
	char family[16];            /* "hologic", "lunar", "norland": standardised by physics-and-clinical.md 3.4 */
	char beam[16];              /* drr/dxa_beam.h */
	double slope, offset_g_cm2; /* against the manufacturer's line */
	double precision, neck_precision; /* coefficients of variation that positioning and regions do not explain */
	double roi_sd_mm;           /* where the reader puts the total hip's lower edge and the neck's box */
	double internal_mean_deg, internal_sd_deg, flexion_sd_deg, abduction_sd_deg;
	double days;                /* at most so far from the X-ray */
};
struct site_population {
	char people[16];            /* "general": sent for a density measurement; "arthroplasty": before hip replacement */
	double women_share;         /* negative: as such people come */
	double age_years[2];        /* [0, 0]: as such people come */
	double bmi[2];              /* others are not taken */
	double missing;             /* share of a form's answers that are missing, as a factor, 1 = usual */
	double nails;               /* share of healed fractures with a nail: a hip that is not measured (areal.h) */
	double prostheses;          /* share of people with a total hip opposite to the one studied: not measured either */
	double revisit_share;       /* with a second visit */
};
/* Bones of real people's label maps in place of the shape model's (ct/anatomy_map.h). */
struct map_library;
struct site_anatomy {
	char labels[512];           /* a NIfTI label map, a folder or a pattern of them; "" = the shape model */
	char label_map[256];        /* what their numbers mean (ct/labels.h) */
	struct map_library *maps;   /* once read; NULL = the shape model.  The sites' */
};
struct site {
	char letter;                /* 'A' .., the prefix of its participants */
	char name[16];              /* "siteA" */
	bool development;
	int64_t subjects;           /* in the whole multi-centre study */
	struct site_population population;
	struct site_anatomy anatomy;
	struct site_ct ct;
	struct site_xray xray;
	struct site_dxa dxa;
};
struct sites {
	int n;
	struct site list[SITE_MOST];
	uint64_t digest;            /* of the profiles' texts and the label maps: equal digests are equal hospitals */
};
struct site site_default(void);
/* The first n of the built-in profiles; n 1 .. SITE_BUILT_IN, else ERR_USAGE. */
int sites_built_in(struct sites *sites, int n);
/* Every .yaml of a folder in the order of their names; lettered A, B, ...  ERR_USAGE naming file, key and range. */
int sites_read(struct sites *sites, const char *folder);
/*
 * drr/cohort/site_anatomy.c: the site of that letter takes its bones from these label maps, whatever its profile says.
 * ERR_USAGE when there is none.
 */
int sites_set_anatomy(struct sites *sites, char letter, const char *labels, const char *label_map);
/* Reads all label maps that the sites name (drr/cohort/map_library.h). */
int sites_read_anatomy(struct sites *sites);
void sites_free(struct sites *sites); /* of what sites_read_anatomy read */
int site_parse(struct site *site, const char *yaml, const char *name); /* drr/cohort/site_read.c; name for messages */
int64_t sites_subjects(const struct sites *sites); /* sum of their numbers */
/* drr/cohort/site_population.c: whom the site enrols.  ERR_USAGE for people that do not exist. */
int site_recruits(struct population *who, const struct site_population *wanted);
#ifdef __cplusplus
}
#endif
#endif
