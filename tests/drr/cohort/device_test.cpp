// A participant made on a GPU, on a pretended one: the same study as the CPU's but for rounding.  The program never touches
// the device's memory, and rays and bodies are given no address of the host's.
#include "drr/cohort/synth.h"

#include <cmath>
#include <cstdlib>
#include "host/files/nifti.h"
#include "kernels/anatomy_cells.h"
#include "kernels/blur.h"
#include "kernels/coarsen.h"
#include "kernels/electronic_noise.h"
#include "kernels/expand.h"
#include "kernels/exposure.h"
#include "kernels/flat_field.h"
#include "kernels/negative_log.h"
#include "kernels/photon_noise.h"
#include "kernels/radiograph.h"
#include "kernels/scatter_add.h"
#include "kernels/scatter_ratio.h"
#include "kernels/scatter_source.h"
#include "kernels/tone.h"
#include "kernels/transmission.h"
#include "kernels/unsharp.h"
#include "kernels/water_thickness.h"
#include "tests/ct/findings.h"
#include "tests/drr/cohort/cohort.h"
#include "tests/drr/pretended_projector.h"

namespace
{

struct Gpu : PretendedProjector {
	// Every address that a body's kernel is given must be on the device, those within the body too.
	bool OnDevice(const anatomy_cells_args &a) const
	{
		const anatomy_target &t = a.job.target;
		bool there = There(a.job.body) && There(a.job.nodes) && (!a.scenes || There(a.scenes));
		for (const float *g_cm3 : { t.soft, t.fat, t.mineral })
			there &= There(g_cm3);
		there &= (!t.metal || There(t.metal)) && (!t.labels || There(t.labels));
		for (int part = 0; part < ANATOMY_PARTS && there && a.job.body->params.map; part++)
			there &= There(a.job.body->sampled[part].distance_mm);
		return there;
	}
	Gpu()
	{
#define FILM(op) Add(#op, op)
		FILM(radiograph);
		FILM(transmission);
		FILM(negative_log);
		FILM(water_thickness);
		FILM(scatter_source);
		FILM(scatter_add);
		FILM(photon_noise);
		FILM(electronic_noise);
		FILM(flat_field);
		FILM(coarsen);
		FILM(expand);
		FILM(tone);
		FILM(unsharp);
#undef FILM
		const auto body = [this](const anatomy_cells_args &a) { return OnDevice(a); };
		AddChecked<anatomy_cells_args>("anatomy_cells_nodes", anatomy_cells_nodes, body);
		AddChecked<anatomy_cells_args>("anatomy_cells_scenes", anatomy_cells_scenes, body);
		AddChecked<anatomy_cells_args>("anatomy_cells_voxels", anatomy_cells_voxels, body);
		AddTiles("blur", blur);
		AddSum("exposure", exposure);
		AddSum("scatter_ratio", scatter_ratio);
	}
};

struct Made {
	ScratchFolder scratch;
	std::string root = scratch / "study";
	struct record record;
	explicit Made(const struct device *device, int64_t participant)
	{
		const struct synth_options o = { .out = root.c_str(), .device = device, .subjects = 7, .sites = &Sites(), .seed = 52,
			.quality = &kTiny, .by_profile = false, .primary_films = false, .swap = false, .shard = 0,
			.shards = 0, .force = false };
		EXPECT_OK(synth_subject(&record, root.c_str(), participant, 0, &o));
	}
	Made(const Made &) = delete;
};

// Largest difference over what both images have.
void ExpectImagesAlike(const std::string &a, const std::string &b, double most, double differing_share)
{
	struct volume x, y;
	int64_t differ = 0;
	ASSERT_OK(nifti_read_image(&x, a.c_str()));
	ASSERT_OK(nifti_read_image(&y, b.c_str()));
	ASSERT_EQ(volume_count(&x), volume_count(&y));
	for (int64_t i = 0; i < volume_count(&x); i++)
		differ += !(std::fabs((double)volume_f32(&x)[i] - (double)volume_f32(&y)[i]) <= most);
	EXPECT_LE((double)differ, differing_share * (double)volume_count(&x)) << a;
	volume_free(&x);
	volume_free(&y);
}

TEST(SynthOnADevice, SameStudyButForRounding)
{
	for (int64_t who : { 0, 4 }) {
		Gpu gpu;
		const Made there(&gpu.device, who), here(TheCpu(), who);
		ASSERT_EQ(here.record.n_files, there.record.n_files);
		ASSERT_GT(here.record.n_files, 0);
		for (int i = 0; i < here.record.n_files; i++) {
			const std::string path = here.record.files[i].path;
			ASSERT_EQ(path, there.record.files[i].path);
			if (path.find(".nii.gz") == std::string::npos)
				continue;
			if (path.find("/xr/") != std::string::npos) {
				ExpectImagesAlike(here.root + "/" + path, there.root + "/" + path, 2e-3, 0.01);
			} else {
				EXPECT_EQ(ReadFile(here.root + "/" + path), ReadFile(there.root + "/" + path)) << path;
			}
		}
		for (int side = 0; side < ANATOMY_SIDES; side++)
			for (int region = 0; region < AREAL_REGIONS; region++) {
				const struct areal &x = here.record.areal[side], &y = there.record.areal[side];
				if (std::isnan(x.truth[region].abmd_g_cm2))
					continue;
				EXPECT_NEAR(x.truth[region].abmd_g_cm2, y.truth[region].abmd_g_cm2, 1e-5);
				EXPECT_NEAR(x.dxa[region].shown_g_cm2, y.dxa[region].shown_g_cm2, 1e-4);
			}
	}
}

TEST(SynthOnADevice, BonesOfALabelMap)
{
	Gpu gpu;
	const MapBody body;
	const struct anatomy_grid g = FindingsGrid(5.0);
	const FindingsVoxels there(&gpu.device, body.a, g), here(nullptr, body.a, g);
	for (size_t d = 0; d < here.Densities().size(); d++)
		EXPECT_EQ(0, memcmp(here.Densities()[d]->voxels.data, there.Densities()[d]->voxels.data,
				     here.Densities()[d]->voxels.bytes))
			<< d;
	EXPECT_EQ(0, memcmp(here.v.labels.voxels.data, there.v.labels.voxels.data, here.v.labels.voxels.bytes));
}

TEST(SynthOnADevice, ARefusedLaunchIsAnError)
{
	Gpu gpu;
	ScratchFolder scratch;
	const std::string root = scratch / "study";
	struct record record;
	gpu.maps.erase("anatomy_cells_voxels");
	const struct synth_options o = { .out = root.c_str(), .device = &gpu.device, .subjects = 1, .sites = &Sites(), .seed = 52,
		.quality = &kTiny, .by_profile = false, .primary_films = false, .swap = false, .shard = 0, .shards = 0, .force = false };
	EXPECT_NE(0, synth_subject(&record, root.c_str(), 0, 0, &o));
	EXPECT_NE(nullptr, strstr(err_message(), "the pretended GPU refuses")) << err_message();
}

} // namespace
