#include "kernels/resize.h"
#include "kernels/resize_axis.h"

K_FN void resize_tile(const struct resize_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t line = k_div(row, a->out_w), plane = k_div(line, a->out_h) * a->h, to = row * a->y_channels + c;
	struct resize_axis x = resize_axis_at(k_mod(row, a->out_w), a->w, a->out_w, a->kind);
	struct resize_axis y = resize_axis_at(k_mod(line, a->out_h), a->h, a->out_h, a->kind);
	K_READ(x00, a->x, ((plane + y.first) * a->w + x.first) * a->channels + c, count);
	K_READ(x01, a->x, ((plane + y.first) * a->w + x.second) * a->channels + c, count);
	K_READ(x10, a->x, ((plane + y.second) * a->w + x.first) * a->channels + c, count);
	K_READ(x11, a->x, ((plane + y.second) * a->w + x.second) * a->channels + c, count);
	K_WRITE(out, a->y, to, count, 0);
	k_real w00 = (1 - y.fraction) * (1 - x.fraction), w01 = (1 - y.fraction) * x.fraction;
	k_real w10 = y.fraction * (1 - x.fraction), w11 = y.fraction * x.fraction;
	for (int64_t k = 0; k < count; k++)
		out[k] = w00 * x00[k] + w01 * x01[k] + w10 * x10[k] + w11 * x11[k];
	K_PUT(out, a->y, to, count);
}
K_DEFINE_TILES(resize)
