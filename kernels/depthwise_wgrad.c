#include "kernels/depthwise_wgrad.h"

struct depthwise_wgrad_place {
	int row, first; /* of the kernel; first tap in it */
};

K_FN struct depthwise_wgrad_place depthwise_wgrad_place(const struct depthwise_wgrad_args *a, int64_t s)
{
	struct depthwise_wgrad_place p;
	const int blocks = (int)depthwise_wgrad_blocks(a->kernel[1]);
	p.row = (int)s / blocks;
	p.first = ((int)s - p.row * blocks) * DEPTHWISE_WGRAD_TAPS;
	return p;
}

/* Pixel `at` of a line of `size` that starts at element `line`; zero outside. */
K_FN k_real depthwise_wgrad_read(const void *tensor, int64_t line, int at, int64_t size, int64_t channels)
{
	return (uint32_t)at < (uint32_t)size ? K_LOAD(tensor, line + at * (int)channels) : (k_real)0;
}

/* `size` pixels of dy, the first at element `dy`, against a line of x that starts at element `line`; `at`: what the
 * first reads under the first tap. */
K_FN void depthwise_wgrad_line(const struct depthwise_wgrad_args *a, k_real *part, int64_t line, int64_t dy, int size,
	int at)
{
	K_ROLLED
	for (int p = 0; p < size; p++) {
		const k_real g = K_LOAD(a->dy, dy + p * a->channels);
		for (int t = 0; t < DEPTHWISE_WGRAD_TAPS; t++)
			part[t] += g * depthwise_wgrad_read(a->x, line,
					       at + p * (int)a->stride[1] + t * (int)a->dilation[1], a->in[1],
					       a->channels);
	}
}

/* The same where from pixel to pixel each tap reads what the next one read before: x turns instead of moving. */
K_FN void depthwise_wgrad_slide(const struct depthwise_wgrad_args *a, k_real *part, int64_t line, int64_t dy, int size,
	int at)
{
	enum { N = DEPTHWISE_WGRAD_TAPS };
	const int step = (int)a->stride[1];
	k_real x[N];
	for (int t = 0; t < N - 1; t++)
		x[t] = depthwise_wgrad_read(a->x, line, at + t * step, a->in[1], a->channels);
	K_ROLLED
	for (int first = 0; first < size; first += N)
		for (int turn = 0; turn < N; turn++) {
			const int p = first + turn;
			const k_real g = depthwise_wgrad_read(a->dy, dy, p, size, a->channels);
			x[(N - 1 + turn) % N] =
				depthwise_wgrad_read(a->x, line, at + (N - 1 + p) * step, a->in[1], a->channels);
			for (int t = 0; t < N; t++)
				part[t] += g * x[(t + turn) % N];
		}
}

K_FN void depthwise_wgrad_term(const struct depthwise_wgrad_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	const struct depthwise_wgrad_place p = depthwise_wgrad_place(a, s);
	const int64_t runs = depthwise_wgrad_runs(a->out[1]), line = k_div(j, runs), image = k_div(line, a->out[0]);
	const int first = (int)(j - line * runs) * DEPTHWISE_WGRAD_RUN;
	const int at = first * (int)a->stride[1] + p.first * (int)a->dilation[1] - (int)a->pad[1];
	const int from = (int)(line - image * a->out[0]) * (int)a->stride[0] + p.row * (int)a->dilation[0] -
			 (int)a->pad[0];
	const int64_t x = (image * a->in[0] + from) * a->in[1] * a->channels + c;
	const int64_t dy = (line * a->out[1] + first) * a->channels + c, rest = a->out[1] - first;
	const int size = rest < DEPTHWISE_WGRAD_RUN ? (int)rest : DEPTHWISE_WGRAD_RUN;
	k_real part[DEPTHWISE_WGRAD_TAPS] = { 0 };
	if (from < 0 || from >= a->in[0])
		return;
	if (a->stride[1] == a->dilation[1])
		depthwise_wgrad_slide(a, part, x, dy, size, at);
	else
		depthwise_wgrad_line(a, part, x, dy, size, at);
	for (int t = 0; t < DEPTHWISE_WGRAD_TAPS; t++)
		sum[t] += (k_acc)part[t];
}

K_FN void depthwise_wgrad_store(const struct depthwise_wgrad_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	const struct depthwise_wgrad_place p = depthwise_wgrad_place(a, s);
	k_master *to = (k_master *)a->dweight + (c * a->kernel[0] + p.row) * a->kernel[1];
	for (int t = 0; t < DEPTHWISE_WGRAD_TAPS && p.first + t < a->kernel[1]; t++)
		to[p.first + t] = (a->accumulate ? to[p.first + t] : 0) + (k_master)sum[t];
}
K_DEFINE_LONG_CHANNEL_SUM(depthwise_wgrad, DEPTHWISE_WGRAD_TAPS)
