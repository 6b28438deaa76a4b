// The pretended GPU with the network engine's kernels; its convolutions and matrix products are the CPU's.
#ifndef TESTS_GAN_NN_PRETENDED_ENGINE_H
#define TESTS_GAN_NN_PRETENDED_ENGINE_H
#include <algorithm>
#include "gan/nn/conv.h"
#include "gan/nn/matmul.h"
#include "kernels/activation.h"
#include "kernels/activation_grad.h"
#include "kernels/adam.h"
#include "kernels/add.h"
#include "kernels/attention_gather.h"
#include "kernels/attention_scatter.h"
#include "kernels/attention_softmax.h"
#include "kernels/attention_softmax_grad.h"
#include "kernels/bias_add.h"
#include "kernels/channel_copy.h"
#include "kernels/channel_pad.h"
#include "kernels/channel_dot.h"
#include "kernels/channel_multiply.h"
#include "kernels/channel_sum.h"
#include "kernels/class_loss.h"
#include "kernels/class_loss_grad.h"
#include "kernels/clip_factor.h"
#include "kernels/conv_wgrad_give.h"
#include "kernels/depthwise.h"
#include "kernels/depthwise_taps.h"
#include "kernels/depthwise_wgrad.h"
#include "kernels/dropout.h"
#include "kernels/gradient_correlation.h"
#include "kernels/gradient_correlation_field.h"
#include "kernels/gradient_correlation_grad.h"
#include "kernels/intensity_sum.h"
#include "kernels/intensity_sum_grad.h"
#include "kernels/layer_norm.h"
#include "kernels/layer_norm_grad.h"
#include "kernels/layer_norm_sums.h"
#include "kernels/loss_total.h"
#include "kernels/moment_loss.h"
#include "kernels/moment_loss_grad.h"
#include "kernels/norm_apply.h"
#include "kernels/norm_grad.h"
#include "kernels/norm_grad_sums.h"
#include "kernels/norm_group.h"
#include "kernels/norm_group_sums.h"
#include "kernels/norm_stats.h"
#include "kernels/pad.h"
#include "kernels/pad_grad.h"
#include "kernels/point_loss.h"
#include "kernels/point_loss_grad.h"
#include "kernels/pool.h"
#include "kernels/pool_grad.h"
#include "kernels/resize.h"
#include "kernels/resize_grad.h"
#include "kernels/response_norm.h"
#include "kernels/response_norm_grad.h"
#include "kernels/sample_sum.h"
#include "kernels/scale.h"
#include "kernels/softmax.h"
#include "kernels/softmax_grad.h"
#include "kernels/softmax_stats.h"
#include "kernels/square_sum.h"
#include "tests/support/pretended_gpu.h"

struct plugin_conv {
	void *writes, *adds; // the weight gradient
};
struct plugin_matmul {
	void *plan;
};

struct PretendedEngine : PretendedGpu {
	const conv_backend *conv = conv_backend_of(&Cpu());
	const matmul_backend *matmul = matmul_backend_of(&Cpu());
	void *context = nullptr;
	int64_t convs = 0, products = 0; // calls

	int64_t Calls() const // of anything that a GPU would be given
	{
		return launches + convs + products;
	}
	static PretendedEngine *The()
	{
		return static_cast<PretendedEngine *>(PretendedGpu::The());
	}
	PretendedEngine()
	{
		EXPECT_EQ(0, conv->start(&context, &Cpu()));
		AddKernels();
		api.conv_open = [](plugin_device *, plugin_conv **c, const plugin_conv_shape *shape, size_t *workspace_bytes) {
			return The()->Open(c, shape, workspace_bytes);
		};
		api.conv_close = [](plugin_conv *c) {
			The()->conv->close(c->writes);
			The()->conv->close(c->adds);
			delete c;
		};
		api.conv_forward = [](plugin_conv *c, void *y, const void *x, const void *weight, void *workspace) {
			The()->convs++;
			return The()->Do([=] { return The()->conv->forward(c->writes, y, x, weight, workspace); });
		};
		api.conv_backward_data = [](plugin_conv *c, void *dx, const void *dy, const void *weight, void *workspace) {
			The()->convs++;
			return The()->Do([=] { return The()->conv->backward_data(c->writes, dx, dy, weight, workspace); });
		};
		api.conv_backward_weight = [](plugin_conv *c, void *dweight, const void *x, const void *dy, plugin_dweight how,
						   void *workspace) {
			void *plan = how == PLUGIN_DWEIGHT_ADD ? c->adds : c->writes;
			The()->convs++;
			return The()->Do([=] { return The()->conv->backward_weight(plan, dweight, x, dy, workspace); });
		};
		api.matmul_open = [](plugin_device *, plugin_matmul **m, const plugin_matmul_shape *shape, size_t *bytes) {
			*m = new plugin_matmul{};
			return The()->matmul->open(&(*m)->plan, The()->context, shape, bytes);
		};
		api.matmul_close = [](plugin_matmul *m) {
			if (m)
				The()->matmul->close(m->plan);
			delete m;
		};
		api.matmul_run = [](plugin_matmul *m, void *c, const void *a, const void *b, void *workspace) {
			The()->products++;
			return The()->Do([=] { return The()->matmul->run(m->plan, c, a, b, workspace); });
		};
	}
	~PretendedEngine()
	{
		conv->stop(context);
	}

