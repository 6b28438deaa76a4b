/* Local response norm across channels (AlexNet's). */
#include "gan/nn/program.h"
#include "kernels/response_norm.h"
#include "kernels/response_norm_grad.h"

static int forward(struct nn_program *p, struct nn_node *node)
{
	const struct response_norm_args args = { node->value, node_in(p, node, 0)->value, node->shape.c,
		node->size, node->response.alpha, node->response.beta, node->response.k };
	return response_norm(p->nn->device, &args, nn_rows(node->shape));
}

static int backward(struct nn_program *p, struct nn_node *node)
{
	const struct nn_node *in = node_in(p, node, 0);
	const struct response_norm_grad_args args = { in->grad, node->grad, in->value, node->shape.c, node->size,
		node->mode[0] == NN_ADD, node->response.alpha, node->response.beta, node->response.k };
	return response_norm_grad(p->nn->device, &args, nn_rows(node->shape));
}

const struct nn_op op_response_norm = {
	.name = "response norm",
	.forward = forward,
	.backward = backward,
	.reads_in = true,
};

int nn_norm_response(struct nn_program *p, int x, int64_t size, const struct nn_response *response)
{
	int i = program_add(p, &op_response_norm, 1, x, -1);
	if (i < 0)
		return -1;
	if (size < 1 || !(response->alpha >= 0) || !(response->k > 0) || !(response->beta - response->beta == 0))
		return program_fail(p, "response norm: size %lld, alpha %g, beta %g, k %g", (long long)size,
			response->alpha, response->beta, response->k);
	p->nodes[i].size = size;
	p->nodes[i].response = *response;
	return i;
}
