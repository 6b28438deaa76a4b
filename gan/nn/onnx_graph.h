/* The graph while it is written: onnx.c owns it, onnx_op.c fills it operator by operator. */
#ifndef GAN_NN_ONNX_GRAPH_H
#define GAN_NN_ONNX_GRAPH_H
#include "gan/nn/program.h"
#include "host/files/protobuf.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { ONNX_NAME = NN_NAME + 16 };
struct onnx_written {
	const struct nn_param *param;
	bool per_channel;
};
struct onnx_graph {
	struct nn_program *program;
	struct protobuf nodes, initializers; /* fields of GraphProto */
	char (*names)[ONNX_NAME];            /* (n_nodes): what holds each tensor's value */
	int rank;                            /* of every tensor: 4, or 5 where there is a volume */
	int made;                            /* names given out by onnx_name() */
	struct onnx_written *written;        /* parameters that are initializers */
	int n_written;
};
/* One operator call while it is put together. */
struct onnx_node {
	struct protobuf inputs, attributes;
	const char *type;
};

/* A name for an intermediate value: "v7". */
void onnx_name(struct onnx_graph *g, char name[ONNX_NAME]);
void onnx_floats(struct onnx_graph *g, const char *name, const int64_t *dims, int n_dims, const float *values);
void onnx_integers(struct onnx_graph *g, const char *name, const int64_t *values, int n);
/* (channels) reshaped to (channels, 1, 1[, 1]), to be multiplied with or added to an image. */
void onnx_per_channel(struct onnx_graph *g, const char *name, const float *values, int64_t channels);
/* The parameter as an initializer of its own name, once however often it is used; convolutions as (a, b, [d,] h, w) of memory's (a, [d,] h, w, b). */
int onnx_parameter(struct onnx_graph *g, struct nn_param *param, bool per_channel);

struct onnx_node onnx_begin(const char *type);
void onnx_input(struct onnx_node *n, const char *name);
void onnx_attribute(struct onnx_node *n, const char *name, int64_t value);
void onnx_attribute_float(struct onnx_node *n, const char *name, float value);
void onnx_attribute_text(struct onnx_node *n, const char *name, const char *value);
void onnx_attribute_integers(struct onnx_node *n, const char *name, const int64_t *values, int count);
void onnx_end(struct onnx_graph *g, struct onnx_node *n, const char *output);
/* A node of one or two inputs (b may be NULL) and no attributes. */
void onnx_call(struct onnx_graph *g, const char *type, const char *a, const char *b, const char *output);

/* onnx_op.c: writes node i, whose inputs are written. */
int onnx_op(struct onnx_graph *g, int i);
#ifdef __cplusplus
}
#endif
#endif
