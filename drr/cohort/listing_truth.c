/* truth/abmd.tsv: what every hip truly holds, what CT and DXA say of it before their errors, and where it
 * lies. */
#include "drr/cohort/listing_part.h"

static const char *const columns[] = { "participant_id", "session", "side", "region", "true_abmd_g_cm2",
	"true_vbmd_mg_cm3", "head_x_mm", "head_y_mm", "head_z_mm", "head_radius_mm", "neck_x", "neck_y",
	"neck_z", "shaft_x", "shaft_y", "shaft_z", "synthetic", "abmd_qct_g_cm2", "dxa_exact_g_cm2",
	"mean_femur_grey", "films", "excluded", "ceiling_r", NULL };
enum { HEAD_X = 6, NECK_X = 10, SHAFT_X = 13 };

static void set_hip(struct table *t, const struct record *r, enum anatomy_side side, enum areal_region region,
	double ceiling)
{
	const struct femur_frame *f = &r->frame[side];
	const struct areal *m = &r->areal[side];
	const char *excluded = areal_exclusion(&r->person.anatomy, side);
	char session[64];
	int64_t row = table_add_row(t);
	record_session(session, r->visit);
	table_set(t, row, "participant_id", r->person.id);
	table_set(t, row, "session", session);
	table_set(t, row, "side", listing_side(side));
	table_set(t, row, "region", areal_region_name(region));
	table_set_number(t, row, "true_abmd_g_cm2", m->truth[region].abmd_g_cm2);
	table_set_number(t, row, "true_vbmd_mg_cm3", m->truth[region].vbmd_mg_cm3);
	table_set_number(t, row, "abmd_qct_g_cm2", m->qct_g_cm2[region]);
	table_set_number(t, row, "dxa_exact_g_cm2", m->dxa[region].exact_g_cm2);
	table_set_number(t, row, "mean_femur_grey", r->mean_femur_grey);
	table_set_number(t, row, "films", r->films);
	table_set(t, row, "excluded", excluded ? excluded : "n/a");
	table_set(t, row, "synthetic", "yes");
	table_set_number(t, row, "ceiling_r", ceiling);
	table_set_number(t, row, "head_radius_mm", f->head_radius_mm);
	for (int k = 0; k < 3; k++) {
		table_set_number(t, row, columns[HEAD_X + k], f->head_centre_mm[k]);
		table_set_number(t, row, columns[NECK_X + k], f->neck_axis[k]);
		table_set_number(t, row, columns[SHAFT_X + k], f->shaft_axis[k]);
	}
}

static struct json *truth_dictionary(void)
{
	struct json *d = json_object();
	listing_describe(d, "excluded",
		"why the hip has no density; metal: an implant, which also hides mineral on the films; n/a: it has", NULL);
	listing_describe(d, "true_abmd_g_cm2",
		"mineral of the region, parallel ap projection of the body in its neutral "
		"pose, mean over pixels with at least 0.2 cm of bone",
		"g/cm2");
	listing_describe(d, "true_vbmd_mg_cm3", "mineral / path of bone over the same pixels", "mg/cm3");
	listing_describe(d, "abmd_qct_g_cm2",
		"the same region on a CT calibrated without error, before noise, blur and cupping: marrow "
		"fat and "
		"the label's edge are in it",
		"g/cm2");
	listing_describe(d, "dxa_exact_g_cm2",
		"dual-energy reading before precision error and the device's line", "g/cm2");
	listing_describe(d, "mean_femur_grey",
		"mean grey value for presentation behind 2 cm of femur, first film", "1");
	listing_describe(d, "films", "radiographs of the visit", "1");
	listing_describe(d, "synthetic", "yes: no real person", NULL);
	listing_describe(
		d, "head_x_mm", "femoral head's centre in the CT's world (RAS+); likewise y, z", "mm");
	listing_describe(d, "head_radius_mm", "femoral head's radius", "mm");
	listing_describe(d, "neck_x", "unit vector from the head into the neck; likewise y, z", "1");
	listing_describe(d, "shaft_x", "unit vector down the shaft; likewise y, z", "1");
	listing_describe_ceiling(d);
	return d;
}

int listing_truth(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	struct table t = { 0 };
	listing_columns(&t, columns);
	for (int region = 0; region < AREAL_REGIONS; region++) {
		double ceiling = listing_ceiling(records, n, (enum areal_region)region, origin);
		for (int64_t i = 0; i < ANATOMY_SIDES * n; i++)
			set_hip(&t, &records[i / ANATOMY_SIDES], (enum anatomy_side)(i % ANATOMY_SIDES),
				(enum areal_region)region, ceiling);
	}
	int rc = listing_table(&t, root, "truth/abmd.tsv");
	table_free(&t);
	return rc == 0 ? listing_json(truth_dictionary(), root, "truth/abmd.json") : rc;
}
