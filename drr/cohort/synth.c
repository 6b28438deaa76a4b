#include "drr/cohort/synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/listing.h"
#include "drr/cohort/stream.h"
#include "drr/cohort/swap.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/memory.h"
#include "host/run/signal.h"

#define KEEP_BYTES ((size_t)3 << 30) /* a participant in full quality takes less */

static const struct synth_quality qualities[] = {
	{ "draft", { 4.0, 2 }, { 200, 160, 2.0, false } },
	{ "fast", { 2.0, 3 }, { 400, 320, 1.0, false } },
	{ "full", { 1.0, 2 }, { 800, 640, 0.5, false } },
	{ "fine", { 1.0, 2 }, { 2667, 2133, 0.15, false } },
};

const struct synth_quality *synth_quality_find(const char *name)
{
	for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++)
		if (strcmp(qualities[i].name, name) == 0)
			return &qualities[i];
	return NULL;
}

struct cohort synth_cohort(const struct synth_options *o)
{
	return (struct cohort){ .sites = o->sites, .seed = o->seed, .by_profile = o->by_profile };
}

static struct record_origin origin_of(const struct synth_options *o)
{
	return (struct record_origin){ .seed = o->seed,
		.sites = o->sites,
		.quality = o->quality->name,
		.films = o->swap	    ? "swap"
			 : o->primary_films ? "primary"
					    : "site",
		.by_profile = o->by_profile,
		.computed_on = o->device->kind == DEVICE_CUDA ? "gpu" : "cpu" };
}

static int visits_of(const struct synth_options *o, int64_t index)
{
	const struct cohort cohort = synth_cohort(o);
	return o->swap ? 1 : cohort_visits(&cohort, index);
}

/* ---- one visit ---- */

static int films_of(const struct synth_options *o, const struct site *site, int64_t who)
{
	struct rng r = stream_of(o->seed, who, STREAM_VISIT, 100);
	int least = (int)site->xray.poses[0], most = (int)site->xray.poses[1];
	return o->swap ? SWAP_FILMS : least + (int)rng_below(&r, most - least + 1);
}

/* The body at rest, and as it lies for the CT and for a film. */
struct bodies {
	struct anatomy neutral, ct, film;
};

static int make_films(struct xray *films, int n, const struct device *device, struct bodies *bodies,
	const struct scan *scan, const struct person *p, int64_t who, const struct synth_options *o)
{
	const struct site *site = &o->sites->list[p->site];
	struct xray_setting setting = o->quality->xray;
	setting.primary = o->primary_films;
	for (int i = 0; i < n; i++) {
		int film = o->swap ? 0 : i;
		struct posture posture = posture_xray(p, &site->xray, o->seed, who, film);
		if (!o->swap)
			posture_cut_film(&posture, &site->xray, o->seed, who, film);
		const struct xray_order order = { .scan = scan,
			.at_scan = &bodies->ct,
			.anatomy = &bodies->film,
			.body = &posture.body,
			.site = site,
			.voxels = &o->quality->scan,
			.setting = &setting,
			.seed = o->seed,
			.who = who,
			.film = film,
			.mineral_scale = o->swap ? swap_films[i].mineral_scale : 1,
			.add_tissue_cm = o->swap ? swap_films[i].add_tissue_cm : 0,
			.cut = posture.cut };
		if (posture_anatomy(&bodies->film, &p->anatomy, &posture) != 0 ||
			xray_make(&films[i], device, &order) != 0)
			return -1;
	}
	return 0;
}

static int write_visit(struct record *record, const char *root, const struct scan *scan,
	const struct xray *films, int n, const struct posture *ct, const struct synth_options *o)
{
	char path[PATH_BYTES];
	const struct record_origin origin = origin_of(o);
	const struct record_scene scene = { .ct = ct, .films = films, .n = n };
	if (images_write(record, root, scan, films, n, o) != 0 ||
		folder_record(path, root, &record->person, record->visit) != 0 || path_make_parent(path) != 0)
		return -1;
	return record_write(record, &origin, &scene, path);
}

int synth_subject(struct record *record, const char *root, int64_t index, int visit, const struct synth_options *o)
{
	const struct device *device = o->device;
	const struct cohort cohort = synth_cohort(o);
	struct bodies *bodies = malloc(sizeof(*bodies));
	struct scan scan = { 0 };
	struct xray films[SWAP_FILMS] = { 0 };
	int rc = -1;
	if (!bodies)
		return ERR_RESOURCE("out of memory for a digital body");
	memset(record, 0, sizeof(*record));
	record->person = cohort_person_at(&cohort, index, visit);
	record->visit = visit;
	const struct person *p = &record->person;
	const struct site *site = &o->sites->list[p->site];
	int64_t who = cohort_who(index, visit);
	const struct posture ct = posture_ct(p, &site->ct, o->seed, who);
	record->films = films_of(o, site, who);
	TRY(anatomy_init(&bodies->neutral, &p->anatomy));
	TRY(posture_anatomy(&bodies->ct, &p->anatomy, &ct));
	TRY(scan_make(&scan, device, &bodies->ct, &ct.body, site, &o->quality->scan, o->seed, who));
	record_set_frames(record, &bodies->ct, (const double(*)[4])scan.body_to_world);
	TRY(make_films(films, record->films, device, bodies, &scan, p, who, o));
	record->mean_femur_grey = films[0].mean_femur;
	TRY(areal_scan(
		record->areal, device, &bodies->neutral, p, &site->dxa, &o->quality->scan, o->seed, who, 0));
	TRY(areal_qct(record->areal, device, &scan, &bodies->ct, &bodies->neutral, site->ct.kev));
	TRY(write_visit(record, root, &scan, films, record->films, &ct, o));
	rc = 0;
cleanup:
	if (rc != 0)
		err_prefix("participant %s", record->person.id);
	scan_free(&scan);
	for (int i = 0; i < SWAP_FILMS; i++)
		xray_free(&films[i]);
	free(bodies);
	return rc;
}

