/*
 * Times the scheme of peer_fixed_step.h on a GPU, and checks it on the CPU against the exact integral.
 *
 *	peer_fixed_step check   no GPU: error against the exact trilinear integral (kernels/ray.h, double) by
 *step; exit code 1 when the scheme does not converge to it peer_fixed_step         also times it: 500
 *samples, half a voxel, and the step that has our accuracy
 *
 * One line a case, tab-separated: name, samples, step in voxels, ms a pose (or -), largest error, rms error
 *(shares of the image's maximum; of a smaller volume with the same voxels, on the CPU).
 */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>
#include "experiments/bench-drr/peer_fixed_step.h"

/* kernels/ray.h is read as the CPU's, by a C++ file of its own. */
int peer_reference(float *out, const float *volume, const int n[3], const double source[3],
	const double origin[3], const double du[3], const double dv[3], const double spacing[3], int cols,
	int rows);

enum { TILE_X = 16, TILE_Y = 8, RUNS = 9, LAUNCHES = 20 };
#define OURS_MOST 5e-6 /* the bound of our own trilinear model against double */

__global__ void __launch_bounds__(TILE_X *TILE_Y) peer_render(const __grid_constant__ struct peer_args a)
{
	int col = (int)(blockIdx.x * TILE_X + threadIdx.x), row = (int)(blockIdx.y * TILE_Y + threadIdx.y);
	if (col < a.cols && row < a.rows)
		a.out[((size_t)blockIdx.z * a.rows + row) * a.cols + col] =
			peer_ray(&a, col, row, (int)blockIdx.z);
}
__global__ void peer_add(float *out, const float *parts, int n_parts, int pixels)
{
	int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
	float sum = 0;
	for (int p = 0; i < pixels && p < n_parts; p++)
		sum += parts[(size_t)p * pixels + i];
	if (i < pixels)
		out[i] = sum;
}

