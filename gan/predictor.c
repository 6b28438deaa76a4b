#include "gan/predictor.h"

#include <stdlib.h>
#include <string.h>

#include "ct/abmd.h"
#include "host/run/err.h"

int predictor_attach(struct predictor *p, struct nn *nn, const struct config *config, const struct sample_view *view,
	const struct sampler_scale *scale)
{
	const struct nn_shape in = { 1, view->rows, view->cols, 1, 1 };
	memset(p, 0, sizeof(*p));
	p->nn = nn;
	p->view = *view;
	p->scale = *scale;
	p->program = nn_program_new(nn, "predict");
	nn_evaluate(p->program);
	p->x = nn_input(p->program, "x", in);
	p->maps = model_generator(p->program, &config->model, p->x);
	nn_keep(p->program, p->maps);
	return nn_compile(p->program, NULL);
}

int predictor_open(struct predictor *p, struct bundle *bundle, const struct device *device, const char *run)
{
	struct safetensors tensors = { 0 };
	struct nn *nn = NULL;
	int rc = -1;
	memset(p, 0, sizeof(*p));
	TRY(bundle_read(bundle, &tensors, run));
	TRY(model_check(&bundle->config.model, bundle->view.rows, bundle->view.cols));
	TRY(nn_open(&nn, device, 0));
	TRY(predictor_attach(p, nn, &bundle->config, &bundle->view, &bundle->scale));
	TRY(nn_import(nn, &tensors, false));
	p->owns = true;
	nn = NULL;
	rc = 0;
cleanup:
	safetensors_free(&tensors);
	nn_close(nn);
	return rc;
}

void predictor_close(struct predictor *p)
{
	if (p->owns)
		nn_close(p->nn);
	memset(p, 0, sizeof(*p));
}

int predictor_read(struct predictor *p, const float *radiograph, float *maps, struct predictor_reading *reading)
{
	int64_t n = p->view.rows * p->view.cols;
	float *input = malloc((size_t)n * sizeof(float)), *made = malloc((size_t)n * SAMPLE_CHANNELS * sizeof(float));
	double grey = 0;
	int rc = -1;
	if (!input || !made) {
		ERR_RESOURCE("no memory for a view of %lld pixels", (long long)n);
		goto cleanup;
	}
	for (int64_t i = 0; i < n; i++) {
		grey += (double)radiograph[i] / (double)n;
		input[i] = (float)(((double)radiograph[i] - p->scale.input_mean) / p->scale.input_sd);
	}
	TRY(nn_set(p->program, p->x, input));
	TRY(nn_forward(p->program));
	TRY(nn_get(p->program, p->maps, made));
	for (int64_t i = 0; i < n * SAMPLE_CHANNELS; i++)
		made[i] = (float)((double)made[i] * p->scale.target_scale[i % SAMPLE_CHANNELS]);
	struct abmd abmd = abmd_read(made + SAMPLE_HIP, made + SAMPLE_HIP_PATH, SAMPLE_CHANNELS, n);
	reading->abmd_g_cm2 = abmd.abmd_g_cm2;
	reading->vbmd_mg_cm3 = abmd.vbmd_mg_cm3;
	reading->mask_pixels = abmd.pixels;
	reading->mean_grey = grey;
	if (maps)
		memcpy(maps, made, (size_t)n * SAMPLE_CHANNELS * sizeof(float));
	rc = 0;
cleanup:
	free(input);
	free(made);
	return rc;
}
