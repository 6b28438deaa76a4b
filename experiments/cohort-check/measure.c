/*
 * Scans participants of the seven built-in sites with each site's simulated DXA device and prints a row for each hip
 * and repeat: what the device shows, on the Hologic scale, beside the true mineral and what a form would ask.
 *	cohort_check SEED FIRST COUNT REPEATS VOXEL_MM
 */
#include <stdio.h>
#include <stdlib.h>

#include "drr/cohort/areal.h"
#include "drr/cohort/cohort.h"
#include "host/run/err.h"

static void print_header(void)
{
	printf("participant_id\tsite\tdevelopment\tsex\tage\theight_cm\tweight_kg\tbmi\tside\tarthritis\trepeat");
	for (int i = 0; i < AREAL_REGIONS; i++) {
		const char *name = areal_region_name((enum areal_region)i);
		printf("\t%s_true\t%s_pose_true\t%s_exact\t%s_dxa", name, name, name, name);
	}
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		printf("\t%s", background_name((enum background_column)i));
	printf("\n");
}

static void print_hip(const struct person *p, const struct site *site, int side, int repeat, const struct areal *m)
{
	printf("%s\t%s\t%d\t%c\t%g\t%g\t%g\t%.6g\t%c\t%d\t%d", p->id, site->name, site->development, p->sex, p->age,
		p->height_cm, p->weight_kg, p->bmi, side == ANATOMY_RIGHT ? 'R' : 'L', p->arthritis[side], repeat);
	for (int i = 0; i < AREAL_REGIONS; i++) {
		enum areal_region region = (enum areal_region)i;
		double sbmd = areal_sbmd_mg_cm2(m->dxa[i].shown_g_cm2, region, site->dxa.family);
		printf("\t%.6f\t%.6f\t%.6f\t%.6f", m->truth[i].abmd_g_cm2, m->dxa[i].true_g_cm2, m->dxa[i].exact_g_cm2,
			areal_of_sbmd_g_cm2(sbmd, region, "hologic"));
	}
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		printf("\t%d", p->background.is[i]);
	printf("\n");
}

static int scan_person(const struct device *device, const struct cohort *cohort, int64_t index, int repeats,
	const struct scan_setting *setting)
{
	static struct anatomy neutral;
	const struct person p = cohort_person(cohort, index);
	const struct site *site = &cohort->sites->list[p.site];
	struct areal hips[ANATOMY_SIDES];
	if (anatomy_init(&neutral, &p.anatomy) != 0)
		return -1;
	for (int repeat = 0; repeat < repeats; repeat++) {
		if (areal_scan(hips, device, &neutral, &p, &site->dxa, setting, cohort->seed, cohort_who(index, 0),
			    repeat) != 0)
			return -1;
		for (int side = 0; side < ANATOMY_SIDES; side++)
			print_hip(&p, site, side, repeat, &hips[side]);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct device device;
	struct sites sites;
	if (argc != 6) {
		fprintf(stderr, "usage: cohort_check SEED FIRST COUNT REPEATS VOXEL_MM\n");
		return 2;
	}
	const int64_t first = atoll(argv[2]), count = atoll(argv[3]);
	const struct scan_setting setting = { .voxel_mm = atof(argv[5]), .subsamples = 2 };
	int rc = device_open(&device, "cpu") != 0 || sites_built_in(&sites, SITE_BUILT_IN) != 0;
	const struct cohort cohort = { &sites, strtoull(argv[1], NULL, 10), false };
	if (rc == 0)
		print_header();
	for (int64_t i = first; i < first + count && rc == 0; i++)
		rc = scan_person(&device, &cohort, i, atoi(argv[4]), &setting) != 0;
	if (rc != 0)
		fprintf(stderr, "cohort_check: %s\n", err_message());
	return rc;
}
