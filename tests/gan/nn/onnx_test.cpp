// ONNX export: checked by ONNX's own checker and run by ONNX Runtime where Python has them.
#include "gan/nn/onnx.h"

#include <gmock/gmock.h>
#include <functional>
#include <map>
#include <sstream>
#include "tests/gan/nn/toy.h"
#include "tests/support/python.h"

using ::testing::HasSubstr;

namespace {

// (n, d, h, w, c) to (n, c, [d,] h, w) with its dimensions.
struct Image {
	std::vector<int64_t> dims;
	std::vector<float> values;
};
Image ChannelsSecond(struct nn_shape s, const std::vector<float> &x, bool volume)
{
	Image out = { { s.n, s.c }, std::vector<float>(x.size()) };
	if (volume)
		out.dims.push_back(s.d);
	out.dims.push_back(s.h);
	out.dims.push_back(s.w);
	const int64_t pixels = s.d * s.h * s.w;
	for (int64_t n = 0; n < s.n; n++)
		for (int64_t k = 0; k < pixels; k++)
			for (int64_t c = 0; c < s.c; c++)
				out.values[(size_t)((n * s.c + c) * pixels + k)] =
					x[(size_t)((n * pixels + k) * s.c + c)];
	return out;
}

using Build = std::function<int(struct nn_program *, int)>;

// Builds, runs, exports, and lets ONNX Runtime run the same; the relative L2 distance of its output.
double Distance(const std::string &python, struct nn_shape in, const Build &build)
{
	Net net("cpu");
	ScratchFolder scratch;
	struct nn_program *p = nn_program_new(net.nn, "p");
	nn_evaluate(p);
	const int x = nn_input(p, "x", in), y = build(p, x);
	nn_keep(p, y);
	EXPECT_EQ(0, nn_compile(p, nullptr)) << err_message();
	// Away from the initial 0 and 1 that would hide a mix-up; variances stay positive.
	for (int i = 0; i < net.nn->n_params; i++) {
		struct nn_param *param = net.nn->params[i];
		std::vector<double> values((size_t)param->count);
		struct rng r = rng_init(5, (uint64_t)i);
		const bool variance = std::string(param->name).find("running_var") != std::string::npos;
		for (double &v : values)
			v = variance ? 0.5 + rng_uniform(&r) : 0.3 * rng_normal(&r);
		EXPECT_OK(nn_parameter_write(net.nn, param->name, values.data()));
	}
	const struct nn_shape s = nn_shape_of(p, x), t = nn_shape_of(p, y);
	const std::vector<float> input = Random(s.n * s.d * s.h * s.w * s.c, 3);
	std::vector<float> output((size_t)(t.n * t.d * t.h * t.w * t.c));
	EXPECT_OK(nn_set(p, x, input.data()));
	EXPECT_OK(nn_forward(p));
	EXPECT_OK(nn_get(p, y, output.data()));
	const bool volume = s.d > 1;
	const Image a = ChannelsSecond(s, input, volume), b = ChannelsSecond(t, output, volume);
	struct safetensors file = {};
	safetensors_add(&file, "in.x", SAFETENSORS_F32, a.dims.data(), (int)a.dims.size(), a.values.data());
	safetensors_add(&file, "out.y", SAFETENSORS_F32, b.dims.data(), (int)b.dims.size(), b.values.data());
	EXPECT_OK(safetensors_write(&file, (scratch / "case").c_str()));
	safetensors_free(&file);
	const struct nn_onnx_value out = { y, "y", nullptr, nullptr };
	const struct nn_onnx onnx = { nullptr, 0, &out, 1, nullptr, 0 };
	EXPECT_OK(nn_onnx(p, &onnx, (scratch / "model.onnx").c_str()));
	std::istringstream said(RunPython(python, SourceDir() + "/tests/gan/nn/onnx_check.py " + (scratch / "model.onnx") +
							 " " + (scratch / "case")));
	std::string name;
	double distance = NAN;
	said >> name >> distance;
	EXPECT_EQ("y", name);
	return distance;
}

int EveryOperator(struct nn_program *p, int x)
{
	struct nn_conv c = Conv(8, 3, 1, 1, true, NN_PAD_REFLECT);
	int t = nn_conv(p, x, "a", &c);
	t = nn_act(p, nn_norm(p, t, "a.norm", NN_NORM_INSTANCE, 1e-5), NN_ACT_LEAKY, 0.2);
	c = Conv(8, 3, 2, 2);
	c.dilation = 2;
	c.groups = 4;
	int down = nn_act(p, nn_norm(p, nn_conv(p, t, "b", &c), "b.norm", NN_NORM_BATCH, 1e-5), NN_ACT_RELU, 0);
	down = nn_act(p, nn_norm(p, down, "c.norm", NN_NORM_LAYER, 1e-6), NN_ACT_GELU, 0);
	down = nn_act(p, nn_norm_group(p, down, "d.norm", 2, 1e-5), NN_ACT_SILU, 0);
	int gate = nn_act(p, nn_pool_global(p, down), NN_ACT_SIGMOID, 0);
	down = nn_add(p, down, nn_scale(p, nn_mul(p, down, gate), 0.7));
	c = Conv(6, 3, 2, 1, true, NN_PAD_ZERO, 1);
	int up = nn_conv_transpose(p, down, "up", &c);
	const struct nn_shape s = nn_shape_of(p, t), u = nn_shape_of(p, up);
	int wide = nn_cat(p, nn_resize(p, up, s.h, s.w, NN_BILINEAR), nn_resize(p, up, s.h, s.w, NN_NEAREST));
	wide = nn_cat(p, nn_slice(p, wide, 3, 5), nn_detach(p, t));
	EXPECT_NE(u.h, s.h); // so that resizing does something
	wide = nn_channel_scale(p, wide, "scale", 1);
	const struct nn_response response = { 0.5, 0.75, 2 };
	wide = nn_norm_response(p, nn_pad(p, wide, NN_PAD_REPLICATE, 1), 3, &response);
	wide = nn_pool(p, nn_pad(p, wide, NN_PAD_ZERO, 1), NN_POOL_MAX, 3, 1, 1);
	wide = nn_softmax(p, nn_dense(p, nn_pool(p, wide, NN_POOL_AVERAGE, 3, 1, 1), "dense", 7, true, NN_INIT_HE));
	return nn_act(p, nn_pool_average(p, wide, 2), NN_ACT_TANH, 0);
}

} // namespace

