/*
 * Measures participants of the seven built-in sites.
 *	cohort_check dxa SEED FIRST COUNT REPEATS
 *		a row for each hip and repeat: what the site's DXA device shows, on the Hologic scale, beside
 *the true mineral and what a form would ask cohort_check ct SEED FIRST COUNT FOLDER a row for each
 *participant: CT numbers of tissue; the CT and its labels go to FOLDER for `xbmd calibrate` and `xbmd qct`
 *	cohort_check film SEED FIRST COUNT -
 *		a row for each participant: what its film carries (signal.h)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/areal.h"
#include "drr/cohort/cohort.h"
#include "experiments/cohort-check/signal.h"
#include "experiments/cohort-check/tissue.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"

#define DXA_BODY_MM 4.0 /* voxels of the body; the reading moves by 0.2 % from 2 mm on */
static const struct scan_setting ct_setting = { .voxel_mm = 2.0, .subsamples = 3 }; /* synth --quality fast */

static void print_header(void)
{
	printf("participant_id\tsite\tdevelopment\tsex\tage\theight_cm\tweight_"
	       "kg\tbmi\tside\tarthritis\trepeat");
	for (int i = 0; i < AREAL_REGIONS; i++) {
		const char *name = areal_region_name((enum areal_region)i);
		printf("\t%s_true\t%s_pose_true\t%s_exact\t%s_dxa", name, name, name, name);
	}
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		printf("\t%s", background_name((enum background_column)i));
	printf("\n");
}

static void print_hip(
	const struct person *p, const struct site *site, int side, int repeat, const struct areal *m)
{
	printf("%s\t%s\t%d\t%c\t%g\t%g\t%g\t%.6g\t%c\t%d\t%d", p->id, site->name, site->development, p->sex,
		p->age, p->height_cm, p->weight_kg, p->bmi, side == ANATOMY_RIGHT ? 'R' : 'L',
		p->arthritis[side], repeat);
	for (int i = 0; i < AREAL_REGIONS; i++) {
		enum areal_region region = (enum areal_region)i;
		double sbmd = areal_sbmd_mg_cm2(m->dxa[i].shown_g_cm2, region, site->dxa.family);
		printf("\t%.6f\t%.6f\t%.6f\t%.6f", m->truth[i].abmd_g_cm2, m->dxa[i].true_g_cm2,
			m->dxa[i].exact_g_cm2, areal_of_sbmd_g_cm2(sbmd, region, "hologic"));
	}
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		printf("\t%d", p->background.is[i]);
	printf("\n");
}

static int measure_dxa(const struct device *device, const struct cohort *cohort, int64_t index, int repeats)
{
	static const struct scan_setting setting = { .voxel_mm = DXA_BODY_MM, .subsamples = 2 };
	static struct anatomy neutral;
	const struct person p = cohort_person(cohort, index);
	const struct site *site = &cohort->sites->list[p.site];
	struct areal hips[ANATOMY_SIDES];
	if (anatomy_init(&neutral, &p.anatomy) != 0)
		return -1;
	for (int repeat = 0; repeat < repeats; repeat++) {
		if (areal_scan(hips, device, &neutral, &p, &site->dxa, &setting, cohort->seed,
			    cohort_who(index, 0), repeat) != 0)
			return -1;
		for (int side = 0; side < ANATOMY_SIDES; side++)
			if (!areal_exclusion(&p.anatomy, (enum anatomy_side)side))
				print_hip(&p, site, side, repeat, &hips[side]);
	}
	return 0;
}

static int write_scan(const struct scan *scan, const char *folder, const char *id)
{
	char ct[PATH_BYTES], labels[PATH_BYTES];
	if (path_format(ct, "%s/%s_ct.nii.gz", folder, id) != 0 ||
		path_format(labels, "%s/%s_dseg.nii.gz", folder, id) != 0 ||
		nifti_write(ct, &scan->hu, 1) != 0)
		return -1;
	return nifti_write(labels, &scan->truth.labels, 1);
}

