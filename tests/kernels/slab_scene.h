// Volumes in the layouts of kernels/slab.h and rays around them, for the tests of slab_ray.
#ifndef TESTS_KERNELS_SLAB_SCENE_H
#define TESTS_KERNELS_SLAB_SCENE_H
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>
#include "kernels/ray.h"
#include "kernels/slab.h"

// A volume in its own order and in every layout, the border of zeros exactly as wide as promised.
struct Volume {
	int64_t n[3];
	slab_layout layout[SLAB_LAYOUTS];
	std::vector<float> values;
	std::vector<uint8_t> tags; // of kernels/ray.h
	std::vector<float> laid[SLAB_LAYOUTS], bricks, tag_bricks;
	std::vector<int16_t> laid_i16[SLAB_LAYOUTS];
	std::vector<uint8_t> laid_tags[SLAB_LAYOUTS], laid_spans[SLAB_LAYOUTS][3];
	std::vector<slab_word_i16> words_i16[SLAB_LAYOUTS];
	std::vector<slab_word_f32> words_f32[SLAB_LAYOUTS];

	Volume(int64_t x, int64_t y, int64_t z)
	{
		n[0] = x, n[1] = y, n[2] = z;
		values.assign((size_t)(x * y * z), 0);
		tags.assign(values.size(), RAY_NO_CHANNEL);
		for (int which = 0; which < SLAB_LAYOUTS; which++) {
			const int order[SLAB_LAYOUTS][3] = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 1, 0 } };
			slab_layout &l = layout[which];
			int64_t step = 1;
			l = {};
			l.first = SLAB_GUARD;
			for (int k : order[which]) {
				l.stride[k] = step;
				l.first += SLAB_BORDER * step;
				step *= n[k] + SLAB_BORDER;
			}
			l.elements = l.first + step + SLAB_BORDER * step + SLAB_GUARD;
		}
	}
	size_t At(int64_t i, int64_t j, int64_t k) const
	{
		return (size_t)(i + n[0] * (j + n[1] * k));
	}
	void Fill(unsigned seed)
	{
		std::mt19937 random(seed);
		for (float &v : values)
			v = (float)((int)(random() % 4096) - 1024);
	}
	// A body in air, as CT has it: tissue that varies by tens, a harder core.
	void Body()
	{
		for (int64_t k = 0; k < n[2]; k++)
			for (int64_t j = 0; j < n[1]; j++)
				for (int64_t i = 0; i < n[0]; i++) {
					double x = (double)i / (double)n[0] - 0.5,
					       y = (double)j / (double)n[1] - 0.5,
					       z = (double)k / (double)n[2] - 0.5, r = std::hypot(x, y);
					double tissue = 1000 + 40 * std::sin(9 * x + 5 * z) +
							30 * std::cos(7 * y - 4 * z);
					values[At(i, j, k)] = (float)std::rint(r > 0.42	 ? 0
									       : r < 0.1 ? 2000
											 : tissue);
				}
	}
	// Nothing but `constant` outside a ball, so that bricks are constant.
	void Hollow(float constant)
	{
		for (int64_t k = 0; k < n[2]; k++)
			for (int64_t j = 0; j < n[1]; j++)
				for (int64_t i = 0; i < n[0]; i++) {
					double r = std::hypot((double)i / (double)n[0] - 0.4,
						(double)j / (double)n[1] - 0.5,
						(double)k / (double)n[2] - 0.5);
					if (r > 0.3)
						values[At(i, j, k)] = constant;
				}
	}
	// Channels in slanted stripes, with none between them.
	void Label(int channels)
	{
		for (int64_t k = 0; k < n[2]; k++)
			for (int64_t j = 0; j < n[1]; j++)
				for (int64_t i = 0; i < n[0]; i++) {
					int64_t stripe = (i + 2 * j + 3 * k) / 11 % (channels + 2);
					tags[At(i, j, k)] =
						stripe < channels ? (uint8_t)stripe : (uint8_t)RAY_NO_CHANNEL;
				}
	}
	void Lay()
	{
		for (int which = 0; which < SLAB_LAYOUTS; which++) {
			const slab_layout &l = layout[which];
			laid[which].assign((size_t)l.elements, 0);
			laid_i16[which].assign((size_t)l.elements, 0);
			laid_tags[which].assign((size_t)l.elements, SLAB_CHANNELS);
			words_i16[which].assign((size_t)l.elements, 0);
			words_f32[which].assign((size_t)l.elements, 0);
			for (int64_t k = 0; k < n[2]; k++)
				for (int64_t j = 0; j < n[1]; j++)
					for (int64_t i = 0; i < n[0]; i++) {
						size_t to = (size_t)(l.first + i * l.stride[0] +
								     j * l.stride[1] + k * l.stride[2]);
						float value = values[At(i, j, k)];
						uint8_t tag = tags[At(i, j, k)];
						laid[which][to] = value;
						laid_i16[which][to] = (int16_t)value;
						laid_tags[which][to] =
							tag == RAY_NO_CHANNEL ? (uint8_t)SLAB_CHANNELS : tag;
						uint32_t mark = tag == RAY_NO_CHANNEL ? 0 : tag + 1U, bits;
						std::memcpy(&bits, &value, sizeof(bits));
						words_i16[which][to] = (uint32_t)(int32_t)value << 16 | mark;
						words_f32[which][to] = (uint64_t)bits << 32 | mark;
					}
			for (int k = 0; k < 3; k++)
				laid_spans[which][k] = Spans(laid_tags[which], k == which ? 0 : (size_t)l.stride[k]);
		}
	}
	// What kernels/slab_ray.h says of spans.
	static std::vector<uint8_t> Spans(const std::vector<uint8_t> &tag, size_t above)
	{
		std::vector<uint8_t> out(tag.size() + 1, 0);
		for (size_t i = tag.size() - above; i-- > 0;)
			if (tag[i] == tag[i + above])
				out[i] = (uint8_t)std::min(255, i + 1 < tag.size() && tag[i + 1] == tag[i] ? out[i + 1] + 1 : 1);
		return out;
	}
	// What kernels/slab.h says of bricks; `of` gives a voxel's value.
	template <class Of> std::vector<float> Bricks(Of of) const
	{
		std::vector<float> out;
		int64_t count[3];
		for (int k = 0; k < 3; k++)
			count[k] = (n[k] + SLAB_BRICK - 1) / SLAB_BRICK;
		for (int64_t b = 0; b < count[0] * count[1] * count[2]; b++) {
			int64_t at[3] = { b % count[0], b / count[0] % count[1], b / count[0] / count[1] },
				low[3], high[3];
			for (int k = 0; k < 3; k++) {
				low[k] = std::max<int64_t>(at[k] * SLAB_BRICK - 1, 0);
				high[k] = std::min(at[k] * SLAB_BRICK + SLAB_BRICK + 1, n[k]);
			}
			float first = of(At(low[0], low[1], low[2]));
			for (int64_t k = low[2]; k < high[2]; k++)
				for (int64_t j = low[1]; j < high[1]; j++)
					for (int64_t i = low[0]; i < high[0]; i++)
						first = of(At(i, j, k)) == first ? first : NAN;
			out.push_back(first);
		}
		return out;
	}
};

