/*
 * Times the statistics of xbmd evaluate on data that it also writes for the peer:
 *
 *	bench_eval FOLDER ROUNDS
 *
 * FOLDER/curve.f64 and rating.f64: 1 000 000 scores; class.u8: their classes; cohort.csv: 713 patients with
 *both hips. Prints "key value" lines: medians over the rounds in ms (ROC: CPU time; bootstrap: wall),
 * and what was computed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "eval/stats/bootstrap.h"
#include "eval/stats/order.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_variance.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/memory.h"
#include "host/run/rng.h"

enum { ROWS = 1000000, PATIENTS = 713, HIPS = 2 * PATIENTS, REPLICATES = 2000, MOST_ROUNDS = 64 };

static int write_block(const char *folder, const char *name, const void *data, size_t bytes)
{
	char path[PATH_BYTES];
	struct path_output output = { 0 };
	if (path_format(path, "%s/%s", folder, name) != 0 || path_output_open(&output, path) != 0)
		return -1;
	fwrite(data, 1, bytes, output.file);
	return path_output_commit(&output);
}

/* Of this process: one thread, so a busy machine does not lengthen it. */
static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int time_roc(const char *key, const double *score, const uint8_t *is_case, int rounds)
{
	double ms[MOST_ROUNDS], variance = NAN, auc = NAN;
	for (int round = 0; round < rounds; round++) {
		struct roc roc;
		double start = cpu_ms();
		if (roc_init(&roc, score, is_case, ROWS, ROC_LOWER_IS_CASE) != 0)
			return -1;
		variance = roc.variance;
		auc = roc.auc;
		ms[round] = cpu_ms() - start;
		roc_free(&roc);
	}
	printf("%s_ms %.4g\n%s_auc %.17g\n%s_variance %.17g\n", key, order_median(ms, rounds), key, auc, key,
		variance);
	return 0;
}

/* A million rows, one in five diseased: scores without ties, and ratings of 20 steps. */
static int bench_roc(const char *folder, int rounds)
{
	int rc = -1;
	struct memory block = { 0 };
	struct rng rng = rng_init(1, 0);
	TRY(memory_alloc(&block, NULL, (size_t)ROWS * 17, "scores"));
	double *score = block.data, *rating = score + ROWS;
	uint8_t *is_case = (uint8_t *)(rating + ROWS);
	for (int64_t i = 0; i < ROWS; i++) {
		is_case[i] = rng_uniform(&rng) < 0.2;
		score[i] = rng_normal(&rng) - is_case[i];
		rating[i] = floor(3 * score[i]);
	}
	TRY(write_block(folder, "curve.f64", score, (size_t)ROWS * 8));
	TRY(write_block(folder, "rating.f64", rating, (size_t)ROWS * 8));
	TRY(write_block(folder, "class.u8", is_case, ROWS));
	TRY(time_roc("curve", score, is_case, rounds));
	TRY(time_roc("rating", rating, is_case, rounds));
	rc = 0;
cleanup:
	memory_free(&block);
	return rc;
}

struct cohort {
	double reference[HIPS], prediction[HIPS];
	int64_t cluster[HIPS];
	uint8_t diseased[HIPS], called[HIPS];
};

static int make_cohort(struct cohort *c, const char *folder)
{
	char path[PATH_BYTES];
	struct path_output output = { 0 };
	struct rng rng = rng_init(2, 0);
	if (path_format(path, "%s/cohort.csv", folder) != 0 || path_output_open(&output, path) != 0)
		return -1;
	fputs("participant_id,site,side,dxa_g_cm2,abmd_g_cm2\n", output.file);
	double bone = 0;
	for (int i = 0; i < HIPS; i++) {
		int patient = i / 2, site = patient % 7;
		bone = i % 2 ? bone : 0.82 + 0.13 * rng_normal(&rng);
		c->reference[i] = bone + 0.03 * rng_normal(&rng);
		c->prediction[i] = c->reference[i] + 0.01 * site + 0.06 * rng_normal(&rng);
		c->cluster[i] = patient;
		c->diseased[i] = c->reference[i] <= 0.637;
		c->called[i] = c->prediction[i] <= 0.637;
		fprintf(output.file, "P%04d,H%d,%c,%.17g,%.17g\n", patient, site, "LR"[i % 2],
			c -> reference[i], c -> prediction[i]);
	}
	return path_output_commit(&output);
}

static int bench_bootstrap(const char *folder, int rounds)
{
	static struct cohort c;
	const struct bootstrap_sample s = { HIPS, PATIENTS, c.reference, c.prediction, c.cluster,
		c.prediction, c.diseased, c.called };
	double ms[MOST_ROUNDS], se = NAN;
	if (make_cohort(&c, folder) != 0)
		return -1;
	for (int round = 0; round < rounds; round++) {
		struct bootstrap b;
		double start = log_clock_s();
		if (bootstrap_run(&b, &s, REPLICATES, 1) != 0)
			return -1;
		for (int k = 0; k < BOOTSTRAP_COUNT; k++)
			bootstrap_interval(&b, (enum bootstrap_statistic)k);
		ms[round] = 1000 * (log_clock_s() - start);
		se = bootstrap_se(&b, BOOTSTRAP_AUC);
		bootstrap_free(&b);
	}
	printf("bootstrap_ms %.4g\nbootstrap_auc_se %.6g\nbootstrap_statistics %d\n",
		order_median(ms, rounds), se, BOOTSTRAP_COUNT);
	return 0;
}

int main(int argc, char **argv)
{
	int rounds = argc == 3 ? atoi(argv[2]) : 0;
	if (rounds < 1 || rounds > MOST_ROUNDS) {
		fprintf(stderr, "bench_eval FOLDER ROUNDS (1 to %d)\n", MOST_ROUNDS);
		return EXIT_CODE_USAGE;
	}
	if (bench_roc(argv[1], rounds) != 0 || bench_bootstrap(argv[1], rounds) != 0) {
		fprintf(stderr, "bench_eval: %s\n", err_message());
		return (int)err_code();
	}
	return 0;
}
