#include "ct/signed_distance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"

#define FAR_MM 1e6F /* no point yet */
enum { TAPS = 5, ROUNDS = 2, HALF = 13 };

/* A box of voxels: occupancy, and for each voxel the surface point nearest to it so far. */
struct field {
	int64_t n[3];
	double spacing_mm[3], sd_mm[3];
	float *share;
	float (*nearest_mm)[3];
};

static int64_t index_of(const struct field *f, int64_t x, int64_t y, int64_t z)
{
	return (z * f->n[1] + y) * f->n[0] + x;
}

/* The box around all pieces and its margin, from the volume's voxel `low`. */
static void box_of(int64_t low[3], int64_t n[3], const struct component *pieces, int count)
{
	for (int k = 0; k < 3; k++) {
		int64_t high = pieces[0].lo[k] + pieces[0].n[k];
		low[k] = pieces[0].lo[k];
		for (int i = 1; i < count; i++) {
			int64_t end = pieces[i].lo[k] + pieces[i].n[k];
			low[k] = pieces[i].lo[k] < low[k] ? pieces[i].lo[k] : low[k];
			high = end > high ? end : high;
		}
		low[k] -= SIGNED_DISTANCE_MARGIN;
		n[k] = high + SIGNED_DISTANCE_MARGIN - low[k];
	}
}

static void fill(struct field *f, const struct component *pieces, int count, const int64_t low[3])
{
	for (int i = 0; i < count; i++) {
		const struct component *c = &pieces[i];
		for (int64_t z = 0; z < c->n[2]; z++)
			for (int64_t y = 0; y < c->n[1]; y++)
				for (int64_t x = 0; x < c->n[0]; x++)
					if (c->in[x + c->n[0] * (y + c->n[1] * z)])
						f->share[index_of(f, x + c->lo[0] - low[0],
							y + c->lo[1] - low[1], z + c->lo[2] - low[2])] = 1;
	}
}

/* ---- smoothing ---- */

static void smooth_line(float *line, float *scratch, int64_t n, int64_t stride, const double taps[TAPS + 1])
{
	for (int64_t i = 0; i < n; i++)
		scratch[i] = line[i * stride];
	for (int64_t i = 0; i < n; i++) {
		double sum = taps[0] * (double)scratch[i];
		for (int k = 1; k <= TAPS; k++)
			sum += taps[k] * ((i >= k ? (double)scratch[i - k] : 0) +
						 (i + k < n ? (double)scratch[i + k] : 0));
		line[i * stride] = (float)sum;
	}
}

static int smooth(struct field *f, double sd_voxels)
{
	int64_t longest = f->n[0] > f->n[1] ? f->n[0] : f->n[1], stride = 1;
	longest = f->n[2] > longest ? f->n[2] : longest;
	float *scratch = malloc((size_t)longest * sizeof(float));
	double taps[TAPS + 1], sum = 0;
	if (!scratch)
		return ERR_RESOURCE("out of memory for a line of %lld voxels", (long long)longest);
	for (int k = 0; k <= TAPS; k++) {
		taps[k] = exp(-k * k / (2 * sd_voxels * sd_voxels));
		sum += (k == 0 ? 1 : 2) * taps[k];
	}
	for (int k = 0; k <= TAPS; k++)
		taps[k] /= sum;
	for (int axis = 0; axis < 3; axis++) {
		int64_t across = f->n[0] * f->n[1] * f->n[2] / f->n[axis];
		for (int64_t i = 0; i < across; i++) {
			/* The lines along an axis start at every index whose coordinate there is 0. */
			int64_t start = i % stride + i / stride * stride * f->n[axis];
			smooth_line(f->share + start, scratch, f->n[axis], stride, taps);
		}
		stride *= f->n[axis];
	}
	free(scratch);
	return 0;
}

/* ---- the surface next to it ---- */

