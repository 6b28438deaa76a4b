/*
 * Renders participants' right femora and prints, one row each: the terms of drr/cohort/strength.h; areal
 *density per density of cortex and of trabecular bone, total hip and neck; and the participant's measures.
 *fit.py reads it. cohort_strength external|development SEED COUNT SPACING_MM
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ct/abmd.h"
#include "drr/cohort/areal_region.h"
#include "drr/cohort/person.h"
#include "drr/cohort/shape.h"
#include "drr/cohort/strength.h"
#include "host/run/err.h"

/* Columns of the body's own front view; the neck's box as DXA draws it. */
static void read_regions(double abmd[AREAL_REGIONS], const struct volume *mineral,
	const struct volume *fraction, const struct anatomy *a, double spacing_mm)
{
	const struct areal_neck box = areal_neck_of(a, ANATOMY_RIGHT, NULL, 0);
	const int64_t *n = mineral->n;
	double sum[AREAL_REGIONS] = { 0 }, pixels[AREAL_REGIONS] = { 0 };
	for (int64_t z = 0; z < n[2]; z++)
		for (int64_t x = 0; x < n[0]; x++) {
			double mass = 0, path = 0;
			for (int64_t y = 0; y < n[1]; y++) {
				int64_t i = (z * n[1] + y) * n[0] + x;
				mass += (double)volume_f32(mineral)[i];
				path += (double)volume_f32(fraction)[i];
			}
			if (!(0.1 * path * spacing_mm >= ABMD_MASK_CM))
				continue;
			double x_mm = mineral->to_world[0][3] + spacing_mm * (double)x;
			double z_mm = mineral->to_world[2][3] + spacing_mm * (double)z;
			int neck = areal_neck_contains(&box, x_mm, z_mm);
			for (int region = 0; region <= neck; region++) {
				sum[region] += 0.1 * mass * spacing_mm;
				pixels[region]++;
			}
		}
	for (int region = 0; region < AREAL_REGIONS; region++)
		abmd[region] = sum[region] / pixels[region];
}

static int measure(double abmd[AREAL_REGIONS], const struct anatomy_params *params, double spacing_mm)
{
	static struct anatomy a;
	struct volume mineral = { 0 }, fraction = { 0 };
	struct total_hip_rule rule = total_hip_rule_default();
	if (anatomy_init(&a, params) != 0 ||
		anatomy_region(&mineral, &fraction, &a, ANATOMY_RIGHT, &rule, spacing_mm) != 0)
		return -1;
	read_regions(abmd, &mineral, &fraction, &a, spacing_mm);
	volume_free(&mineral);
	volume_free(&fraction);
	return 0;
}

static int print_person(const struct person *p, double spacing_mm)
{
	struct anatomy_params unit = p->anatomy;
	struct anatomy_femur *f = &unit.femur[ANATOMY_RIGHT];
	const struct anatomy_femur *own = &p->anatomy.femur[ANATOMY_RIGHT];
	double cortex[AREAL_REGIONS], both[AREAL_REGIONS], true_abmd[AREAL_REGIONS], x[STRENGTH_TERMS];
	f->porosity = f->texture = 0;
	f->cortical_mg_cm3 = 1000;
	f->trabecular_mg_cm3 = 0;
	if (measure(cortex, &unit, spacing_mm) != 0)
		return -1;
	f->trabecular_mg_cm3 = 100;
	if (measure(both, &unit, spacing_mm) != 0 || measure(true_abmd, &p->anatomy, spacing_mm) != 0)
		return -1;
	strength_terms(x, own);
	for (int i = 0; i < STRENGTH_TERMS; i++)
		printf("%.8g\t", x[i]);
	for (int region = 0; region < AREAL_REGIONS; region++)
		printf("%.8g\t%.8g\t%.8g\t", cortex[region] / 1000, (both[region] - cortex[region]) / 100,
			true_abmd[region]);
	printf("%c\t%g\t%g\t%g\t%g\t%.6g\t%d\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g", p->sex, p->age, p->height_cm,
		p->weight_kg, p->bmi, p->density_target_g_cm2, p->arthritis[ANATOMY_RIGHT],
		own->cortical_mg_cm3, own->porosity, own->trabecular_mg_cm3, p->anatomy.head_distance_mm,
		p->anatomy.pelvis_scale);
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		printf("\t%d", p->background.is[i]);
	printf("\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\t%.6g\n", own->head_diameter_mm,
		own->offset_mm, own->neck_shaft_deg, own->torsion_deg, own->neck_width_mm,
		own->shaft_diameter_mm, own->bow_per_m, own->cortex_shaft_mm, own->cortex_neck_mm);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: cohort_strength external|development SEED COUNT SPACING_MM\n");
		return 2;
	}
	struct population who =
		strcmp(argv[1], "development") == 0 ? population_development() : population_external();
	for (int i = 0; i < STRENGTH_TERMS; i++)
		printf("x%d\t", i);
	printf("c_total\tt_total\tabmd_total\tc_neck\tt_neck\tabmd_neck\tsex\tage\theight_cm\tweight_"
	       "kg\tbmi\ttarget\t"
	       "arthritis\tsolid\tporosity\ttrabecular\thead_distance_mm\tpelvis_scale");
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		printf("\t%s", background_name((enum background_column)i));
	for (int i = 0; i <= SHAPE_CORTEX_NECK; i++)
		printf("\t%s", shape_row((enum shape_measure)i)->name);
	printf("\n");
	for (int64_t i = 0; i < atoll(argv[3]); i++) {
		struct person p = person_sample_of(&who, strtoull(argv[2], NULL, 10), i, 0);
		if (print_person(&p, atof(argv[4])) != 0) {
			fprintf(stderr, "%s: %s\n", p.id, err_message());
			return 1;
		}
	}
	return 0;
}