TEST(Onnx, EveryOperatorRuns)
{
	PYTHON_OR_SKIP(python, "onnx, onnxruntime, safetensors");
	EXPECT_LE(Distance(python, { 2, 15, 12, 3 }, EveryOperator), 1e-5);
}

TEST(Onnx, Volumes)
{
	PYTHON_OR_SKIP(python, "onnx, onnxruntime, safetensors");
	const auto build = [](struct nn_program *p, int x) {
		struct nn_conv c = Conv(4, 3, 2, 1, true), flat = Conv(4, 3, 1, 1);
		c.dims = 3;
		int t = nn_act(p, nn_norm_group(p, nn_conv(p, x, "a", &c), "n", 2, 1e-5), NN_ACT_GELU, 0);
		t = nn_norm(p, nn_conv(p, nn_pad_reflect(p, t, 1), "b", &flat), "l", NN_NORM_LAYER, 1e-6);
		return nn_pool_average(p, t, 2);
	};
	EXPECT_LE(Distance(python, { 1, 9, 11, 2, 7 }, build), 1e-5);
}

TEST(Onnx, ScalesAndMetadataAtTheBorder)
{
	PYTHON_OR_SKIP(python, "onnx, onnxruntime, safetensors");
	Net net("cpu");
	ScratchFolder scratch;
	struct nn_program *p = nn_program_new(net.nn, "p");
	const int x = nn_input(p, "x", { 1, 2, 2, 1 }), y = nn_scale(p, x, 2);
	const float half[1] = { 0.5f }, one[1] = { 1 }, ten[1] = { 10 };
	const struct nn_onnx_value in = { x, "film", half, one }, out = { y, "maps", ten, nullptr };
	const char *const meta[2] = { "note", "of é" };
	const struct nn_onnx onnx = { &in, 1, &out, 1, meta, 1 };
	ASSERT_OK(nn_onnx(p, &onnx, (scratch / "m").c_str()));
	const float film[4] = { 0, 1, 2, 3 }, maps[4] = { 20, 30, 40, 50 };
	const int64_t dims[4] = { 1, 1, 2, 2 };
	struct safetensors file = {};
	safetensors_add(&file, "in.film", SAFETENSORS_F32, dims, 4, film);
	safetensors_add(&file, "out.maps", SAFETENSORS_F32, dims, 4, maps);
	ASSERT_OK(safetensors_write(&file, (scratch / "case").c_str()));
	safetensors_free(&file);
	const std::string said =
		RunPython(python, SourceDir() + "/tests/gan/nn/onnx_check.py " + (scratch / "m") + " " + (scratch / "case"));
	EXPECT_THAT(said, HasSubstr("maps 0.0\n"));
	EXPECT_THAT(said, HasSubstr("meta note of é\n"));
}

