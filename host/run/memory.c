#include "host/run/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/memory_block.h"

/* Large blocks lie on large pages where the system has them: volumes are walked across their rows. */
static void *host_alloc(size_t bytes)
{
	void *data = bytes >= MEMORY_BLOCK_LEAST ? memory_block_take(bytes) : NULL;
	if (data)
		return data;
	size_t padded = (bytes + 63) / 64 * 64;
	data = padded >= bytes ? aligned_alloc(64, padded) : NULL;
	return data ? memset(data, 0, padded) : NULL;
}

static void host_free(struct memory *m)
{
	if (m->bytes < MEMORY_BLOCK_LEAST || !memory_block_give(m->data))
		free(m->data);
}

static bool on_host(const struct memory *m)
{
	return !m->where || m->where->kind == DEVICE_CPU;
}

int memory_alloc(struct memory *m, const struct device *where, size_t bytes, const char *what)
{
	m->data = NULL;
	m->bytes = 0;
	m->where = where && where->kind == DEVICE_CPU ? NULL : where;
	if (bytes == 0)
		return 0;
	if (on_host(m)) {
		m->data = host_alloc(bytes);
		if (!m->data)
			return ERR_RESOURCE("%s: no memory for %zu bytes", what, bytes);
	} else {
		const struct plugin_api *api = where->plugin;
		if (api->memory_alloc(where->handle, &m->data, bytes) != 0)
			return ERR_RESOURCE("%s: no memory for %zu bytes on %s: %s", what, bytes, where->name,
				api->last_error());
		if (api->memory_zero(where->handle, m->data, bytes) != 0) {
			api->memory_free(where->handle, m->data);
			m->data = NULL;
			return ERR("%s: %s: %s", what, where->name, api->last_error());
		}
	}
	m->bytes = bytes;
	return 0;
}

size_t memory_available(const struct device *where)
{
	unsigned long long kib = 0;
	char line[128];
	if (where && where->kind != DEVICE_CPU) {
		size_t bytes;
		return where->plugin->memory_available(where->handle, &bytes) == 0 ? bytes : SIZE_MAX;
	}
	FILE *file = fopen("/proc/meminfo", "r");
	if (!file)
		return SIZE_MAX;
	while (fgets(line, sizeof(line), file) && sscanf(line, "MemAvailable: %llu", &kib) != 1)
		kib = 0;
	fclose(file);
	return kib > 0 ? (size_t)kib * 1024 : SIZE_MAX;
}

void memory_free(struct memory *m)
{
	if (m->data && on_host(m))
		host_free(m);
	else if (m->data)
		m->where->plugin->memory_free(m->where->handle, m->data);
	m->data = NULL;
	m->bytes = 0;
}

static void check_range(const struct memory *m, size_t offset, size_t bytes)
{
	if (offset > m->bytes || bytes > m->bytes - offset)
		BUG("memory range %zu + %zu outside a block of %zu bytes", offset, bytes, m->bytes);
}

static int plugin_result(int rc, const struct device *where, const char *what)
{
	return rc == 0 ? 0 : ERR("%s on %s: %s", what, where->name, where->plugin->last_error());
}

int memory_zero(struct memory *m, size_t offset, size_t bytes)
{
	check_range(m, offset, bytes);
	if (bytes == 0)
		return 0;
	char *at = (char *)m->data + offset;
	if (!on_host(m))
		return plugin_result(m->where->plugin->memory_zero(m->where->handle, at, bytes), m->where, "zeroing");
	memset(at, 0, bytes);
	return 0;
}

int memory_copy(struct memory *to, size_t to_offset, const struct memory *from, size_t from_offset, size_t bytes)
{
	check_range(to, to_offset, bytes);
	check_range(from, from_offset, bytes);
	if (bytes == 0)
		return 0;
	const struct device *d = on_host(to) ? from->where : to->where;
	char *target = (char *)to->data + to_offset;
	const char *source = (const char *)from->data + from_offset;
	if (on_host(to) && on_host(from)) {
		memmove(target, source, bytes);
		return 0;
	}
	if (on_host(from))
		return plugin_result(d->plugin->memory_to_device(d->handle, target, source, bytes), d, "copy to device");
	if (on_host(to))
		return plugin_result(d->plugin->memory_to_host(d->handle, target, source, bytes), d, "copy to host");
	return plugin_result(d->plugin->memory_on_device(d->handle, target, source, bytes), d, "copy");
}

int memory_write(struct memory *to, size_t offset, const void *host, size_t bytes)
{
	struct memory from = { (void *)(uintptr_t)host, bytes, NULL };
	return memory_copy(to, offset, &from, 0, bytes);
}

int memory_read(void *host, const struct memory *from, size_t offset, size_t bytes)
{
	struct memory to = { host, bytes, NULL };
	return memory_copy(&to, 0, from, offset, bytes);
}
