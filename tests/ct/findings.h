// Bodies with all that a digital hip can have, and the voxels of one, for the tests of its kernels.
#ifndef TESTS_CT_FINDINGS_H
#define TESTS_CT_FINDINGS_H
#include "ct/anatomy_map.h"
#include "tests/ct/made.h"
#include "tests/ct/still_grid.h"
#include "tests/support/support.h"

// A nail on the right, a total hip on the left; or a diseased joint on both sides and no metal.
inline struct anatomy_params Findings(bool metal)
{
	struct anatomy_params p = anatomy_params_default();
	struct anatomy_femur *right = &p.femur[ANATOMY_RIGHT], *left = &p.femur[ANATOMY_LEFT];
	right->texture = left->texture = 0.2;
	right->porosity = left->porosity = 0.1;
	right->bow_per_m = left->bow_per_m = 1;
	left->flexion_deg = 12;
	right->callus_mm = 3;
	if (metal) {
		right->nail_mm = 5;
		left->cup_mm = 26;
	} else {
		for (struct anatomy_femur *f : { right, left }) {
			f->joint_space_mm = 1.2;
			f->osteophyte_mm = 3;
			f->sclerosis = 0.8;
			f->cyst_mm = 4;
		}
	}
	p.cloth_g_cm2 = 0.1;
	p.bowel[0] = { { 20, 20, 60 }, 22, 0 };
	p.bowel[1] = { { -30, 15, 50 }, 25, 1.04 };
	p.phlebolith[0] = { { 40, -10, 10 }, 2.5, 0.4 };
	p.texture_seed = 77;
	return p;
}

struct FindingsBody {
	struct anatomy a = {};
	explicit FindingsBody(bool metal)
	{
		const struct anatomy_params p = Findings(metal);
		EXPECT_OK(anatomy_init(&a, &p));
	}
};

// All of the body's width, in cells of one voxel and of several.
inline struct anatomy_grid FindingsGrid(double spacing_mm)
{
	const double low[3] = { -210, -150, -130 }, high[3] = { 210, 110, 150 };
	return StillGrid(low, high, spacing_mm, 2);
}

struct FindingsVoxels {
	struct anatomy_voxels v = {};
	FindingsVoxels(const struct device *device, const struct anatomy &a, const struct anatomy_grid &g)
	{
		EXPECT_OK(anatomy_voxelise(&v, device, &a, &g));
	}
	~FindingsVoxels()
	{
		anatomy_voxels_free(&v);
	}
	FindingsVoxels(const FindingsVoxels &) = delete;
	FindingsVoxels &operator=(const FindingsVoxels &) = delete;
	std::vector<const struct volume *> Densities() const
	{
		std::vector<const struct volume *> all = { &v.soft, &v.fat, &v.mineral };
		if (v.metal.voxels.data)
			all.push_back(&v.metal);
		return all;
	}
};

// Bones of a label map that was drawn from the default body: larger and mirrored.
struct MapBody {
	struct anatomy_map map = {};
	struct label_map names = {};
	struct anatomy a = {};
	MapBody()
	{
		const double low[3] = { -165, -125, -230 }, high[3] = { 165, 75, 180 };
		struct anatomy_grid g = StillGrid(low, high, 4.0, 2);
		const struct anatomy_params plain = anatomy_params_default();
		g.label_fraction = 0.5;
		EXPECT_OK(anatomy_init(&a, &plain));
		{
			const FindingsVoxels v(nullptr, a, g);
			Volume labels({ g.n[0], g.n[1], g.n[2] }, g.to_world, VOLUME_U16);
			for (int64_t i = 0; i < volume_count(labels.get()); i++)
				volume_u16(labels.get())[i] = volume_u8(&v.v.labels)[i];
			EXPECT_OK(label_map_load(&names, "painted"));
			EXPECT_OK(anatomy_map_make(&map, labels.get(), &names));
		}
		struct anatomy_params p = Findings(false);
		anatomy_map_take(&p, &map, 1.03, true);
		EXPECT_OK(anatomy_init(&a, &p));
	}
	~MapBody()
	{
		anatomy_map_free(&map);
		label_map_free(&names);
	}
	MapBody(const MapBody &) = delete;
};
#endif