TEST(Onnx, Refusals)
{
	Net net("cpu");
	ScratchFolder scratch;
	struct nn_program *p = nn_program_new(net.nn, "p");
	const int x = nn_input(p, "x", { 2, 4, 4, 2 }), y = nn_norm(p, x, "n", NN_NORM_BATCH, 1e-5);
	struct nn_onnx_value out = { y, "y", nullptr, nullptr };
	const struct nn_onnx onnx = { nullptr, 0, &out, 1, nullptr, 0 }, none = {};
	EXPECT_NE(0, nn_onnx(p, &onnx, (scratch / "m").c_str()));
	EXPECT_THAT(err_message(), HasSubstr("n.gamma is built for training"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_NE(0, nn_onnx(p, &none, (scratch / "m").c_str()));
	EXPECT_THAT(err_message(), HasSubstr("no output"));
	out.tensor = 17;
	EXPECT_NE(0, nn_onnx(p, &onnx, (scratch / "m").c_str()));
	EXPECT_THAT(err_message(), HasSubstr("'y': 17 is no tensor"));
	out.tensor = nn_input_gradient(p, x);
	EXPECT_NE(0, nn_onnx(p, &onnx, (scratch / "m").c_str()));
	EXPECT_THAT(err_message(), HasSubstr("nn_input_gradient, has no form in ONNX"));
	EXPECT_FALSE(FileExists(scratch / "m"));
}

namespace
{

// The file of a residual network, whose sums name the skipped tensor first or last.
std::string ResidualFile(bool compiled, bool skip_first, int64_t multiple = 1)
{
	Net net("cpu");
	ScratchFolder scratch;
	net.nn->wide = multiple;
	struct nn_program *p = nn_program_new(net.nn, "p");
	const struct nn_conv conv = Conv(6, 3, 1, 1);
	const int x = nn_input(p, "x", { 1, 8, 8, 2 });
	int y = nn_conv(p, x, "stem", &conv);
	for (const std::string name : { "a", "b", "c" }) {
		const int z = nn_norm(p, nn_conv(p, y, name.c_str(), &conv), (name + ".n").c_str(), NN_NORM_INSTANCE, 1e-5);
		y = skip_first ? nn_add(p, y, z) : nn_add(p, z, y);
		y = name == "c" ? nn_pad_reflect(p, y, 1) : nn_act(p, y, NN_ACT_RELU, 0);
	}
	y = nn_conv(p, nn_resize(p, y, 9, 7, NN_BILINEAR), "head", &conv);
	nn_keep(p, y);
	if (compiled) {
		EXPECT_OK(nn_compile(p, nullptr));
	}
	const struct nn_onnx_value out = { y, "y", nullptr, nullptr };
	struct nn_onnx settings = {};
	settings.outputs = &out;
	settings.n_outputs = 1;
	const std::string path = scratch / "net.onnx";
	EXPECT_OK(nn_onnx(p, &settings, path.c_str()));
	return ReadFile(path);
}

} // namespace

// What the plan fuses, and channels that it adds, are not to be seen, but for the order of a sum's terms.
TEST(Onnx, ACompiledProgramIsWrittenAsBefore)
{
	const std::string want = ResidualFile(false, false);
	EXPECT_GT(want.size(), 1000u);
	for (bool skip_first : { false, true })
		for (int64_t multiple : { 1, 8 })
			EXPECT_TRUE(want == ResidualFile(true, skip_first, multiple)) << skip_first << multiple;
}
