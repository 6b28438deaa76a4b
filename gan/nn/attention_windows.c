#include "gan/nn/attention_windows.h"

struct attention_windows attention_windows_of(struct nn_shape shape, const struct nn_attention *settings)
{
	struct attention_windows w = { .size = { shape.d, shape.h, shape.w }, .pixels = 1, .slots = 1, .windows = 1 };
	for (int k = 0; k < 3; k++) {
		const bool whole = settings->window == 0 || settings->window >= w.size[k];
		w.window[k] = whole ? w.size[k] : settings->window;
		w.first[k] = whole || settings->shift == 0 ? 0 : settings->shift - settings->window;
		w.count[k] = (w.size[k] - w.first[k] + w.window[k] - 1) / w.window[k];
		w.pixels *= w.size[k];
		w.slots *= w.window[k];
		w.windows *= w.count[k];
	}
	return w;
}

/* Index of the last axis fastest. */
static void split(int64_t at[3], int64_t i, const int64_t size[3])
{
	for (int k = 2; k >= 0; k--) {
		at[k] = i % size[k];
		i /= size[k];
	}
}

void attention_windows_tables(const struct attention_windows *w, int32_t *pixel_of, int32_t *slot_of)
{
	for (int64_t i = 0; i < w->windows * w->slots; i++) {
		int64_t window[3], slot[3], pixel = 0;
		bool inside = true;
		split(window, i / w->slots, w->count);
		split(slot, i % w->slots, w->window);
		for (int k = 0; k < 3; k++) {
			const int64_t at = w->first[k] + window[k] * w->window[k] + slot[k];
			inside = inside && at >= 0 && at < w->size[k];
			pixel = pixel * w->size[k] + at;
		}
		pixel_of[i] = inside ? (int32_t)pixel : -1;
		if (inside)
			slot_of[pixel] = (int32_t)i;
	}
}
