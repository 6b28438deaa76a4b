/*
 * The digital hip (ct/anatomy.h) as its kernels read it: parameters, and what is made of them once.
 *
 * Every function of kernels/anatomy/ is a text for all devices, in double.  Lengths are mm in the body's world (RAS+,
 * origin midway between the femoral head centres).
 */
#ifndef KERNELS_ANATOMY_MODEL_H
#define KERNELS_ANATOMY_MODEL_H
#include <stdbool.h>
#include "kernels/kernel.h"

/* A function that is called, not copied into its callers, on the GPU too: else the voxels' kernel is 600 KiB long. */
#if defined(__CUDACC__)
#define ANATOMY_CALL static __device__ __noinline__
#else
#define ANATOMY_CALL static inline
#endif

enum anatomy_side { ANATOMY_RIGHT, ANATOMY_LEFT, ANATOMY_SIDES };
enum anatomy_part {
	ANATOMY_FEMUR_RIGHT, ANATOMY_FEMUR_LEFT, ANATOMY_HIP_RIGHT, ANATOMY_HIP_LEFT, ANATOMY_SACRUM, ANATOMY_LUMBAR,
	ANATOMY_PARTS
};
/* Densities of the pure materials, g/cm3: muscle and adipose (ICRP), hydroxyapatite. */
#define ANATOMY_SOFT_G_CM3 1.04
#define ANATOMY_FAT_G_CM3 0.92
#define ANATOMY_MINERAL_G_CM3 3.156
#define ANATOMY_TITANIUM_G_CM3 4.43 /* Ti6Al4V, what implants are made of */
#define ANATOMY_JOINT_SPACE_MM 3.5 /* cartilage of the healthy hip */

struct anatomy_femur {
	double head_diameter_mm;
	double offset_mm;         /* head centre to shaft axis */
	double neck_shaft_deg;
	double torsion_deg;       /* anteversion of the neck */
	double neck_width_mm;
	double shaft_diameter_mm; /* below the lesser trochanter */
	double cortex_shaft_mm, cortex_neck_mm; /* neck: mean around it; the inferior side (calcar) is thicker */
	double cortical_mg_cm3;
	double trabecular_mg_cm3;    /* in the neck */
	double trabecular_gradient;  /* neck / trochanter; head / neck is its square; 1 = none */
	double marrow_fat;           /* volume fraction of fat in the marrow, 0..1 */
	double porosity;             /* of the cortex: its density is cortical_mg_cm3 (1 - porosity); 0..0.5 */
	double texture;              /* SD of the trabecular pattern relative to its mean; 0 = smooth */
	double bow_per_m;            /* curvature of the shaft, convex forwards; 0 = straight */
	double joint_space_mm;       /* between head and socket at the top; below it is the healthy 3.5 */
	double osteophyte_mm;        /* radius of the rim of bone at the head's border; 0 = none */
	double sclerosis;            /* dense bone under the joint's top, 0..1 */
	double cyst_mm;              /* radius of a subchondral cyst; 0 = none */
	double callus_mm;            /* height of a healed fracture's callus at the neck's base; 0 = none */
	double nail_mm;              /* radius of a titanium nail with its neck screw; 0 = none */
	double cup_mm;               /* outer radius of a total hip's cup, with its head and stem; 0 = none */
	double flexion_deg, internal_deg, abduction_deg; /* of the leg against the pelvis, about the head centre */
};
enum { ANATOMY_BOWEL = 6, ANATOMY_PHLEBOLITHS = 4 };
/* A ball within the pelvis; radius 0 = none. */
struct anatomy_blob {
	double centre_mm[3], radius_mm, density_g_cm3;
};
struct anatomy_params {
	struct anatomy_femur femur[ANATOMY_SIDES];
	double head_distance_mm;   /* between the femoral head centres; scales the pelvis's width */
	double pelvis_scale;       /* its height and depth, 1 = average */
	double pelvis_cortex_mm, pelvis_trabecular_mg_cm3, pelvis_marrow_fat;
	double muscle_mm;          /* over the greater trochanter */
	double fat_lateral_mm, fat_front_mm, fat_back_mm; /* under the skin */
	double muscle_fat;         /* volume fraction of fat within muscle */
	double visceral_fat;       /* the same within the pelvic cavity */
	double intermuscular_fat;  /* volume fraction of fat between the muscles */
	double texture_rad[3];     /* phases of the soft tissue's unevenness */
	double cloth_g_cm2;        /* cover over the skin, in folds */
	struct anatomy_blob bowel[ANATOMY_BOWEL];           /* density_g_cm3: 0 = gas, 1.04 = content */
	struct anatomy_blob phlebolith[ANATOMY_PHLEBOLITHS]; /* density_g_cm3: of mineral; kept within the pelvic cavity */
	uint64_t texture_seed;
	/* Bones of a label map in place of these shapes: anatomy_map_take() of ct/anatomy_map.h sets all three. */
	const struct anatomy_map *map; /* NULL = none; borrowed */
	double map_scale;
	bool map_mirrored;
};