/* Quantile of the normal distribution: Abramowitz and Stegun 26.2.23, then two steps of Newton's. */
static double quantile(double share)
{
	double p = share < 0.5 ? share : 1 - share, t = sqrt(-2 * log(p));
	double x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
				 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
	for (int i = 0; i < 2; i++) {
		double error = 0.5 * erfc(-x * sqrt(0.5)) - p;
		x -= error * sqrt(2 * acos(-1.0)) * exp(0.5 * x * x);
	}
	return share < 0.5 ? x : -x;
}

static bool at_surface(const struct field *f, const int64_t at[3], int64_t i)
{
	bool inside = f->share[i] >= 0.5F;
	for (int axis = 0, stride = 1; axis < 3; stride *= (int)f->n[axis++]) {
		if (at[axis] > 0 && (f->share[i - stride] >= 0.5F) != inside)
			return true;
		if (at[axis] + 1 < f->n[axis] && (f->share[i + stride] >= 0.5F) != inside)
			return true;
	}
	return false;
}

static void gradient(double g_per_mm[3], const struct field *f, const int64_t at[3], int64_t i)
{
	int64_t stride = 1;
	for (int axis = 0; axis < 3; axis++) {
		int64_t back = at[axis] > 0 ? stride : 0, front = at[axis] + 1 < f->n[axis] ? stride : 0;
		g_per_mm[axis] = ((double)f->share[i + front] - (double)f->share[i - back]) /
				 ((double)((front > 0) + (back > 0)) * f->spacing_mm[axis]);
		stride *= f->n[axis];
	}
}

/* The surface point next to a voxel beside it: along the normal, by the depth that its share means there. */
static void seed(struct field *f, const int64_t at[3], int64_t i)
{
	double g[3], square = 0, spread = 0, share = fmin(fmax((double)f->share[i], 1e-4), 1 - 1e-4);
	gradient(g, f, at, i);
	for (int k = 0; k < 3; k++)
		square += g[k] * g[k];
	double length = sqrt(square);
	for (int k = 0; k < 3 && length > 0; k++)
		spread += pow(g[k] / length * f->sd_mm[k], 2);
	double depth = quantile(share) * sqrt(spread);
	for (int k = 0; k < 3; k++)
		f->nearest_mm[i][k] =
			(float)((double)at[k] * f->spacing_mm[k] - (length > 0 ? depth * g[k] / length : 0));
}

static int64_t seed_all(struct field *f)
{
	int64_t at[3], i = 0, seeds = 0;
	for (at[2] = 0; at[2] < f->n[2]; at[2]++)
		for (at[1] = 0; at[1] < f->n[1]; at[1]++)
			for (at[0] = 0; at[0] < f->n[0]; at[0]++, i++)
				if (at_surface(f, at, i)) {
					seed(f, at, i);
					seeds++;
				} else
					f->nearest_mm[i][0] = FAR_MM;
	return seeds;
}

/* ---- distances ---- */

static float square_to(const float point_mm[3], const float from_mm[3])
{
	float x = point_mm[0] - from_mm[0], y = point_mm[1] - from_mm[1], z = point_mm[2] - from_mm[2];
	return x * x + y * y + z * z;
}

/* The HALF neighbours that come before a voxel in the order of a pass; the others are their opposites. */
struct neighbour {
	int step[3];
	int64_t index;
};

static void neighbours_of(struct neighbour list[HALF], const struct field *f)
{
	for (int k = 0; k < HALF; k++) {
		list[k] = (struct neighbour){ { k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1 }, 0 };
		list[k].index = index_of(f, list[k].step[0], list[k].step[1], list[k].step[2]);
	}
}

static bool is_in(const struct field *f, const int64_t at[3], const int step[3], int sign)
{
	for (int k = 0; k < 3; k++) {
		int64_t x = at[k] + sign * step[k];
		if (x < 0 || x >= f->n[k])
			return false;
	}
	return true;
}

/* Takes a neighbour's point where that is nearer than the voxel's own; sign: 1 from those before it, -1 after
 * it. */
