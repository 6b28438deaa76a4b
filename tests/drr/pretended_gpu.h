// A pretended GPU: a plugin whose memory is this process's but closed to it between calls, and whose kernels are the same
// texts compiled for the CPU.  What a program does around its kernels on a GPU runs on it; one at a time.
#ifndef TESTS_DRR_PRETENDED_GPU_H
#define TESTS_DRR_PRETENDED_GPU_H
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>
#include <sys/mman.h>
#include <gtest/gtest.h>
#include "host/run/device.h"
#include "kernels/gpu_parts.h"
#include "kernels/slab_ray.h"

struct PretendedGpu {
	// args and n of a map; args, groups and count of a sum.
	using Map = std::function<int(const void *, int64_t)>;
	using Sum = std::function<int(const void *, int64_t, int64_t)>;
	std::map<void *, size_t> blocks;
	int64_t to_device = 0, launches = 0, allocations = 0;
	std::vector<std::string> kernels;
	std::map<std::string, Map> maps;
	std::map<std::string, Sum> sums;
	struct plugin_api api = {};
	struct device device = {};

	PretendedGpu()
	{
		The() = this;
		api.abi = PLUGIN_ABI;
		api.last_error = [] { return "the pretended GPU refuses"; };
		api.memory_alloc = [](plugin_device *, void **at, size_t bytes) { return The()->Alloc(at, bytes); };
		api.memory_free = [](plugin_device *, void *at) { The()->Free(at); };
		api.memory_to_device = [](plugin_device *, void *to, const void *from, size_t bytes) {
			The()->to_device += (int64_t)bytes;
			return The()->There(to) ? The()->Copy(to, from, bytes) : -1;
		};
		api.memory_to_host = [](plugin_device *, void *to, const void *from, size_t bytes) {
			return The()->There(from) ? The()->Copy(to, from, bytes) : -1;
		};
		api.memory_on_device = [](plugin_device *, void *to, const void *from, size_t bytes) {
			return The()->There(to) && The()->There(from) ? The()->Copy(to, from, bytes) : -1;
		};
		api.memory_zero = [](plugin_device *, void *at, size_t bytes) { return The()->Zero(at, bytes); };
		api.launch_map = [](plugin_device *, const char *op, plugin_elem elem, const void *args, int64_t n) {
			return The()->Launch(op, elem, [&](PretendedGpu *gpu) {
				return gpu->maps.count(op) ? gpu->maps.at(op)(args, n) : -1;
			});
		};
		api.launch_sum = [](plugin_device *, const char *op, plugin_elem elem, const void *args, int64_t groups, int64_t n) {
			return The()->Launch(op, elem, [&](PretendedGpu *gpu) {
				return gpu->sums.count(op) ? gpu->sums.at(op)(args, groups, n) : -1;
			});
		};
		api.synchronize = [](plugin_device *) { return 0; };
		device.kind = DEVICE_CUDA;
		device.plugin = &api;
		snprintf(device.name, sizeof(device.name), "pretended");
		AddProjector();
	}
	~PretendedGpu()
	{
		EXPECT_TRUE(blocks.empty()) << "memory left on the device";
		The() = nullptr;
	}
	PretendedGpu(const PretendedGpu &) = delete;
	PretendedGpu &operator=(const PretendedGpu &) = delete;

	static PretendedGpu *&The()
	{
		static PretendedGpu *gpu = nullptr;
		return gpu;
	}
	bool There(const void *address) const
	{
		for (const auto &b : blocks)
			if ((const char *)address >= (char *)b.first && (const char *)address < (char *)b.first + b.second)
				return true;
		return false;
	}
	// What K_DEFINE, K_DEFINE_TILES, K_DEFINE_F32 and K_DEFINE_SUM make, run on the CPU.
	template <class Args> using MapOp = int (*)(const struct device *, const Args *, int64_t);
	template <class Args> using SumOp = int (*)(const struct device *, const Args *, int64_t, int64_t);
	template <class Args> void Add(const char *op, MapOp<Args> run)
	{
		maps[op] = [run](const void *args, int64_t n) {
			struct device cpu = {};
			return run(&cpu, (const Args *)args, n);
		};
	}
	// Refused where an address is not on the device.
	template <class Args>
	void AddChecked(const char *op, MapOp<Args> run, const std::function<bool(const Args &)> &on_device)
	{
		maps[op] = [run, on_device](const void *args, int64_t n) {
			struct device cpu = {};
			const Args *a = (const Args *)args;
			return on_device(*a) ? run(&cpu, a, n) : -1;
		};
	}
	template <class Args> void AddTiles(const char *op, MapOp<Args> run)
	{
		maps[op] = [run](const void *args, int64_t n) {
			struct device cpu = {};
			const Args *a = (const Args *)args;
			return run(&cpu, a, n / k_tiles(a->channels, sizeof(float)));
		};
	}
	template <class Args> void AddSum(const char *op, SumOp<Args> run)
	{
		sums[op] = [run](const void *args, int64_t groups, int64_t count) {
			struct device cpu = {};
			return run(&cpu, (const Args *)args, groups, count);
		};
	}

      private:
	void Protect(int access)
	{
		for (const auto &b : blocks)
			ASSERT_EQ(0, mprotect(b.first, b.second, access));
	}
	struct Opened {
		PretendedGpu *gpu;
		explicit Opened(PretendedGpu *g) : gpu(g)
		{
			gpu->Protect(PROT_READ | PROT_WRITE);
		}
		~Opened()
		{
			gpu->Protect(PROT_NONE);
		}
	};
	int Alloc(void **address, size_t bytes)
	{
		*address = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (*address == MAP_FAILED)
			return -1;
		blocks[*address] = bytes;
		allocations++;
		return 0;
	}
	void Free(void *address)
	{
		munmap(address, blocks.at(address));
		blocks.erase(address);
	}
	int Copy(void *to, const void *from, size_t bytes)
	{
		Opened opened(this);
		std::memcpy(to, from, bytes);
		return 0;
	}
	int Zero(void *address, size_t bytes)
	{
		Opened opened(this);
		if (!There(address))
			return -1;
		std::memset(address, 0, bytes);
		return 0;
	}
	template <class Run> int Launch(const char *op, plugin_elem elem, Run run)
	{
		Opened opened(this);
		launches++;
		kernels.push_back(op);
		return elem == PLUGIN_F32 ? run(this) : -1;
	}
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