/* A cone with spherical ends (round cone), ready for evaluation. */
struct anatomy_cone {
	double a[3], axis[3]; /* start, unit axis */
	double length, radius, slope, cosine;
	bool chained; /* goes on from the cone before it: joined without a blend */
};
enum { ANATOMY_CONES = 32, ANATOMY_MUSCLES = 10, ANATOMY_NAIL = 2, ANATOMY_CUP = 6, ANATOMY_METAL = 7, ANATOMY_LOOP = 3, ANATOMY_SHEETS = 8 };
struct anatomy_bone {
	struct anatomy_cone cones[ANATOMY_CONES];
	int n;
	double blend_mm;
	double low[3], high[3]; /* box around it, margin included */
};
/* What is exactly so; members as those of a frame that is found on a label (ct/frame.h). */
struct anatomy_frame {
	double head_centre_mm[3], head_radius_mm;
	double neck_axis[3];  /* unit, from the head centre into the neck (lateral, distal) */
	double shaft_axis[3]; /* unit, pointing distally */
};
struct anatomy_femur_axes {
	double to_local[3][3];   /* rows: lateral, anterior, proximal (along the shaft), in the body's world */
	double neck_length_mm;   /* head centre to shaft axis along the neck */
	double junction_mm;      /* proximal coordinate where neck and shaft axes meet, < 0 */
	double shaft_offset_mm[2]; /* lateral and anterior coordinate of the shaft axis */
};
struct anatomy_stress {
	double calcar[2], dome[2];          /* compression: the sheet between them */
	double arc_centre[2], arc_radius_mm; /* tension: from the lateral cortex over the neck to the head */
	double ward[2];                     /* the triangle between them */
};
struct anatomy_loop {
	double centre_mm[ANATOMY_LOOP][3], radius_mm[ANATOMY_LOOP]; /* balls of a stretch of bowel, the largest in the middle */
};
struct anatomy_sheet {
	double from_mm[3], to_mm[3], half_depth_mm; /* a ribbon of fat: its line in the frontal plane, drawn out along y */
};
struct anatomy_wing {
	double centre_mm[3], radius_mm, half_mm; /* of the sphere on which the plate lies; half its thickness */
	double arc_centre_mm[3], arc_mm, rim_mm; /* of the circle on which the crest lies; half its thickness */
	double axis[3][3];                       /* of the circle: to the crest's middle, along, out of its plane */
	double arc_end[2];                       /* sine and cosine of half the crest's angle */
	double front_centre_mm[3], front_mm, notch_centre_mm[3], notch_mm; /* balls that hollow the plate's edges */
};
struct anatomy_sampled {
	const float *distance_mm;       /* (n[2], n[1], n[0]) at scale 1 */
	int64_t n[3];
	double to_index[3][4], scale;
	double step_mm[3];              /* of the body along each index */
	double margin_mm;               /* from the bone to the grid's edge at least */
	double slack_mm;                /* by which a value between voxels may be too large */
	double along[3], end_mm;        /* a point p with along . p < end_mm is read at end_mm: the shaft goes on */
};
struct anatomy {
	struct anatomy_params params;
	struct anatomy_frame frame[ANATOMY_SIDES];
	struct anatomy_bone bone[ANATOMY_PARTS];
	struct anatomy_femur_axes axes[ANATOMY_SIDES];
	/* Main stress groups in the femur's frontal plane, (lateral, proximal) mm from the head's centre. */
	struct anatomy_stress stress[ANATOMY_SIDES];
	struct anatomy_cone muscle[ANATOMY_SIDES][ANATOMY_MUSCLES];
	struct anatomy_cone metal[ANATOMY_SIDES][ANATOMY_METAL]; /* a nail's, then a total hip's; the cup is no cone */
	struct anatomy_loop loop[ANATOMY_BOWEL];
	struct anatomy_sheet sheet[ANATOMY_SIDES][ANATOMY_SHEETS];
	double sheet_half_mm; /* half its thickness */
	double foramen_mm[3], foramen_row[3]; /* the first sacral foramen on the right; from it to the last (ct/anatomy_spine.c) */
	struct anatomy_wing wing[ANATOMY_SIDES];
	double cup_radius_mm[ANATOMY_SIDES], cup_axis[ANATOMY_SIDES][3], cup_centre_mm[ANATOMY_SIDES][3],
		cup_rim_mm[ANATOMY_SIDES];
	struct anatomy_cone leg[ANATOMY_SIDES], leg_muscle[ANATOMY_SIDES];
	/* With a label map: its distances, borrowed, and where they lie in this body (ct/anatomy_sampled.c). */
	struct anatomy_sampled sampled[ANATOMY_PARTS];
};

enum { ANATOMY_PLANES = 6 };
struct anatomy_grid {
	int64_t n[3];
	double to_world[4][4];
	double world_to_body[4][4]; /* undoes the patient's pose on this grid */
	int subsamples;             /* along a voxel's shortest edge where a bone's surface crosses it, 1 to 3 */
	double label_fraction;
	/* Only what lies in all of these half spaces is wanted, normal . world + offset >= 0 mm (unit normals): elsewhere
	 * voxels may stay 0. */
	double wanted[ANATOMY_PLANES][4];
	int n_wanted;
};
/* Where voxels go: g/cm3 at element first + x stride[0] + y stride[1] + z stride[2], zeroed before. */
struct anatomy_target {
	float *soft, *fat, *mineral, *metal; /* metal: NULL in a body without */
	int64_t first, stride[3];
	uint8_t *labels;                     /* (n[2], n[1], n[0]), zeroed before; NULL = not wanted */
};
#endif