static void relax(
	struct field *f, const int64_t at[3], int64_t i, int sign, const struct neighbour list[HALF])
{
	bool edge = false;
	float here[3];
	for (int k = 0; k < 3; k++) {
		here[k] = (float)((double)at[k] * f->spacing_mm[k]);
		edge = edge || at[k] == 0 || at[k] + 1 == f->n[k];
	}
	float best = square_to(f->nearest_mm[i], here);
	int64_t from = i;
	for (int k = 0; k < HALF; k++) {
		if (edge && !is_in(f, at, list[k].step, sign))
			continue;
		int64_t j = i + sign * list[k].index;
		float square = square_to(f->nearest_mm[j], here);
		if (square < best) {
			best = square;
			from = j;
		}
	}
	if (from != i)
		memcpy(f->nearest_mm[i], f->nearest_mm[from], sizeof f->nearest_mm[i]);
}

static void spread(struct field *f)
{
	struct neighbour list[HALF];
	neighbours_of(list, f);
	for (int pass = 0; pass < 2 * ROUNDS; pass++) {
		bool back = pass % 2;
		for (int64_t z = 0; z < f->n[2]; z++)
			for (int64_t y = 0; y < f->n[1]; y++)
				for (int64_t x = 0; x < f->n[0]; x++) {
					const int64_t at[3] = { back ? f->n[0] - 1 - x : x,
						back ? f->n[1] - 1 - y : y, back ? f->n[2] - 1 - z : z };
					relax(f, at, index_of(f, at[0], at[1], at[2]), back ? -1 : 1, list);
				}
	}
}

static void write_out(float *out, const struct field *f)
{
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < f->n[2]; at[2]++)
		for (at[1] = 0; at[1] < f->n[1]; at[1]++)
			for (at[0] = 0; at[0] < f->n[0]; at[0]++, i++) {
				float here[3];
				for (int k = 0; k < 3; k++)
					here[k] = (float)((double)at[k] * f->spacing_mm[k]);
				float distance = sqrtf(square_to(f->nearest_mm[i], here));
				out[i] = f->share[i] >= 0.5F ? -distance : distance;
			}
}

int signed_distance(struct volume *distance_mm, const struct component *pieces, int n,
	const struct volume *labels, double sd_voxels)
{
	struct field f = { { 0 }, { 0 }, { 0 }, NULL, NULL };
	int64_t low[3];
	double to_world[4][4];
	int rc = -1;
	if (n < 1 || !(sd_voxels >= 0.5 && sd_voxels <= 1.5))
		BUG("a distance to %d pieces with a smoothing of %g voxels", n, sd_voxels);
	*distance_mm = (struct volume){ 0 };
	box_of(low, f.n, pieces, n);
	volume_spacing_mm(labels, f.spacing_mm);
	memcpy(to_world, labels->to_world, sizeof to_world);
	for (int k = 0; k < 3; k++) {
		f.sd_mm[k] = sd_voxels * f.spacing_mm[k];
		for (int j = 0; j < 3; j++)
			to_world[j][3] += to_world[j][k] * (double)low[k];
	}
	const size_t count = (size_t)(f.n[0] * f.n[1] * f.n[2]);
	f.share = calloc(count, sizeof(float));
	f.nearest_mm = calloc(count, sizeof(*f.nearest_mm));
	if (!f.share || !f.nearest_mm) {
		ERR_RESOURCE("out of memory for the surface of a label of %zu voxels", count);
		goto cleanup;
	}
	TRY(volume_init(distance_mm, f.n, AFFINE(to_world), VOLUME_F32));
	fill(&f, pieces, n, low);
	TRY(smooth(&f, sd_voxels));
	if (seed_all(&f) == 0) {
		ERR_INVALID("a label is nowhere thicker than a voxel");
		goto cleanup;
	}
	spread(&f);
	write_out(volume_f32(distance_mm), &f);
	rc = 0;
cleanup:
	if (rc != 0)
		volume_free(distance_mm);
	free(f.share);
	free(f.nearest_mm);
	return rc;
}
