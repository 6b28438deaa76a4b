#include "gan/train.h"

#include <cmath>
#include <csignal>
#include <cstring>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "gan/bundle.h"
#include "gan/checkpoint.h"
#include "gan/predictor.h"
#include "gan/sampler.h"
#include "host/run/signal.h"
#include "tests/gan/training_set.h"
#include "tests/support/support.h"

namespace {

config SmallConfig()
{
	config c = config_default();
	c.model.base = 4;
	c.model.levels = 3;
	c.model.critic_base = 4;
	c.model.critic_layers = 2;
	c.batch = 2;
	c.steps = 12;
	c.log_every = 4;
	return c;
}

// Everything that carries state from step to step.
config FullConfig()
{
	config c = SmallConfig();
	strcpy(c.schedule, "cosine");
	c.warmup_steps = 3;
	c.clip_norm = 0.5;
	c.ema_decay = 0.9;
	return c;
}

train_job Job(const std::string &run, const std::string &set, const config &c)
{
	train_job job = {};
	job.run = run.c_str();
	job.dataset_path = set.c_str();
	job.config = c;
	job.seed = 5;
	return job;
}

// The model's tensors; its metadata hold the configuration.
std::vector<std::string> Parameters(const std::string &run)
{
	safetensors s = {};
	std::vector<std::string> all;
	EXPECT_OK(safetensors_read(&s, (run + "/model.safetensors").c_str()));
	for (int64_t i = 0; i < s.n_entries; i++) {
		int64_t count = 1;
		for (int k = 0; k < s.entries[i].n_dims; k++)
			count *= s.entries[i].shape[k];
		all.push_back(s.entries[i].name);
		all.emplace_back((const char *)s.entries[i].data, (size_t)count * sizeof(float));
	}
	safetensors_free(&s);
	EXPECT_FALSE(all.empty());
	return all;
}

struct Cpu {
	struct device d;
	Cpu() { EXPECT_OK(device_open(&d, "cpu")); }
	~Cpu() { device_close(&d); }
};

}

// Which samples and how augmented: a function of (seed, step, place) only.
TEST(Sampler, PureFunctionOfSeedAndStep)
{
	ScratchFolder scratch;
	WriteTrainingSet(scratch / "set.h5", 10);
	config c = SmallConfig();
	dataset d;
	ASSERT_OK(dataset_open(&d, (scratch / "set.h5").c_str()));
	std::vector<float> x(2 * 1024), y(2 * 1024 * SAMPLE_CHANNELS), x2(x.size()), y2(y.size());
	sampler a, b;
	ASSERT_OK(sampler_init(&a, &d, &c, 9));
	ASSERT_OK(sampler_init(&b, &d, &c, 9));
	for (int64_t step = 0; step < 30; step++)
		ASSERT_OK(sampler_batch(&a, step, x.data(), y.data()));
	ASSERT_OK(sampler_batch(&b, 29, x2.data(), y2.data()));
	EXPECT_EQ(memcmp(x.data(), x2.data(), x.size() * sizeof(float)), 0);
	EXPECT_EQ(memcmp(y.data(), y2.data(), y.size() * sizeof(float)), 0);
	ASSERT_OK(sampler_batch(&b, 28, x2.data(), y2.data()));
	EXPECT_NE(memcmp(x.data(), x2.data(), x.size() * sizeof(float)), 0);
	sampler_free(&a);
	sampler_free(&b);
	dataset_close(&d);
}

TEST(Sampler, AnEpochShowsEverySampleOnce)
{
	ScratchFolder scratch;
	WriteTrainingSet(scratch / "set.h5", 10);
	config c = SmallConfig();
	dataset d;
	ASSERT_OK(dataset_open(&d, (scratch / "set.h5").c_str()));
	sampler s;
	ASSERT_OK(sampler_init(&s, &d, &c, 3));
	std::vector<float> x(2 * 1024), y(2 * 1024 * SAMPLE_CHANNELS);
	double seen = 0, expected = 0;
	for (int64_t step = 0; step < 5; step++) {
		ASSERT_OK(sampler_batch(&s, step, x.data(), y.data()));
		for (size_t i = 0; i < y.size(); i += SAMPLE_CHANNELS)
			seen += y[i] * s.scale.target_scale[0];
	}
	for (int64_t i = 0; i < 10; i++) {
		ASSERT_OK(sampler_plain(&s, i, x.data(), y.data()));
		for (size_t k = 0; k < 1024; k++)
			expected += y[k * SAMPLE_CHANNELS];
	}
	EXPECT_NEAR(seen, expected, 1e-3 * expected);
	sampler_free(&s);
	dataset_close(&d);
}

