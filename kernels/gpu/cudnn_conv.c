#include "kernels/gpu/cudnn_conv.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "kernels/gpu/why.h"

const char *cudnn_conv_pass_name(enum cudnn_conv_pass pass)
{
	static const char *const names[] = { "forward", "backward data", "backward weight" };
	return names[pass];
}

/* Zeros after the last row so that `out` rows come out; the same as before the first where that gives them
 * too. */
static int64_t pad_after(const struct plugin_conv_shape *s, int k)
{
	const int64_t reach = (s->kernel[k] - 1) * s->dilation[k] + 1, stride = s->stride[k];
	if (s->in[k] + 2 * s->pad[k] >= reach &&
		(s->in[k] + 2 * s->pad[k] - reach) / stride + 1 == s->out[k])
		return s->pad[k];
	return (s->out[k] - 1) * stride + reach - s->in[k] - s->pad[k];
}

int cudnn_conv_axes(const struct plugin_conv_shape *s)
{
	return s->in[0] == 1 && s->out[0] == 1 && s->kernel[0] == 1 ? 2 : 3;
}

static double volume(const int64_t size[3])
{
	return (double)size[0] * (double)size[1] * (double)size[2];
}

static int check_axis(const struct plugin_conv_shape *s, int k)
{
	const int64_t sizes[] = { s->in[k], s->out[k], s->kernel[k], s->stride[k], s->dilation[k] };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i] < 1 || sizes[i] > INT32_MAX)
			return why_set("convolution: a size is %" PRId64, sizes[i]);
	if (s->pad[k] < 0 || pad_after(s, k) < 0)
		return why_set("convolution: %" PRId64 "x%" PRId64 "x%" PRId64 " does not give %" PRId64
			       "x%" PRId64 "x%" PRId64,
			s->in[0], s->in[1], s->in[2], s->out[0], s->out[1], s->out[2]);
	return 0;
}

int cudnn_conv_check(const struct plugin_conv_shape *s)
{
	const int64_t sizes[] = { s->n, s->cin, s->cout, s->groups };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i] < 1 || sizes[i] > INT32_MAX)
			return why_set("convolution: a size is %" PRId64, sizes[i]);
	if (s->cin % s->groups != 0 || s->cout % s->groups != 0)
		return why_set("convolution: %" PRId64 " groups of %" PRId64 " and %" PRId64 " channels",
			s->groups, s->cin, s->cout);
	for (int k = 0; k < 3; k++)
		if (check_axis(s, k) != 0)
			return -1;
	if ((double)s->n * volume(s->in) * (double)s->cin > INT32_MAX ||
		(double)s->n * volume(s->out) * (double)s->cout > INT32_MAX ||
		(double)s->cout * volume(s->kernel) * (double)s->cin > INT32_MAX)
		return why_set("convolution: a tensor has 2^31 elements or more");
	return 0;
}

static int add_geometry(
	struct cudnn_graph *graph, cudnnBackendDescriptor_t *made, const struct plugin_conv_shape *s)
{
	const int axes = cudnn_conv_axes(s), first = 3 - axes;
	const int64_t dims = axes;
	const int64_t after[3] = { pad_after(s, 0), pad_after(s, 1), pad_after(s, 2) };
	const cudnnDataType_t compute = CUDNN_DATA_FLOAT;
	const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
	const struct cudnn_graph_attribute attributes[] = {
		{ CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &compute },
		{ CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode },
		{ CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, 1, &dims },
		{ CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, axes, s->dilation + first },
		{ CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, axes, s->stride + first },
		{ CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, axes, s->pad + first },
		{ CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, axes, after + first },
	};
	return cudnn_graph_add(graph, made, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR, attributes, 7);
}

/* cuDNN counts the groups from the channels of the input and of the weights. */
static int add_tensor(struct cudnn_graph *graph, cudnnBackendDescriptor_t *made, int64_t id,
	const struct plugin_conv_shape *s)
{
	const cudnnDataType_t type = s->elem == PLUGIN_BF16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
	const int64_t *size = id == CUDNN_CONV_X ? s->in : id == CUDNN_CONV_Y ? s->out : s->kernel;
	const int axes = cudnn_conv_axes(s);
	int64_t dims[CUDNN_GRAPH_DIMS] = { s->n, id == CUDNN_CONV_X ? s->cin : s->cout };
	if (id == CUDNN_CONV_WEIGHT) {
		dims[0] = s->cout;
		dims[1] = s->cin / s->groups;
	}
	memcpy(dims + 2, size + 3 - axes, (size_t)axes * sizeof(*dims));
	return cudnn_graph_tensor(graph, made, id, type, dims, 2 + axes);
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
	const float alpha = 1, beta = 0;
	cudnnBackendDescriptor_t x, w, y, geometry, operation, whole;
	if (add_tensor(graph, &x, CUDNN_CONV_X, s) != 0 || add_tensor(graph, &w, CUDNN_CONV_WEIGHT, s) != 0 ||
		add_tensor(graph, &y, CUDNN_CONV_Y, s) != 0 || add_geometry(graph, &geometry, s) != 0)
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
