/* A hip in a record: its frame in the CT's world and every density of it, region by region. */
#include <math.h>

#include "drr/cohort/record.h"
#include "host/run/err.h"

/* The densities of one region by name. */
struct reading {
	const char *name;
	double *value;
};
enum { READINGS = 6 };

static void readings_of(struct reading list[READINGS], struct areal *m, int region)
{
	const struct reading all[READINGS] = { { "true_abmd_g_cm2", &m->truth[region].abmd_g_cm2 },
		{ "true_vbmd_mg_cm3", &m->truth[region].vbmd_mg_cm3 },
		{ "abmd_qct_g_cm2", &m->qct_g_cm2[region] },
		{ "dxa_pose_true_abmd_g_cm2", &m->dxa[region].true_g_cm2 },
		{ "dxa_exact_g_cm2", &m->dxa[region].exact_g_cm2 },
		{ "dxa_g_cm2", &m->dxa[region].shown_g_cm2 } };
	for (int i = 0; i < READINGS; i++)
		list[i] = all[i];
}

void record_put_hip(struct json *hip, const struct record *r, enum anatomy_side side)
{
	const struct femur_frame *f = &r->frame[side];
	struct areal m = r->areal[side];
	struct json *frame = json_object(), *regions = json_object();
	json_put_text(hip, "side", side == ANATOMY_RIGHT ? "R" : "L");
	json_put_numbers(frame, "head_centre_mm", f->head_centre_mm, 3);
	json_put_number(frame, "head_radius_mm", f->head_radius_mm);
	json_put_numbers(frame, "neck_axis", f->neck_axis, 3);
	json_put_numbers(frame, "shaft_axis", f->shaft_axis, 3);
	json_put(hip, "frame_ct_world", frame);
	json_put_text(hip, "excluded", areal_exclusion(&r->person.anatomy, side));
	for (int region = 0; region < AREAL_REGIONS; region++) {
		struct reading list[READINGS];
		struct json *of = json_object();
		readings_of(list, &m, region);
		for (int i = 0; i < READINGS; i++)
			json_put_number(of, list[i].name, *list[i].value);
		json_put(regions, areal_region_name((enum areal_region)region), of);
	}
	json_put(hip, "regions", regions);
}

/* n/a was written as null. */
static void get_nothing(struct areal *m)
{
	for (int region = 0; region < AREAL_REGIONS; region++) {
		struct reading list[READINGS];
		readings_of(list, m, region);
		for (int i = 0; i < READINGS; i++)
			*list[i].value = NAN;
	}
}

static int get_regions(struct areal *m, const struct json *regions, const char *path)
{
	for (int region = 0; region < AREAL_REGIONS; region++) {
		struct reading list[READINGS];
		const char *name = areal_region_name((enum areal_region)region);
		const struct json *of = regions ? json_member(regions, name) : NULL;
		if (!of)
			return ERR_INVALID("'%s': a hip has no region %s", path, name);
		readings_of(list, m, region);
		for (int i = 0; i < READINGS; i++)
			if (json_get_number(of, list[i].name, path, list[i].value) != 0)
				return -1;
	}
	return 0;
}

int record_get_hip(struct record *r, enum anatomy_side side, const struct json *hip, const char *path)
{
	const struct json *frame = json_member(hip, "frame_ct_world");
	struct femur_frame *f = &r->frame[side];
	if (!frame)
		return ERR_INVALID("'%s': a hip has no frame_ct_world", path);
	f->side = side == ANATOMY_RIGHT ? LABEL_RIGHT : LABEL_LEFT;
	if (json_get_numbers(frame, "head_centre_mm", path, f->head_centre_mm, 3) != 0 ||
		json_get_number(frame, "head_radius_mm", path, &f->head_radius_mm) != 0 ||
		json_get_numbers(frame, "neck_axis", path, f->neck_axis, 3) != 0 ||
		json_get_numbers(frame, "shaft_axis", path, f->shaft_axis, 3) != 0)
		return -1;
	if (areal_exclusion(&r->person.anatomy, side)) {
		get_nothing(&r->areal[side]);
		return 0;
	}
	return get_regions(&r->areal[side], json_member(hip, "regions"), path);
}
