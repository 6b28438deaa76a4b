/* The network engine's own structures; nothing outside this folder and its tests reads them. */
#ifndef GAN_NN_PROGRAM_H
#define GAN_NN_PROGRAM_H
#include <stdbool.h>
#include "gan/nn/conv.h"
#include "gan/nn/matmul.h"
#include "gan/nn/nn.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif

enum { NN_NAME = 112, NN_INPUTS = 4, NN_PARAMS = 4, NN_DIMS = 5, NN_ALIGN = 64 };
enum { NN_SHAPE_TEXT = 112 };

/* A named parameter, shared by all programs of one nn. */
struct nn_param {
	char name[NN_NAME];
	int64_t shape[NN_DIMS]; /* (cout, kh, kw, cin), (cout, kd, kh, kw, cin), or (channels) */
	int n_dims;
	int64_t count;
	bool grouped;		 /* the weights of a grouped convolution, stored as they are */
	int64_t stored[NN_DIMS]; /* the shape in memory, perhaps with more channels: wide.h */
	int64_t room;		 /* elements of that */
	bool statistic; /* measured, not trained: running means */
	struct memory value, gradient, m, v, average; /* k_master (stored); all but the first on demand */
	struct memory copy; /* (stored) in the tensors' storage, where that is not k_master's */
	struct memory term; /* same: a convolution's weight gradient as the library writes it (nn->terms) */
	struct nn_bank *bank; /* owns the blocks of a trained parameter */
	int64_t first;	      /* its place there, elements */
};

/* The parameters of one train group, one after the other: bank.c. */
struct nn_bank {
	int64_t count; /* elements, gaps included */
	struct memory value, gradient, m, v, average; /* k_master (count); average on demand */
	struct memory copy, term; /* as nn_param's */
};

struct nn_op;

/* How a node's backward pass treats the gradient of one input or parameter. */
enum nn_mode { NN_SKIP, NN_WRITE, NN_ADD };

/* One operator with its output tensor.  A tensor handle is the node's index. */
struct nn_node {
	const struct nn_op *op;
	int in[NN_INPUTS], n_in;
	struct nn_shape shape; /* once planned, shape.c may be more than: */
	int64_t channels;      /* its channels to a reader (wide.h); 0 before it is planned */
	struct nn_param *param[NN_PARAMS]; /* weight, bias; gamma, beta, running mean and variance; NULL where there is none */
	char name[NN_NAME];		   /* of inputs and losses */

	/* the operator's own settings */
	struct nn_conv conv;
	bool transposed;
	struct nn_attention attention;
	int kind;		  /* enum activation_kind, enum resize_kind, enum nn_norm */
	int64_t size;		  /* pad, first channel, pool kernel, channels of a norm's group */
	double factor;		  /* scale, epsilon, target */
	double slope;		  /* activation; 1 = none */
	double sum_slope;	  /* of a norm: of the activation behind the sum that the plan fused into it; 1 = none */
	bool evaluate;		  /* built after nn_evaluate() */
	bool weighted;		  /* a loss whose last input weights the samples */
	struct nn_response response;
	double weight;		  /* of a loss */
	int64_t pad;		  /* of a norm: a reflect pad the plan fused into it */
	struct nn_program *other; /* nn_from */
	int other_tensor;

	/* set by nn_keep, nn_input_gradient and the plan */
	bool keep, keep_grad;
	bool needed;   /* leads to a loss or a kept tensor */
	bool requires; /* something behind it wants a gradient */
	bool active;   /* a gradient by it is found in the backward pass */
	bool passes;   /* and goes on from it, to an input or a parameter */
	bool stays;    /* it, or an alias of it, is kept */
	bool alias;    /* its value is its input's: detach; what is fused into the norm before it */
	bool part;     /* it lies in the channels of node `whole`, a cat, from `first` on: value and gradient */
	int whole;
	int64_t first;
	struct nn_shape stored; /* of its block: a fused pad's, else its own */
	bool reads_in[NN_INPUTS], reads_out; /* in the backward pass */
	enum nn_mode param_mode[NN_PARAMS];
	bool term; /* a convolution: its weight gradient goes to the parameter's term */
	enum nn_mode mode[NN_INPUTS];
	size_t saved_bytes, workspace_bytes;
	double flop_forward, flop_backward; /* of convolutions and matrix products, 2 a multiply-add */

