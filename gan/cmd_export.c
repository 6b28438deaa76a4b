/* xbmd export: a trained model as ONNX, from the radiograph as measured to the maps in their units. */
#include <stdlib.h>

#include "gan/nn/onnx.h"
#include "gan/predictor.h"
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/opt.h"

int cmd_export(int argc, char **argv);

static int write_model(const struct predictor *p, const struct bundle *bundle, const char *path)
{
	struct json *about = bundle_to_json(bundle);
	char *text = json_text(about);
	float target_scale[SAMPLE_CHANNELS];
	const float scale = (float)(1 / bundle->scale.input_sd);
	const float offset = (float)(-bundle->scale.input_mean / bundle->scale.input_sd);
	for (int c = 0; c < SAMPLE_CHANNELS; c++)
		target_scale[c] = (float)bundle->scale.target_scale[c];
	const struct nn_onnx_value input = { p->x, "radiograph", &scale, &offset };
	const struct nn_onnx_value output = { p->maps, "maps", target_scale, NULL };
	const char *const meta[2] = { "xbmd.model", text };
	const struct nn_onnx onnx = {
		.inputs = &input, .n_inputs = 1, .outputs = &output, .n_outputs = 1, .meta = meta, .n_meta = 1 };
	int rc = nn_onnx(p->program, &onnx, path);
	free(text);
	json_free(about);
	return rc;
}

int cmd_export(int argc, char **argv)
{
	struct device device;
	struct predictor predictor = { 0 };
	struct bundle bundle;
	const char *run = NULL, *out = NULL;
	bool force = false;
	const struct opt table[] = {
		OPT_TEXT("run", run, OPT_REQUIRED, "RUN", "folder with the trained model"),
		OPT_TEXT("out", out, OPT_REQUIRED, "FILE.onnx", "model to write, ONNX opset 17"),
		OPT_FLAG("force", force, "overwrite"),
		OPT_END_NOTES("Input `radiograph` (1, 1, rows, cols): one hip's view as -ln(I/I0), a left hip mirrored.\n"
			      "Output `maps` (1, channels, rows, cols): areal density, g/cm2, and path length, cm.\n"
			      "The view's size, the channels and the readout are the metadata `xbmd.model`, JSON.\n"),
	};
	int go = opt_parse(argc, argv, "write a trained model as ONNX", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (path_check_output(out, force) != 0 || device_open(&device, "cpu") != 0)
		return -1;
	int rc = predictor_open(&predictor, &bundle, &device, run);
	if (rc == 0)
		rc = write_model(&predictor, &bundle, out);
	if (rc == 0)
		log_info("%s: ONNX model of %s", out, run);
	predictor_close(&predictor);
	device_close(&device);
	return rc;
}
