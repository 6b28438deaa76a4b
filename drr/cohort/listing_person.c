/* participants.tsv: what a site knows of whom it saw; and all of it in truth/participants.tsv. */
#include <math.h>
#include <stdio.h>

#include "drr/cohort/listing_part.h"
#include "drr/cohort/person_table.h"

static const char *const person_columns[] = { "participant_id", "site", "sex", "age", "height_cm",
	"weight_kg", "bmi", "synthetic", NULL };

static void set_person(struct table *t, int64_t row, const struct person *p, const struct sites *sites)
{
	const char sex[2] = { p->sex, 0 };
	table_set(t, row, "participant_id", p->id);
	table_set(t, row, "site", sites->list[p->site].name);
	table_set(t, row, "sex", sex);
	table_set_number(t, row, "age", p->age);
	table_set_number(t, row, "height_cm", p->height_cm);
	table_set_number(t, row, "weight_kg", p->weight_kg);
	table_set_number(t, row, "bmi", round(100 * p->bmi) / 100);
	table_set(t, row, "synthetic", "yes");
}

/* With `all`, nothing is missing, and the sampled parameters are there too. */
static int write_people(const char *root, const char *name, const struct record *records, int64_t n,
	const struct sites *sites, bool all)
{
	struct table t = { 0 };
	listing_columns(&t, person_columns);
	person_table_add_history(&t);
	if (all) {
		record_add_columns(&t);
		person_table_add_latent(&t);
	}
	for (int64_t i = 0; i < n; i++) {
		const struct person *p = &records[i].person;
		if (records[i].visit > 0)
			continue;
		int64_t row = table_add_row(&t);
		set_person(&t, row, p, sites);
		person_table_set_history(&t, row, p, all);
		if (all) {
			record_set_row(&t, row, p);
			person_table_set_latent(&t, row, p);
		}
	}
	int rc = listing_table(&t, root, name);
	table_free(&t);
	return rc;
}

static struct json *participants_dictionary(void)
{
	struct json *d = json_object();
	listing_describe(d, "participant_id", "synthetic participant; the letter is the site's", NULL);
	listing_describe(
		d, "site", "simulated hospital: its own CT energy, X-ray voltage and DXA device", NULL);
	listing_describe(d, "sex", "F or M", NULL);
	listing_describe(d, "age", "at the index visit", "year");
	listing_describe(d, "height_cm", "body height; n/a: not recorded", "cm");
	listing_describe(d, "weight_kg", "body weight; n/a: not recorded", "kg");
	listing_describe(d, "bmi", "weight / height^2", "kg/m2");
	listing_describe(d, "synthetic", "yes: no real person", NULL);
	for (int i = 0; i < BACKGROUND_COLUMNS; i++) {
		char text[160];
		enum background_column column = (enum background_column)i;
		snprintf(text, sizeof(text), "%s: 1 yes, 0 no, n/a not recorded",
			background_description(column));
		listing_describe(d, background_name(column), text, NULL);
	}
	return d;
}

int listing_participants(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	if (listing_json(participants_dictionary(), root, "participants.json") != 0)
		return -1;
	return write_people(root, "participants.tsv", records, n, origin->sites, false);
}

int listing_truth_participants(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	return write_people(root, "truth/participants.tsv", records, n, origin->sites, true);
}
