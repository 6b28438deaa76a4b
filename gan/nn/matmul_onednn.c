/* Matrix products on the CPU through oneDNN, in float. */
#include <stdlib.h>
#include <string.h>

#include "gan/nn/matmul.h"
#include "gan/nn/onednn.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

struct matmul_onednn {
	struct onednn *onednn;
	onednn_md a_md, b_md, c_md;
	dnnl_memory_t a, b, c, scratch;
	dnnl_primitive_t primitive;
	size_t scratch_bytes;
};

static void close_matmul(void *matmul)
{
	struct matmul_onednn *m = matmul;
	if (!m)
		return;
	dnnl_primitive_destroy(m->primitive);
	dnnl_memory_destroy(m->a);
	dnnl_memory_destroy(m->b);
	dnnl_memory_destroy(m->c);
	dnnl_memory_destroy(m->scratch);
	onednn_md_free(m->a_md);
	onednn_md_free(m->b_md);
	onednn_md_free(m->c_md);
	free(m);
}

/* (batch, rows, cols), stored by rows, or by columns when transposed. */
static int describe(onednn_md *md, int64_t batch, int64_t rows, int64_t cols, int transposed)
{
	const dnnl_dims_t dims = { batch, rows, cols };
	const dnnl_dims_t strides = { rows * cols, transposed ? 1 : cols, transposed ? rows : 1 };
	return onednn_describe_strided(md, 3, dims, strides);
}

static dnnl_status_t create(
	dnnl_primitive_desc_t *pd, const struct matmul_onednn *m, const_dnnl_primitive_attr_t attr)
{
#if ONEDNN_3
	return dnnl_matmul_primitive_desc_create(pd, m->onednn->engine, m->a_md, m->b_md, NULL, m->c_md, attr);
#else
	dnnl_matmul_desc_t d;
	dnnl_status_t status = dnnl_matmul_desc_init(&d, m->a_md, m->b_md, NULL, m->c_md);
	if (status != dnnl_success)
		return status;
	return dnnl_primitive_desc_create(pd, &d, attr, m->onednn->engine, NULL);
#endif
}

static int make(struct matmul_onednn *m, const struct plugin_matmul_shape *s)
{
	dnnl_primitive_attr_t attr = NULL;
	dnnl_primitive_desc_t pd = NULL;
	int rc = -1;
	TRY(describe(&m->a_md, s->batch, s->m, s->k, s->transpose_a));
	TRY(describe(&m->b_md, s->batch, s->k, s->n, s->transpose_b));
	TRY(describe(&m->c_md, s->batch, s->m, s->n, 0));
	TRY(onednn_memory(&m->a, m->onednn, m->a_md));
	TRY(onednn_memory(&m->b, m->onednn, m->b_md));
	TRY(onednn_memory(&m->c, m->onednn, m->c_md));
	TRY(onednn_attributes(&attr));
	TRY(onednn_check(create(&pd, m, attr), "matrix product"));
	const onednn_md scratch = dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
	TRY(onednn_memory(&m->scratch, m->onednn, scratch));
	m->scratch_bytes = onednn_bytes(scratch);
	TRY(onednn_check(dnnl_primitive_create(&m->primitive, pd), "matrix product"));
	rc = 0;
cleanup:
	if (pd)
		dnnl_primitive_desc_destroy(pd);
	if (attr)
		dnnl_primitive_attr_destroy(attr);
	return rc;
}

static int open_matmul(
	void **matmul, void *context, const struct plugin_matmul_shape *shape, size_t *workspace_bytes)
{
	struct matmul_onednn *m = alloc_grow(NULL, 1, sizeof(*m));
	memset(m, 0, sizeof(*m));
	m->onednn = context;
	if (make(m, shape) != 0) {
		close_matmul(m);
		return err_prefix("%lld matrix products of %lldx%lld and %lldx%lld", (long long)shape->batch,
			(long long)shape->m, (long long)shape->k, (long long)shape->k, (long long)shape->n);
	}
	*workspace_bytes = m->scratch_bytes;
	*matmul = m;
	return 0;
}

static int run(void *matmul, void *c, const void *a, const void *b, void *workspace)
{
	struct matmul_onednn *m = matmul;
	if (onednn_bind(m->a, a) != 0 || onednn_bind(m->b, b) != 0 || onednn_bind(m->c, c) != 0 ||
		onednn_bind(m->scratch, workspace) != 0)
		return -1;
	const dnnl_exec_arg_t args[] = { { DNNL_ARG_SRC, m->a }, { DNNL_ARG_WEIGHTS, m->b },
		{ DNNL_ARG_DST, m->c }, { DNNL_ARG_SCRATCHPAD, m->scratch } };
	if (onednn_check(dnnl_primitive_execute(m->primitive, m->onednn->stream, 4, args), "matrix product") != 0)
		return -1;
	return onednn_check(dnnl_stream_wait(m->onednn->stream), "wait");
}

const struct matmul_backend matmul_onednn = { .open = open_matmul, .close = close_matmul, .run = run };
