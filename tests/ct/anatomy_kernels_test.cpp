// The kernels that make a body's voxels on a GPU, run on the CPU: the same as the rows that the CPU takes instead.
#include "ct/anatomy_device.h"
#include "ct/anatomy_raster.h"
#include "kernels/anatomy_cells.h"
#include "tests/ct/findings.h"

namespace
{

struct ByKernels {
	struct anatomy_device body = {};
	std::vector<float> density[4];
	std::vector<uint8_t> labels;
	std::vector<struct anatomy_smooth> nodes;
	ByKernels(const struct anatomy &a, const struct anatomy_grid &g)
	{
		struct device cpu = {};
		struct anatomy_cells_args args = {};
		struct anatomy_job *job = &args.job;
		const size_t voxels = (size_t)(g.n[0] * g.n[1] * g.n[2]);
		EXPECT_OK(device_open(&cpu, "cpu"));
		EXPECT_OK(anatomy_device_make(&body, &cpu, &a));
		EXPECT_OK(anatomy_raster_init(&job->raster, g.n, g.to_world, g.world_to_body, g.subsamples));
		job->body = (const struct anatomy *)body.body.data;
		job->grid = g;
		for (std::vector<float> &d : density)
			d.resize(voxels);
		labels.resize(voxels);
		job->target = { density[0].data(), density[1].data(), density[2].data(),
			anatomy_has_metal(&a) ? density[3].data() : nullptr, 0, { 1, g.n[0], g.n[0] * g.n[1] },
			labels.data() };
		const int64_t *cells = job->raster.cells;
		nodes.resize((size_t)((cells[0] + 1) * (cells[1] + 1) * (cells[2] + 1)));
		job->nodes = nodes.data();
		EXPECT_OK(anatomy_cells_nodes(&cpu, &args, (int64_t)nodes.size()));
		EXPECT_OK(anatomy_device_fill(job, &cpu));
	}
	~ByKernels()
	{
		anatomy_device_free(&body);
	}
};

void ExpectSame(const struct anatomy &a, const struct anatomy_grid &g)
{
	const ByKernels kernels(a, g);
	const FindingsVoxels rows(nullptr, a, g);
	const size_t n = kernels.labels.size();
	int64_t bone = 0;
	for (size_t d = 0; d < rows.Densities().size(); d++) {
		const float *expected = volume_f32(rows.Densities()[d]);
		double sum = 0;
		for (size_t i = 0; i < n; i++) {
			ASSERT_FLOAT_EQ(expected[i], kernels.density[d][i]) << "density " << d << ", voxel " << i;
			sum += (double)expected[i];
		}
		EXPECT_GT(sum, 0) << d;
	}
	for (size_t i = 0; i < n; i++) {
		ASSERT_EQ((int)volume_u8(&rows.v.labels)[i], (int)kernels.labels[i]) << i;
		bone += kernels.labels[i] != 0;
	}
	EXPECT_GT(bone, (int64_t)n / 100);
}

TEST(AnatomyKernels, ShapesWithMetal)
{
	const FindingsBody body(true);
	ExpectSame(body.a, FindingsGrid(3.0));
}

TEST(AnatomyKernels, DiseasedJointsInCellsOfOneVoxel)
{
	const FindingsBody body(false);
	ExpectSame(body.a, FindingsGrid(6.5));
}

// Longer along one axis, turned, and only in part wanted.
TEST(AnatomyKernels, ATurnedGridSeenInPart)
{
	const FindingsBody body(false);
	struct anatomy_grid g = FindingsGrid(4.0);
	const double c = std::cos(0.3), s = std::sin(0.3);
	g.to_world[2][2] = 7;
	g.n[2] = 41;
	g.world_to_body[0][0] = g.world_to_body[1][1] = c;
	g.world_to_body[0][1] = -s;
	g.world_to_body[1][0] = s;
	g.n_wanted = 1;
	g.wanted[0][0] = 1; // x >= -30 mm
	g.wanted[0][3] = 30;
	ExpectSame(body.a, g);
}

// Its distances are copied where the kernels read them.
TEST(AnatomyKernels, BonesOfALabelMap)
{
	const MapBody body;
	ExpectSame(body.a, FindingsGrid(4.0));
}

} // namespace
