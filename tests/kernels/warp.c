/*
 * Warps of kernels/slab_ray.c: each lane is a coroutine that runs until it meets the others, at a vote, a shuffle or a
 * reduction.  All lanes must meet, and at the same one.
 */
#define K_F32
#include "tests/kernels/warp.h"

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include "kernels/kernel.h"

enum { WARP_STACK = 1 << 18 };
enum warp_meeting { WARP_ANY, WARP_ALL, WARP_BALLOT, WARP_OR, WARP_MAX, WARP_SHUFFLE, WARP_SHUFFLE_XOR };
typedef void (*warp_fn)(const void *args, int64_t i);

struct warp_lane {
	ucontext_t context;
	int done;
	enum warp_meeting at;
	uint64_t value, result;
	int other;
};
static struct warp_lane warp_lanes[K_WARP];
static ucontext_t warp_home;
/* What the warp runs, threads first .. n - 1 of it, and the lane that has its turn. */
static struct {
	warp_fn body;
	const void *args;
	int64_t first, n;
	int lane;
} warp_now;
static char warp_text[128];
static struct {
	unsigned x;
} threadIdx;

/* ---- what a lane calls ---- */
static uint64_t warp_meet(enum warp_meeting at, uint64_t value, int other)
{
	struct warp_lane *lane = &warp_lanes[warp_now.lane];
	lane->at = at;
	lane->value = value;
	lane->other = other;
	swapcontext(&lane->context, &warp_home);
	return lane->result;
}
static int32_t warp_shuffle_int(enum warp_meeting at, int32_t x, int other)
{
	return (int32_t)warp_meet(at, (uint32_t)x, other);
}
static int64_t warp_shuffle_long(enum warp_meeting at, int64_t x, int other)
{
	return (int64_t)warp_meet(at, (uint64_t)x, other);
}
static float warp_shuffle_float(enum warp_meeting at, float x, int other)
{
	uint32_t bits;
	memcpy(&bits, &x, sizeof(bits));
	bits = (uint32_t)warp_meet(at, bits, other);
	memcpy(&x, &bits, sizeof(x));
	return x;
}
#define WARP_SHUFFLE_OF(x)                                                                                   \
	_Generic((x), float: warp_shuffle_float, int64_t: warp_shuffle_long, int32_t: warp_shuffle_int)
#define __shfl_sync(mask, x, lane) WARP_SHUFFLE_OF(x)(WARP_SHUFFLE, (x), (lane))
#define __shfl_xor_sync(mask, x, bits) WARP_SHUFFLE_OF(x)(WARP_SHUFFLE_XOR, (x), (bits))
#define __any_sync(mask, p) ((int)warp_meet(WARP_ANY, (p) != 0, 0))
#define __all_sync(mask, p) ((int)warp_meet(WARP_ALL, (p) != 0, 0))
#define __ballot_sync(mask, p) ((uint32_t)warp_meet(WARP_BALLOT, (p) != 0, 0))
#define __reduce_or_sync(mask, x) ((uint32_t)warp_meet(WARP_OR, (x), 0))
#define __reduce_max_sync(mask, x) ((int32_t)(int64_t)warp_meet(WARP_MAX, (uint64_t)(int64_t)(x), 0))
#define __ffs(x) __builtin_ffs(x)
#define __shared__ static
#define K_WARPS
#undef K_DEFINE_F32
#define K_DEFINE_F32(op, args, blocks)                                                                       \
	static void warp_##op(const void *a, int64_t i)                                                      \
	{                                                                                                    \
		op##_at((const struct args *)a, i);                                                          \
	}
#include "kernels/slab_ray.c"

