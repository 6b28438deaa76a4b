#include "kernels/gpu/cudnn_plan.h"

#include <stdbool.h>

#include "kernels/gpu/cudnn_library.h"
#include "kernels/gpu/why.h"

enum { CONFIGS_MOST = 64, NOTES_MOST = 16 };

void cudnn_plan_free(struct cudnn_plan *plan)
{
	if (plan->plan)
		(void)cudnn_library()->descriptor_destroy(plan->plan);
	if (plan->config)
		(void)cudnn_library()->descriptor_destroy(plan->config);
	*plan = (struct cudnn_plan){ 0 };
}

static bool acceptable(const cudnnBackendNumericalNote_t *notes, int64_t n_notes,
	const cudnnBackendBehaviorNote_t *behaviours, int64_t n_behaviours, enum plugin_elem elem)
{
	for (int64_t i = 0; i < n_behaviours; i++)
		if (behaviours[i] == CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION)
			return false;
	for (int64_t i = 0; i < n_notes; i++) {
		if (notes[i] == CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)
			return false;
		/* Strict NaN propagation is the one note that takes no precision away. */
		if (elem == PLUGIN_F32 && notes[i] != CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP)
			return false;
	}
	return true;
}

/* Reads the notes of a configuration's engine; false when it may not be used. */
static bool read_engine(struct cudnn_plan *plan, enum plugin_elem elem)
{
	const struct cudnn_library *cudnn = cudnn_library();
	cudnnBackendDescriptor_t engine = NULL;
	cudnnBackendNumericalNote_t notes[NOTES_MOST];
	cudnnBackendBehaviorNote_t behaviours[NOTES_MOST];
	int64_t n = 0, n_notes = 0, n_behaviours = 0;
	bool good = false;
	if (cudnn->descriptor_create(CUDNN_BACKEND_ENGINE_DESCRIPTOR, &engine) != CUDNN_STATUS_SUCCESS)
		return false;
	if (cudnn->get_attribute(plan->config, CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1,
		    &n, &engine) == CUDNN_STATUS_SUCCESS &&
		cudnn->get_attribute(engine, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1, &n,
			&plan->engine) == CUDNN_STATUS_SUCCESS &&
		cudnn->get_attribute(engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
			NOTES_MOST, &n_notes, notes) == CUDNN_STATUS_SUCCESS &&
		cudnn->get_attribute(engine, CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE,
			NOTES_MOST, &n_behaviours, behaviours) == CUDNN_STATUS_SUCCESS)
		good = acceptable(notes, n_notes, behaviours, n_behaviours, elem);
	for (int64_t i = 0; i < n_notes; i++)
		if (notes[i] == CUDNN_NUMERICAL_NOTE_TENSOR_CORE)
			plan->tensor_cores = 1;
	(void)cudnn->descriptor_destroy(engine);
	return good;
}

/* false: this configuration does not run here, which is no error. */
static bool finish(struct cudnn_plan *plan, const struct cudnn_plan_target *target)
{
	const struct cudnn_graph_attribute attributes[] = {
		{ CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &plan->config },
		{ target->handle ? CUDNN_ATTR_EXECUTION_PLAN_HANDLE : CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP,
			target->handle ? CUDNN_TYPE_HANDLE : CUDNN_TYPE_BACKEND_DESCRIPTOR, 1,
			target->handle ? (const void *)&target->handle : (const void *)&target->deviceprop },
	};
	int64_t n = 0, bytes = 0;
	if (cudnn_graph_descriptor(&plan->plan, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR, attributes, 2) != 0)
		return false;
	if (cudnn_library()->get_attribute(plan->plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
		    CUDNN_TYPE_INT64, 1, &n, &bytes) != CUDNN_STATUS_SUCCESS)
		return false;
	plan->workspace_bytes = (size_t)bytes;
	return true;
}

/* Asks one heuristic; appends the plans that pass. */
static void collect(struct cudnn_plan *plans, int *n, cudnnBackendDescriptor_t heuristic,
	const struct cudnn_plan_target *target, enum plugin_elem elem)
{
	const struct cudnn_library *cudnn = cudnn_library();
	cudnnBackendDescriptor_t config[CONFIGS_MOST] = { NULL };
	int64_t found = 0, made = 0;
	while (made < CONFIGS_MOST && cudnn->descriptor_create(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
					      &config[made]) == CUDNN_STATUS_SUCCESS)
		made++;
	if (cudnn->get_attribute(heuristic, CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR,
		    made, &found, config) != CUDNN_STATUS_SUCCESS)
		found = 0;
	for (int64_t i = 0; i < made; i++) {
		struct cudnn_plan plan = { .config = config[i] };
		if (i < found && *n < CUDNN_PLAN_MOST && read_engine(&plan, elem) && finish(&plan, target))
			plans[(*n)++] = plan;
		else
			cudnn_plan_free(&plan);
	}
}

int cudnn_plan_find(struct cudnn_plan plans[CUDNN_PLAN_MOST], int *n, const struct cudnn_graph *graph,
	const struct cudnn_plan_target *target, enum plugin_elem elem)
{
	/* FALLBACK proposals can be several times slower, so they are asked for only where A has none. */
	static const cudnnBackendHeurMode_t modes[] = { CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK };
	*n = 0;
	for (int i = 0; i < 2 && *n == 0; i++) {
		const struct cudnn_graph_attribute attributes[] = {
			{ CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1,
				&graph->part[graph->n - 1] },
			{ CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &modes[i] },
			{ CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1,
				&target->deviceprop },
		};
		cudnnBackendDescriptor_t heuristic;
		/* A failure here is cuDNN's way of saying that this mode has no engine. */
		if (cudnn_graph_descriptor(&heuristic, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR, attributes,
			    target->handle ? 2 : 3) != 0)
			continue;
		collect(plans, n, heuristic, target, elem);
		(void)cudnn_library()->descriptor_destroy(heuristic);
	}
	return cudnn_library() ? 0 : -1;
}

int cudnn_plan_run(
	cudnnHandle_t handle, const struct cudnn_plan *plan, void *const pointers[3], void *workspace)
{
	static const int64_t ids[3] = { 1, 2, 3 };
	const struct cudnn_graph_attribute attributes[] = {
		{ CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, 3, ids },
		{ CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 3, pointers },
		{ CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1, &workspace },
	};
	cudnnBackendDescriptor_t pack;
	if (cudnn_graph_descriptor(&pack, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, attributes, 3) != 0)
		return -1;
	cudnnStatus_t status = cudnn_library()->execute(handle, plan->plan, pack);
	(void)cudnn_library()->descriptor_destroy(pack);
	return cudnn_library_check(status, "cuDNN convolution");
}
