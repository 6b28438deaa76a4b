/* Opening and closing. */
#include "gan/nn/nn.h"

#include <stdlib.h>
#include <string.h>

#include "gan/nn/plan.h"
#include "host/files/alloc.h"

int nn_open(struct nn **nn, const struct device *device, uint64_t seed)
{
	*nn = NULL;
	struct nn *made = alloc_grow(NULL, 1, sizeof(*made));
	memset(made, 0, sizeof(*made));
	made->device = device;
	made->seed = seed;
	made->wide = device->elem == DEVICE_BF16 ? 8 : 1;
	made->terms = device->elem == DEVICE_BF16;
	made->conv = conv_backend_of(device);
	made->matmul = matmul_backend_of(device);
	if (device->kind == DEVICE_CPU && device->elem == DEVICE_BF16) {
		free(made);
		return ERR_INVALID("bfloat16 networks run on a GPU only, not on %s", device->name);
	}
	if (device->kind == DEVICE_CUDA && device->elem == DEVICE_F64) {
		free(made);
		return ERR_INVALID("double networks run on the CPU only, not on %s", device->name);
	}
	if (made->conv->start(&made->conv_context, device) != 0) {
		free(made);
		return -1;
	}
	*nn = made;
	return 0;
}

static void program_free(struct nn_program *p)
{
	plan_reset(p);
	for (int i = 0; i < p->n_frozen; i++)
		free(p->frozen[i]);
	for (int i = 0; i < p->n_trains; i++)
		free(p->trains[i].prefix);
	free(p->frozen);
	free(p->trains);
	free(p->nodes);
	free(p);
}

void nn_close(struct nn *nn)
{
	if (!nn)
		return;
	for (int i = 0; i < nn->n_programs; i++)
		program_free(nn->programs[i]);
	for (int i = 0; i < nn->n_params; i++) {
		param_free(nn->params[i]);
		free(nn->params[i]);
	}
	for (int i = 0; i < nn->n_banks; i++) {
		bank_free(nn->banks[i]);
		free(nn->banks[i]);
	}
	nn->conv->stop(nn->conv_context);
	memory_free(&nn->exported);
	free(nn->params);
	free(nn->banks);
	free(nn->programs);
	free(nn);
}
