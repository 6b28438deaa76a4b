// The pretended GPU with the projector's kernels: rays are given no address of the host's.
#ifndef TESTS_DRR_PRETENDED_PROJECTOR_H
#define TESTS_DRR_PRETENDED_PROJECTOR_H
#include "kernels/slab_ray.h"
#include "tests/support/pretended_gpu.h"

struct PretendedProjector : PretendedGpu {
	PretendedProjector()
	{
		AddProjector();
	}

      private:
	// Every address a ray's kernel is given must be on the device.
	bool OnDevice(const slab_ray_args &a) const
	{
		bool there = There(a.poses) && There(a.turned) && (!a.path || There(a.path));
		there &= slab_ray_direct(&a) || There(a.partial);
		for (int64_t f = 0; f < a.n_fields; f++) {
			there &= !a.sum[f] || There(a.sum[f]);
			there &= !a.field[f].bricks || There(a.field[f].bricks);
			for (int l = 0; l < SLAB_LAYOUTS; l++)
				there &= !a.field[f].values[l] || There(a.field[f].values[l]);
		}
		for (int l = 0; l < SLAB_LAYOUTS && a.n_channels; l++)
			there &= !a.words[l] || There(a.words[l]);
		return there;
	}
	void AddProjector()
	{
#define PRETENDED_RAY(name)                                                                                  \
	AddChecked<slab_ray_args>(#name, name, [this](const slab_ray_args &a) { return OnDevice(a); })
#define PRETENDED_MODEL(model)                                                                               \
	PRETENDED_RAY(slab_ray_##model##_i16);                                                               \
	PRETENDED_RAY(slab_ray_##model##_f32);                                                               \
	PRETENDED_RAY(slab_ray_##model##_3);                                                                 \
	PRETENDED_RAY(slab_ray_##model##_4);                                                                 \
	PRETENDED_RAY(slab_ray_##model##_i16_labels);                                                        \
	PRETENDED_RAY(slab_ray_##model##_f32_labels);                                                        \
	PRETENDED_RAY(slab_ray_##model##_i16_paths);                                                         \
	PRETENDED_RAY(slab_ray_##model##_f32_paths)
		PRETENDED_MODEL(pwc);
		PRETENDED_MODEL(joseph);
		PRETENDED_MODEL(trilinear);
		PRETENDED_RAY(slab_ray_total);
#undef PRETENDED_MODEL
#undef PRETENDED_RAY
	}
};
#endif