namespace
{

struct Case {
	const char *name;
	int n[3];
	double spacing[3];
	int pixels;
	double pixel_mm;
};
const double kSdd = 1020, kSod = 780;

/* An elliptic cylinder of tissue with texture, and bones, as in experiments/gpu-check/bench_projector.c. */
std::vector<float> Body(const int n[3])
{
	std::vector<float> volume((size_t)n[0] * n[1] * n[2]);
	for (int z = 0; z < n[2]; z++)
		for (int y = 0; y < n[1]; y++)
			for (int x = 0; x < n[0]; x++) {
				double u = (x + 0.5) / n[0] - 0.5, v = (y + 0.5) / n[1] - 0.5;
				int hash = (x * 73856093 ^ y * 19349663 ^ z * 83492791) & 127;
				bool bone = std::hypot(std::fabs(u) - 0.2, v) < 0.05;
				volume[((size_t)z * n[1] + y) * n[0] + x] =
					u * u / 0.18 + v * v / 0.07 >= 1
						? 0
						: (float)(1000 + hash - 64 + (bone ? 800 : 0));
			}
	return volume;
}

struct Rays {
	double source[3], origin[3], du[3], dv[3];
};
/* Rays along -y, a little turned about z. */
Rays RaysOf(const Case &c)
{
	Rays r = {};
	const double turn = 0.1, way[3] = { -std::sin(turn), -std::cos(turn), 0 };
	const double across[3] = { -std::cos(turn), std::sin(turn), 0 }, down[3] = { 0, 0, -1 };
	for (int k = 0; k < 3; k++) {
		double middle = 0.5 * (c.n[k] - 1);
		r.du[k] = c.pixel_mm * across[k] / c.spacing[k];
		r.dv[k] = c.pixel_mm * down[k] / c.spacing[k];
		r.source[k] = middle - kSod * way[k] / c.spacing[k];
		r.origin[k] = middle + (kSdd - kSod) * way[k] / c.spacing[k] -
			      0.5 * (c.pixels - 1) * (r.du[k] + r.dv[k]);
	}
	return r;
}

peer_args ArgsOf(const Case &c, const float *volume, int samples)
{
	const Rays r = RaysOf(c);
	peer_args a = {};
	a.volume = volume;
	for (int k = 0; k < 3; k++) {
		a.n[k] = c.n[k];
		a.spacing[k] = (float)c.spacing[k];
		a.source[k] = (float)r.source[k];
		a.origin[k] = (float)r.origin[k];
		a.du[k] = (float)r.du[k];
		a.dv[k] = (float)r.dv[k];
	}
	a.cols = a.rows = c.pixels;
	a.samples = samples;
	a.parts = 1;
	return a;
}

/* Samples for a step of so many of the smallest voxel's edges. */
int SamplesOf(const Case &c, double step_voxels)
{
	return (int)std::ceil(kSdd / (step_voxels * std::min({ c.spacing[0], c.spacing[1], c.spacing[2] }))) +
	       1;
}
double StepOf(const Case &c, int samples)
{
	return kSdd / (samples - 1) / std::min({ c.spacing[0], c.spacing[1], c.spacing[2] });
}

struct Error {
	double most, rms;
};
/* On the CPU: `samples` against the exact integral. */
Error ErrorOf(const Case &c, const std::vector<float> &volume, int samples)
{
	const Rays r = RaysOf(c);
	const size_t pixels = (size_t)c.pixels * c.pixels;
	std::vector<float> exact(pixels);
	if (peer_reference(exact.data(), volume.data(), c.n, r.source, r.origin, r.du, r.dv, c.spacing,
		    c.pixels, c.pixels) != 0)
		return { NAN, NAN };
	const peer_args a = ArgsOf(c, volume.data(), samples);
	double largest = 0, most = 0, sum = 0;
	for (size_t i = 0; i < pixels; i++) {
		double got = peer_ray(&a, (int)(i % c.pixels), (int)(i / c.pixels), 0);
		double error = std::fabs(got - (double)exact[i]);
		largest = std::max(largest, std::fabs((double)exact[i]));
		most = error <= most ? most : error;
		sum += error * error;
	}
	return { most / largest, std::sqrt(sum / (double)pixels) / largest };
}

bool Cuda(cudaError_t error, const char *what)
{
	if (error != cudaSuccess)
		fprintf(stderr, "peer_fixed_step: %s: %s\n", what, cudaGetErrorString(error));
	return error == cudaSuccess;
}

/* Two waves of an H200's 132 multiprocessors at 16 blocks each. */
int PartsOf(const peer_args &a)
{
	int blocks = ((a.cols + TILE_X - 1) / TILE_X) * ((a.rows + TILE_Y - 1) / TILE_Y);
	return std::max(1, std::min(16, 2 * 132 * 16 / blocks));
}

void Launch(const peer_args &a, float *image)
{
	const dim3 grid((a.cols + TILE_X - 1) / TILE_X, (a.rows + TILE_Y - 1) / TILE_Y, a.parts),
		block(TILE_X, TILE_Y);
	peer_render<<<grid, block>>>(a);
	if (a.parts > 1)
		peer_add<<<(a.cols * a.rows + 255) / 256, 256>>>(image, a.out, a.parts, a.cols * a.rows);
}

/* Median ms a launch, NAN on failure. */
double Time(peer_args a, const float *volume_on_device)
{
	const size_t pixels = (size_t)a.cols * a.rows;
	std::vector<float> ms;
	float *parts = nullptr, *image = nullptr;
	cudaEvent_t begin, end;
	a.parts = PartsOf(a);
	a.volume = volume_on_device;
	if (!Cuda(cudaMalloc(&parts, a.parts * pixels * sizeof(float)), "images") ||
		!Cuda(cudaMalloc(&image, pixels * sizeof(float)), "images"))
		return NAN;
	a.out = parts;
	cudaEventCreate(&begin);
	cudaEventCreate(&end);
	for (int run = -1; run < RUNS; run++) {
		float elapsed = NAN;
		cudaEventRecord(begin);
		for (int i = 0; i < LAUNCHES; i++)
			Launch(a, image);
		cudaEventRecord(end);
		if (!Cuda(cudaEventSynchronize(end), "rendering"))
			return NAN;
		cudaEventElapsedTime(&elapsed, begin, end);
		if (run >= 0)
			ms.push_back(elapsed / LAUNCHES);
	}
	cudaEventDestroy(begin);
	cudaEventDestroy(end);
	cudaFree(parts);
	cudaFree(image);
	std::sort(ms.begin(), ms.end());
	return ms[RUNS / 2];
}

void Line(const Case &c, int samples, double ms, const Error &e)
{
	printf("%s\t%d\t%.4f\t", c.name, samples, StepOf(c, samples));
	printf(std::isnan(ms) ? "-" : "%.4f", ms);
	printf("\t%.2g\t%.2g\n", e.most, e.rms);
	fflush(stdout);
}

/* The step at which the scheme has our accuracy: halved until it has, or until float positions allow no
 * better. */
double AccurateStep(const Case &small, const std::vector<float> &volume)
{
	double step = 0.5;
	for (; step > 0.004; step /= 2)
		if (ErrorOf(small, volume, SamplesOf(small, step)).most <= OURS_MOST)
			break;
	return step;
}

int TimeCase(const Case &c, const Case &small, const std::vector<float> &little, double accurate)
{
	const std::vector<float> volume = Body(c.n);
	float *there = nullptr;
	int failed = 0;
	if (!Cuda(cudaMalloc(&there, volume.size() * sizeof(float)), "the volume") ||
		!Cuda(cudaMemcpy(there, volume.data(), volume.size() * sizeof(float), cudaMemcpyHostToDevice),
			"the volume"))
		return 1;
	for (int samples : { 500, SamplesOf(c, 0.5), SamplesOf(c, accurate) }) {
		double ms = Time(ArgsOf(c, nullptr, samples), there);
		failed |= std::isnan(ms);
		Line(c, samples, ms, ErrorOf(small, little, SamplesOf(small, StepOf(c, samples))));
	}
	cudaFree(there);
	return failed;
}

} // namespace

int main(int argc, char **argv)
{
	const Case small = { "64x64x50 -> 48^2", { 64, 64, 50 }, { 0.7, 0.7, 1.0 }, 48, 1.2 };
	const Case large = { "512x512x400 -> 512^2", { 512, 512, 400 }, { 0.7, 0.7, 1.0 }, 512, 0.95 };
	const Case chest = { "512x512x133 -> 200^2", { 512, 512, 133 }, { 0.7, 0.7, 2.5 }, 200, 2.4 };
	const std::vector<float> little = Body(small.n);
	double before = INFINITY;
	for (double step : { 2.0, 1.0, 0.5, 0.25, 0.125 }) {
		const int samples = SamplesOf(small, step);
		const Error e = ErrorOf(small, little, samples);
		Line(small, samples, NAN, e);
		if (!(e.rms <= 0.6 * before)) {
			fprintf(stderr, "peer_fixed_step: the error does not fall with the step\n");
			return 1;
		}
		before = e.rms;
	}
	const double accurate = AccurateStep(small, little);
	Line(small, SamplesOf(small, accurate), NAN, ErrorOf(small, little, SamplesOf(small, accurate)));
	if (argc > 1 && strcmp(argv[1], "check") == 0)
		return 0;
	return TimeCase(large, small, little, accurate) || TimeCase(chest, small, little, accurate);
}
