/* truth/swap.tsv: what was done to each film of the swap set, and the true areal density it should read as.
 */
#include "drr/cohort/listing_part.h"
#include "drr/cohort/swap.h"

static void set_film(struct table *t, const struct record *r, enum anatomy_side side,
	enum areal_region region, const struct swap *swap, double ceiling)
{
	int64_t row = table_add_row(t);
	table_set(t, row, "participant_id", r->person.id);
	table_set(t, row, "session", "ses-01");
	table_set(t, row, "side", listing_side(side));
	table_set(t, row, "region", areal_region_name(region));
	table_set(t, row, "film", swap->name);
	table_set_number(t, row, "mineral_scale", swap->mineral_scale);
	table_set_number(t, row, "add_tissue_cm", swap->add_tissue_cm);
	table_set_number(
		t, row, "true_abmd_g_cm2", swap->mineral_scale * r->areal[side].truth[region].abmd_g_cm2);
	table_set(t, row, "synthetic", "yes");
	table_set_number(t, row, "ceiling_r", ceiling);
}

int listing_swap(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	static const char *const columns[] = { "participant_id", "session", "side", "region", "film",
		"mineral_scale", "add_tissue_cm", "true_abmd_g_cm2", "synthetic", "ceiling_r", NULL };
	struct table t = { 0 };
	listing_columns(&t, columns);
	for (int region = 0; region < AREAL_REGIONS; region++) {
		double ceiling = listing_ceiling(records, n, (enum areal_region)region, origin);
		for (int64_t i = 0; i < n * ANATOMY_SIDES * SWAP_FILMS; i++)
			set_film(&t, &records[i / (ANATOMY_SIDES * SWAP_FILMS)],
				(enum anatomy_side)(i / SWAP_FILMS % ANATOMY_SIDES),
				(enum areal_region)region, &swap_films[i % SWAP_FILMS], ceiling);
	}
	int rc = listing_table(&t, root, "truth/swap.tsv");
	table_free(&t);
	return rc;
}
