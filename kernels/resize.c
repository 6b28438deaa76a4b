#include "kernels/resize.h"
#include "kernels/resize_axis.h"

K_FN void resize_tile(const struct resize_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t line = k_div(row, a->out_w), plane = k_div(line, a->out_h) * a->h, to = row * a->y_channels;
	struct resize_axis x = resize_axis_at(k_mod(row, a->out_w), a->w, a->out_w, a->kind);
	struct resize_axis y = resize_axis_at(k_mod(line, a->out_h), a->h, a->out_h, a->kind);
	int64_t i00 = ((plane + y.first) * a->w + x.first) * a->channels;
	int64_t i01 = ((plane + y.first) * a->w + x.second) * a->channels;
	int64_t i10 = ((plane + y.second) * a->w + x.first) * a->channels;
	int64_t i11 = ((plane + y.second) * a->w + x.second) * a->channels;
	k_real w00 = (1 - y.fraction) * (1 - x.fraction), w01 = (1 - y.fraction) * x.fraction;
	k_real w10 = y.fraction * (1 - x.fraction), w11 = y.fraction * x.fraction;
	for (int64_t k = c; k < c + count; k++)
		K_STORE(a->y, to + k,
			w00 * K_LOAD(a->x, i00 + k) + w01 * K_LOAD(a->x, i01 + k) +
				w10 * K_LOAD(a->x, i10 + k) + w11 * K_LOAD(a->x, i11 + k));
}
K_DEFINE_TILES(resize)
