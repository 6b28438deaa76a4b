#include "drr/cohort/listing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/stream.h"
#include "drr/cohort/swap.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/version.h"

#define TEST_SHARE 0.3
static const char *const region = "total_hip";
static const char *const side_names[ANATOMY_SIDES] = { "R", "L" };

static int write_table(const struct table *t, const char *root, const char *name)
{
	char path[PATH_BYTES];
	if (path_format(path, "%s/%s", root, name) != 0 || path_make_parent(path) != 0)
		return -1;
	return table_write(t, path);
}

/* Writes and frees. */
static int write_json(struct json *json, const char *root, const char *name)
{
	char path[PATH_BYTES];
	int rc = path_format(path, "%s/%s", root, name) == 0 && path_make_parent(path) == 0
			 ? json_write(json, path)
			 : -1;
	json_free(json);
	return rc;
}

static int write_text(const char *text, const char *root, const char *name)
{
	char path[PATH_BYTES];
	if (path_format(path, "%s/%s", root, name) != 0)
		return -1;
	return path_write_text(path, text);
}

static void add_columns(struct table *t, const char *const *names)
{
	for (; *names; names++)
		table_add_column(t, *names);
}

/* ---- tables ---- */

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

/* With `all`, the sampled parameters too (truth/participants.tsv). */
static int write_participants(
	const char *root, const char *name, const struct record *records, int64_t n, const struct sites *sites, bool all)
{
	struct table t = { 0 };
	add_columns(&t, person_columns);
	if (all)
		record_add_columns(&t);
	for (int64_t i = 0; i < n; i++) {
		if (records[i].visit > 0)
			continue;
		int64_t row = table_add_row(&t);
		set_person(&t, row, &records[i].person, sites);
		if (all)
			record_set_row(&t, row, &records[i].person);
	}
	int rc = write_table(&t, root, name);
	table_free(&t);
	return rc;
}

/* Of DXA from the first visit: within the site's window of the visit's X-ray. */
static int dxa_days(const struct record *r, const struct record_origin *origin)
{
	const struct cohort cohort = { origin->sites, origin->seed, origin->by_profile };
	double most = origin->sites->list[r->person.site].dxa.days;
	struct rng g = stream_of(origin->seed, cohort_who(r->person.index, r->visit), STREAM_DXA, 100);
	double visit = 365.25 * cohort_years(&cohort, r->person.index, r->visit);
	return (int)lround(visit + r->person.xray_days + rng_range(&g, -most, most));
}

static void set_dxa(struct table *t, const struct record *r, int side, const struct record_origin *origin)
{
	const struct site_dxa *site = &origin->sites->list[r->person.site].dxa;
	char session[64];
	double bmd = round(1e4 * r->areal[side].dxa_g_cm2) / 1e4;
	double sbmd = areal_sbmd_mg_cm2(bmd, site->family);
	double score = areal_t_score(areal_of_sbmd_g_cm2(sbmd, "hologic"), r->person.sex);
	int64_t row = table_add_row(t);
	record_session(session, r->visit);
	table_set(t, row, "participant_id", r->person.id);
	table_set(t, row, "visit", session);
	table_set(t, row, "side", side_names[side]);
	table_set(t, row, "region", region);
	table_set_number(t, row, "bmd_g_cm2", bmd);
	table_set_number(t, row, "t_score", round(1e3 * score) / 1e3);
	table_set(t, row, "device", site->device);
	table_set_number(t, row, "days_from_index", dxa_days(r, origin));
	table_set_number(t, row, "sbmd_mg_cm2", round(10 * sbmd) / 10);
	table_set(t, row, "synthetic", "yes");
}

static int write_dxa(const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	static const char *const columns[] = { "participant_id", "visit", "side", "region", "bmd_g_cm2",
		"t_score", "device", "days_from_index", "sbmd_mg_cm2", "synthetic", NULL };
	struct table t = { 0 };
	add_columns(&t, columns);
	for (int64_t i = 0; i < ANATOMY_SIDES * n; i++)
		set_dxa(&t, &records[i / ANATOMY_SIDES], (int)(i % ANATOMY_SIDES), origin);
	int rc = write_table(&t, root, "phenotype/dxa.tsv");
	table_free(&t);
	return rc;
}

