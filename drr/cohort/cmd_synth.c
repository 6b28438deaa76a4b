#include "drr/cohort/synth.h"
#include "host/run/err.h"
#include "host/run/opt.h"

int cmd_synth(int argc, char **argv);

static int check(int64_t subjects, int64_t sites, int64_t seed)
{
	if (subjects < 1 || subjects > PERSON_MOST)
		return ERR_USAGE("--subjects %lld: must be 1 to %d", (long long)subjects, PERSON_MOST);
	if (sites < 1 || sites > SITE_MOST || sites > subjects)
		return ERR_USAGE("--sites %lld: must be 1 to %d and no more than --subjects",
			(long long)sites, SITE_MOST);
	if (seed < 0)
		return ERR_USAGE("--seed %lld: must not be negative", (long long)seed);
	return 0;
}

int cmd_synth(int argc, char **argv)
{
	const char *out = NULL, *quality = "fast";
	int64_t subjects = 40, sites = 2, seed = 1;
	bool force = false;
	const struct opt table[] = {
		OPT_TEXT("out", out, OPT_REQUIRED, "STUDY", "folder to make"),
		OPT_INT("subjects", subjects, 0, "participants, two hips each"),
		OPT_INT("sites", sites, 0, "simulated hospitals, each with its own CT, X-ray and DXA"),
		OPT_INT("seed", seed, 0, "equal seeds make equal files"),
		OPT_CHOICE("quality", quality, 0, "fast|full",
			"fast: CT 2 mm, film 1 mm; full: CT 1 mm, film 0.5 mm"),
		OPT_FLAG("force", force, "make a study again that is already there"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "make a synthetic study: CT, X-ray, DXA and the truth", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (check(subjects, sites, seed) != 0)
		return -1;
	const struct synth_options options = { .out = out,
		.subjects = subjects,
		.sites = (int)sites,
		.seed = (uint64_t)seed,
		.quality = synth_quality_find(quality),
		.force = force };
	return synth_run(&options);
}
