#include "gan/config.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/path.h"
#include "host/files/yaml.h"
#include "host/run/err.h"

enum field_kind { FIELD_INTEGER, FIELD_NUMBER, FIELD_WORD };
struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
	double low, high;
	const char *help;
};
#define INTEGER(name, member, low, high, help) { name, FIELD_INTEGER, offsetof(struct config, member), low, high, help }
#define NUMBER(name, member, low, high, help) { name, FIELD_NUMBER, offsetof(struct config, member), low, high, help }
static const struct field fields[] = {
	{ "generator", FIELD_WORD, offsetof(struct config, model.generator), 0, 0, "unet, resnet, hrnet or convnext" },
	INTEGER("base", model.base, 1, 512, "channels of the first level"),
	INTEGER("levels", model.levels, 1, 8, "U-Net resolutions, ResNet downsamplings"),
	INTEGER("blocks", model.blocks, 0, 64, "ResNet residual blocks; of ConvNeXt's third stage"),
	INTEGER("norm_from", model.norm_from, 0, 99, "first level with instance norm"),
	INTEGER("critic_base", model.critic_base, 1, 512, "PatchGAN channels"),
	INTEGER("critic_layers", model.critic_layers, 1, 5, "PatchGAN strided layers"),
	INTEGER("steps", steps, 1, 1e9, "training steps"),
	INTEGER("batch", batch, 1, 4096, "samples a step"),
	NUMBER("learning_rate", learning_rate, 0, 1, "Adam, generator"),
	NUMBER("critic_learning_rate", critic_learning_rate, 0, 1, "Adam, discriminator"),
	NUMBER("beta1", beta1, 0, 0.9999, "Adam"),
	NUMBER("beta2", beta2, 0, 0.999999, "Adam"),
	NUMBER("weight_decay", weight_decay, 0, 1, "decoupled"),
	{ "schedule", FIELD_WORD, offsetof(struct config, schedule), 0, 0, "linear or cosine: how the rates fall to 0" },
	NUMBER("decay_from", decay_from, 0, 1, "share of the steps before the rates fall; 1 = never"),
	INTEGER("warmup_steps", warmup_steps, 0, 1e9, "first steps, in which the rates rise"),
	NUMBER("clip_norm", clip_norm, 0, 1e9, "largest norm of a network's gradient; 0 = any"),
	NUMBER("ema_decay", ema_decay, 0, 0.99999, "moving average of the weights that predicts; 0 = last weights"),
	INTEGER("recompute", recompute, 0, 1, "1: less memory, more time, the same result"),
	NUMBER("weight_l1", weight_l1, 0, 1e6, "L1 of all maps"),
	NUMBER("weight_gradient_correlation", weight_gradient_correlation, 0, 1e6, "1 - gradient correlation"),
	NUMBER("weight_intensity_sum", weight_intensity_sum, 0, 1e6, "difference of each map's sum"),
	NUMBER("weight_gan", weight_gan, 0, 1e6, "LSGAN; 0 = no discriminator"),
	NUMBER("augment_gain", augment_gain, 0, 1, "SD of a factor on the radiograph"),
	NUMBER("augment_offset", augment_offset, 0, 10, "SD of an offset on the radiograph"),
	NUMBER("augment_field", augment_field, 0, 10, "SD of a slope and a bow across the radiograph"),
	NUMBER("augment_noise", augment_noise, 0, 1, "largest SD of pixel noise"),
	INTEGER("log_every", log_every, 1, 1e9, "steps between lines of metrics.jsonl"),
	NUMBER("checkpoint_minutes", checkpoint_minutes, 0.01, 1e6, "time between checkpoints"),
	INTEGER("keep_checkpoints", keep_checkpoints, 1, 1000, "newest checkpoints kept"),
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };
enum { WORD = 16 }; /* bytes of a word's field */
_Static_assert(sizeof(((struct config *)0)->model.generator) == WORD, "generator");
_Static_assert(sizeof(((struct config *)0)->schedule) == WORD, "schedule");

struct config config_default(void)
{
	struct config c = {
		.model = model_config_default(),
		.steps = 2000, .batch = 4, .log_every = 20, .keep_checkpoints = 2, .checkpoint_minutes = 10,
		.learning_rate = 1e-3, .critic_learning_rate = 2e-4, .beta1 = 0.9, .beta2 = 0.999, .weight_decay = 0,
		.schedule = "linear", .decay_from = 0.3,
		.weight_l1 = 100, .weight_gradient_correlation = 1, .weight_intensity_sum = 100, .weight_gan = 0.1,
		.augment_gain = 0.04, .augment_offset = 0.15, .augment_field = 0.15, .augment_noise = 0.02,
	};
	return c;
}