/* Films of the swap set: what was done to each, and the true areal density it should read as. */
static int write_swap(const char *root, const struct record *records, int64_t n)
{
	static const char *const columns[] = { "participant_id", "session", "side", "region", "film",
		"mineral_scale", "add_tissue_cm", "true_abmd_g_cm2", "synthetic", NULL };
	struct table t = { 0 };
	add_columns(&t, columns);
	for (int64_t i = 0; i < n * ANATOMY_SIDES * SWAP_FILMS; i++) {
		const struct record *r = &records[i / (ANATOMY_SIDES * SWAP_FILMS)];
		const struct swap *swap = &swap_films[i % SWAP_FILMS];
		int side = (int)(i / SWAP_FILMS % ANATOMY_SIDES);
		int64_t row = table_add_row(&t);
		table_set(&t, row, "participant_id", r->person.id);
		table_set(&t, row, "session", "ses-01");
		table_set(&t, row, "side", side_names[side]);
		table_set(&t, row, "region", region);
		table_set(&t, row, "film", swap->name);
		table_set_number(&t, row, "mineral_scale", swap->mineral_scale);
		table_set_number(&t, row, "add_tissue_cm", swap->add_tissue_cm);
		table_set_number(&t, row, "true_abmd_g_cm2",
			swap->mineral_scale * r->areal[side].truth.abmd_g_cm2);
		table_set(&t, row, "synthetic", "yes");
	}
	int rc = write_table(&t, root, "truth/swap.tsv");
	table_free(&t);
	return rc;
}

/* Every image and sidecar with its size and checksum. */
static int write_manifest(const char *root, const struct record *records, int64_t n)
{
	static const char *const columns[] = { "path", "bytes", "crc32", NULL };
	struct table t = { 0 };
	add_columns(&t, columns);
	for (int64_t i = 0; i < n; i++)
		for (int k = 0; k < records[i].n_files; k++) {
			const struct record_file *file = &records[i].files[k];
			char crc[16];
			int64_t row = table_add_row(&t);
			snprintf(crc, sizeof(crc), "%08x", (unsigned)file->crc32);
			table_set(&t, row, "path", file->path);
			table_set_number(&t, row, "bytes", (double)file->bytes);
			table_set(&t, row, "crc32", crc);
		}
	int rc = write_table(&t, root, "manifest.tsv");
	table_free(&t);
	return rc;
}

static int write_truth(const char *root, const struct record *records, int64_t n)
{
	static const char *const columns[] = { "participant_id", "session", "side", "region",
		"true_abmd_g_cm2", "true_vbmd_mg_cm3", "head_x_mm", "head_y_mm", "head_z_mm",
		"head_radius_mm", "neck_x", "neck_y", "neck_z", "shaft_x", "shaft_y", "shaft_z", "synthetic",
		"dxa_exact_g_cm2", "mean_femur_grey", "films", NULL };
	char session[64];
	struct table t = { 0 };
	add_columns(&t, columns);
	for (int64_t i = 0; i < ANATOMY_SIDES * n; i++) {
		const struct record *r = &records[i / ANATOMY_SIDES];
		const struct femur_frame *f = &r->frame[i % ANATOMY_SIDES];
		int64_t row = table_add_row(&t);
		table_set(&t, row, "participant_id", r->person.id);
		record_session(session, r->visit);
		table_set(&t, row, "session", session);
		table_set(&t, row, "synthetic", "yes");
		table_set_number(&t, row, "dxa_exact_g_cm2", r->areal[i % ANATOMY_SIDES].dxa_exact_g_cm2);
		table_set_number(&t, row, "mean_femur_grey", r->mean_femur_grey);
		table_set_number(&t, row, "films", r->films);
		table_set(&t, row, "side", side_names[i % ANATOMY_SIDES]);
		table_set(&t, row, "region", region);
		table_set_number(&t, row, "true_abmd_g_cm2", r->areal[i % ANATOMY_SIDES].truth.abmd_g_cm2);
		table_set_number(&t, row, "true_vbmd_mg_cm3", r->areal[i % ANATOMY_SIDES].truth.vbmd_mg_cm3);
		table_set_number(&t, row, "head_radius_mm", f->head_radius_mm);
		for (int k = 0; k < 3; k++) {
			table_set_number(&t, row, columns[6 + k], f->head_centre_mm[k]);
			table_set_number(&t, row, columns[10 + k], f->neck_axis[k]);
			table_set_number(&t, row, columns[13 + k], f->shaft_axis[k]);
		}
	}
	int rc = write_table(&t, root, "truth/abmd.tsv");
	table_free(&t);
	return rc;
}

