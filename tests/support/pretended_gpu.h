// A pretended GPU: a plugin whose memory is this process's but closed to it between calls, and whose kernels are the same
// texts compiled for the CPU.  What a program does around its kernels on a GPU runs on it; one at a time.  What is called
// while a graph is recorded runs when that is launched.  All work is in one line: nothing runs beside anything else here.
#ifndef TESTS_SUPPORT_PRETENDED_GPU_H
#define TESTS_SUPPORT_PRETENDED_GPU_H
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>
#include <sys/mman.h>
#include <gtest/gtest.h>
#include "host/run/device.h"
#include "kernels/gpu_parts.h"
#include "kernels/kernel.h"

struct PretendedGpu {
	using Work = std::function<int()>;
	// args and n of a map; args, groups and count of a sum.  The work has a copy of them.
	using Map = std::function<Work(const void *, int64_t)>;
	using Sum = std::function<Work(const void *, int64_t, int64_t)>;
	struct Graph {
		std::vector<Work> nodes;
	};
	std::map<void *, size_t> blocks;
	int64_t to_device = 0, launches = 0, allocations = 0; // bytes sent; calls
	int64_t writes = 0; // calls that send, copy or fill memory
	std::vector<std::string> kernels;
	std::map<std::string, Map> maps;
	std::map<std::string, Sum> sums, channel_sums;
	Graph *recording = nullptr;
	bool branches = false; // whether the last graph might have some
	bool idle = false; // from the start: kernels are counted and nothing else, memory stays open
	struct plugin_api api = {};
	struct device device = {};

