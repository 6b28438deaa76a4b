#include "kernels/gpu/matmul.h"

#include <inttypes.h>
#include <stdlib.h>

#include "kernels/gpu/cublas_library.h"
#include "kernels/gpu/gpu.h"
#include "kernels/gpu/why.h"

enum { WORKSPACE_MOST = 8 << 20, ALIGNMENT_MOST = 16 };
enum { A, B, C, LAYOUTS };

/*
 * cuBLASLt counts rows down the columns, so it is asked for C' = op(B)' op(A)': what we store by rows is its transpose
 * already, and the factors change places.
 */
struct plugin_matmul {
	struct plugin_device *device;
	cublasLtMatmulDesc_t desc;
	cublasLtMatrixLayout_t layout[LAYOUTS];
	cublasLtMatmulAlgo_t algorithm;
	size_t workspace_bytes;
};

static int check_shape(const struct plugin_matmul_shape *s)
{
	const int64_t sizes[] = { s->batch, s->m, s->n, s->k };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i] < 1 || sizes[i] > INT32_MAX)
			return why_set("matrix product: a size is %" PRId64, sizes[i]);
	return 0;
}

static int open_cublas(struct plugin_device *device)
{
	const struct cublas_library *cublas = cublas_library();
	if (device->cublas)
		return 0;
	if (!cublas)
		return -1;
	return cublas_library_check(cublas->create(&device->cublas), "cublasLtCreate");
}

/* `count` matrices stored one after the other as (rows, cols) by rows. */
static int make_layout(
	cublasLtMatrixLayout_t *layout, cudaDataType type, int64_t count, int64_t rows, int64_t cols)
{
	const struct cublas_library *cublas = cublas_library();
	const int32_t batch = (int32_t)count;
	const int64_t stride = rows * cols;
	cublasStatus_t status = cublas->layout_create(layout, type, (uint64_t)cols, (uint64_t)rows, cols);
	if (status == CUBLAS_STATUS_SUCCESS)
		status = cublas->layout_set(
			*layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &batch, sizeof(batch));
	if (status == CUBLAS_STATUS_SUCCESS)
		status = cublas->layout_set(
			*layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride, sizeof(stride));
	return cublas_library_check(status, "cuBLASLt layout");
}

static int make_desc(struct plugin_matmul *m, const struct plugin_matmul_shape *s)
{
	const struct cublas_library *cublas = cublas_library();
	const cublasOperation_t first = s->transpose_b ? CUBLAS_OP_T : CUBLAS_OP_N;
	const cublasOperation_t second = s->transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N;
	cublasStatus_t status = cublas->desc_create(&m->desc, CUBLAS_COMPUTE_32F, CUDA_R_32F);
	if (status == CUBLAS_STATUS_SUCCESS)
		status = cublas->desc_set(m->desc, CUBLASLT_MATMUL_DESC_TRANSA, &first, sizeof(first));
	if (status == CUBLAS_STATUS_SUCCESS)
		status = cublas->desc_set(m->desc, CUBLASLT_MATMUL_DESC_TRANSB, &second, sizeof(second));
	return cublas_library_check(status, "cuBLASLt product");
}

/* The largest power of two that divides every row's and every matrix's first byte. */
static uint32_t alignment(int64_t row_bytes)
{
	uint32_t bytes = ALIGNMENT_MOST;
	while (row_bytes % bytes != 0)
		bytes /= 2;
	return bytes;
}

static cublasStatus_t set_preference(cublasLtMatmulPreference_t preference, const uint32_t aligned[LAYOUTS])
{
	const struct cublas_library *cublas = cublas_library();
	const uint64_t workspace = WORKSPACE_MOST;
	const uint32_t whole = CUBLASLT_REDUCTION_SCHEME_NONE;
	const struct {
		cublasLtMatmulPreferenceAttributes_t attribute;
		const void *value;
		size_t bytes;
	} settings[] = {
		{ CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace, sizeof(workspace) },
		{ CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &whole, sizeof(whole) },
		{ CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, &aligned[B], sizeof(uint32_t) },
		{ CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, &aligned[A], sizeof(uint32_t) },
		{ CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, &aligned[C], sizeof(uint32_t) },
		{ CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, &aligned[C], sizeof(uint32_t) },
	};
	cublasStatus_t status = CUBLAS_STATUS_SUCCESS;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]) && status == CUBLAS_STATUS_SUCCESS; i++)
		status = cublas->preference_set(
			preference, settings[i].attribute, settings[i].value, settings[i].bytes);
	return status;
}

