#include "kernels/gpu/cudnn_graph.h"

#include "kernels/gpu/cudnn_library.h"
#include "kernels/gpu/why.h"

void cudnn_graph_free(struct cudnn_graph *graph)
{
	while (graph->n > 0)
		(void)cudnn_library()->descriptor_destroy(graph->part[--graph->n]);
}

int cudnn_graph_descriptor(cudnnBackendDescriptor_t *made, cudnnBackendDescriptorType_t type,
	const struct cudnn_graph_attribute *attributes, int n)
{
	const struct cudnn_library *cudnn = cudnn_library();
	*made = NULL;
	if (!cudnn || cudnn_library_check(cudnn->descriptor_create(type, made), "cuDNN descriptor") != 0)
		return -1;
	cudnnStatus_t status = CUDNN_STATUS_SUCCESS;
	for (int i = 0; i < n && status == CUDNN_STATUS_SUCCESS; i++)
		status = cudnn->set_attribute(*made, attributes[i].name, attributes[i].type,
			attributes[i].count, attributes[i].values);
	if (status == CUDNN_STATUS_SUCCESS)
		status = cudnn->descriptor_finalize(*made);
	if (cudnn_library_check(status, "cuDNN descriptor") == 0)
		return 0;
	(void)cudnn->descriptor_destroy(*made);
	*made = NULL;
	return -1;
}

int cudnn_graph_add(struct cudnn_graph *graph, cudnnBackendDescriptor_t *made,
	cudnnBackendDescriptorType_t type, const struct cudnn_graph_attribute *attributes, int n)
{
	if (graph->n == CUDNN_GRAPH_PARTS)
		return why_set("a cuDNN graph has more than %d parts", CUDNN_GRAPH_PARTS);
	if (cudnn_graph_descriptor(made, type, attributes, n) != 0)
		return -1;
	graph->part[graph->n++] = *made;
	return 0;
}

int cudnn_graph_tensor(struct cudnn_graph *graph, cudnnBackendDescriptor_t *made, int64_t id,
	cudnnDataType_t type, const int64_t *dims, int n_dims)
{
	const int64_t alignment = 16;
	int64_t strides[CUDNN_GRAPH_DIMS] = { 0, 1 }, step = dims[1];
	for (int i = n_dims - 1; i >= 2; i--) {
		strides[i] = step;
		step *= dims[i];
	}
	strides[0] = step;
	const struct cudnn_graph_attribute attributes[] = {
		{ CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &type },
		{ CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, n_dims, dims },
		{ CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, n_dims, strides },
		{ CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &id },
		{ CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1, &alignment },
	};
	return cudnn_graph_add(graph, made, CUDNN_BACKEND_TENSOR_DESCRIPTOR, attributes, 5);
}
