#include "gan/bundle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/version.h"

struct bundle_line bundle_fit(const double *x, const double *y, int64_t n)
{
	struct bundle_line identity = { 0, 1, NAN, n };
	double mx = 0, my = 0, sxx = 0, syy = 0, sxy = 0;
	for (int64_t i = 0; i < n; i++) {
		mx += x[i] / (double)n;
		my += y[i] / (double)n;
	}
	for (int64_t i = 0; i < n; i++) {
		sxx += (x[i] - mx) * (x[i] - mx);
		syy += (y[i] - my) * (y[i] - my);
		sxy += (x[i] - mx) * (y[i] - my);
	}
	if (n < 3 || !(sxx > 0) || !(syy > 0))
		return identity;
	struct bundle_line line = { my - sxy / sxx * mx, sxy / sxx, sxy / sqrt(sxx * syy), n };
	return line;
}

double bundle_apply(const struct bundle_line *line, double x)
{
	return line->intercept + line->slope * x;
}

const struct bundle_line *bundle_abmd(const struct bundle *b)
{
	return b->abmd_dxa.n > 0 ? &b->abmd_dxa : &b->abmd_qct;
}

const char *bundle_reference(const struct bundle *b)
{
	return b->abmd_dxa.n > 0 ? "abmd_dxa" : "abmd_qct";
}

static struct json *line_to_json(const struct bundle_line *line, const char *x, const char *y)
{
	struct json *o = json_object();
	json_put_text(o, "x", x);
	json_put_text(o, "y", y);
	json_put_number(o, "intercept", line->intercept);
	json_put_number(o, "slope", line->slope);
	json_put_number(o, "r", line->r);
	json_put_integer(o, "n", line->n);
	return o;
}

static struct json *outputs_to_json(const struct bundle *b)
{
	struct json *outputs = json_array();
	for (int c = 0; c < SAMPLE_CHANNELS; c++) {
		struct json *o = json_object();
		json_put_text(o, "name", sample_channel_names[c]);
		json_put_text(o, "unit", sample_channel_units[c]);
		json_put_number(o, "scale", b->scale.target_scale[c]);
		json_push(outputs, o);
	}
	return outputs;
}

struct json *bundle_to_json(const struct bundle *b)
{
	struct json *root = json_object(), *input = json_object();
	char *config = config_text(&b->config);
	json_put_text(root, "format", "xbmd-model");
	json_put_integer(root, "format_version", BUNDLE_FORMAT_VERSION);
	json_put_text(root, "version", b->version);
	json_put_text(root, "intended_use", "research use only, not a medical device");
	json_put_bool(root, "synthetic", b->synthetic);
	json_put_text(input, "quantity", "radiograph, -ln(I/I0), dimensionless, bone high");
	json_put_text(input, "view", "ap");
	json_put_integer(input, "cols", b->view.cols);
	json_put_integer(input, "rows", b->view.rows);
	json_put_number(input, "pixel_mm", b->view.pixel_mm);
	json_put_number(input, "centre_mm", b->view.centre_mm);
	json_put_number(input, "mean", b->scale.input_mean);
	json_put_number(input, "sd", b->scale.input_sd);
	json_put(root, "input", input);
	json_put(root, "outputs", outputs_to_json(b));
	json_put_text(root, "region", "total_hip");
	json_put_text(root, "abmd_reference", bundle_reference(b));
	json_put(root, "abmd_qct_line", line_to_json(&b->abmd_qct, "aBMD read off the maps, g/cm2", "abmd_qct, g/cm2"));
	json_put(root, "abmd_dxa_line", line_to_json(&b->abmd_dxa, "aBMD read off the maps, g/cm2", "abmd_dxa, g/cm2"));
	json_put(root, "vbmd_line", line_to_json(&b->vbmd, "vBMD read off the maps, mg/cm3", "vbmd_qct, mg/cm3"));
	json_put(root, "baseline_line", line_to_json(&b->baseline, "mean grey value", bundle_reference(b)));
	json_put_integer(root, "steps", b->steps);
	json_put_integer(root, "seed", b->seed);
	json_put_text(root, "config", config ? config : "");
	free(config);
	return root;
}

int bundle_write(const struct bundle *b, struct nn *nn, const char *run)
{
	struct safetensors tensors = { 0 };
	struct json *root = bundle_to_json(b);
	char *text = json_text(root), path[PATH_BYTES];
	int rc = -1;
	TRY(nn_export(nn, &tensors, false));
	safetensors_add_meta(&tensors, "model", text);
	TRY(path_format(path, "%s/model.json", run));
	TRY(json_write(root, path));
	TRY(path_format(path, "%s/model.safetensors", run));
	TRY(safetensors_write(&tensors, path));
	rc = 0;
cleanup:
	safetensors_free(&tensors);
	free(text);
	json_free(root);
	return rc;
}