static int choose(struct plugin_matmul *m, const struct plugin_matmul_shape *s)
{
	const struct cublas_library *cublas = cublas_library();
	const int64_t each = s->elem == PLUGIN_BF16 ? 2 : 4;
	const uint32_t aligned[LAYOUTS] = { alignment(each * (s->transpose_a ? s->m : s->k)),
		alignment(each * (s->transpose_b ? s->k : s->n)), alignment((s->wide ? 4 : each) * s->n) };
	cublasLtMatmulPreference_t preference = NULL;
	cublasLtMatmulHeuristicResult_t result = { 0 };
	int n = 0;
	cublasStatus_t status = cublas->preference_create(&preference);
	if (status == CUBLAS_STATUS_SUCCESS)
		status = set_preference(preference, aligned);
	if (status == CUBLAS_STATUS_SUCCESS)
		status = cublas->heuristic(m->device->cublas, m->desc, m->layout[B], m->layout[A], m->layout[C],
			m->layout[C], preference, 1, &result, &n);
	if (preference)
		(void)cublas->preference_destroy(preference);
	if (cublas_library_check(status, "cuBLASLt algorithm") != 0)
		return -1;
	if (n == 0)
		return why_set("cuBLASLt has no algorithm for %" PRId64 " products of %" PRId64 "x%" PRId64
			       " and %" PRId64 "x%" PRId64,
			s->batch, s->m, s->k, s->k, s->n);
	m->algorithm = result.algo;
	m->workspace_bytes = result.workspaceSize;
	return 0;
}

int matmul_open(struct plugin_device *device, struct plugin_matmul **matmul,
	const struct plugin_matmul_shape *shape, size_t *workspace_bytes)
{
	const struct plugin_matmul_shape *s = shape;
	const cudaDataType type = s->elem == PLUGIN_BF16 ? CUDA_R_16BF : CUDA_R_32F;
	*matmul = NULL;
	if (gpu_use(device) != 0 || check_shape(s) != 0 || open_cublas(device) != 0)
		return -1;
	struct plugin_matmul *m = calloc(1, sizeof(*m));
	if (!m)
		return why_set("no memory for a matrix product");
	m->device = device;
	if (make_desc(m, s) != 0 ||
		make_layout(&m->layout[A], type, s->batch, s->transpose_a ? s->k : s->m,
			s->transpose_a ? s->m : s->k) != 0 ||
		make_layout(&m->layout[B], type, s->batch, s->transpose_b ? s->n : s->k,
			s->transpose_b ? s->k : s->n) != 0 ||
		make_layout(&m->layout[C], s->wide ? CUDA_R_32F : type, s->batch, s->m, s->n) != 0 ||
		choose(m, s) != 0) {
		matmul_close(m);
		return -1;
	}
	*matmul = m;
	*workspace_bytes = m->workspace_bytes;
	return 0;
}

void matmul_close(struct plugin_matmul *matmul)
{
	if (!matmul)
		return;
	for (int i = 0; i < LAYOUTS; i++)
		if (matmul->layout[i])
			(void)cublas_library()->layout_destroy(matmul->layout[i]);
	if (matmul->desc)
		(void)cublas_library()->desc_destroy(matmul->desc);
	free(matmul);
}

void matmul_close_all(struct plugin_device *device)
{
	if (device->cublas)
		(void)cublas_library()->destroy(device->cublas);
	device->cublas = NULL;
}

int matmul_run(struct plugin_matmul *matmul, void *c, const void *a, const void *b, void *workspace)
{
	const struct plugin_matmul *m = matmul;
	const float one = 1, zero = 0;
	if (gpu_use(m->device) != 0)
		return -1;
	return cublas_library_check(cublas_library()->matmul(m->device->cublas, m->desc, &one, b, m->layout[B], a,
					    m->layout[A], &zero, c, m->layout[C], c, m->layout[C], &m->algorithm,
					    workspace, m->workspace_bytes, m->device->stream),
		"cuBLASLt product");
}