/* ---- dictionaries ---- */

static void describe(struct json *dictionary, const char *column, const char *description, const char *units)
{
	struct json *entry = json_object();
	json_put_text(entry, "Description", description);
	if (units)
		json_put_text(entry, "Units", units);
	json_put(dictionary, column, entry);
}

static struct json *participants_dictionary(void)
{
	struct json *d = json_object();
	describe(d, "participant_id", "synthetic participant; the letter is the site's", NULL);
	describe(d, "site", "simulated hospital: its own CT energy, X-ray voltage and DXA device", NULL);
	describe(d, "sex", "F or M", NULL);
	describe(d, "age", "at the index visit", "year");
	describe(d, "height_cm", "body height", "cm");
	describe(d, "weight_kg", "body weight", "kg");
	describe(d, "bmi", "weight / height^2", "kg/m2");
	describe(d, "synthetic", "yes: no real person", NULL);
	return d;
}

static struct json *dxa_dictionary(void)
{
	struct json *d = json_object();
	describe(d, "visit", "session", NULL);
	describe(d, "side", "L or R, of the patient", NULL);
	describe(d, "region",
		"total_hip: femur on the neck's side of 0.9 head radii along the neck and within 3.6 below",
		NULL);
	describe(d, "bmd_g_cm2",
		"simulated dual-energy reading at the device's energies on its maker's scale, with soft-tissue "
		"inhomogeneity, positioning, region and precision errors",
		"g/cm2");
	describe(d, "t_score",
		"(bmd on the Hologic scale - young mean) / SD; NHANES III total hip, non-Hispanic white: women 0.942/0.122, men "
		"1.041/0.144 g/cm2",
		"1");
	describe(d, "device", "simulated device, one a site", NULL);
	describe(d, "sbmd_mg_cm2", "standardised BMD of the device's reading", "mg/cm2");
	describe(d, "synthetic", "yes: no real person", NULL);
	describe(d, "days_from_index", "days from the index visit (the CT)", "day");
	return d;
}

static struct json *truth_dictionary(void)
{
	struct json *d = json_object();
	describe(d, "true_abmd_g_cm2",
		"mineral of the total-hip region, parallel ap projection of the body in its neutral "
		"pose, mean over pixels with at least 0.2 cm of bone",
		"g/cm2");
	describe(d, "true_vbmd_mg_cm3", "mineral / path of bone over the same pixels", "mg/cm3");
	describe(d, "dxa_exact_g_cm2", "dual-energy reading before precision error and the device's line", "g/cm2");
	describe(d, "mean_femur_grey", "mean grey value for presentation behind 2 cm of femur, first film", "1");
	describe(d, "films", "radiographs of the visit", "1");
	describe(d, "synthetic", "yes: no real person", NULL);
	describe(d, "head_x_mm", "femoral head's centre in the CT's world (RAS+); likewise y, z", "mm");
	describe(d, "head_radius_mm", "femoral head's radius", "mm");
	describe(d, "neck_x", "unit vector from the head into the neck; likewise y, z", "1");
	describe(d, "shaft_x", "unit vector down the shaft; likewise y, z", "1");
	return d;
}

static struct json *description(const struct record_origin *origin)
{
	struct json *d = json_object(), *list = json_array(), *by = json_object();
	char seed[32];
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)origin->seed);
	json_put_text(d, "Name", "xbmd synthetic hip cohort (no real person)");
	json_put_text(d, "BIDSVersion", "1.9.0");
	json_put_text(d, "DatasetType", "raw");
	json_put_bool(d, "Synthetic", true);
	json_put_text(by, "Name", "xbmd");
	json_put_text(by, "Version", version_text());
	json_put_text(by, "Description", "xbmd synth");
	json_put_text(by, "Seed", seed);
	json_put_integer(by, "Sites", origin->sites->n);
	json_put_text(by, "Films", origin->films);
	json_put_text(by, "Purpose", origin->seed >= COHORT_EVALUATION_SEED ? "evaluation" : "development");
	json_put_text(by, "Quality", origin->quality);
	json_push(list, by);
	json_put(d, "GeneratedBy", list);
	return d;
}