// Rays around the volume's middle: cone or parallel, turned at will.
inline ray_pose Pose(std::mt19937 *random, const Volume &v, bool cone, int64_t cols, int64_t rows,
	double turn, double pixel)
{
	std::uniform_real_distribution<double> unit(-1, 1);
	double m[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
	for (int axis = 0; axis < 3; axis++) {
		double angle = turn * unit(*random), c = std::cos(angle), s = std::sin(angle);
		int a = (axis + 1) % 3, b = (axis + 2) % 3;
		for (auto &row : m) {
			double x = row[a], y = row[b];
			row[a] = c * x + s * y;
			row[b] = c * y - s * x;
		}
	}
	const double spacing[3] = { 0.8, 1.1, 0.9 }, away = 260;
	ray_pose p = {};
	p.cone = cone;
	for (int k = 0; k < 3; k++) {
		double middle = 0.5 * (double)(v.n[k] - 1) + unit(*random);
		p.to_mm[k][k] = spacing[k];
		p.du[k] = pixel * m[k][0] / spacing[k];
		p.dv[k] = pixel * m[k][2] / spacing[k];
		p.direction[k] = -m[k][1] / spacing[k];
		p.source[k] = middle + away * m[k][1] / spacing[k];
		p.origin[k] = middle - (cone ? away : 0) * m[k][1] / spacing[k] -
			      0.5 * (double)(cols - 1) * p.du[k] - 0.5 * (double)(rows - 1) * p.dv[k];
	}
	return p;
}
#endif