// Training learns the rule, writes a model that predicts, and its readout line fits.
TEST(Train, LearnsAndWritesAModel)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5", run = scratch / "run";
	WriteTrainingSet(set, 24);
	config c = SmallConfig();
	c.steps = 300;
	c.batch = 4;
	c.learning_rate = 5e-3;
	c.augment_gain = c.augment_offset = c.augment_field = c.augment_noise = 0;
	Cpu cpu;
	train_job job = Job(run, set, c);
	ASSERT_OK(train_run(&job, &cpu.d));
	predictor p;
	bundle b;
	ASSERT_OK(predictor_open(&p, &b, &cpu.d, run.c_str()));
	EXPECT_GE(b.abmd_qct.r, 0.95);
	EXPECT_EQ(b.steps, 300);
	dataset d;
	ASSERT_OK(dataset_open(&d, set.c_str()));
	std::vector<float> input(1024), target(1024 * SAMPLE_CHANNELS);
	double info[DATASET_INFO], error = 0;
	for (int64_t i = 0; i < 24; i++) {
		predictor_reading r;
		ASSERT_OK(dataset_read(&d, i, input.data(), target.data(), info));
		ASSERT_OK(predictor_read(&p, input.data(), nullptr, &r));
		error += std::fabs(bundle_apply(&b.abmd_qct, r.abmd_g_cm2) - info[DATASET_ABMD_QCT]) / 24;
	}
	EXPECT_LE(error, 0.05);
	dataset_close(&d);
	predictor_close(&p);
}

// P4: 12 steps = 5 steps, a stop signal, and the rest after --resume, to the bit.
TEST(Train, ResumedEqualsUninterrupted)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5", whole = scratch / "whole", broken = scratch / "broken";
	WriteTrainingSet(set, 10);
	config c = FullConfig();
	Cpu cpu;
	omp_set_num_threads(1); // a forked child must not wait for its parent's threads; bits depend on the count
	train_job job = Job(whole, set, c);
	ASSERT_OK(train_run(&job, &cpu.d));
	pid_t child = fork();
	ASSERT_GE(child, 0);
	if (child == 0) {
		signal_install();
		raise(SIGTERM); // the first step is finished and saved
		train_job stopped = Job(broken, set, c);
		int rc = train_run(&stopped, &cpu.d);
		_exit(rc == -1 && err_code() == EXIT_CODE_STOPPED ? 75 : 1);
	}
	int status = 0;
	waitpid(child, &status, 0);
	ASSERT_TRUE(WIFEXITED(status));
	ASSERT_EQ(WEXITSTATUS(status), 75);
	job = Job(broken, set, c);
	job.resume = TRAIN_RESUME;
	job.config.recompute = 1; // changes memory only
	ASSERT_OK(train_run(&job, &cpu.d));
	EXPECT_EQ(Parameters(whole), Parameters(broken));
	EXPECT_EQ(ReadFile(whole + "/metrics.jsonl"), ReadFile(broken + "/metrics.jsonl"));
}

