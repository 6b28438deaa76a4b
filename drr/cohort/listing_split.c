/* splits.json: who is for training and who for testing. */
#include <math.h>
#include <stdlib.h>

#include "drr/cohort/listing_part.h"
#include "drr/cohort/stream.h"
#include "host/run/err.h"

#define TEST_SHARE 0.3

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

int listing_splits(
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
	return listing_json(json, root, "splits.json");
}
