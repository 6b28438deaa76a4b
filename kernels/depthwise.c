#include "kernels/depthwise.h"

/* Index of x along axis k that position `at` reads, or -1 for none. */
K_FN int depthwise_source(const struct depthwise_args *a, int k, int at)
{
	const int spread = (int)a->spread[k], whole = at / spread;
	return at >= 0 && whole * spread == at && whole < (int)a->in[k] ? whole : -1;
}

/* Pixel `source` of a line of x that starts at element `line`; zero outside. */
K_FN void depthwise_read(const struct depthwise_args *a, k_real *x, int64_t line, int source, int64_t count)
{
	if ((uint32_t)source < (uint32_t)a->in[1]) {
		const int64_t i = line + source * (int)a->channels;
		K_ALIGNED(a->x, k_elem, i, count);
		K_READ(value, a->x, i, count);
		for (int64_t k = 0; k < count; k++)
			x[k] = value[k];
	} else {
		for (int64_t k = 0; k < count; k++)
			x[k] = 0;
	}
}

/* One tap of the run; pixel p reads x[(p + turn) % DEPTHWISE_RUN]. */
K_FN void depthwise_add(const struct depthwise_args *a, k_real sum[DEPTHWISE_RUN][K_TILE],
	k_real x[DEPTHWISE_RUN][K_TILE], int turn, int weight, int64_t count)
{
	K_ALIGNED(a->weight, k_master, weight, count);
	K_READ_MASTER(w, a->weight, weight, count);
	for (int p = 0; p < DEPTHWISE_RUN; p++)
		for (int64_t k = 0; k < count; k++)
			sum[p][k] += x[(p + turn) % DEPTHWISE_RUN][k] * w[k];
}

/* A line of x under a row of the kernel, both by their first elements; the run's first pixel is at `at` under the first
 * tap. */
K_FN void depthwise_line(const struct depthwise_args *a, k_real sum[DEPTHWISE_RUN][K_TILE], int64_t line, int at,
	int weight, int64_t count)
{
	k_real x[DEPTHWISE_RUN][K_TILE];
	K_ROLLED
	for (int t = 0; t < (int)a->kernel[1]; t++) {
		for (int p = 0; p < DEPTHWISE_RUN; p++)
			depthwise_read(a, x[p], line,
				depthwise_source(a, 1, at + p * (int)a->stride[1] + t * (int)a->dilation[1]), count);
		depthwise_add(a, sum, x, 0, weight + t * (int)a->channels, count);
	}
}

/* The same where from tap to tap each pixel reads what the next one read before: x turns instead of moving. */
K_FN void depthwise_slide(const struct depthwise_args *a, k_real sum[DEPTHWISE_RUN][K_TILE], int64_t line, int at,
	int weight, int64_t count)
{
	const int step = (int)a->stride[1], last = DEPTHWISE_RUN - 1, taps = (int)a->kernel[1];
	k_real x[DEPTHWISE_RUN][K_TILE];
	for (int p = 0; p < last; p++)
		depthwise_read(a, x[p], line, at + p * step, count);
	K_ROLLED
	for (int first = 0; first < taps; first += DEPTHWISE_RUN)
		for (int turn = 0; turn < DEPTHWISE_RUN; turn++) {
			const int t = first + turn;
			if (t >= taps)
				return;
			depthwise_read(a, x[(last + turn) % DEPTHWISE_RUN], line, at + (last + t) * step, count);
			depthwise_add(a, sum, x, turn, weight + t * (int)a->channels, count);
		}
}

K_FN void depthwise_write(const struct depthwise_args *a, k_real sum[DEPTHWISE_RUN][K_TILE], int64_t line,
	int64_t first, int64_t c, int64_t count)
{
	for (int p = 0; p < DEPTHWISE_RUN; p++) {
		if (first + p >= a->out[1])
			return;
		const int64_t i = (line * a->out[1] + first + p) * a->channels + c;
		K_ALIGNED(a->y, k_elem, i, count);
		K_WRITE(y, a->y, i, count, 0);
		for (int64_t k = 0; k < count; k++)
			y[k] = sum[p][k];
		K_PUT(y, a->y, i, count);
	}
}

K_FN void depthwise_tile(const struct depthwise_args *a, int64_t row, int64_t c, int64_t count)
{
	const int64_t runs = depthwise_runs(a->out[1]), line = k_div(row, runs), image = k_div(line, a->out[0]);
	const int first = (int)(row - line * runs) * DEPTHWISE_RUN;
	const int at_x = first * (int)a->stride[1] - (int)a->pad[1];
	const int at_y = (int)(line - image * a->out[0]) * (int)a->stride[0] - (int)a->pad[0];
	const int slides = a->stride[1] == a->dilation[1] && a->spread[1] == 1;
	k_real sum[DEPTHWISE_RUN][K_TILE];
	for (int p = 0; p < DEPTHWISE_RUN; p++)
		for (int64_t k = 0; k < count; k++)
			sum[p][k] = 0;
	K_ROLLED
	for (int t = 0; t < (int)a->kernel[0]; t++) {
		const int source = depthwise_source(a, 0, at_y + t * (int)a->dilation[0]);
		const int64_t from = (image * a->in[0] + source) * a->in[1] * a->channels + c;
		const int weight = t * (int)(a->kernel[1] * a->channels) + (int)c;
		if (source < 0)
			continue;
		if (slides)
			depthwise_slide(a, sum, from, at_x, weight, count);
		else
			depthwise_line(a, sum, from, at_x, weight, count);
	}
	depthwise_write(a, sum, line, first, c, count);
}
K_DEFINE_TILES(depthwise)