/* ---- the study ---- */

/* A visit of another shard is only taken; 1: it is not there yet. */
static int make_or_take(struct record *record, int64_t index, int visit, const struct synth_options *o, bool *taken)
{
	char path[PATH_BYTES];
	const struct cohort cohort = synth_cohort(o);
	const struct record_origin origin = origin_of(o);
	bool mine = o->shards <= 1 || index % o->shards == o->shard;
	memset(record, 0, sizeof(*record));
	record->person = cohort_person_at(&cohort, index, visit);
	record->visit = visit;
	if (folder_record(path, o->out, &record->person, visit) != 0)
		return -1;
	int found = record_read(record, &origin, o->out, path);
	*taken = found == 0;
	if (found <= 0 || !mine)
		return found;
	/* A record of other options goes before its images do. */
	if (folder_remove(path) != 0 || folder_sweep(o->out, &record->person, visit) != 0)
		return -1;
	return synth_subject(record, o->out, index, visit, o);
}

static void report(const struct record *records, int64_t n, const struct record_origin *origin)
{
	double sum = 0, squares = 0, count = (double)listing_hips(records, n);
	for (int64_t i = 0; i < ANATOMY_SIDES * n; i++) {
		const struct record *r = &records[i / ANATOMY_SIDES];
		double x = r->areal[i % ANATOMY_SIDES].truth[AREAL_TOTAL_HIP].abmd_g_cm2;
		if (areal_exclusion(&r->person.anatomy, (enum anatomy_side)(i % ANATOMY_SIDES)))
			continue;
		sum += x;
		squares += x * x;
	}
	double mean = sum / count, variance = (squares - count * mean * mean) / (count - 1);
	double ceiling = listing_ceiling(records, n, AREAL_TOTAL_HIP, origin);
	log_info("%lld synthetic visits; true total-hip aBMD %.3f +- %.3f g/cm2", (long long)n, mean,
		sqrt(variance > 0 ? variance : 0));
	if (isfinite(ceiling))
		log_info("ceiling: r of true mineral and DXA, total hip, %.4f", ceiling);
}

/* All visits; how many were there already, and how many other shards still owe. */
struct count {
	int64_t visits, taken, missing;
};

static int make_all(struct record *records, struct count *count, const struct synth_options *o)
{
	struct progress progress;
	int rc = -1;
	memory_keep(KEEP_BYTES);
	progress_start(&progress, "participants", o->subjects);
	for (int64_t i = 0; i < o->subjects; i++) {
		for (int visit = 0; visit < visits_of(o, i); visit++) {
			bool taken;
			if (signal_stop_requested()) {
				ERR_STOPPED(
					"stopped after %lld of %lld participants; run the same command again",
					(long long)i, (long long)o->subjects);
				goto cleanup;
			}
			int made = make_or_take(&records[count->visits], i, visit, o, &taken);
			if (made < 0)
				goto cleanup;
			count->visits += made == 0;
			count->missing += made > 0;
			count->taken += taken;
		}
		progress_step(&progress, i + 1);
	}
	progress_end(&progress);
	rc = 0;
cleanup:
	memory_keep(0);
	return rc;
}

int synth_run(const struct synth_options *o)
{
	struct record *records = NULL;
	struct count count = { 0, 0, 0 };
	const struct record_origin origin = origin_of(o);
	int rc = -1;
	TRY(folder_prepare(o));
	records = calloc((size_t)(COHORT_VISITS_MOST * o->subjects), sizeof(*records));
	if (!records) {
		ERR_RESOURCE("out of memory for %lld participants", (long long)o->subjects);
		goto cleanup;
	}
	TRY(make_all(records, &count, o));
	if (count.taken > 0)
		log_info("%lld visits were already there", (long long)count.taken);
	if (count.missing > 0) {
		log_info("%lld visits of other shards are not there yet; the last shard writes the tables",
			(long long)count.missing);
		rc = 0;
		goto cleanup;
	}
	TRY(listing_write(o->out, records, count.visits, &origin));
	TRY(folder_finish(o));
	report(records, count.visits, &origin);
	rc = 0;
cleanup:
	free(records);
	return rc;
}
