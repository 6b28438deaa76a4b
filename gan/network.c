#include "gan/network.h"

#include <string.h>

#include "gan/schedule.h"

static void train_options(struct nn_program *p, const char *prefix, const struct config *c)
{
	if (c->clip_norm > 0)
		nn_clip(p, prefix, c->clip_norm);
	if (c->recompute)
		nn_recompute(p);
}

static void build_generator_step(struct network *net, const struct config *c, struct nn_shape in, int *fake)
{
	struct nn_program *p = net->generator_step;
	struct nn_shape out = in;
	const struct nn_adam adam = { c->learning_rate, c->beta1, c->beta2, 1e-8, c->weight_decay };
	out.c = c->model.outputs;
	net->x = nn_input(p, "x", in);
	net->y = nn_input(p, "y", out);
	*fake = model_generator(p, &c->model, net->x);
	nn_loss_l1(p, "l1", *fake, net->y, c->weight_l1);
	if (c->weight_gradient_correlation > 0)
		nn_loss_gradient_correlation(p, "gradient_correlation", *fake, net->y, c->weight_gradient_correlation);
	if (c->weight_intensity_sum > 0)
		nn_loss_intensity_sum(p, "intensity_sum", *fake, net->y, c->weight_intensity_sum);
	if (c->weight_gan > 0) {
		int score = model_critic(p, &c->model, nn_cat(p, net->x, *fake));
		nn_loss_lsgan(p, "gan", score, 1.0, c->weight_gan);
		nn_freeze(p, "D");
	}
	nn_keep(p, *fake);
	nn_train(p, "G", &adam);
	train_options(p, "G", c);
	if (c->ema_decay > 0)
		nn_average(p, "G", c->ema_decay);
}

/* The discriminator sees the radiograph with the true maps (1) and with the generated ones (0). */
static void build_critic_step(struct network *net, const struct config *c, int fake)
{
	struct nn_program *p = net->critic_step;
	const struct nn_adam adam = { c->critic_learning_rate, 0.5, c->beta2, 1e-8, 0 };
	const int x = nn_from(p, net->generator_step, net->x), y = nn_from(p, net->generator_step, net->y);
	int made = nn_from(p, net->generator_step, fake);
	int real_score = model_critic(p, &c->model, nn_cat(p, x, y));
	int fake_score = model_critic(p, &c->model, nn_cat(p, x, made));
	nn_loss_lsgan(p, "critic_real", real_score, 1.0, 0.5);
	nn_loss_lsgan(p, "critic_fake", fake_score, 0.0, 0.5);
	nn_train(p, "D", &adam);
	train_options(p, "D", c);
}

int network_open(struct network *net, const struct device *device, const struct config *config,
	const struct sample_view *view, uint64_t seed)
{
	const struct nn_shape in = { config->batch, view->rows, view->cols, 1, 1 };
	int fake = -1;
	memset(net, 0, sizeof(*net));
	if (model_check(&config->model, view->rows, view->cols) != 0 || nn_open(&net->nn, device, seed) != 0)
		return -1;
	net->generator_step = nn_program_new(net->nn, "generator_step");
	build_generator_step(net, config, in, &fake);
	if (nn_compile(net->generator_step, NULL) != 0)
		return -1;
	if (config->weight_gan <= 0)
		return 0;
	net->critic_step = nn_program_new(net->nn, "critic_step");
	build_critic_step(net, config, fake);
	return nn_compile(net->critic_step, NULL);
}

void network_close(struct network *net)
{
	nn_close(net->nn);
	memset(net, 0, sizeof(*net));
}

int network_step(struct network *net, const struct config *c, int64_t step, const float *x, const float *y)
{
	double factor = schedule_factor(c, step);
	nn_set_learning_rate(net->generator_step, c->learning_rate * factor);
	if (nn_set(net->generator_step, net->x, x) != 0 || nn_set(net->generator_step, net->y, y) != 0 ||
		nn_step(net->generator_step) != 0)
		return -1;
	if (!net->critic_step)
		return 0;
	nn_set_learning_rate(net->critic_step, c->critic_learning_rate * factor);
	return nn_step(net->critic_step);
}
