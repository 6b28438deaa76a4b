#include "host/cmd_info.h"

#include <stdio.h>
#include <stdlib.h>

#include "host/files/json.h"
#include "host/run/device.h"
#include "host/run/err.h"
#include "host/run/thread.h"
#include "host/run/version.h"

static struct json *gpus(const struct plugin_api *api, const char **why)
{
	struct json *list = json_array();
	int count = 0;
	if (api->device_count(&count) != 0)
		*why = api->last_error();
	for (int i = 0; i < count; i++) {
		struct plugin_device_info info;
		if (api->device_info(i, &info) != 0)
			continue;
		char capability[32];
		snprintf(capability, sizeof(capability), "%d.%d", info.major, info.minor);
		struct json *gpu = json_object();
		json_put_text(gpu, "name", info.name);
		json_put_text(gpu, "compute_capability", capability);
		json_put_integer(gpu, "memory_bytes", (int64_t)info.memory_bytes);
		json_push(list, gpu);
	}
	return list;
}

static struct json *collect(const struct command *verbs)
{
	const struct plugin_api *api = device_plugin();
	const char *why = NULL;
	struct json *root = json_object(), *plugin = json_object(), *list = json_array();
	json_put_text(root, "version", version_number());
	json_put_text(root, "commit", version_commit());
	json_put_text(root, "compiler", __VERSION__);
	json_put_integer(root, "cpu_threads", thread_count());
	json_put_bool(plugin, "loaded", api != NULL);
	json_put_text(plugin, "reason", api ? NULL : device_plugin_reason());
	json_put_text(plugin, "versions", api ? api->versions() : NULL);
	json_put(root, "plugin", plugin);
	json_put(root, "gpus", api ? gpus(api, &why) : json_array());
	json_put_text(root, "no_gpu_reason", why);
	for (const struct command *c = verbs; c->name; c++) {
		struct json *verb = json_object();
		json_put_text(verb, "name", c->name);
		json_put_text(verb, "summary", c->summary);
		json_push(list, verb);
	}
	json_put(root, "verbs", list);
	return root;
}

static void print_text(const struct command *verbs)
{
	const struct plugin_api *api = device_plugin();
	int count = 0;
	printf("%s\ncompiler     %s\ncpu threads  %d\n", version_text(), __VERSION__, thread_count());
	if (!api)
		printf("GPU plugin   not loaded: %s\n", device_plugin_reason());
	else
		printf("GPU plugin   loaded: %s\n", api->versions());
	if (api && api->device_count(&count) != 0)
		printf("GPUs         none: %s\n", api->last_error());
	for (int i = 0; i < count; i++) {
		struct plugin_device_info info;
		if (api->device_info(i, &info) == 0)
			printf("cuda:%d       %s, compute capability %d.%d, %zu MiB\n", i, info.name, info.major,
				info.minor, info.memory_bytes >> 20);
	}
	for (const struct command *c = verbs; c->name; c++)
		printf("%-12s %s\n", c->name, c->summary);
}

int info_print(int argc, char **argv, const struct command *verbs)
{
	bool as_json = false;
	const struct opt table[] = {
		OPT_FLAG("json", as_json, "print JSON"),
		OPT_END,
	};
	int go = opt_parse(argc, argv, "versions, GPU plugin, devices, verbs", table);
	if (go != 0)
		return go < 0 ? -1 : 0;
	if (as_json) {
		struct json *root = collect(verbs);
		char *text = json_text(root);
		puts(text);
		free(text);
		json_free(root);
	} else {
		print_text(verbs);
	}
	return 0;
}