#define WARP_KERNEL(op) { #op, warp_##op }
#define WARP_KERNELS(model)                                                                                  \
	WARP_KERNEL(slab_ray_##model##_i16), WARP_KERNEL(slab_ray_##model##_f32),                            \
		WARP_KERNEL(slab_ray_##model##_3), WARP_KERNEL(slab_ray_##model##_4),                        \
		WARP_KERNEL(slab_ray_##model##_i16_labels), WARP_KERNEL(slab_ray_##model##_f32_labels),      \
		WARP_KERNEL(slab_ray_##model##_i16_paths), WARP_KERNEL(slab_ray_##model##_f32_paths)
static const struct {
	const char *op;
	warp_fn body;
} warp_kernels[] = { WARP_KERNELS(pwc), WARP_KERNELS(joseph), WARP_KERNELS(trilinear), WARP_KERNEL(slab_ray_total) };

/* ---- the warp ---- */
static void warp_run(void)
{
	const int lane = warp_now.lane;
	if (warp_now.first + lane < warp_now.n)
		warp_now.body(warp_now.args, warp_now.first + lane);
	warp_lanes[lane].done = 1;
	swapcontext(&warp_lanes[lane].context, &warp_home);
}

static void warp_start(char *stacks)
{
	for (int l = 0; l < K_WARP; l++) {
		struct warp_lane *lane = &warp_lanes[l];
		getcontext(&lane->context);
		lane->context.uc_stack.ss_sp = stacks + (size_t)l * WARP_STACK;
		lane->context.uc_stack.ss_size = WARP_STACK;
		lane->context.uc_link = &warp_home;
		lane->done = 0;
		makecontext(&lane->context, warp_run, 0);
	}
}

/* Gives every lane what it met the others for. */
static void warp_answer(void)
{
	uint64_t any = 0, all = 1, ballot = 0;
	int64_t most = INT64_MIN;
	for (int l = 0; l < K_WARP; l++) {
		const uint64_t value = warp_lanes[l].value;
		any |= value;
		all &= value;
		ballot |= (value & 1) << l;
		most = (int64_t)value > most ? (int64_t)value : most;
	}
	for (int l = 0; l < K_WARP; l++) {
		struct warp_lane *lane = &warp_lanes[l];
		const int other = lane->at == WARP_SHUFFLE ? lane->other : l ^ lane->other;
		lane->result = lane->at == WARP_ALL                              ? all
			       : lane->at == WARP_BALLOT                         ? ballot
			       : lane->at == WARP_MAX                            ? (uint64_t)most
			       : lane->at == WARP_SHUFFLE || lane->at == WARP_SHUFFLE_XOR ? warp_lanes[other].value
										 : any;
	}
}

static int warp_go(void)
{
	for (;;) {
		int done = 0, alike = 1;
		for (int l = 0; l < K_WARP; l++) {
			warp_now.lane = l;
			threadIdx.x = (unsigned)((warp_now.first + l) % K_LANES);
			if (!warp_lanes[l].done)
				swapcontext(&warp_home, &warp_lanes[l].context);
		}
		for (int l = 0; l < K_WARP; l++) {
			done += warp_lanes[l].done;
			alike &= warp_lanes[l].at == warp_lanes[0].at;
		}
		if (done == K_WARP)
			return 0;
		if (done > 0 || !alike) {
			snprintf(warp_text, sizeof(warp_text), "%d lanes are done and others wait, or they wait apart", done);
			return -1;
		}
		warp_answer();
	}
}

int warp_launch(const char *op, const void *args, int64_t n)
{
	static char *stacks;
	warp_now.body = NULL;
	for (size_t k = 0; k < sizeof(warp_kernels) / sizeof(warp_kernels[0]); k++)
		if (strcmp(warp_kernels[k].op, op) == 0)
			warp_now.body = warp_kernels[k].body;
	if (!stacks)
		stacks = malloc((size_t)K_WARP * WARP_STACK);
	if (!warp_now.body || !stacks) {
		snprintf(warp_text, sizeof(warp_text), "no kernel %s here", op);
		return -1;
	}
	warp_now.args = args;
	warp_now.n = n;
	for (int64_t first = 0; first < n; first += K_WARP) {
		warp_now.first = first;
		warp_start(stacks);
		if (warp_go() != 0)
			return -1;
	}
	return 0;
}

const char *warp_error(void)
{
	return warp_text;
}
