// The exact trilinear integral in double, for peer_fixed_step.cu: nvcc reads kernels/ as the GPU's.
#include "kernels/ray.h"

int peer_reference(float *out, const float *volume, const int n[3], const double source[3], const double origin[3],
	const double du[3], const double dv[3], const double spacing[3], int cols, int rows)
{
	ray_pose pose = {};
	ray_args a = {};
	pose.cone = 1;
	for (int k = 0; k < 3; k++) {
		pose.source[k] = source[k];
		pose.origin[k] = origin[k];
		pose.du[k] = du[k];
		pose.dv[k] = dv[k];
		pose.to_mm[k][k] = spacing[k];
		a.n[k] = n[k];
	}
	a.values = volume;
	a.poses = &pose;
	a.cols = cols;
	a.rows = rows;
	a.model = RAY_TRILINEAR;
	a.integral = out;
	ray_f64(&a, (int64_t)cols * rows);
	return 0;
}