      private:
	int Open(plugin_conv **c, const plugin_conv_shape *shape, size_t *workspace_bytes)
	{
		const unsigned passes = CONV_FORWARD | CONV_BACKWARD_DATA | CONV_BACKWARD_WEIGHT;
		size_t bytes = 0;
		*c = new plugin_conv{};
		*workspace_bytes = 0;
		if (idle)
			return 0;
		if (conv->open(&(*c)->writes, context, shape, passes, workspace_bytes) != 0 ||
			conv->open(&(*c)->adds, context, shape, passes | CONV_WEIGHT_ADDS, &bytes) != 0)
			return -1;
		*workspace_bytes = std::max(bytes, *workspace_bytes);
		return 0;
	}
	void AddKernels()
	{
		Add("attention_softmax", attention_softmax);
		Add("attention_softmax_grad", attention_softmax_grad);
		Add("conv_wgrad_give", conv_wgrad_give);
		Add("depthwise_taps", depthwise_taps);
		Add("norm_group", norm_group);
		Add("norm_group_sums", norm_group_sums);
		Add("point_loss_grad", point_loss_grad);
		Add("sample_sum", sample_sum);
		Add("softmax_stats", softmax_stats);
		AddTiles("activation", activation);
		AddTiles("activation_grad", activation_grad);
		AddTiles("adam", adam);
		AddTiles("add", add);
		AddTiles("attention_gather", attention_gather);
		AddTiles("attention_scatter", attention_scatter);
		AddTiles("bias_add", bias_add);
		AddTiles("channel_copy", channel_copy);
		AddTiles("channel_pad", channel_pad);
		AddTiles("channel_multiply", channel_multiply);
		AddTiles("depthwise", depthwise);
		AddTiles("dropout", dropout);
		AddTiles("gradient_correlation_field", gradient_correlation_field);
		AddTiles("gradient_correlation_grad", gradient_correlation_grad);
		AddTiles("intensity_sum_grad", intensity_sum_grad);
		AddTiles("moment_loss_grad", moment_loss_grad);
		AddTiles("norm_apply", norm_apply);
		AddTiles("norm_grad", norm_grad);
		AddTiles("pad", pad);
		AddTiles("pad_grad", pad_grad);
		AddTiles("pool", pool);
		AddTiles("pool_grad", pool_grad);
		AddTiles("resize", resize);
		AddTiles("resize_grad", resize_grad);
		AddTiles("response_norm", response_norm);
		AddTiles("response_norm_grad", response_norm_grad);
		AddTiles("scale", scale);
		AddTiles("softmax", softmax);
		AddRows("class_loss_grad", class_loss_grad);
		AddRows("layer_norm", layer_norm);
		AddRows("layer_norm_grad", layer_norm_grad);
		AddRows("softmax_grad", softmax_grad);
		AddSum("class_loss", class_loss);
		AddSum("clip_factor", clip_factor);
		AddSum("loss_total", loss_total);
		AddSum("point_loss", point_loss);
		AddSum("square_sum", square_sum);
		AddChannelSum("channel_dot", channel_dot);
		AddChannelSum("channel_sum", channel_sum);
		AddChannelSum("depthwise_wgrad", depthwise_wgrad);
		AddChannelSum("gradient_correlation", gradient_correlation);
		AddChannelSum("intensity_sum", intensity_sum);
		AddChannelSum("layer_norm_sums", layer_norm_sums);
		AddChannelSum("moment_loss", moment_loss);
		AddChannelSum("norm_grad_sums", norm_grad_sums);
		AddChannelSum("norm_stats", norm_stats);
	}
};
#endif
