#include "kernels/gpu/cudnn_conv.h"

#include <inttypes.h>

#include "kernels/gpu/why.h"

const char *cudnn_conv_pass_name(enum cudnn_conv_pass pass)
{
	static const char *const names[] = { "forward", "backward data", "backward weight" };
	return names[pass];
}

/* Zeros after the last row so that `out` rows come out; the same as before the first where that gives them
 * too. */
static int64_t pad_after(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t pad)
{
	if ((in + 2 * pad - kernel) / stride + 1 == out)
		return pad;
	return (out - 1) * stride + kernel - in - pad;
}

int cudnn_conv_check(const struct plugin_conv_shape *s)
{
	const int64_t sizes[] = { s->n, s->h, s->w, s->cin, s->oh, s->ow, s->cout, s->kh, s->kw, s->stride };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i] < 1 || sizes[i] > INT32_MAX)
			return why_set("convolution: a size is %" PRId64, sizes[i]);
	const int64_t volumes[][4] = { { s->n, s->h, s->w, s->cin }, { s->n, s->oh, s->ow, s->cout },
		{ s->cout, s->kh, s->kw, s->cin } };
	for (int i = 0; i < 3; i++)
		if ((double)volumes[i][0] * (double)volumes[i][1] * (double)volumes[i][2] *
				(double)volumes[i][3] >
			INT32_MAX)
			return why_set("convolution: a tensor has 2^31 elements or more");
	if (s->pad < 0 || pad_after(s->h, s->oh, s->kh, s->stride, s->pad) < 0 ||
		pad_after(s->w, s->ow, s->kw, s->stride, s->pad) < 0)
		return why_set("convolution: %" PRId64 "x%" PRId64 " does not give %" PRId64 "x%" PRId64,
			s->h, s->w, s->oh, s->ow);
	return 0;
}

static int add_geometry(
	struct cudnn_graph *graph, cudnnBackendDescriptor_t *made, const struct plugin_conv_shape *s)
{
	const int64_t dims = 2, dilation[2] = { 1, 1 }, stride[2] = { s->stride, s->stride };
	const int64_t before[2] = { s->pad, s->pad };
	const int64_t after[2] = { pad_after(s->h, s->oh, s->kh, s->stride, s->pad),
		pad_after(s->w, s->ow, s->kw, s->stride, s->pad) };
	const cudnnDataType_t compute = CUDNN_DATA_FLOAT;
	const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
	const struct cudnn_graph_attribute attributes[] = {
		{ CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &compute },
		{ CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode },
		{ CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, 1, &dims },
		{ CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, 2, dilation },
		{ CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, 2, stride },
		{ CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, 2, before },
		{ CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, 2, after },
	};
	return cudnn_graph_add(graph, made, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR, attributes, 7);
}

/* The names of one pass's attributes, in the order x, weight, y, geometry, alpha, beta. */
struct pass_names {
	cudnnBackendDescriptorType_t type;
	cudnnBackendAttributeName_t name[6];
};
static const struct pass_names names_of[CUDNN_CONV_PASSES] = {
	{ CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
		{ CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
			CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
			CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
			CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
			CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA } },
	{ CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
		{ CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA } },
	{ CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
		{ CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
			CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA } },
};

static int build(struct cudnn_graph *graph, const struct plugin_conv_shape *s, const struct pass_names *names,
	cudnnHandle_t handle)
{
	const cudnnDataType_t type = s->elem == PLUGIN_BF16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
	const float alpha = 1, beta = 0;
	cudnnBackendDescriptor_t x, w, y, geometry, operation, whole;
	if (cudnn_graph_tensor(graph, &x, CUDNN_CONV_X, type, (int64_t[]){ s->n, s->cin, s->h, s->w }) != 0 ||
		cudnn_graph_tensor(graph, &w, CUDNN_CONV_WEIGHT, type,
			(int64_t[]){ s->cout, s->cin, s->kh, s->kw }) != 0 ||
		cudnn_graph_tensor(
			graph, &y, CUDNN_CONV_Y, type, (int64_t[]){ s->n, s->cout, s->oh, s->ow }) != 0 ||
		add_geometry(graph, &geometry, s) != 0)
		return -1;
	const struct cudnn_graph_attribute attributes[] = {
		{ names->name[0], CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &x },
		{ names->name[1], CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &w },
		{ names->name[2], CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &y },
		{ names->name[3], CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &geometry },
		{ names->name[4], CUDNN_TYPE_FLOAT, 1, &alpha },
		{ names->name[5], CUDNN_TYPE_FLOAT, 1, &beta },
	};
	if (cudnn_graph_add(graph, &operation, names->type, attributes, 6) != 0)
		return -1;
	const struct cudnn_graph_attribute graph_attributes[] = {
		{ CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &operation },
		{ CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1, &handle },
	};
	return cudnn_graph_add(
		graph, &whole, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR, graph_attributes, handle ? 2 : 1);
}

int cudnn_conv_graph(struct cudnn_graph *graph, const struct plugin_conv_shape *shape,
	enum cudnn_conv_pass pass, cudnnHandle_t handle)
{
	*graph = (struct cudnn_graph){ 0 };
	if (build(graph, shape, &names_of[pass], handle) == 0)
		return 0;
	cudnn_graph_free(graph);
	return -1;
}