static const char readme[] =
	"Synthetic hip cohort made by `xbmd synth`: digital bodies, no real person.  For development, not "
	"for evidence.\n"
	"\n"
	"sub-*/ses-01/ct  CT (HU, int16) with a five-rod hydroxyapatite phantom, and labels "
	"(TotalSegmentator's numbers;\n"
	"                 rods 116..120 = 0, 50, 100, 150, 200 mg/cm3)\n"
	"sub-*/ses-01/xr  ap radiographs, -ln(I/I0) and, desc-presentation, as the vendor shows them; their geometry\n"
	"phenotype/       simulated DXA of both total hips\n"
	"manifest.tsv     every image with size and checksum\n"
	"truth/           what the bodies were made with and what their hips truly hold; not for training\n"
	"\n"
	"CT, radiograph and DXA each have their own pose.  BIDS-shaped, not BIDS-valid (ct/ and xr/ are no "
	"BIDS types).\n";

/* ---- split ---- */

struct rank {
	uint64_t hash;
	int64_t index;
};

static int compare_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void listing_split(uint8_t *test, const struct record *records, int64_t n, const struct record_origin *origin)
{
	struct rank *ranks = malloc((size_t)n * sizeof(*ranks));
	if (!ranks)
		BUG("out of memory for %lld participants", (long long)n);
	for (int site = 0; site < origin->sites->n; site++) {
		int64_t count = 0;
		for (int64_t i = 0; i < n; i++)
			if (records[i].person.site == site && records[i].visit == 0)
				ranks[count++] = (struct rank){ rng_mix(origin->seed, STREAM_SPLIT,
									(uint64_t)records[i].person.index),
					i };
		qsort(ranks, (size_t)count, sizeof(*ranks), compare_rank);
		int64_t tested = (int64_t)lround(TEST_SHARE * (double)count);
		for (int64_t k = 0; k < count; k++)
			test[ranks[k].index] = k < tested;
	}
	for (int64_t i = 1; i < n; i++) /* later visits follow the first */
		if (records[i].visit > 0)
			test[i] = test[i - 1];
	free(ranks);
}

static int write_splits(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	struct json *json = json_object(), *splits = json_object(),
		    *lists[2] = { json_array(), json_array() };
	uint8_t *test = malloc((size_t)n);
	if (!test)
		BUG("out of memory for %lld participants", (long long)n);
	listing_split(test, records, n, origin);
	for (int64_t i = 0; i < n; i++)
		if (records[i].visit == 0)
			json_push_text(lists[test[i]], records[i].person.id);
	free(test);
	json_put_integer(json, "seed", (int64_t)origin->seed);
	json_put_text(json, "unit", "participant");
	json_put_text(json, "stratified_by", "site");
	json_put(splits, "train", lists[0]);
	json_put(splits, "test", lists[1]);
	json_put(json, "splits", splits);
	return write_json(json, root, "splits.json");
}

int listing_write(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	int rc = -1;
	TRY(write_dxa(root, records, n, origin));
	TRY(write_json(dxa_dictionary(), root, "phenotype/dxa.json"));
	TRY(write_truth(root, records, n));
	TRY(write_manifest(root, records, n));
	if (strcmp(origin->films, "swap") == 0)
		TRY(write_swap(root, records, n));
	TRY(write_json(truth_dictionary(), root, "truth/abmd.json"));
	TRY(write_participants(root, "truth/participants.tsv", records, n, origin->sites, true));
	TRY(write_splits(root, records, n, origin));
	TRY(write_json(description(origin), root, "dataset_description.json"));
	TRY(write_json(participants_dictionary(), root, "participants.json"));
	TRY(write_text("ct/\nxr/\ntruth/\nsplits.json\n", root, ".bidsignore"));
	TRY(write_text(readme, root, "README"));
	TRY(write_participants(root, "participants.tsv", records, n, origin->sites, false));
	rc = 0;
cleanup:
	return rc;
}
