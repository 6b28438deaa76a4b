/*
 * Times and checks the projector and what stands on it, on the CPU; the lines it prints are described in
 *bench.h.
 *
 *	bench_drr SCRATCH DATA|none plastimatch|none ROUNDS [small]
 *
 * SCRATCH: an existing folder for the volumes that plastimatch reads; DATA: the test data's folder.  small
 *leaves the cases out that take long.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/bench-drr/bench.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* The real CT, in water's 1000: what attenuates, and 0 in air. */
static int read_torso(struct volume *ct, const struct bench *b)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof(path), "%s/real/torso_ct.nii.gz", b->data);
	if (nifti_read_image(ct, path) != 0)
		return -1;
	for (int64_t i = 0; i < volume_count(ct); i++)
		volume_f32(ct)[i] = fmaxf(0, volume_f32(ct)[i] + 1000);
	return 0;
}

int bench_accuracy(const struct bench *b)
{
	static const double bars[BENCH_MODELS] = { 2e-5, 5e-6, 5e-6 }; /* of max; rms 5e-7 */
	struct geometry g = { .sdd_mm = 1500, .sod_mm = 1000, .cols = 512, .rows = 512, .pixel_mm = 1 };
	struct pose poses[2];
	struct volume ct = { 0 };
	char what[64];
	int rc = -1;
	struct bench_error e[BENCH_MODELS];
	for (int m = 0; m < BENCH_MODELS; m++)
		e[m] = (struct bench_error){ .max = NAN, .rms = NAN };
	bench_random_poses(poses, 2);
	if (*b->data) {
		TRY(read_torso(&ct, b));
		struct projector_source source = { .values = &ct, .hu_per_value = 1 };
		geometry_volume_centre_mm(&ct, g.isocentre_mm);
		for (int m = 0; m < BENCH_MODELS; m++) {
			TRY(bench_integral_error(&e[m], b, &source, (enum projector_model)m, &g, poses, 2));
			bench_error_line("real torso CT, random poses", bench_model_names[m], e[m]);
		}
	}
	for (int m = 0; m < BENCH_MODELS; m++) {
		snprintf(what, sizeof(what), "%s on the real CT: max error", bench_model_names[m]);
		bench_gate(what, e[m].max, bars[m], false);
		snprintf(what, sizeof(what), "%s on the real CT: rms error", bench_model_names[m]);
		bench_gate(what, e[m].rms, 5e-7, false);
	}
	rc = 0;
cleanup:
	volume_free(&ct);
	return rc;
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	int rc = -1;
	if (argc < 5) {
		fprintf(stderr, "usage: bench_drr SCRATCH DATA|none plastimatch|none ROUNDS [small]\n");
		return EXIT_CODE_USAGE;
	}
	b.scratch = argv[1];
	b.data = strcmp(argv[2], "none") == 0 ? "" : argv[2];
	b.peer = strcmp(argv[3], "plastimatch") == 0;
	b.rounds = atoi(argv[4]);
	b.small = argc > 5;
	if (b.rounds < 1 || b.rounds > BENCH_ROUNDS_MOST) {
		fprintf(stderr, "bench_drr: %d rounds: must be 1 to %d\n", b.rounds, BENCH_ROUNDS_MOST);
		return EXIT_CODE_USAGE;
	}
	TRY(device_open(&b.cpu, "cpu"));
	TRY(device_open(&b.ref, "ref"));
	TRY(bench_contests(&b));
	TRY(bench_accuracy(&b));
	TRY(bench_labels(&b));
	TRY(bench_radiograph(&b));
	rc = 0;
cleanup:
	if (rc != 0)
		fprintf(stderr, "bench_drr: %s\n", err_message());
	device_close(&b.cpu);
	device_close(&b.ref);
	return rc == 0 ? 0 : (int)err_code();
}