	/* addresses on the device, fixed at nn_compile() */
	void *value, *grad, *saved;
	/* With recomputation: where the value lies in the forward pass, and in the backward pass, computed again. */
	void *value_first, *value_again;
	void *state; /* the planned convolution or attention */
};

struct nn_op {
	const char *name;
	/* Sets saved_bytes and workspace_bytes, opens what must be opened; may be NULL. */
	int (*plan)(struct nn_program *p, struct nn_node *node);
	int (*forward)(struct nn_program *p, struct nn_node *node);  /* NULL: nothing to do */
	int (*backward)(struct nn_program *p, struct nn_node *node); /* NULL: no gradient passes */
	void (*close)(struct nn_program *p, struct nn_node *node);   /* may be NULL */
	bool reads_in, reads_out; /* the backward pass reads the inputs, the output */
	bool loss;
	bool strided; /* writes its output, and reads its gradient, in rows of nn_row() numbers */
	bool cheap; /* recomputing its output costs little beside a convolution */
	/* forward() once more, for recomputation, where less will do than the first time; may be NULL. */
	int (*again)(struct nn_program *p, struct nn_node *node);
};
extern const struct nn_op op_input, op_from, op_gradient, op_detach, op_conv, op_norm, op_act, op_add,
	op_scale, op_pad, op_cat, op_slice, op_resize, op_pool, op_point_loss, op_gradient_correlation,
	op_intensity_sum, op_layer_norm, op_mul, op_channel_scale, op_global_average,
	op_moment_loss, op_class_loss, op_softmax, op_response_norm, op_dropout, op_attention;

struct nn_train {
	char *prefix;
	struct nn_adam adam;
	double clip;	/* largest norm of the gradient; 0 = as it is */
	double average; /* decay of the moving average; 0 = none */
	size_t scalars; /* offset of its numbers for kernels/adam.h in program->scalars */
	bool used;
};

/* A run of parameters of one bank. */
struct nn_run {
	struct nn_bank *bank;
	int64_t first, count; /* elements */
};

/* One that is updated in one launch. */
struct nn_update {
	struct nn_run run;
	int train;
};

/* A node computed again, before the backward pass of node `before`. */
struct nn_again {
	int node, before;
};

/* While profiling: seconds of each node, summed over the steps. */
struct nn_times {
	double forward_s, backward_s, again_s;
};

struct nn_program {
	struct nn *nn;
	char name[NN_NAME];
	struct nn_node *nodes;
	int n_nodes;
	char **frozen;
	int n_frozen;
	struct nn_train *trains;
	int n_trains;
	char error[512]; /* the first misuse while building */
	enum exit_code error_code;

	bool compiled;
	bool recompute;
	struct nn_report report;
	struct memory arena, saved, workspace, scalars, partials;
	struct memory staging;	  /* on the host: values on their way to and from nn_set and nn_get */
	struct nn_param **wanted; /* parameters whose gradient this program computes */
	int n_wanted;
	struct nn_update *updates;
	int n_updates;
	struct nn_run *terms; /* that are read when the backward pass is over */
	int n_terms;
	struct nn_again *again; /* in the order they are computed */
	int n_again;
	struct nn_times *times; /* (n_nodes); NULL unless profiling */
	double update_s;
	int64_t step;	/* of the optimiser */
	bool evaluate;	/* what is built from here on runs as in prediction */
	uint64_t draw;	/* nn_set_draw() */
	struct memory draws; /* on the device: what dropout draws from in this step */
	int64_t n_runs; /* calls of nn_step() */
	void *graph;	/* the recorded step, on the GPU */
	size_t graph_nodes;
};

struct nn {
	const struct device *device;
	uint64_t seed;
	int64_t wide; /* wide.h */
	bool terms;   /* weight gradients are written in the tensors' storage, and read into k_master all at once */
	const struct conv_backend *conv;
	const struct matmul_backend *matmul;
	void *conv_context; /* of both */
	struct nn_param **params;
	int n_params;
	struct nn_bank **banks;
	int n_banks;
	struct nn_program **programs;
	int n_programs;
	struct memory exported; /* what nn_export() lends to the file */
};