static int set_field(struct config *c, const struct field *f, const struct json *tree, const char *where)
{
	char *at = (char *)c + f->offset;
	if (f->kind == FIELD_WORD) {
		const char *word = NULL;
		if (json_get_text(tree, f->name, where, &word) != 0)
			return ERR_USAGE("%s: %s wants a word: %s", where, f->name, f->help);
		if (strlen(word) >= WORD)
			return ERR_USAGE("%s: %s: '%s' is unknown", where, f->name, word);
		memset(at, 0, WORD);
		memcpy(at, word, strlen(word));
		return 0;
	}
	double number = NAN;
	if (json_number(json_member(tree, f->name), &number) != 0 || !(number >= f->low) || !(number <= f->high))
		return ERR_USAGE("%s: %s wants a number in %g..%g", where, f->name, f->low, f->high);
	if (f->kind == FIELD_INTEGER && number != floor(number))
		return ERR_USAGE("%s: %s wants a whole number, got %g", where, f->name, number);
	if (f->kind == FIELD_INTEGER) {
		int64_t integer = (int64_t)number;
		memcpy(at, &integer, sizeof(integer));
	} else {
		memcpy(at, &number, sizeof(number));
	}
	return 0;
}

static int apply(struct config *c, const struct json *tree, const char *where)
{
	char keys[1024] = "";
	size_t at = 0;
	for (int i = 0; i < FIELDS; i++)
		at += (size_t)snprintf(keys + at, sizeof(keys) - at, "%s ", fields[i].name);
	if (json_only_keys(tree, keys, where) != 0)
		return -1;
	for (int i = 0; i < FIELDS; i++)
		if (json_member(tree, fields[i].name) && set_field(c, &fields[i], tree, where) != 0)
			return -1;
	if (strcmp(c->schedule, "linear") != 0 && strcmp(c->schedule, "cosine") != 0)
		return ERR_USAGE("%s: schedule '%s' is unknown: linear or cosine", where, c->schedule);
	return 0;
}

int config_read(struct config *c, const char *yaml_path)
{
	struct json *tree = NULL;
	int rc = yaml_read(&tree, yaml_path);
	if (rc == 0)
		rc = apply(c, tree, yaml_path);
	json_free(tree);
	return rc;
}

int config_parse(struct config *c, const char *yaml, const char *name)
{
	struct json *tree = NULL;
	int rc = yaml_parse(&tree, yaml, strlen(yaml), name);
	if (rc == 0)
		rc = apply(c, tree, name);
	json_free(tree);
	return rc;
}

const char *config_difference(const struct config *a, const struct config *b)
{
	static const char *const free_keys[] = { "recompute", "checkpoint_minutes", "keep_checkpoints" };
	for (int i = 0; i < FIELDS; i++) {
		const size_t bytes = fields[i].kind == FIELD_WORD ? WORD : sizeof(double), at = fields[i].offset;
		bool matters = true;
		for (size_t k = 0; k < sizeof(free_keys) / sizeof(free_keys[0]); k++)
			matters &= strcmp(fields[i].name, free_keys[k]) != 0;
		if (matters && memcmp((const char *)a + at, (const char *)b + at, bytes) != 0)
			return fields[i].name;
	}
	return NULL;
}

char *config_text(const struct config *c)
{
	size_t room = FIELDS * 160, at = 0;
	char *text = malloc(room);
	for (int i = 0; text && i < FIELDS; i++) {
		const char *from = (const char *)c + fields[i].offset;
		char value[64];
		int64_t integer;
		double number;
		if (fields[i].kind == FIELD_WORD) {
			snprintf(value, sizeof(value), "%s", from);
		} else if (fields[i].kind == FIELD_INTEGER) {
			memcpy(&integer, from, sizeof(integer));
			snprintf(value, sizeof(value), "%lld", (long long)integer);
		} else {
			memcpy(&number, from, sizeof(number));
			snprintf(value, sizeof(value), "%.17g", number);
		}
		at += (size_t)snprintf(text + at, room - at, "%s: %s  # %s\n", fields[i].name, value, fields[i].help);
	}
	return text;
}