// The averages predict, and the weights themselves are in the checkpoint.
TEST(Train, TheAverageIsTheModel)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5", run = scratch / "run";
	WriteTrainingSet(set, 6);
	config c = FullConfig();
	Cpu cpu;
	train_job job = Job(run, set, c);
	ASSERT_OK(train_run(&job, &cpu.d));
	safetensors model = {}, saved = {};
	ASSERT_OK(safetensors_read(&model, (run + "/model.safetensors").c_str()));
	ASSERT_OK(safetensors_read(&saved, (run + "/checkpoints/step-00000012.safetensors").c_str()));
	const safetensors_entry *used = safetensors_find(&model, "net.G.head.weight"),
				*average = safetensors_find(&saved, "ema.G.head.weight"),
				*last = safetensors_find(&saved, "net.G.head.weight");
	ASSERT_TRUE(used && average && last);
	const size_t bytes = (size_t)(used->shape[0] * used->shape[1] * 9) * sizeof(float);
	EXPECT_EQ(memcmp(used->data, average->data, bytes), 0);
	EXPECT_NE(memcmp(used->data, last->data, bytes), 0);
	safetensors_free(&model);
	safetensors_free(&saved);
}

TEST(Train, DivergenceKeepsTheCheckpointAndNamesTheTensor)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5", run = scratch / "run";
	WriteTrainingSet(set, 6);
	config c = SmallConfig();
	c.learning_rate = 1e30; // the first step is finite, what it leaves is not usable
	c.checkpoint_minutes = 1e-12;
	Cpu cpu;
	train_job job = Job(run, set, c);
	EXPECT_EQ(train_run(&job, &cpu.d), -1);
	EXPECT_NE(strstr(err_message(), "training diverged at step 1 "), nullptr) << err_message();
	EXPECT_NE(strstr(err_message(), "not finite: output of G."), nullptr) << err_message();
	EXPECT_FALSE(ReadFile(run + "/checkpoints/step-00000001.safetensors").empty());
	EXPECT_NE(access((run + "/checkpoints/step-00000002.safetensors").c_str(), F_OK), 0);
}

TEST(Train, ReportWritesNothing)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5", run = scratch / "run";
	WriteTrainingSet(set, 6);
	Cpu cpu;
	train_job job = Job(run, set, SmallConfig());
	FILE *file = tmpfile();
	ASSERT_NE(file, nullptr);
	ASSERT_OK(train_report(&job, &cpu.d, file));
	EXPECT_GT(ftell(file), 1000);
	fclose(file);
	EXPECT_NE(access(run.c_str(), F_OK), 0);
}

TEST(Train, ResumeRefusesNothingAndAnotherConfiguration)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5", run = scratch / "run";
	WriteTrainingSet(set, 6);
	config c = SmallConfig();
	c.steps = 2;
	Cpu cpu;
	train_job job = Job(run, set, c);
	job.resume = TRAIN_RESUME;
	EXPECT_EQ(train_run(&job, &cpu.d), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_MODEL);
	job.resume = TRAIN_RESUME_AUTO;
	ASSERT_OK(train_run(&job, &cpu.d));
	job.resume = TRAIN_RESUME;
	job.config.learning_rate *= 2;
	EXPECT_EQ(train_run(&job, &cpu.d), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_MODEL);
	EXPECT_NE(strstr(err_message(), "configuration"), nullptr) << err_message();
	EXPECT_NE(strstr(err_message(), "'learning_rate'"), nullptr) << err_message();
}

TEST(Bundle, RefusesDamage)
{
	ScratchFolder scratch;
	bundle b;
	safetensors t = {};
	EXPECT_EQ(bundle_read(&b, &t, scratch.path().c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_MODEL);
	safetensors_free(&t);
	WriteFile(scratch / "model.safetensors", "rubbish");
	EXPECT_EQ(bundle_read(&b, &t, scratch.path().c_str()), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_MODEL);
	safetensors_free(&t);
}

TEST(Bundle, LineFit)
{
	const double x[] = { 1, 2, 3, 4 }, y[] = { 2.1, 3.9, 6.2, 7.8 };
	bundle_line line = bundle_fit(x, y, 4);
	EXPECT_NEAR(line.slope, 1.94, 1e-12); // sum((x-2.5)(y-5)) / sum((x-2.5)^2) = 9.7 / 5
	EXPECT_NEAR(line.intercept, 5.0 - 1.94 * 2.5, 1e-12);
	bundle_line flat = bundle_fit(x, x, 2);
	EXPECT_EQ(flat.slope, 1);
	EXPECT_TRUE(std::isnan(flat.r));
}
