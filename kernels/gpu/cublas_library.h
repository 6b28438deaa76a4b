/* cuBLASLt, opened at run time: the functions kernels/gpu/matmul.c uses. */
#ifndef KERNELS_GPU_CUBLAS_LIBRARY_H
#define KERNELS_GPU_CUBLAS_LIBRARY_H
#include <cublasLt.h>

struct cublas_library {
	const char *(*status_string)(cublasStatus_t status);
	cublasStatus_t (*create)(cublasLtHandle_t *handle);
	cublasStatus_t (*destroy)(cublasLtHandle_t handle);
	cublasStatus_t (*desc_create)(cublasLtMatmulDesc_t *desc, cublasComputeType_t compute, cudaDataType_t scale);
	cublasStatus_t (*desc_destroy)(cublasLtMatmulDesc_t desc);
	cublasStatus_t (*desc_set)(cublasLtMatmulDesc_t desc, cublasLtMatmulDescAttributes_t attribute,
		const void *value, size_t bytes);
	cublasStatus_t (*layout_create)(
		cublasLtMatrixLayout_t *layout, cudaDataType type, uint64_t rows, uint64_t cols, int64_t ld);
	cublasStatus_t (*layout_destroy)(cublasLtMatrixLayout_t layout);
	cublasStatus_t (*layout_set)(cublasLtMatrixLayout_t layout, cublasLtMatrixLayoutAttribute_t attribute,
		const void *value, size_t bytes);
	cublasStatus_t (*preference_create)(cublasLtMatmulPreference_t *preference);
	cublasStatus_t (*preference_destroy)(cublasLtMatmulPreference_t preference);
	cublasStatus_t (*preference_set)(cublasLtMatmulPreference_t preference,
		cublasLtMatmulPreferenceAttributes_t attribute, const void *value, size_t bytes);
	cublasStatus_t (*heuristic)(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a,
		cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
		cublasLtMatmulPreference_t preference, int most, cublasLtMatmulHeuristicResult_t *results, int *n);
	cublasStatus_t (*matmul)(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc, const void *alpha, const void *a,
		cublasLtMatrixLayout_t a_layout, const void *b, cublasLtMatrixLayout_t b_layout, const void *beta,
		const void *c, cublasLtMatrixLayout_t c_layout, void *d, cublasLtMatrixLayout_t d_layout,
		const cublasLtMatmulAlgo_t *algorithm, void *workspace, size_t workspace_bytes, cudaStream_t stream);
};
/* NULL with the reason in why_last(). */
const struct cublas_library *cublas_library(void);
/* 0, or -1 with "what: status" in why_last(). */
int cublas_library_check(cublasStatus_t status, const char *what);
#endif
