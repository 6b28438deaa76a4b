#include "gan/config.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "gan/schedule.h"
#include "tests/support/support.h"

namespace {
int Parse(config *c, const char *yaml)
{
	*c = config_default();
	return config_parse(c, yaml, "test.yaml");
}
}

TEST(Config, ReadsOverTheDefaults)
{
	config c;
	ASSERT_OK(Parse(&c, "steps: 7\ngenerator: resnet\nlearning_rate: 2.5e-4\n"));
	EXPECT_EQ(c.steps, 7);
	EXPECT_STREQ(c.model.generator, "resnet");
	EXPECT_EQ(c.learning_rate, 2.5e-4);
	EXPECT_EQ(c.batch, config_default().batch);
}

TEST(Config, ItsOwnTextReadsBackToTheSameBits)
{
	config c = config_default(), back;
	c.learning_rate = 1.0 / 3.0;
	c.model.levels = 3;
	char *text = config_text(&c);
	ASSERT_OK(Parse(&back, text));
	char *again = config_text(&back);
	EXPECT_STREQ(text, again);
	EXPECT_EQ(memcmp(&c.learning_rate, &back.learning_rate, sizeof(double)), 0);
	free(text);
	free(again);
}

TEST(Config, RefusesByName)
{
	const struct {
		const char *yaml, *word;
	} cases[] = {
		{ "stepz: 3\n", "stepz" }, { "steps: 0\n", "steps" }, { "steps: 2.5\n", "steps" },
		{ "batch: many\n", "batch" }, { "learning_rate: -1\n", "learning_rate" }, { "beta1: .nan\n", "beta1" },
		{ "schedule: stairs\n", "schedule" }, { "ema_decay: 1\n", "ema_decay" }, { "recompute: 2\n", "recompute" },
		{ "warmup_steps: -1\n", "warmup_steps" }, { "clip_norm: -0.1\n", "clip_norm" },
	};
	for (const auto &k : cases) {
		config c;
		EXPECT_EQ(Parse(&c, k.yaml), -1) << k.yaml;
		EXPECT_EQ(err_code(), EXIT_CODE_USAGE) << k.yaml;
		EXPECT_NE(strstr(err_message(), k.word), nullptr) << err_message();
		EXPECT_NE(strstr(err_message(), "test.yaml"), nullptr) << err_message();
	}
}

TEST(Config, DifferenceNamesTheKey)
{
	config a = config_default(), b = a;
	EXPECT_EQ(config_difference(&a, &b), nullptr);
	b.recompute = 1; // the same bits
	b.keep_checkpoints++;
	EXPECT_EQ(config_difference(&a, &b), nullptr);
	strcpy(b.schedule, "cosine");
	EXPECT_STREQ(config_difference(&a, &b), "schedule");
	b = a;
	b.beta2 = 0.99;
	EXPECT_STREQ(config_difference(&a, &b), "beta2");
}

TEST(Schedule, ClosedForms)
{
	config c = config_default();
	c.steps = 100;
	c.decay_from = 0.5;
	EXPECT_EQ(schedule_factor(&c, 0), 1);
	EXPECT_EQ(schedule_factor(&c, 50), 1);
	EXPECT_NEAR(schedule_factor(&c, 75), 0.5, 1e-15);
	EXPECT_NEAR(schedule_factor(&c, 99), 0.02, 1e-15);
	EXPECT_EQ(schedule_factor(&c, 100), 0);
	strcpy(c.schedule, "cosine");
	EXPECT_NEAR(schedule_factor(&c, 75), 0.5, 1e-15);
	EXPECT_NEAR(schedule_factor(&c, 62), 0.5 * (1 + std::cos(0.24 * M_PI)), 1e-15);
	c.warmup_steps = 10;
	EXPECT_NEAR(schedule_factor(&c, 0), 0.1, 1e-15);
	EXPECT_EQ(schedule_factor(&c, 9), 1);
	c.decay_from = 1;
	EXPECT_EQ(schedule_factor(&c, 99), 1);
}

TEST(Model, MisspeltGeneratorFailsBeforeTraining)
{
	model_config c = model_config_default();
	EXPECT_OK(model_check(&c, 160, 96));
	strcpy(c.generator, "unot");
	EXPECT_EQ(model_check(&c, 160, 96), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_USAGE);
	c = model_config_default();
	EXPECT_EQ(model_check(&c, 150, 96), -1); // 150 cannot be halved four times
}