static int read_line(struct bundle_line *line, const struct json *root, const char *key, const char *path)
{
	const struct json *o = json_member(root, key);
	double n = 0;
	line->r = NAN;
	if (!o || json_get_number(o, "intercept", path, &line->intercept) != 0 ||
		json_get_number(o, "slope", path, &line->slope) != 0 || json_get_number(o, "n", path, &n) != 0)
		return ERR_MODEL("%s: %s is missing or damaged", path, key);
	line->n = (int64_t)n;
	if (!json_is_null(json_member(o, "r")))
		json_number(json_member(o, "r"), &line->r);
	return 0;
}

static int read_input(struct bundle *b, const struct json *root, const char *path)
{
	const struct json *input = json_member(root, "input");
	if (!input || json_get_integer(input, "cols", path, &b->view.cols) != 0 ||
		json_get_integer(input, "rows", path, &b->view.rows) != 0 ||
		json_get_number(input, "pixel_mm", path, &b->view.pixel_mm) != 0 ||
		json_get_number(input, "centre_mm", path, &b->view.centre_mm) != 0 ||
		json_get_number(input, "mean", path, &b->scale.input_mean) != 0 ||
		json_get_number(input, "sd", path, &b->scale.input_sd) != 0 || !(b->scale.input_sd > 0))
		return ERR_MODEL("%s: the input contract is missing or damaged", path);
	return 0;
}

static int read_outputs(struct bundle *b, const struct json *root, const char *path)
{
	const struct json *outputs = json_member(root, "outputs");
	if (!outputs || json_size(outputs) != SAMPLE_CHANNELS)
		return ERR_MODEL("%s: the model has %zu outputs, this program reads %d", path,
			outputs ? json_size(outputs) : (size_t)0, SAMPLE_CHANNELS);
	for (int c = 0; c < SAMPLE_CHANNELS; c++) {
		const struct json *o = json_at(outputs, (size_t)c);
		const char *name = NULL;
		if (json_get_text(o, "name", path, &name) != 0 || strcmp(name, sample_channel_names[c]) != 0 ||
			json_get_number(o, "scale", path, &b->scale.target_scale[c]) != 0)
			return ERR_MODEL("%s: output %d is not '%s'", path, c, sample_channel_names[c]);
	}
	return 0;
}

static int read_fields(struct bundle *b, const struct json *root, const char *path)
{
	const char *config = NULL, *version = NULL;
	int64_t format = 0;
	if (json_get_integer(root, "format_version", path, &format) != 0 || format != BUNDLE_FORMAT_VERSION)
		return ERR_MODEL("%s: model format %lld, this program reads %d", path, (long long)format,
			BUNDLE_FORMAT_VERSION);
	if (json_get_text(root, "config", path, &config) != 0 || json_get_text(root, "version", path, &version) != 0 ||
		json_get_integer(root, "steps", path, &b->steps) != 0 ||
		json_get_integer(root, "seed", path, &b->seed) != 0)
		return ERR_MODEL("%s: the model's record is damaged", path);
	snprintf(b->version, sizeof(b->version), "%s", version);
	const struct json *synthetic = json_member(root, "synthetic");
	char *text = synthetic ? json_text(synthetic) : NULL;
	b->synthetic = text && strcmp(text, "true") == 0;
	free(text);
	b->config = config_default();
	if (config_parse(&b->config, config, path) != 0)
		return ERR_MODEL("%s: the model's configuration is not this program's", path);
	b->config.model.outputs = SAMPLE_CHANNELS;
	if (read_input(b, root, path) != 0 || read_outputs(b, root, path) != 0 ||
		read_line(&b->abmd_qct, root, "abmd_qct_line", path) != 0 ||
		read_line(&b->abmd_dxa, root, "abmd_dxa_line", path) != 0 ||
		read_line(&b->vbmd, root, "vbmd_line", path) != 0)
		return -1;
	return read_line(&b->baseline, root, "baseline_line", path);
}

int bundle_read(struct bundle *b, struct safetensors *tensors, const char *run)
{
	char path[PATH_BYTES];
	struct json *root = NULL;
	int rc = -1;
	memset(b, 0, sizeof(*b));
	TRY(path_format(path, "%s/model.safetensors", run));
	if (!path_exists(path)) {
		ERR_MODEL("%s: no trained model there (model.safetensors is missing)", run);
		goto cleanup;
	}
	TRY(safetensors_read(tensors, path));
	const char *text = safetensors_meta(tensors, "model");
	if (!text || json_parse(&root, text, strlen(text), path) != 0) {
		ERR_MODEL("%s: not an xbmd model", path);
		goto cleanup;
	}
	TRY(read_fields(b, root, path));
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}
