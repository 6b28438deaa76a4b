#include "ct/lumbar.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ct/component.h"
#include "ct/vec3.h"
#include "host/run/err.h"

struct lumbar_rule lumbar_rule_default(void)
{
	return (struct lumbar_rule){ .centre_peel_mm = 8, .trabecular_peel_mm = 4, .reach_mm = 18 };
}

/* Whether the piece reaches the image's first or last voxel along any axis. */
static bool is_cut(const struct component *c, const struct volume *v)
{
	for (int a = 0; a < 3; a++)
		if (c->lo[a] == 0 || c->lo[a] + c->n[a] == v->n[a])
			return true;
	return false;
}

/* Mass, volume and centroid of the voxels deeper than peel_mm and within reach_mm of about_mm (NULL: any). */
static int read_core(struct qct_part *part, double centroid_mm[3], const struct component *c,
	const struct volume *density, double peel_mm, const double *about_mm, double reach_mm, bool clip)
{
	const struct tissue_rule rule = { .cortical_mg_cm3 = INFINITY, .peel_mm = peel_mm };
	double sum = 0, mean[3] = { 0 };
	uint8_t *classes;
	int64_t at[3], i = 0, voxels = 0;
	if (tissue_classify(&classes, c, density, &rule) != 0)
		return -1;
	for (at[2] = c->lo[2]; at[2] < c->lo[2] + c->n[2]; at[2]++)
		for (at[1] = c->lo[1]; at[1] < c->lo[1] + c->n[1]; at[1]++)
			for (at[0] = c->lo[0]; at[0] < c->lo[0] + c->n[0]; at[0]++) {
				const double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
				double p[3], q[3];
				if (classes[i++] != TISSUE_TRABECULAR)
					continue;
				volume_index_to_world(density, index, p);
				if (about_mm) {
					vec3_add(q, p, -1, about_mm);
					if (vec3_length(q) > reach_mm)
						continue;
				}
				double mg = (double)volume_f32(
					density)[at[0] + density->n[0] * (at[1] + density->n[1] * at[2])];
				sum += clip && mg < 0 ? 0 : mg;
				vec3_add(mean, mean, 1, p);
				voxels++;
			}
	free(classes);
	for (int a = 0; a < 3; a++)
		centroid_mm[a] = voxels > 0 ? mean[a] / (double)voxels : NAN;
	const double cm3 = volume_voxel_cm3(density);
	*part = (struct qct_part){ .vbmd_mg_cm3 = voxels > 0 ? sum / (double)voxels : NAN,
		.volume_cm3 = (double)voxels * cm3,
		.bmc_g = sum * cm3 / 1000 };
	return 0;
}

/* The whole vertebra from the front, along y as the patient lay. */
static int read_front(struct qct_vertebra *v, const struct component *c, const struct volume *density,
	const struct qct_settings *s)
{
	struct bone_map_view view = { .x = { 1, 0, 0 }, .y = { 0, 0, 1 } };
	struct bone_map map = { 0 };
	uint8_t *classes = NULL;
	int rc = -1;
	memcpy(view.origin_mm, v->centre_mm, sizeof view.origin_mm);
	TRY(tissue_classify(&classes, c, density, &s->tissue));
	TRY(bone_map_make(&map, density, c, classes, &view, s->clip_negative));
	v->value = qct_value_read(&map, NULL);
	rc = 0;
cleanup:
	bone_map_free(&map);
	free(classes);
	return rc;
}

static int measure_one(struct qct_vertebra *v, const struct volume *density, const struct volume *labels,
	uint16_t label, const struct lumbar_rule *rule, const struct qct_settings *s)
{
	struct component bone = { 0 };
	struct qct_part deep;
	double unused[3];
	int rc = -1;
	TRY(component_largest(&bone, labels, label));
	if (is_cut(&bone, labels)) {
		qct_flag_add(&v->flags, QCT_CUT_BESIDE, "the image ends inside the vertebra");
		rc = 0;
		goto cleanup;
	}
	TRY(read_core(&deep, v->centre_mm, &bone, density, rule->centre_peel_mm, NULL, 0, s->clip_negative));
	if (!(deep.volume_cm3 > 0)) {
		qct_flag_add(&v->flags, QCT_NO_FRAME, "no bone lies %g mm deep: is it a vertebra?",
			rule->centre_peel_mm);
		rc = 0;
		goto cleanup;
	}
	TRY(read_core(&v->trabecular, unused, &bone, density, rule->trabecular_peel_mm, v->centre_mm,
		rule->reach_mm, s->clip_negative));
	TRY(read_front(v, &bone, density, s));
	qct_label_mass(&v->mineral_mass_g, &v->volume_cm3, density, labels, label, s->clip_negative);
	v->measured = v->value.measured;
	rc = 0;
cleanup:
	component_free(&bone);
	return rc;
}

int lumbar_measure(struct qct_vertebra v[LUMBAR], const struct volume *density,
	const struct calibration *calibration, const struct volume *labels, const struct label_map *map,
	const struct lumbar_rule *rule, const struct qct_settings *s)
{
	const struct qct_error error = qct_error_of(calibration, density);
	for (int i = 0; i < LUMBAR; i++) {
		double mass_g, volume_cm3 = 0;
		v[i] = (struct qct_vertebra){ .mineral_mass_g = NAN, .volume_cm3 = NAN };
		snprintf(v[i].bone, sizeof v[i].bone, "vertebrae_L%d", i + 1);
		const struct label *label = label_map_by_name(map, v[i].bone);
		if (label)
			qct_label_mass(&mass_g, &volume_cm3, density, labels, label->id, false);
		v[i].present = volume_cm3 > 0;
		if (!v[i].present)
			continue;
		const struct calibration_flag *flag = calibration_flag_of(calibration, v[i].bone);
		if (flag) {
			qct_flag_add(&v[i].flags, QCT_METAL, "%s", flag->reason);
			continue;
		}
		if (!calibration->flags_known)
			qct_flag_add(
				&v[i].flags, QCT_METAL_UNKNOWN, "the calibration did not look for metal");
		if (measure_one(&v[i], density, labels, label->id, rule, s) != 0)
			return -1;
		qct_error_value(&v[i].value, &error, 0, 0);
		qct_error_part(&v[i].trabecular, &error);
	}
	return 0;
}

struct qct_vertebra lumbar_total(const struct qct_vertebra v[LUMBAR], const struct qct_error *error)
{
	struct qct_vertebra all = { .bone = "L1-L4", .measured = true };
	double path_cm3 = 0;
	for (int i = 0; i < LUMBAR; i++) {
		all.present = all.present || v[i].present;
		all.measured = all.measured && v[i].measured;
		all.mineral_mass_g += v[i].mineral_mass_g;
		all.volume_cm3 += v[i].volume_cm3;
		all.value.area_cm2 += v[i].value.area_cm2;
		all.value.bmc_g += v[i].value.bmc_g;
		path_cm3 += v[i].value.volume_cm3;
		all.trabecular.bmc_g += v[i].trabecular.bmc_g;
		all.trabecular.volume_cm3 += v[i].trabecular.volume_cm3;
	}
	all.value.measured = all.measured;
	all.value.volume_cm3 = path_cm3;
	all.value.abmd_g_cm2 = all.value.bmc_g / all.value.area_cm2;
	all.value.vbmd_mg_cm3 = 1000 * all.value.bmc_g / path_cm3;
	all.trabecular.vbmd_mg_cm3 = 1000 * all.trabecular.bmc_g / all.trabecular.volume_cm3;
	qct_error_value(&all.value, error, 0, 0);
	qct_error_part(&all.trabecular, error);
	return all;
}
