#include "drr/cohort/listing.h"

#include <stdio.h>
#include <string.h>

#include "drr/cohort/listing_part.h"
#include "host/run/err.h"
#include "host/run/version.h"

static struct json *ceilings(const struct record *records, int64_t n, const struct record_origin *origin)
{
	struct json *d = json_object();
	for (int i = 0; i < AREAL_REGIONS; i++)
		json_put_number(d, areal_region_name((enum areal_region)i),
			listing_ceiling(records, n, (enum areal_region)i, origin));
	json_put_integer(d, "hips", listing_hips(records, n));
	return d;
}

static struct json *description(const struct record *records, int64_t n, const struct record_origin *origin)
{
	struct json *d = json_object(), *list = json_array(), *by = json_object();
	char seed[32];
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)origin->seed);
	json_put_text(d, "Name", "xbmd synthetic hip cohort (no real person)");
	json_put_text(d, "BIDSVersion", "1.9.0");
	json_put_text(d, "DatasetType", "raw");
	json_put_bool(d, "Synthetic", true);
	json_put(d, "CeilingR", ceilings(records, n, origin));
	json_put_text(by, "Name", "xbmd");
	json_put_text(by, "Version", version_text());
	json_put_text(by, "Description", "xbmd synth");
	json_put_text(by, "Seed", seed);
	json_put_integer(by, "Sites", origin->sites->n);
	json_put_text(by, "Films", origin->films);
	json_put_text(by, "Purpose", cohort_purpose(origin->seed));
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
	"sub-*/ses-01/xr  ap radiographs, -ln(I/I0) and, desc-presentation, as the vendor shows them; their "
	"geometry\n"
	"phenotype/       simulated DXA of both hips, total and neck\n"
	"manifest.tsv     every image with size and checksum\n"
	"truth/           what the bodies were made with and what their hips truly hold; not for training\n"
	"\n"
	"CT, radiograph and DXA each have their own pose.  BIDS-shaped, not BIDS-valid (ct/ and xr/ are no "
	"BIDS types).\n";

int listing_write(
	const char *root, const struct record *records, int64_t n, const struct record_origin *origin)
{
	int rc = -1;
	TRY(listing_dxa(root, records, n, origin));
	TRY(listing_truth(root, records, n, origin));
	TRY(listing_manifest(root, records, n));
	if (strcmp(origin->films, "swap") == 0)
		TRY(listing_swap(root, records, n, origin));
	TRY(listing_truth_participants(root, records, n, origin));
	TRY(listing_splits(root, records, n, origin));
	TRY(listing_json(description(records, n, origin), root, "dataset_description.json"));
	TRY(listing_text("ct/\nxr/\ntruth/\nsplits.json\n", root, ".bidsignore"));
	TRY(listing_text(readme, root, "README"));
	TRY(listing_participants(root, records, n, origin));
	rc = 0;
cleanup:
	return rc;
}
