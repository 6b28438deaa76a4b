/*
 * Whom a site's study recruits: age, sex, hip disease and how complete its tables are.  Bone density follows the
 * general population of the same age and sex (physics-and-clinical.md 5) with the spread given here.
 */
#ifndef DRR_COHORT_POPULATION_H
#define DRR_COHORT_POPULATION_H
#ifdef __cplusplus
extern "C" {
#endif
struct map_library;
enum { POPULATION_GRADES = 5 };
struct population {
	double women;                        /* share */
	double age_low, age_high;            /* years, drawn evenly between them or */
	double age_mean, age_sd;             /* normally where age_sd > 0 */
	double density_spread;               /* of the SD at given age and sex, 1 = general population */
	double density_shift_g_cm2;          /* of its mean */
	double arthritis[POPULATION_GRADES]; /* cumulative share with a worse hip of grade <= 0, 1, 2, 3, 4 */
	double finding;                      /* share with old fractures and clothes, as a factor, 1 = usual */
	double nails;                        /* share of old fractures with a nail (struct anatomy_voxels.metal) */
	double prostheses;                   /* share of people with a total hip on the side that is not studied */
	const struct map_library *maps;      /* whose bones its people have; NULL = the shape model's */
	double missing;                      /* share of values missing, as a factor, 1 = usual */
};
/* People sent for a density measurement; total-hip aBMD 0.15 g/cm2 about its mean over all. */
struct population population_external(void);
/* Before hip replacement: mostly women with osteoarthritis of grade 2 and more, aBMD 0.10 g/cm2 about its mean. */
struct population population_development(void);
/* ERR_INVALID naming the member that makes no sense. */
int population_check(const struct population *p);
#ifdef __cplusplus
}
#endif
#endif
