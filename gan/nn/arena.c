/* Memory for a program, refused in words a user can act on. */
#include "gan/nn/plan.h"

enum { MIB = 1 << 20 };

int arena_alloc(struct nn_program *p, struct memory *m, size_t bytes, const char *arena)
{
	const struct device *device = p->nn->device;
	const size_t free_bytes = memory_available(device);
	if (bytes <= free_bytes && memory_alloc(m, device, bytes, arena) == 0)
		return 0;
	const double needed = (double)bytes / MIB, there = (double)free_bytes / MIB;
	return ERR_RESOURCE("%s: %.1f MiB needed on %s, %.1f MiB free, %.1f MiB missing%s", arena, needed,
		device->name, there, needed > there ? needed - there : 0.0,
		p->recompute ? ": a smaller batch needs less" :
			       ": a smaller batch or recompute needs less");
}