	PretendedGpu()
	{
		The() = this;
		api.abi = PLUGIN_ABI;
		api.last_error = [] { return "the pretended GPU refuses"; };
		api.synchronize = [](plugin_device *) { return 0; };
		SetMemory();
		SetKernels();
		SetGraphs();
		device.kind = DEVICE_CUDA;
		device.plugin = &api;
		snprintf(device.name, sizeof(device.name), "pretended");
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
	// What K_DEFINE and K_DEFINE_F32 make, run on the CPU; then the other forms of kernels/kernel.h.
	template <class Args> using MapOp = int (*)(const struct device *, const Args *, int64_t);
	template <class Args> using SumOp = int (*)(const struct device *, const Args *, int64_t, int64_t);
	template <class Args> void Add(const char *op, MapOp<Args> run)
	{
		AddOf<Args>(op, run, [](const Args &, int64_t n) { return n; });
	}
	template <class Args> void AddTiles(const char *op, MapOp<Args> run)
	{
		AddOf<Args>(op, run, [](const Args &a, int64_t n) { return n / k_tiles(a.channels, sizeof(float)); });
	}
	template <class Args> void AddRows(const char *op, MapOp<Args> run)
	{
		AddOf<Args>(op, run, [](const Args &, int64_t n) { return n / K_WARP; });
	}
	// Refused where an address is not on the device.
	template <class Args>
	void AddChecked(const char *op, MapOp<Args> run, const std::function<bool(const Args &)> &on_device)
	{
		maps[op] = [run, on_device](const void *args, int64_t n) -> Work {
			return [=, a = *(const Args *)args] { return on_device(a) ? run(&Cpu(), &a, n) : -1; };
		};
	}
	template <class Args> void AddSum(const char *op, SumOp<Args> run)
	{
		sums[op] = SumOf(run);
	}
	template <class Args> void AddChannelSum(const char *op, SumOp<Args> run)
	{
		channel_sums[op] = SumOf(run);
	}
	// Now, or when the graph that is being recorded is launched.
	int Do(Work work)
	{
		if (recording) {
			recording->nodes.push_back(std::move(work));
			return 0;
		}
		if (idle)
			return 0;
		Opened opened(this);
		return work();
	}
	static const struct device &Cpu()
	{
		static const struct device cpu = {};
		return cpu;
	}

      private:
	void SetMemory()
	{
		api.memory_alloc = [](plugin_device *, void **at, size_t bytes) { return The()->Alloc(at, bytes); };
		api.memory_free = [](plugin_device *, void *at) { The()->Free(at); };
		api.memory_to_device = [](plugin_device *, void *to, const void *from, size_t bytes) {
			The()->to_device += (int64_t)bytes;
			The()->writes++;
			return !The()->recording && The()->There(to) ? The()->Copy(to, from, bytes) : -1;
		};
		api.memory_to_host = [](plugin_device *, void *to, const void *from, size_t bytes) {
			return !The()->recording && The()->There(from) ? The()->Copy(to, from, bytes) : -1;
		};
		api.memory_on_device = [](plugin_device *, void *to, const void *from, size_t bytes) {
			The()->writes++;
			return The()->There(to) && The()->There(from) ? The()->Do([=] {
				std::memcpy(to, from, bytes);
				return 0;
			}) : -1;
		};
		api.memory_zero = [](plugin_device *, void *at, size_t bytes) {
			The()->writes++;
			return The()->There(at) ? The()->Do([=] {
				std::memset(at, 0, bytes);
				return 0;
			}) : -1;
		};
		api.memory_available = [](plugin_device *, size_t *bytes) {
			*bytes = (size_t)1 << 40;
			return 0;
		};
		api.staging_take = [](plugin_device *, void **host, size_t bytes) {
			The()->staging.resize(bytes);
			*host = The()->staging.data();
			return 0;
		};
		api.staging_send = api.memory_to_device;
	}
	void SetKernels()
	{
		api.launch_map = [](plugin_device *, const char *op, plugin_elem elem, const void *args, int64_t n) {
			return The()->Launch(op, elem, The()->maps, args, n);
		};
		api.launch_sum = [](plugin_device *, const char *op, plugin_elem elem, const void *args, int64_t groups, int64_t n) {
			return The()->Launch(op, elem, The()->sums, args, groups, n);
		};
		api.launch_channel_sum = [](plugin_device *, const char *op, plugin_elem elem, const void *args, int64_t samples,
						 int64_t, int64_t n) {
			return The()->Launch(op, elem, The()->channel_sums, args, samples, n);
		};
	}
	void SetGraphs()
	{
		api.graph_begin = [](plugin_device *, int branches) {
			The()->recording = new Graph;
			The()->branches = branches;
			return 0;
		};
		api.graph_end = [](plugin_device *, void **graph, size_t *nodes) {
			*nodes = The()->recording->nodes.size();
			*graph = std::exchange(The()->recording, nullptr);
			return 0;
		};
		api.graph_launch = [](plugin_device *, void *graph) {
			if (The()->idle)
				return 0;
			Opened opened(The());
			for (const Work &work : ((Graph *)graph)->nodes)
				if (work() != 0)
					return -1;
			return 0;
		};
		api.graph_free = [](void *graph) { delete (Graph *)graph; };
	}
	void Protect(int access)
	{
		for (const auto &b : blocks) {
			if (!idle) {
				ASSERT_EQ(0, mprotect(b.first, b.second, access));
			}
		}
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
		*address = mmap(nullptr, bytes, idle ? PROT_READ | PROT_WRITE : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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
	template <class Args, class Rows> void AddOf(const char *op, MapOp<Args> run, Rows rows)
	{
		maps[op] = [run, rows](const void *args, int64_t n) -> Work {
			return [=, a = *(const Args *)args] { return run(&Cpu(), &a, rows(a, n)); };
		};
	}
	template <class Args> static Sum SumOf(SumOp<Args> run)
	{
		return [run](const void *args, int64_t groups, int64_t count) -> Work {
			return [=, a = *(const Args *)args] { return run(&Cpu(), &a, groups, count); };
		};
	}
	template <class Kernels, class... Sizes>
	int Launch(const char *op, plugin_elem elem, const Kernels &known, const void *args, Sizes... sizes)
	{
		launches++;
		kernels.push_back(op);
		if ((elem != PLUGIN_F32 && !idle) || known.count(op) == 0)
			return -1;
		return Do(known.at(op)(args, sizes...));
	}
	std::vector<char> staging;
};
#endif
