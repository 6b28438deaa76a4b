// The same by label channel: values and path of each, in one pass.
#include "tests/kernels/slab_trace.h"

namespace
{

class SlabLabel : public ::testing::TestWithParam<int>
{
};
INSTANTIATE_TEST_SUITE_P(Models, SlabLabel, ::testing::Values(RAY_PWC, RAY_TRILINEAR, RAY_JOSEPH));

TEST_P(SlabLabel, LabelsAgreeAndAddUp)
{
	std::mt19937 random(9);
	Volume v(58, 44, 49);
	v.Fill(6);
	v.Label(7);
	v.Lay();
	for (int trial = 0; trial < 6; trial++) {
		SCOPED_TRACE(trial);
		Case c = { &v, {}, 43, 38, GetParam(), trial % 2, 1, 7, false };
		for (int p = 0; p < 2; p++)
			c.poses.push_back(Pose(&random, v, trial / 2 % 2, c.cols, c.rows, 3.2, 2));
		Images got = Traced(c, kText, 1 + trial % 2);
		Compare(got, Reference(c), GetParam(), Bound(GetParam()), 5e-7);
		Volume bare = v;
		for (size_t i = 0; i < v.values.size(); i++)
			if (v.tags[i] == RAY_NO_CHANNEL)
				bare.values[i] = 0;
		bare.Lay();
		Case whole = c;
		whole.volume = &bare;
		whole.channels = 0;
		const std::vector<float> total = Traced(whole, kText).planes[0];
		const size_t pixels = (size_t)(c.cols * c.rows);
		double most = 0, worst = 0;
		for (size_t i = 0; i < total.size(); i++) {
			double sum = 0;
			for (size_t channel = 0; channel < 7; channel++)
				sum += (double)got.planes[0][(i / pixels * 7 + channel) * pixels + i % pixels];
			most = std::max(most, 1e-4 * (double)std::fabs(total[i]));
			worst = std::max(worst, std::fabs(sum - 1e-4 * (double)total[i]));
		}
		EXPECT_LE(worst, 1e-6 * most);
	}
	Seen(GetParam());
}

// More channels than a thread has numbers for, every voxel of another than its neighbours, and each output alone.
TEST_P(SlabLabel, ManyChannelsMeetInASlab)
{
	std::mt19937 random(19);
	for (int channels : { 3, 16, 17, 32 }) {
		SCOPED_TRACE(channels);
		Volume v(31, 26, 29);
		v.Fill(20);
		for (size_t i = 0; i < v.tags.size(); i++) {
			const uint8_t tag = (uint8_t)(random() % (unsigned)(channels + 1));
			v.tags[i] = tag < channels ? tag : (uint8_t)RAY_NO_CHANNEL;
		}
		v.Lay();
		for (int64_t type : { SLAB_I16, SLAB_F32 }) {
			Case c = { &v, {}, 43, 38, GetParam(), type, 1, channels, false };
			for (int p = 0; p < 2; p++)
				c.poses.push_back(Pose(&random, v, p, c.cols, c.rows, 3.2, 2));
			const Images want = Reference(c), got = Traced(c, kText, 1);
			Compare(got, want, GetParam(), Bound(GetParam()), 5e-7);
			Compare(Traced(c, kText, 2), want, GetParam(), Bound(GetParam()), 5e-7);
			EXPECT_EQ(got.planes[0], Traced(c, kText, 1, false, true, false).planes[0]);
			EXPECT_EQ(got.planes[1], Traced(c, kText, 1, false, false, true).planes[1]);
		}
	}
	Seen(GetParam());
}

// Bricks that say anything but 0 are walked.
TEST_P(SlabLabel, BricksOfOneChannelAreWalked)
{
	std::mt19937 random(14);
	Volume v(90, 85, 101);
	v.Fill(13);
	for (int64_t k = 0; k < v.n[2]; k++)
		for (int64_t j = 0; j < v.n[1]; j++)
			for (int64_t i = 0; i < v.n[0]; i++)
				v.tags[v.At(i, j, k)] = i < 34	       ? (uint8_t)RAY_NO_CHANNEL
							: k < 47       ? (uint8_t)(2)
							: j % 85 < 64 ? (uint8_t)(0)
								       : (uint8_t)(i % 3);
	v.Lay();
	v.tag_bricks = v.Bricks([&](size_t i) {
		return v.tags[i] == RAY_NO_CHANNEL ? 0.0F : 1.0F + (float)v.tags[i];
	});
	for (float filled : { 0.0F, 1.0F, 3.0F })
		ASSERT_GT(std::count(v.tag_bricks.begin(), v.tag_bricks.end(), filled), 10);
	for (int trial = 0; trial < 9; trial++) {
		SCOPED_TRACE(trial);
		Case c = { &v, {}, 43, 38, GetParam(), trial % 2 ? SLAB_I16 : SLAB_F32, 1, 3, true };
		c.poses.push_back(Pose(&random, v, trial % 2, c.cols, c.rows, trial < 3 ? 0.05 : 3.2, 3));
		Images want = Reference(c);
		Compare(Traced(c, kText, 1 + trial % 3), want, GetParam(), Bound(GetParam()), 5e-7);
		Compare(Traced(c, kVectors, 1), want, GetParam(), Bound(GetParam()), 5e-7);
	}
	Seen(GetParam());
}

// As a GPU runs it: lanes vote, wait for each other, and walk what the longest of them walks; tiles whose rays move along
// different axes too.
TEST_P(SlabLabel, WarpsAgreeByLabel)
{
	std::mt19937 random(22);
	Volume v(66, 60, 71);
	v.Fill(23);
	v.Label(7);
	for (size_t i = 0; i < v.tags.size(); i++) {
		v.tags[i] = i % 15 ? v.tags[i] : (uint8_t)(i % 7);
		const int64_t z = (int64_t)i / (v.n[0] * v.n[1]); // a plate in bricks without channels
		v.tags[i] = z < 34 || z >= 40 ? (uint8_t)RAY_NO_CHANNEL : v.tags[i];
	}
	v.Lay();
	v.tag_bricks = v.Bricks([&](size_t i) { return v.tags[i] == RAY_NO_CHANNEL ? 0.0F : NAN; });
	ASSERT_GT(std::count(v.tag_bricks.begin(), v.tag_bricks.end(), 0.0F), 50);
	for (int trial = 0; trial < 4; trial++) {
		SCOPED_TRACE(trial);
		// Rays far apart: one of a warp meets the plate, its neighbour a brick that is passed over.
		Case c = { &v, {}, 37, 23, GetParam(), trial / 2 % 2, 1, trial < 2 ? 7 : 17, trial != 3 };
		c.poses.push_back(Pose(&random, v, true, c.cols, c.rows, trial % 2 ? 3.2 : 0.05, 9));
		const Images want = Reference(c);
		Compare(Traced(c, kWarps, 1 + trial % 2), want, GetParam(), Bound(GetParam()), 5e-7);
		Case two = c;
		two.poses.push_back(Pose(&random, v, true, c.cols, c.rows, 3.2, 3));
		const Images alone = Traced(c, kWarps, 1), batch = Traced(two, kWarps, 1);
		for (size_t p = 0; p < 2; p++)
			EXPECT_EQ(0, std::memcmp(alone.planes[p].data(), batch.planes[p].data(),
					     alone.planes[p].size() * sizeof(float)));
	}
	Seen(GetParam());
}

} // namespace
