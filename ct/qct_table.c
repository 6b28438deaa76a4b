/* The report as a table: qct_report_table(). */
#include <stdio.h>
#include <string.h>
#include "ct/qct_report.h"
#include "host/files/table.h"

static void set_value(struct table *t, int64_t row, const struct qct_value *v)
{
	if (!v->measured)
		return;
	table_set_number(t, row, "abmd_qct_g_cm2", v->abmd_g_cm2);
	table_set_number(t, row, "vbmd_qct_mg_cm3", v->vbmd_mg_cm3);
	table_set_number(t, row, "bmc_g", v->bmc_g);
	table_set_number(t, row, "area_cm2", v->area_cm2);
	table_set_number(t, row, "volume_cm3", v->volume_cm3);
	table_set_number(t, row, "abmd_se_g_cm2", v->abmd_se_g_cm2.all);
	table_set_number(t, row, "vbmd_se_mg_cm3", v->vbmd_se_mg_cm3.all);
}

static void set_parts(
	struct table *t, int64_t row, const struct qct_part *cortical, const struct qct_part *trabecular)
{
	if (cortical)
		table_set_number(t, row, "cortical_mg_cm3", cortical->vbmd_mg_cm3);
	table_set_number(t, row, "trabecular_mg_cm3", trabecular->vbmd_mg_cm3);
}

static int64_t add_row(struct table *t, const char *side, const char *region, const struct qct_flags *flags)
{
	char codes[256] = "";
	const int64_t row = table_add_row(t);
	table_set(t, row, "side", side);
	table_set(t, row, "region", region);
	for (int i = 0; i < flags->n; i++) {
		size_t used = strlen(codes);
		snprintf(codes + used, sizeof codes - used, "%s%s", used ? ";" : "",
			qct_flag_name(flags->list[i].code));
	}
	if (codes[0])
		table_set(t, row, "flags", codes);
	if (flags->n > 0)
		table_set(t, row, "note", flags->list[0].reason);
	return row;
}

static void add_hip(struct table *t, const struct qct_hip *h, const struct qct_settings *s)
{
	static const char *const head_columns[] = { "head_x_mm", "head_y_mm", "head_z_mm" };
	const int last = s->rule.gruen_stem_mm > 0 ? HIP_REGIONS : REGION_GRUEN1;
	for (int k = 0; k <= last; k++) {
		const bool model = k == last;
		const char *name =
			model ? "total_hip_model" : hip_region_name((enum hip_region_id)k, s->rule.maker);
		const int64_t row = add_row(t, qct_side_letter(h->side), name, &h->flags);
		if (!h->measured)
			continue;
		set_value(t, row, model ? &h->model : &h->regions[k]);
		if (!model && h->regions[k].measured)
			set_parts(t, row, &h->regions[k].cortical, &h->regions[k].trabecular);
		for (int a = 0; a < 3; a++)
			table_set_number(t, row, head_columns[a], h->axes.frame.head_centre_mm[a]);
		table_set_number(t, row, "head_radius_mm", h->axes.frame.head_radius_mm);
		const bool cut =
			qct_flag_has(&h->flags, QCT_CUT_BELOW) || qct_flag_has(&h->flags, QCT_CUT_BESIDE);
		table_set(t, row, "truncated", (model ? h->model_truncated : cut) ? "yes" : "no");
	}
}

static void add_vertebra(struct table *t, const struct qct_vertebra *v)
{
	const int64_t row = add_row(t, "n/a", v->bone, &v->flags);
	if (!v->measured)
		return;
	set_value(t, row, &v->value);
	set_parts(t, row, NULL, &v->trabecular);
}

int qct_report_table(const struct qct_report *r, const char *path)
{
	static const char *const columns[] = { "side", "region", "abmd_qct_g_cm2", "vbmd_qct_mg_cm3", "bmc_g",
		"area_cm2", "volume_cm3", "cortical_mg_cm3", "trabecular_mg_cm3", "abmd_se_g_cm2", "vbmd_se_mg_cm3",
		"head_x_mm", "head_y_mm", "head_z_mm", "head_radius_mm", "truncated", "unit",
		"calibration", "flags", "note" };
	struct table t = { 0 };
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		table_add_column(&t, columns[i]);
	for (int i = 0; i < r->n_hips; i++)
		add_hip(&t, &r->hips[i], &r->settings);
	if (r->with_lumbar) {
		const struct qct_vertebra total = lumbar_total(r->lumbar, &r->error);
		for (int i = 0; i < LUMBAR; i++)
			if (r->lumbar[i].present)
				add_vertebra(&t, &r->lumbar[i]);
		add_vertebra(&t, &total);
	}
	for (int64_t row = 0; row < t.n_rows; row++) {
		table_set(&t, row, "unit", r->calibration.unit);
		if (r->calibration.method[0])
			table_set(&t, row, "calibration", r->calibration.method);
	}
	int rc = table_write(&t, path);
	table_free(&t);
	return rc;
}
