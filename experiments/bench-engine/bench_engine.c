/*
 * Our side of the comparison with PyTorch: one network's training step, and the files that let the peer start from the
 * same weights and data.
 *
 *	bench_engine write NETWORK DEVICE BATCH SIZE BASE SEED FILE [SHIFT]
 *		one step at learning rate 0: weights, inputs, outputs, losses and all gradients into FILE.  SHIFT: of each
 *		norm's betas, 0 at first, up in even channels, down in odd ones, away from the kink of what follows
 *	bench_engine serve NETWORK DEVICE BATCH SIZE BASE SEED
 *		reads "step N" lines: N steps, then their times in ms on one line; "quit" ends with the memory's peak
 *	bench_engine profile NETWORK DEVICE BATCH SIZE BASE SEED
 *		what the step holds and where its time goes (nn_profile)
 *
 * NETWORK: see networks[].  BASE: channels of the first level, 0 = the network's usual.  DEVICE: as --device, and
 * "cuda:N:bf16" for bfloat16 storage.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gan/network.h"
#include "host/files/alloc.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "host/run/rng.h"

enum kind { GENERATOR, CRITIC, GAN };
static const struct {
	const char *name;
	enum kind kind;
	struct model_config model;
} networks[] = {
	{ "resnet9", GENERATOR, { .generator = "resnet", .base = 64, .levels = 2, .blocks = 9 } },
	{ "unet", GENERATOR, { .generator = "unet", .base = 32, .levels = 5, .norm_from = 1 } },
	{ "hrnet", GENERATOR, { .generator = "hrnet", .base = 18, .levels = 4 } },
	{ "convnext", GENERATOR, { .generator = "convnext", .base = 96, .levels = 4, .blocks = 9 } },
	{ "patchgan", CRITIC, { .generator = "unet", .base = 64, .levels = 1, .critic_base = 64, .critic_layers = 3 } },
	{ "gan", GAN,
		{ .generator = "unet", .base = 32, .levels = 5, .norm_from = 1, .critic_base = 64, .critic_layers = 3 } },
};
enum { NETWORKS = sizeof(networks) / sizeof(networks[0]), OUTPUTS = SAMPLE_CHANNELS };

struct bench {
	struct network net; /* net.critic_step is NULL but for the GAN; net.y is -1 for the critic */
	struct config config;
	int out, x_gradient; /* -1 where there is none */
	struct nn_shape in, target;
	float *x, *y;
};

static int find(const char *name)
{
	for (int i = 0; i < NETWORKS; i++)
		if (strcmp(networks[i].name, name) == 0)
			return i;
	return -1;
}

static float *normal(int64_t n, uint64_t seed, uint64_t stream)
{
	struct rng rng = rng_init(seed, stream);
	float *values = alloc_grow(NULL, (size_t)n, sizeof(float));
	for (int64_t i = 0; i < n; i++)
		values[i] = (float)rng_normal(&rng);
	return values;
}

static int64_t count(struct nn_shape s)
{
	return s.n * s.h * s.w * s.c;
}

/* A generator with an L1 loss, or the critic alone with the LSGAN loss; `gradients` also keeps what the check wants. */
static int open_single(struct bench *b, const struct device *device, enum kind kind, uint64_t seed, bool gradients)
{
	const struct nn_adam adam = { b->config.learning_rate, 0.5, 0.999, 1e-8, 0 };
	if (model_check(&b->config.model, b->in.h, b->in.w) != 0 || nn_open(&b->net.nn, device, seed) != 0)
		return -1;
	struct nn_program *p = b->net.generator_step = nn_program_new(b->net.nn, "step");
	b->net.x = nn_input(p, "x", b->in);
	b->net.y = -1;
	if (kind == CRITIC) {
		b->out = model_critic(p, &b->config.model, b->net.x);
		nn_loss_lsgan(p, "loss", b->out, 1, 1);
	} else {
		b->out = model_generator(p, &b->config.model, b->net.x);
		b->net.y = nn_input(p, "y", b->target);
		nn_loss_l1(p, "loss", b->out, b->net.y, 1);
	}
	nn_train(p, kind == CRITIC ? "D" : "G", &adam);
	if (gradients) {
		nn_keep(p, b->out);
		b->x_gradient = nn_input_gradient(p, b->net.x);
	}
	return nn_compile(p, NULL);
}

