/*
 * The scheme of the fastest open GPU projector (shared/reference/projection.md, nanodrr), written down for
 * comparison: `samples` points from source to detector, rectangle rule, trilinear interpolation in exact
 * float weights by eight masked loads from a float volume, samples outside the box passed over.  Compiled for
 * the GPU and for the CPU.
 */
#ifndef EXPERIMENTS_BENCH_DRR_PEER_FIXED_STEP_H
#define EXPERIMENTS_BENCH_DRR_PEER_FIXED_STEP_H
#include <math.h>

#if defined(__CUDACC__)
#define PEER_FN static __host__ __device__ inline
#else
#define PEER_FN static inline
#endif

struct peer_args {
	const float *volume; /* (n[2], n[1], n[0]) */
	int n[3];
	float source[3], origin[3], du[3],
		dv[3];	  /* index units: the ray of pixel (c, r) ends at origin + c du + r dv */
	float spacing[3]; /* mm */
	int cols, rows, samples;
	int parts;  /* the samples of a ray are shared among so many threads: images too small for the device */
	float *out; /* (parts, rows, cols) value x mm */
};

PEER_FN float peer_voxel(const struct peer_args *a, int x, int y, int z)
{
	bool inside = (unsigned)x < (unsigned)a->n[0] && (unsigned)y < (unsigned)a->n[1] &&
		      (unsigned)z < (unsigned)a->n[2];
	return inside ? a->volume[((long long)z * a->n[1] + y) * a->n[0] + x] : 0.0f;
}

PEER_FN float peer_sample(const struct peer_args *a, float px, float py, float pz)
{
	float fx = floorf(px), fy = floorf(py), fz = floorf(pz);
	int x = (int)fx, y = (int)fy, z = (int)fz;
	float u = px - fx, v = py - fy, w = pz - fz, line[4];
	for (int r = 0; r < 4; r++) {
		float low = peer_voxel(a, x, y + (r & 1), z + (r >> 1));
		float high = peer_voxel(a, x + 1, y + (r & 1), z + (r >> 1));
		line[r] = low + u * (high - low);
	}
	float near = line[0] + v * (line[1] - line[0]), far = line[2] + v * (line[3] - line[2]);
	return near + w * (far - near);
}

/* One part of the ray of a pixel. */
PEER_FN float peer_ray(const struct peer_args *a, int col, int row, int part)
{
	float way[3], length2 = 0, first = 0, last = 1;
	for (int k = 0; k < 3; k++) {
		way[k] = a->origin[k] + (float)col * a->du[k] + (float)row * a->dv[k] - a->source[k];
		length2 += way[k] * way[k] * a->spacing[k] * a->spacing[k];
		float p = (-1.0f - a->source[k]) / way[k], q = ((float)a->n[k] - a->source[k]) / way[k];
		if (way[k] != 0.0f) {
			first = fmaxf(first, fminf(p, q));
			last = fminf(last, fmaxf(p, q));
		} else if (!(a->source[k] > -1.0f && a->source[k] < (float)a->n[k])) {
			last = -1;
		}
	}
	const float steps = (float)(a->samples - 1), step = 1.0f / steps;
	int from = (int)ceilf(first * steps), to = (int)floorf(last * steps) + 1, share;
	float sum = 0;
	if (from >= to)
		return 0;
	share = (to - from + a->parts - 1) / a->parts;
	from += part * share;
	to = from + share < to ? from + share : to;
	for (int i = from; i < to; i++) {
		float t = (float)i * step;
		sum += peer_sample(
			a, a->source[0] + t * way[0], a->source[1] + t * way[1], a->source[2] + t * way[2]);
	}
	return sum * (sqrtf(length2) * step);
}
#endif
