/* Which pixel stands where in which window of an attention. */
#ifndef GAN_NN_ATTENTION_WINDOWS_H
#define GAN_NN_ATTENTION_WINDOWS_H
#include "gan/nn/nn.h"
#ifdef __cplusplus
extern "C" {
#endif

struct attention_windows {
	int64_t size[3], window[3], first[3], count[3]; /* d, h, w: image, window, where the first begins, how many */
	int64_t pixels, slots, windows;			/* their products */
};
struct attention_windows attention_windows_of(struct nn_shape shape, const struct nn_attention *settings);
/* pixel_of (windows, slots): -1 beyond the image.  slot_of (pixels): window * slots + slot. */
void attention_windows_tables(const struct attention_windows *w, int32_t *pixel_of, int32_t *slot_of);
#ifdef __cplusplus
}
#endif
#endif