static int open_bench(struct bench *b, const struct device *device, char **words, bool gradients)
{
	const int which = find(words[0]);
	const int64_t batch = atoll(words[2]), size = atoll(words[3]), base = atoll(words[4]);
	const uint64_t seed = (uint64_t)atoll(words[5]);
	memset(b, 0, sizeof(*b));
	b->out = b->x_gradient = -1;
	if (which < 0)
		return ERR_USAGE("no network '%s'", words[0]);
	b->config = config_default();
	b->config.model = networks[which].model;
	b->config.model.outputs = OUTPUTS;
	b->config.batch = batch;
	b->config.learning_rate = b->config.critic_learning_rate = gradients ? 0 : 1e-4;
	b->config.beta1 = 0.5;
	if (base > 0)
		b->config.model.base = b->config.model.critic_base = base;
	if (b->config.model.critic_base == 0)
		b->config.model.critic_base = 1;
	if (b->config.model.critic_layers == 0)
		b->config.model.critic_layers = 1;
	b->in = (struct nn_shape){ .n = batch, .h = size, .w = size, .c = networks[which].kind == CRITIC ? 1 + OUTPUTS : 1 };
	b->target = (struct nn_shape){ .n = batch, .h = size, .w = size, .c = OUTPUTS };
	b->x = normal(count(b->in), seed, 1);
	b->y = normal(count(b->target), seed, 2);
	if (networks[which].kind != GAN)
		return open_single(b, device, networks[which].kind, seed, gradients);
	const struct sample_view view = { .cols = size, .rows = size, .pixel_mm = 1 };
	return network_open(&b->net, device, &b->config, &view, seed);
}

static void close_bench(struct bench *b)
{
	network_close(&b->net);
	free(b->x);
	free(b->y);
}

static int step(struct bench *b)
{
	if (b->net.critic_step)
		return network_step(&b->net, &b->config, 0, b->x, b->y);
	struct nn_program *p = b->net.generator_step;
	if (nn_set(p, b->net.x, b->x) != 0 || (b->net.y >= 0 && nn_set(p, b->net.y, b->y) != 0))
		return -1;
	return nn_step(p);
}

/* ---- write ---- */

/* Memory that the file borrows until it is written. */
struct lent {
	void **blocks;
	int n;
};

static void *lend(struct lent *l, size_t bytes)
{
	l->blocks = alloc_grow(l->blocks, (size_t)l->n + 1, sizeof(void *));
	return l->blocks[l->n++] = alloc_grow(NULL, bytes, 1);
}

static void add_image(struct safetensors *s, const char *name, struct nn_shape shape, const float *values)
{
	const int64_t dims[4] = { shape.n, shape.h, shape.w, shape.c };
	safetensors_add(s, name, SAFETENSORS_F32, dims, 4, values);
}

/* The gradient of each parameter in s ("net.<name>"), flat and in memory's order, as double. */
static int add_gradients(struct safetensors *s, struct nn *nn, struct lent *l)
{
	const int64_t n = s->n_entries;
	for (int64_t i = 0; i < n; i++) {
		const char *name = s->entries[i].name + strlen("net.");
		char key[128];
		const int64_t elements = nn_parameter_count(nn, name);
		double *values = lend(l, (size_t)elements * sizeof(double));
		if (nn_gradient_read(nn, name, values) != 0) {
			err_clear(); /* a parameter without one: a running mean */
			continue;
		}
		snprintf(key, sizeof(key), "grad.%s", name);
		safetensors_add(s, key, SAFETENSORS_F64, &elements, 1, values);
	}
	return 0;
}

static int add_tensor(struct safetensors *s, struct bench *b, struct lent *l, const char *name, int tensor,
	struct nn_shape shape)
{
	if (tensor < 0)
		return 0;
	float *values = lend(l, (size_t)count(shape) * sizeof(float));
	if (nn_get(b->net.generator_step, tensor, values) != 0)
		return -1;
	add_image(s, name, shape, values);
	return 0;
}

static int add_loss(struct safetensors *s, struct nn_program *p, const char *key)
{
	double value;
	char text[32];
	if (!p)
		return 0;
	if (nn_loss_value(p, "total", &value) != 0)
		return -1;
	snprintf(text, sizeof(text), "%.17g", value);
	safetensors_add_meta(s, key, text);
	return 0;
}