/* A femur that holds metal is nobody's cortex: it counts as its hip bone. */
static void hide_metal(struct volume *labels, const struct anatomy_params *params)
{
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int64_t i = 0; areal_exclusion(params, (enum anatomy_side)side) && i < volume_count(labels); i++)
			if (volume_u8(labels)[i] == anatomy_label((enum anatomy_part)(ANATOMY_FEMUR_RIGHT + side)))
				volume_u8(labels)[i] = anatomy_label((enum anatomy_part)(ANATOMY_HIP_RIGHT + side));
}

static int measure_ct(const struct cohort *cohort, int64_t index, const char *folder)
{
	static struct anatomy body;
	const struct person p = cohort_person(cohort, index);
	const struct site *site = &cohort->sites->list[p.site];
	const int64_t who = cohort_who(index, 0);
	const struct posture posture = posture_ct(&p, &site->ct, cohort->seed, who);
	struct scan scan = { 0 };
	struct tissue_hu hu;
	int rc = -1;
	TRY(posture_anatomy(&body, &p.anatomy, &posture));
	TRY(scan_make(&scan, NULL, &body, &posture.body, site, &ct_setting, cohort->seed, who));
	TRY(write_scan(&scan, folder, p.id));
	hide_metal(&scan.truth.labels, &p.anatomy);
	hu = tissue_measure(&scan.hu, &scan.truth.labels);
	printf("%s\t%s\t%c\t%g\t%g\t%.1f\t%.1f\t%.1f\t%.1f\n", p.id, site->name, p.sex, p.age, site->ct.kvp,
		hu.adipose, hu.muscle, hu.cortical, hu.air);
	rc = 0;
cleanup:
	scan_free(&scan);
	return rc;
}

static void print_film_header(void)
{
	printf("participant_id\tsite\tkvp\tgrid\tmineral\tphotons_per_mm2\tradiograph\tthickness_cm\tscatter_to_primary\tnoise\t"
	       "contrast\tlook_low\tlook_high\n");
}

static int measure_film(const struct device *device, const struct cohort *cohort, int64_t index)
{
	const struct person p = cohort_person(cohort, index);
	const struct site_xray *room = &cohort->sites->list[p.site].xray;
	struct signal s = { 0 };
	if (signal_measure(&s, device, cohort, index) != 0)
		return -1;
	printf("%s\t%s\t%g\t%d\t%s\t%g\t%.4f\t%.2f\t%.4f\t%.5f\t%.4f\t%.4f\t%.4f\n", p.id,
		cohort->sites->list[p.site].name, room->kvp, room->grid_primary < 1, room->mineral, room->photons_per_mm2,
		s.radiograph, s.thickness_cm, s.scatter_to_primary, s.noise, s.contrast, s.look_low, s.look_high);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: cohort_check dxa SEED FIRST COUNT REPEATS\n"
			"       cohort_check ct SEED FIRST COUNT FOLDER\n"
			"       cohort_check film SEED FIRST COUNT -\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct device device;
	struct sites sites;
	const bool dxa = argc == 6 && strcmp(argv[1], "dxa") == 0, ct = argc == 6 && strcmp(argv[1], "ct") == 0;
	if (!dxa && !ct && (argc != 6 || strcmp(argv[1], "film") != 0))
		return usage();
	const int64_t first = atoll(argv[3]), count = atoll(argv[4]);
	int rc = device_open(&device, "cpu") != 0 || sites_built_in(&sites, SITE_BUILT_IN) != 0;
	const struct cohort cohort = { &sites, strtoull(argv[2], NULL, 10), false };
	if (rc == 0 && dxa)
		print_header();
	else if (rc == 0 && !ct)
		print_film_header();
	else if (rc == 0)
		printf("participant_id\tsite\tsex\tage\tkvp\tadipose_hu\tmuscle_hu\tcortical_hu\tair_hu\n");
	for (int64_t i = first; i < first + count && rc == 0; i++) {
		rc = (dxa  ? measure_dxa(&device, &cohort, i, atoi(argv[5]))
		      : ct ? measure_ct(&cohort, i, argv[5])
			   : measure_film(&device, &cohort, i)) != 0;
		fflush(stdout);
	}
	if (rc != 0)
		fprintf(stderr, "cohort_check: %s\n", err_message());
	return rc;
}
