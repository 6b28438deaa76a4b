/*
 * What the parts of bench_drr share: clocks, medians, scenes, and the lines run.sh makes its tables of.
 *
 *	row;name;device;ours;peer;peer_name;unit;ratio;error      ratio > 1: ours is faster
 *	error;case;model;max;rms                                  shares of the image's maximum, against
 *double precision gate;what;value;bar;met note;text A number that was not measured is "null".
 */
#ifndef EXPERIMENTS_BENCH_DRR_BENCH_H
#define EXPERIMENTS_BENCH_DRR_BENCH_H
#include <stdbool.h>
#include "drr/projector.h"
enum { BENCH_ROUNDS_MOST = 16, BENCH_POSES_MOST = 20, BENCH_MODELS = 3 };
struct bench {
	struct device cpu, ref;
	const char *scratch, *data; /* folders; data: test data, "" without */
	bool peer, small;	    /* plastimatch is there; leave the long cases out */
	int rounds;
	double read_bytes_s; /* streaming read of this machine */
};
extern const char *const bench_model_names[BENCH_MODELS]; /* of enum projector_model */

/* Seconds on the wall and of all processors, of this process or a child. */
struct bench_time {
	double wall_s, cpu_s;
};
struct bench_time bench_clock(void);
struct bench_samples {
	int n;
	double wall_s[BENCH_ROUNDS_MOST], cpu_s[BENCH_ROUNDS_MOST];
};
void bench_samples_add(struct bench_samples *s, double wall_s, double cpu_s);
/* The time since `start`, a `per`-th of it. */
void bench_samples_since(struct bench_samples *s, struct bench_time start, double per);
double bench_wall_ms(const struct bench_samples *s); /* medians; NaN of none */
double bench_cpu_ms(const struct bench_samples *s);

void bench_row(
	const char *name, double ours, double peer, const char *peer_name, const char *unit, double error);
void bench_gate(const char *what, double value, double bar, bool at_least);
void bench_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A cube of random whole numbers 0 .. 1999, centred at 0, axes along -x, -y, +z (DICOM's): no two bricks
 * alike. */
int bench_random_volume(struct volume *v, const int64_t n[3], const double spacing_mm[3]);
/* Within +-8 degrees about all axes. */
void bench_random_poses(struct pose *poses, int64_t n);

struct bench_error {
	double max, rms; /* shares of the maximum of the exact image */
};
struct bench_error bench_compare(const float *image, const float *exact, int64_t n);
/* The `cpu` device against `ref`: integrals of these poses. */
int bench_integral_error(struct bench_error *error, const struct bench *b,
	const struct projector_source *source, enum projector_model model, const struct geometry *g,
	const struct pose *poses, int64_t n_poses);
void bench_error_line(const char *scene, const char *model, struct bench_error e);

/* The cases. */
int bench_contests(struct bench *b);	   /* bench_contest.c: against plastimatch */
int bench_accuracy(const struct bench *b); /* bench_drr.c: on the real CT */
int bench_labels(const struct bench *b);   /* bench_physics.c */
int bench_radiograph(const struct bench *b);
#endif
