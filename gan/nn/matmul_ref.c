/* The oracle: matrix products in double by the definition's loops. */
#include <stdlib.h>

#include "gan/nn/matmul.h"
#include "host/files/alloc.h"

static int open_matmul(
	void **matmul, void *context, const struct plugin_matmul_shape *shape, size_t *workspace_bytes)
{
	(void)context;
	struct plugin_matmul_shape *s = alloc_grow(NULL, 1, sizeof(*s));
	*s = *shape;
	*matmul = s;
	*workspace_bytes = 0;
	return 0;
}

static void close_matmul(void *matmul)
{
	free(matmul);
}

static int run(void *matmul, void *c, const void *a, const void *b, void *workspace)
{
	const struct plugin_matmul_shape *s = matmul;
	(void)workspace;
#pragma omp parallel for schedule(static) if (s->batch * s->m * s->n * s->k > 100000)
	for (int64_t row = 0; row < s->batch * s->m; row++) {
		const int64_t i = row % s->m;
		const double *x = (const double *)a + row / s->m * s->m * s->k;
		const double *y = (const double *)b + row / s->m * s->k * s->n;
		for (int64_t j = 0; j < s->n; j++) {
			double sum = 0;
			for (int64_t k = 0; k < s->k; k++)
				sum += x[s->transpose_a ? k * s->m + i : i * s->k + k] *
				       y[s->transpose_b ? j * s->k + k : k * s->n + j];
			((double *)c)[row * s->n + j] = sum;
		}
	}
	return 0;
}

const struct matmul_backend matmul_ref = { .open = open_matmul, .close = close_matmul, .run = run };
