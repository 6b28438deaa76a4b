/* The program: finds the verb, runs it, prints its failure and turns it into an exit code. */
#include <stdio.h>
#include <string.h>

#include "host/cmd_info.h"
#include "host/command.h"
#include "host/run/err.h"
#include "host/run/signal.h"
#include "host/run/thread.h"
#include "host/run/version.h"

int cmd_synth(int argc, char **argv);
int cmd_segment(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_qct(int argc, char **argv);
int cmd_drr(int argc, char **argv);
int cmd_dataset(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_predict(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_evaluate(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_index(int argc, char **argv);
int cmd_pool(int argc, char **argv);
int cmd_plan(int argc, char **argv);

static int cmd_info(int argc, char **argv)
{
	return info_print(argc, argv, commands);
}

const struct command commands[] = {
	{ "synth", cmd_synth, "make a synthetic study: CT, films, DXA and truth of digital hips" },
	{ "segment", cmd_segment, "import a label map of TotalSegmentator, nnU-Net or 3D Slicer" },
	{ "calibrate", cmd_calibrate, "turn CT numbers into mineral density by a phantom's rods" },
	{ "qct", cmd_qct, "read areal and volumetric BMD of hip and spine off a density volume" },
	{ "drr", cmd_drr, "project a volume exactly: integrals, mineral maps, radiographs" },
	{ "dataset", cmd_dataset, "make a training set from a study's calibrated CT" },
	{ "train", cmd_train, "train the decomposition network" },
	{ "predict", cmd_predict, "measure BMD on radiographs" },
	{ "export", cmd_export, "write a trained model as ONNX" },
	{ "check", cmd_check, "find everything that is wrong with a study" },
	{ "index", cmd_index, "pair a study's films with DXA, and deal out folds, as an SQLite file" },
	{ "evaluate", cmd_evaluate, "compare predictions with a reference: agreement and ROC, per site and pooled" },
	{ "report", cmd_report, "write an evaluation as one HTML page" },
	{ "pool", cmd_pool, "pool evaluations of sites that share figures only, no rows" },
	{ "plan", cmd_plan, "rows and patients that a validation study needs" },
	{ "info", cmd_info, "versions, GPU plugin, devices, verbs" },
	{ NULL, NULL, NULL },
};

static void usage(FILE *out)
{
	fprintf(out, "%s: bone mineral density from plain X-rays. Research use only, not a medical device.\n\n"
		     "usage: xbmd VERB [options]      xbmd VERB --help\n\n",
		version_text());
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->summary);
}

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_CODE_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(version_text());
		return EXIT_CODE_OK;
	}
	bool help = strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
	if (help && argc < 3) {
		usage(stdout);
		return EXIT_CODE_OK;
	}
	const struct command *command = find(argv[help ? 2 : 1]);
	if (!command) {
		fprintf(stderr, "xbmd: no verb '%s' (see xbmd --help)\n", argv[help ? 2 : 1]);
		return EXIT_CODE_USAGE;
	}
	char help_word[] = "--help";
	char *help_argv[] = { argv[help ? 2 : 1], help_word, NULL };
	signal_install();
	thread_set_count(0);
	int rc = command->run(help ? 2 : argc - 1, help ? help_argv : argv + 1);
	if (rc == 0 && fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_CODE_OK;
	if (rc == 0) /* err_code() may be that of a failure the verb has dealt with */
		ERR_OUTPUT("cannot write to standard output");
	else if (err_code() == EXIT_CODE_OK)
		ERR("failed without a reason");
	fprintf(stderr, "xbmd %s: %s\n", command->name, err_message());
	return (int)err_code();
}