static int shift_betas(struct nn *nn, double shift)
{
	struct safetensors s = { 0 };
	int rc = nn_export(nn, &s, false);
	for (int64_t i = 0; rc == 0 && shift != 0 && i < s.n_entries; i++) {
		const char *name = s.entries[i].name + strlen("net."), *last = strrchr(name, '.');
		if (!last || strcmp(last, ".beta") != 0)
			continue;
		const int64_t n = nn_parameter_count(nn, name);
		double *values = alloc_grow(NULL, (size_t)n, sizeof(double));
		for (int64_t k = 0; k < n; k++)
			values[k] = k % 2 == 0 ? shift : -shift;
		rc = nn_parameter_write(nn, name, values);
		free(values);
	}
	safetensors_free(&s);
	return rc;
}

static int write_case(struct bench *b, const char *path, double shift)
{
	struct safetensors s = { 0 };
	struct lent l = { 0 };
	int rc = -1;
	TRY(shift_betas(b->net.nn, shift));
	TRY(step(b));
	TRY(nn_export(b->net.nn, &s, false));
	TRY(add_gradients(&s, b->net.nn, &l));
	add_image(&s, "x", b->in, b->x);
	if (b->net.y >= 0)
		add_image(&s, "y", b->target, b->y);
	TRY(add_tensor(&s, b, &l, "out", b->out, nn_shape_of(b->net.generator_step, b->out)));
	TRY(add_tensor(&s, b, &l, "grad.x", b->x_gradient, b->in));
	TRY(add_loss(&s, b->net.generator_step, "loss"));
	TRY(add_loss(&s, b->net.critic_step, "critic_loss"));
	rc = safetensors_write(&s, path);
cleanup:
	safetensors_free(&s);
	for (int i = 0; i < l.n; i++)
		free(l.blocks[i]);
	free(l.blocks);
	return rc;
}

/* ---- serve ---- */

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Bytes in use: on a GPU by all, where nothing is freed while steps run; else the largest resident so far (Linux). */
static int64_t used_bytes(const struct device *device)
{
	if (device->kind == DEVICE_CUDA)
		return -(int64_t)memory_available(device);
	char line[256];
	int64_t kb = 0;
	FILE *file = fopen("/proc/self/status", "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %" SCNd64, &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb * 1024;
}

static int serve(struct bench *b, const struct device *device, int64_t start_bytes)
{
	char line[64];
	int steps;
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && sscanf(line, "step %d", &steps) == 1) {
		for (int i = 0; i < steps; i++) {
			const double start = now_ms();
			if (step(b) != 0 || device_synchronize(device) != 0)
				return -1;
			printf("%s%.4f", i > 0 ? " " : "", now_ms() - start);
		}
		puts("");
		fflush(stdout);
	}
	printf("peak %" PRId64 "\n", used_bytes(device) - start_bytes);
	return 0;
}

static int profile(struct bench *b)
{
	enum { STEPS = 10 };
	struct nn_program *programs[] = { b->net.generator_step, b->net.critic_step };
	if (step(b) != 0)
		return -1;
	for (int i = 0; i < 2; i++)
		if (programs[i] && nn_profile(programs[i], STEPS, stdout) != 0)
			return -1;
	return 0;
}

static int run(int argc, char **argv)
{
	const bool write = (argc == 9 || argc == 10) && strcmp(argv[1], "write") == 0;
	const bool profiled = argc == 8 && strcmp(argv[1], "profile") == 0;
	struct device device, as;
	struct bench b = { 0 };
	char spec[64];
	if (!write && !profiled && !(argc == 8 && strcmp(argv[1], "serve") == 0))
		return ERR_USAGE("usage: bench_engine write|serve|profile NETWORK DEVICE BATCH SIZE BASE SEED [FILE [SHIFT]]");
	snprintf(spec, sizeof(spec), "%s", argv[3]);
	char *half = strstr(spec, ":bf16");
	if (half)
		*half = '\0';
	if (device_open(&device, spec) != 0)
		return -1;
	const int64_t start_bytes = used_bytes(&device);
	as = half ? device_as(&device, DEVICE_BF16) : device;
	int rc = open_bench(&b, &as, argv + 2, write);
	if (rc == 0 && write)
		rc = write_case(&b, argv[8], argc == 10 ? atof(argv[9]) : 0);
	else if (rc == 0)
		rc = profiled ? profile(&b) : serve(&b, &as, start_bytes);
	close_bench(&b);
	device_close(&device);
	return rc;
}

int main(int argc, char **argv)
{
	if (run(argc, argv) == 0)
		return 0;
	fprintf(stderr, "bench_engine: %s\n", err_message());
	return (int)err_code();
}