/* program.c */
int program_fail(struct nn_program *p, const char *fmt, ...) ERR_PRINTF(2, 3);
/* A new node reading n_in of a and b, its shape a's.  -1 when the program or an input is in error. */
int program_add(struct nn_program *p, const struct nn_op *op, int n_in, int a, int b);
/* One more input, built before node i; its shape is the caller's to check. */
int program_append(struct nn_program *p, int i, int x);
/* A copy of a name into a node or program; refuses long ones. */
int program_name(struct nn_program *p, char to[NN_NAME], const char *name);
/* "2x7x5x3", of a volume "2x4x7x5x3"; returns text. */
const char *program_shape(char text[NN_SHAPE_TEXT], struct nn_shape s);
bool program_has_prefix(const char *name, char *const *prefixes, int n);

/* op_dropout.c: this step's number, before the (perhaps recorded) rest */
int dropout_write_draw(struct nn_program *p);

/* op_layer_norm.c */
int layer_norm_add(struct nn_program *p, int x, const char *name, double epsilon);

/* param.c */
/* The parameter of this name, made and initialised at its first mention; NULL on failure, recorded in p. */
struct nn_param *param_get(struct nn_program *p, const char *prefix, const char *suffix, const int64_t *shape,
	int n_dims, double mean, double sd);
/* The same for the weights of a grouped convolution. */
struct nn_param *param_get_grouped(struct nn_program *p, const char *prefix, const char *suffix, const int64_t *shape,
	int n_dims, double mean, double sd);
/* One number per channel that is measured and never trained. */
struct nn_param *param_statistic(
	struct nn_program *p, const char *prefix, const char *suffix, int64_t channels, double initial);
uint64_t param_hash(const char *text); /* FNV-1a */
struct nn_param *param_find(const struct nn *nn, const char *name);
int param_write(struct nn *nn, struct nn_param *param, const double *values);
/* One k_master block of a parameter: its moments, its gradient. */
int param_write_block(const struct nn *nn, const struct nn_param *param, struct memory *to, const double *values);
int param_read(const struct nn *nn, const struct nn_param *param, const struct memory *from, double *values);
void param_free(struct nn_param *param);
size_t param_bytes(const struct nn *nn, const struct nn_param *param); /* of one k_master copy */
/* What a convolution reads: the copy, else the masters. */
const void *param_elements(const struct nn_param *param);

/* op_conv.c: the forward convolution behind a node; a transposed one maps its output to its input. */
struct plugin_conv_shape op_conv_shape(const struct nn_program *p, const struct nn_node *node);

/* small helpers */
static inline size_t nn_align(size_t bytes)
{
	return (bytes + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}
/* k_master's storage. */
static inline enum device_elem nn_master_elem(const struct nn *nn)
{
	return nn->device->elem == DEVICE_F64 ? DEVICE_F64 : DEVICE_F32;
}
static inline size_t nn_master_bytes(const struct nn *nn)
{
	return nn->device->elem == DEVICE_F64 ? sizeof(double) : sizeof(float);
}
static inline int64_t nn_elements(struct nn_shape s)
{
	return s.n * s.d * s.h * s.w * s.c;
}
static inline int64_t nn_rows(struct nn_shape s)
{
	return s.n * s.d * s.h * s.w;
}
/* Of one sample. */
static inline int64_t nn_pixels(struct nn_shape s)
{
	return s.d * s.h * s.w;
}
/* Images (h, w, c): the slices of all samples. */
static inline int64_t nn_images(struct nn_shape s)
{
	return s.n * s.d;
}
/* Of a tensor to a reader. */
static inline int64_t nn_channels(const struct nn_node *node)
{
	return node->channels ? node->channels : node->shape.c;
}
static inline bool nn_same_shape(struct nn_shape a, struct nn_shape b)
{
	return a.n == b.n && a.d == b.d && a.h == b.h && a.w == b.w && a.c == b.c;
}
/* Numbers from one pixel of a tensor to the next. */
static inline int64_t nn_row(const struct nn_program *p, const struct nn_node *node)
{
	return node->part ? p->nodes[node->whole].shape.c : node->shape.c;
}
static inline struct nn_node *node_in(const struct nn_program *p, const struct nn_node *node, int k)
{
	return &p->nodes[node->in[k]];
}

#ifdef __cplusplus
}
#endif
#endif
