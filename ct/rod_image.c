#include "ct/rod_image.h"
#include <math.h>
#include <stdlib.h>
#include "host/run/err.h"

#define SLAB_MM 12.0
#define LEAST_PIXEL_MM 1.2

static void choose_axes(struct rod_stack *s, const struct volume *ct)
{
	double mm[3], best = -1;
	int through = 2;
	volume_spacing_mm(ct, mm);
	for (int a = 0; a < 3; a++) {
		double along = fabs(ct->to_world[2][a]) / mm[a];
		if (along > best + 1e-9) {
			best = along;
			through = a;
		}
	}
	s->axis[0] = through == 0 ? 1 : 0;
	s->axis[1] = through == 2 ? 1 : 2;
	s->axis[2] = through;
	for (int k = 0; k < 3; k++)
		s->mm[k] = mm[s->axis[k]];
}

/* The mean over a slab of blocks of voxels. */
static void fill_slab(struct rod_stack *s, const struct volume *ct, int64_t slab, const int64_t block[2])
{
	const float *hu = volume_f32(ct);
	const int64_t stride[3] = { 1, ct->n[0], ct->n[0] * ct->n[1] };
	const int64_t du = stride[s->axis[0]], dv = stride[s->axis[1]], dw = stride[s->axis[2]];
	const int64_t first = slab * s->slices_per_slab;
	float *out = s->hu + slab * s->n[0] * s->n[1];
	for (int64_t i = 0; i < s->n[0] * s->n[1]; i++)
		out[i] = 0;
	for (int64_t w = first; w < first + s->slices_per_slab; w++)
		for (int64_t v = 0; v < s->n[1] * block[1]; v++) {
			const float *row = hu + w * dw + v * dv;
			float *sum = out + v / block[1] * s->n[0];
			for (int64_t u = 0; u < s->n[0]; u++)
				for (int64_t k = 0; k < block[0]; k++) {
					float value = row[(u * block[0] + k) * du];
					sum[u] += (double)value < ROD_IMAGE_OUTSIDE_HU ? NAN : value;
				}
		}
	const float scale = 1.0f / (float)(s->slices_per_slab * block[0] * block[1]);
	for (int64_t i = 0; i < s->n[0] * s->n[1]; i++)
		out[i] *= scale;
}

int rod_stack_init(struct rod_stack *s, const struct volume *ct_hu)
{
	int64_t block[2];
	*s = (struct rod_stack){ 0 };
	choose_axes(s, ct_hu);
	for (int k = 0; k < 2; k++) {
		block[k] = s->mm[k] >= LEAST_PIXEL_MM ? 1 : (int64_t)ceil(LEAST_PIXEL_MM / s->mm[k]);
		s->n[k] = ct_hu->n[s->axis[k]] / block[k];
		s->pixel_mm[k] = s->mm[k] * (double)block[k];
	}
	const int64_t slices = ct_hu->n[s->axis[2]];
	s->slices_per_slab = (int64_t)fmax(1, floor(SLAB_MM / s->mm[2] + 0.5));
	if (s->slices_per_slab > slices)
		s->slices_per_slab = slices;
	s->n_slabs = slices / s->slices_per_slab;
	if (s->n[0] < 1 || s->n[1] < 1)
		return ERR_INVALID("a CT of %lldx%lld pixels is too small for rods",
			(long long)ct_hu->n[s->axis[0]], (long long)ct_hu->n[s->axis[1]]);
	s->hu = malloc((size_t)(s->n_slabs * s->n[0] * s->n[1]) * sizeof *s->hu);
	if (!s->hu)
		return ERR_RESOURCE("no memory for %lld slabs of the CT", (long long)s->n_slabs);
#pragma omp parallel for schedule(dynamic)
	for (int64_t slab = 0; slab < s->n_slabs; slab++)
		fill_slab(s, ct_hu, slab, block);
	return 0;
}

void rod_stack_free(struct rod_stack *s)
{
	free(s->hu);
	*s = (struct rod_stack){ 0 };
}

double rod_stack_w_mm(const struct rod_stack *s, int64_t slab)
{
	return s->mm[2] * ((double)(slab * s->slices_per_slab) + 0.5 * (double)(s->slices_per_slab - 1));
}

struct moments {
	double n, sum, squares;
};

static void add(struct moments *m, double value)
{
	m->n++;
	m->sum += value;
	m->squares += value * value;
}

static void finish(const struct moments *m, double *mean, double *variance)
{
	*mean = m->n > 0 ? m->sum / m->n : NAN;
	*variance = m->n > 1 ? fmax(0, (m->squares - m->n * *mean * *mean) / (m->n - 1)) : 0;
}

struct rod_disc rod_disc_measure(
	const struct rod_stack *s, int64_t slab, const double uv_mm[2], double radius_mm, double inner)
{
	const float *hu = rod_stack_slab(s, slab);
	const double in2 = inner * inner * radius_mm * radius_mm, from2 = 1.15 * 1.15 * radius_mm * radius_mm,
		     to2 = 1.5 * 1.5 * radius_mm * radius_mm, reach = 1.5 * radius_mm;
	struct moments disc = { 0 }, ring = { 0 }, air = { 0 };
	/* A picture's pixel p covers the voxels of its block: its middle lies half a pixel on. */
	double at[2], shift[2];
	int64_t lo[2], hi[2], inside = 0, around = 0;
	for (int k = 0; k < 2; k++) {
		shift[k] = 0.5 * (s->pixel_mm[k] - s->mm[k]);
		lo[k] = (int64_t)ceil((uv_mm[k] - reach - shift[k]) / s->pixel_mm[k]);
		hi[k] = (int64_t)floor((uv_mm[k] + reach - shift[k]) / s->pixel_mm[k]);
	}
	for (int64_t v = lo[1]; v <= hi[1]; v++) {
		at[1] = (double)v * s->pixel_mm[1] + shift[1] - uv_mm[1];
		for (int64_t u = lo[0]; u <= hi[0]; u++) {
			at[0] = (double)u * s->pixel_mm[0] + shift[0] - uv_mm[0];
			const double r2 = at[0] * at[0] + at[1] * at[1];
			const int is_disc = r2 <= in2, is_ring = r2 >= from2 && r2 <= to2;
			if (!is_disc && !is_ring)
				continue;
			inside += is_disc;
			around += is_ring;
			if (u < 0 || v < 0 || u >= s->n[0] || v >= s->n[1])
				continue;
			const double value = (double)hu[u + v * s->n[0]];
			if (!(value >= ROD_IMAGE_OUTSIDE_HU))
				continue;
			if (is_disc)
				add(&disc, value);
			else
				add(value > ROD_IMAGE_AIR_HU ? &ring : &air, value);
		}
	}
	struct rod_disc d = { .seen = inside ? disc.n / (double)inside : 0 };
	finish(&disc, &d.mean, &d.variance);
	if (ring.n < 0.3 * (double)around && air.n > ring.n)
		ring = air; /* a rod that stands alone */
	finish(&ring, &d.ring_mean, &d.ring_variance);
	if (ring.n < 0.3 * (double)around)
		d.ring_mean = NAN;
	else if (disc.n > 0)
		d.edge = fabs(d.mean - d.ring_mean) / sqrt(d.variance + d.ring_variance + 4);
	return d;
}
