/* phenotype/dxa.tsv: simulated DXA of every hip and visit, region by region. */
#include <math.h>

#include "drr/cohort/listing_part.h"
#include "drr/cohort/stream.h"

/* Of DXA from the first visit: within the site's window of the visit's X-ray. */
static int dxa_days(const struct record *r, const struct record_origin *origin)
{
	const struct cohort cohort = { origin->sites, origin->seed, origin->by_profile };
	double most = origin->sites->list[r->person.site].dxa.days;
	struct rng g = stream_of(origin->seed, cohort_who(r->person.index, r->visit), STREAM_DXA, 100);
	double visit = 365.25 * cohort_years(&cohort, r->person.index, r->visit);
	return (int)lround(visit + r->person.xray_days + rng_range(&g, -most, most));
}

double listing_unbiased_g_cm2(const struct record *r, enum anatomy_side side, enum areal_region region,
	const struct record_origin *origin)
{
	const char *family = origin->sites->list[r->person.site].dxa.family;
	double sbmd = areal_sbmd_mg_cm2(r->areal[side].dxa[region].shown_g_cm2, region, family);
	return areal_of_sbmd_g_cm2(sbmd, region, "hologic");
}

static void set_dxa(struct table *t, const struct record *r, enum anatomy_side side, enum areal_region region,
	const struct record_origin *origin, double ceiling)
{
	const struct site_dxa *site = &origin->sites->list[r->person.site].dxa;
	char session[64];
	double bmd = round(1e4 * r->areal[side].dxa[region].shown_g_cm2) / 1e4;
	double sbmd = areal_sbmd_mg_cm2(bmd, region, site->family);
	double score = areal_t_score(areal_of_sbmd_g_cm2(sbmd, region, "hologic"), region, r->person.sex);
	const char *excluded = areal_exclusion(&r->person.anatomy, side);
	int64_t row = table_add_row(t);
	record_session(session, r->visit);
	table_set(t, row, "participant_id", r->person.id);
	table_set(t, row, "visit", session);
	table_set(t, row, "side", listing_side(side));
	table_set(t, row, "region", areal_region_name(region));
	table_set_number(t, row, "bmd_g_cm2", bmd);
	table_set_number(t, row, "t_score", round(1e3 * score) / 1e3);
	table_set(t, row, "device", site->device);
	table_set_number(t, row, "days_from_index", dxa_days(r, origin));
	table_set_number(t, row, "sbmd_mg_cm2", round(10 * sbmd) / 10);
	table_set(t, row, "excluded", excluded ? excluded : "n/a");
	table_set(t, row, "synthetic", "yes");
	table_set_number(t, row, "ceiling_r", ceiling);
}

static struct json *dxa_dictionary(void)
{
	struct json *d = json_object();
	listing_describe(d, "visit", "session", NULL);
	listing_describe(d, "side", "L or R, of the patient", NULL);
	listing_describe(d, "region",
		"total_hip: femur on the neck's side of 0.9 head radii along the neck and within 3.6 below; "
		"neck: a "
		"box of 15 x 49 mm across the neck at 0.62 of its length (of two head radii in bones of a label map)",
		NULL);
	listing_describe(d, "bmd_g_cm2",
		"simulated dual-energy reading at the device's energies on its maker's scale, with "
		"soft-tissue "
		"inhomogeneity, positioning, region and precision errors",
		"g/cm2");
	listing_describe(d, "t_score",
		"(bmd on the Hologic scale - young mean) / SD; NHANES III, non-Hispanic white: total hip "
		"women "
		"0.942/0.122, men 1.041/0.144, neck women 0.858/0.120, men 0.930/0.137 g/cm2",
		"1");
	listing_describe(d, "device", "simulated device, one a site", NULL);
	listing_describe(d, "sbmd_mg_cm2", "standardised BMD of the device's reading", "mg/cm2");
	listing_describe(d, "excluded",
		"why the hip was not measured, its bmd being n/a; metal: an implant; n/a: it was measured", NULL);
	listing_describe(d, "synthetic", "yes: no real person", NULL);
	listing_describe(d, "days_from_index", "days from the index visit (the CT)", "day");
	listing_describe_ceiling(d);
	return d;
}

int listing_dxa(const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	static const char *const columns[] = { "participant_id", "visit", "side", "region", "bmd_g_cm2",
		"t_score", "device", "days_from_index", "sbmd_mg_cm2", "excluded", "synthetic", "ceiling_r", NULL };
	struct table t = { 0 };
	double ceiling[AREAL_REGIONS];
	listing_columns(&t, columns);
	for (int region = 0; region < AREAL_REGIONS; region++)
		ceiling[region] = listing_ceiling(records, n, (enum areal_region)region, origin);
	for (int64_t i = 0; i < n; i++)
		for (int side = 0; side < ANATOMY_SIDES; side++)
			for (int region = 0; region < AREAL_REGIONS; region++)
				set_dxa(&t, &records[i], (enum anatomy_side)side, (enum areal_region)region,
					origin, ceiling[region]);
	int rc = listing_table(&t, root, "phenotype/dxa.tsv");
	table_free(&t);
	return rc == 0 ? listing_json(dxa_dictionary(), root, "phenotype/dxa.json") : rc;
}
