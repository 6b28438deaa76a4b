#include <stdio.h>

#include "drr/cohort/synth.h"
#include "host/run/err.h"
#include "host/run/opt.h"

int cmd_synth(int argc, char **argv);

struct request {
	const char *out, *quality, *profiles, *films, *shard, *anatomy, *label_map, *device;
	int64_t subjects, sites, seed;
	bool multi_centre, evaluation, swap, force;
};

static int load_sites(struct sites *sites, struct request *r)
{
	if (r->multi_centre)
		r->sites = SITE_BUILT_IN;
	if (!r->profiles && (r->sites < 1 || r->sites > SITE_BUILT_IN))
		return ERR_USAGE("--sites %lld: must be 1 to %d, or give profiles of your own by --profiles",
			(long long)r->sites, SITE_BUILT_IN);
	return r->profiles ? sites_read(sites, r->profiles) : sites_built_in(sites, (int)r->sites);
}

/* "B=LABELS" */
static int set_anatomy(struct sites *sites, const struct request *r)
{
	if (!r->anatomy)
		return 0;
	if (r->anatomy[0] == 0 || r->anatomy[1] != '=' || r->anatomy[2] == 0)
		return ERR_USAGE("--anatomy '%s': must be SITE=LABELS, as B=maps/", r->anatomy);
	return sites_set_anatomy(sites, r->anatomy[0], r->anatomy + 2, r->label_map);
}

static int read_shard(struct synth_options *o, const char *text)
{
	long long part, parts;
	char rest;
	if (!text)
		return 0;
	if (sscanf(text, "%lld/%lld%c", &part, &parts, &rest) != 2 || part < 1 || part > parts)
		return ERR_USAGE("--shard '%s': must be I/N, 1/N to N/N", text);
	o->shard = part - 1;
	o->shards = parts;
	return 0;
}

static int check(const struct request *r, const struct sites *sites)
{
	if (r->subjects < 1 || r->subjects > PERSON_MOST)
		return ERR_USAGE("--subjects %lld: must be 1 to %d", (long long)r->subjects, PERSON_MOST);
	if (sites->n > r->subjects)
		return ERR_USAGE(
			"--subjects %lld: fewer than the %d sites", (long long)r->subjects, sites->n);
	if (r->seed < 0 || r->seed >= COHORT_EVALUATION_SEED)
		return ERR_USAGE("--seed %lld: must be 0 to %d", (long long)r->seed, COHORT_EVALUATION_SEED - 1);
	return 0;
}

static int make(struct request *r, struct sites *sites, const struct device *device)
{
	if (r->multi_centre)
		r->subjects = sites_subjects(sites);
	if (check(r, sites) != 0 || set_anatomy(sites, r) != 0 || sites_read_anatomy(sites) != 0)
		return -1;
	struct synth_options options = { .out = r->out,
		.device = device,
		.subjects = r->subjects,
		.sites = sites,
		.seed = (uint64_t)(r->seed + (r->evaluation ? COHORT_EVALUATION_SEED : 0)),
		.quality = synth_quality_find(r->quality),
		.by_profile = r->multi_centre,
		.primary_films = r->films[0] == 'p',
		.swap = r->swap,
		.force = r->force };
	return read_shard(&options, r->shard) != 0 ? -1 : synth_run(&options);
}

static int run(struct request *r)
{
	struct sites sites;
	struct device device;
	if (device_open(&device, r->device) != 0)
		return -1;
	int rc = -1;
	if (device.elem == DEVICE_F64) {
		ERR_USAGE("--device is cpu, cuda:N or auto, got '%s'", r->device);
	} else if (load_sites(&sites, r) == 0) {
		rc = make(r, &sites, &device);
		sites_free(&sites);
	}
	device_close(&device);
	return rc;
}

int cmd_synth(int argc, char **argv)
{
	struct request r = { .quality = "fast", .films = "site", .label_map = "totalseg", .device = "cpu", .subjects = 40,
		.sites = 2, .seed = 1 };
	const struct opt table[] = {
		OPT_TEXT("out", r.out, OPT_REQUIRED, "STUDY", "folder to make"),
		OPT_INT("subjects", r.subjects, 0, "participants, two hips each"),
		OPT_INT("sites", r.sites, 0,
			"simulated hospitals: the first of seven built-in profiles, A for development, B to G external"),
		OPT_TEXT("profiles", r.profiles, 0, "DIR", "hospitals of your own instead: *.yaml, in the order of their names"),
		OPT_TEXT("anatomy", r.anatomy, 0, "SITE=LABELS",
			"bones of that site from label maps: a file, a pattern of files or a folder; B=maps/"),
		OPT_TEXT("label-map", r.label_map, 0, "NAME|FILE",
			"what those labels mean: totalseg, painted or a YAML file"),
		OPT_FLAG("multi-centre", r.multi_centre,
			"all sites with as many participants as their profiles say (built in: 315 and 1426)"),
		OPT_INT("seed", r.seed, 0, "equal seeds make equal files"),
		OPT_FLAG("evaluation", r.evaluation, "draw from the seeds kept for evaluation, never used in development"),
		OPT_CHOICE("quality", r.quality, 0, "draft|fast|full|fine",
			"CT voxels, film pixels: 4, 2 mm; 2, 1 mm; 1, 0.5 mm; 1 mm, the site's own pixels"),
		OPT_CHOICE("films", r.films, 0, "site|primary",
			"the site's whole X-ray room, or its primary beam and noise alone"),
		OPT_FLAG("swap", r.swap,
			"test set: seven films of each body, mineral x 0.8 to 1.2 and -5, +5 cm of soft tissue"),
		OPT_TEXT("shard", r.shard, 0, "I/N", "make only part I of N; the last one to finish writes the tables"),
		OPT_TEXT("device", r.device, 0, "cpu|cuda:N|auto",
			"where bodies become voxels and films are made; files of a CPU and of a GPU differ by rounding"),
		OPT_FLAG("force", r.force, "make a study again that is already there"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "make a synthetic study: CT, X-ray, DXA and the truth", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	return run(&r);
}
