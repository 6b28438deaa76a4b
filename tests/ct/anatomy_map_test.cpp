// Bones of a label map as a digital hip's shape: of a map drawn from a digital hip, and of the painted ones.
#include "ct/anatomy_map.h"

#include <gmock/gmock.h>
#include <omp.h>
#include <random>
#include "host/files/nifti.h"
#include "tests/ct/body.h"
#include "tests/ct/still_grid.h"

namespace
{

struct Names {
	struct label_map map = {};
	Names()
	{
		EXPECT_OK(label_map_load(&map, "painted"));
	}
	~Names()
	{
		label_map_free(&map);
	}
};

struct Map {
	struct anatomy_map map = {};
	~Map()
	{
		anatomy_map_free(&map);
	}
};

// Legs as straight as a map's would be found: what the shape model knows and a map cannot.
struct anatomy_params Straight()
{
	struct anatomy_params p = anatomy_params_default();
	p.femur[ANATOMY_LEFT].head_diameter_mm = 47; // the sides differ, so that a mixed-up side shows
	p.femur[ANATOMY_LEFT].offset_mm = 42;
	return p;
}

struct Body {
	struct anatomy a = {};
	explicit Body(const struct anatomy_params &p)
	{
		EXPECT_OK(anatomy_init(&a, &p));
	}
};

// A label map of the shape model's body.
Volume Drawn()
{
	static const Body body(Straight());
	const double low[3] = { -165, -125, -230 }, high[3] = { 165, 75, 180 };
	struct anatomy_grid g = StillGrid(low, high, 2.5, 2);
	struct anatomy_voxels v = {};
	g.label_fraction = 0.5;
	EXPECT_OK(anatomy_voxelise(&v, NULL, &body.a, &g));
	Volume labels({ g.n[0], g.n[1], g.n[2] }, g.to_world, VOLUME_U16);
	for (int64_t i = 0; i < volume_count(labels.get()); i++)
		volume_u16(labels.get())[i] = volume_u8(&v.labels)[i];
	anatomy_voxels_free(&v);
	return labels;
}

class AnatomyMap : public ::testing::Test
{
      protected:
	static void SetUpTestSuite()
	{
		labels_ = new Volume(Drawn());
		map_ = new Map;
		EXPECT_OK(anatomy_map_make(&map_->map, labels_->get(), &names_->map));
	}
	static void TearDownTestSuite()
	{
		delete map_;
		delete labels_;
		map_ = nullptr;
		labels_ = nullptr;
	}
	// The drawn labels with one number for another.
	static Volume Changed(const std::function<uint16_t(uint16_t, const Point &)> &change)
	{
		Volume out({ (*labels_)->n[0], (*labels_)->n[1], (*labels_)->n[2] }, (*labels_)->to_world, VOLUME_U16);
		for (int64_t i = 0; i < volume_count(out.get()); i++)
			volume_u16(out.get())[i] = change(volume_u16(labels_->get())[i], labels_->world(i));
		return out;
	}
	static std::string Refused(Volume &labels)
	{
		Map m;
		EXPECT_EQ(-1, anatomy_map_make(&m.map, labels.get(), &names_->map));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		return err_message();
	}
	static struct anatomy_params Taken(double scale, bool mirrored)
	{
		struct anatomy_params p = Straight();
		anatomy_map_take(&p, &map_->map, scale, mirrored);
		return p;
	}
	static Volume *labels_;
	static Map *map_;
	static std::unique_ptr<Names> names_;
};
Volume *AnatomyMap::labels_;
Map *AnatomyMap::map_;
std::unique_ptr<Names> AnatomyMap::names_ = std::make_unique<Names>();

TEST_F(AnatomyMap, MeasuresWhatWasDrawn)
{
	const Body body(Straight());
	for (int side = 0; side < 2; side++) {
		const struct anatomy_map_femur &f = map_->map.femur[side];
		const struct anatomy_femur &truly = body.a.params.femur[side];
		for (int k = 0; k < 3; k++)
			EXPECT_NEAR(body.a.frame[side].head_centre_mm[k], f.frame.head_centre_mm[k], 0.8);
		EXPECT_NEAR(truly.head_diameter_mm, 2 * f.frame.head_radius_mm, 1.0);
		EXPECT_NEAR(truly.offset_mm, f.offset_mm, 1.5);
		EXPECT_NEAR(truly.neck_shaft_deg, f.neck_shaft_deg, 4);
		EXPECT_NEAR(truly.neck_width_mm, f.neck_width_mm, 3);
		EXPECT_NEAR(truly.shaft_diameter_mm, f.shaft_diameter_mm, 2);
		EXPECT_LT(f.end_mm, -180);
	}
	EXPECT_NEAR(176, map_->map.head_distance_mm, 1);
	EXPECT_NEAR(1, map_->map.pelvis_scale, 0.02);
}

// Where its own surface lies, the body made from its map has its surface too.
TEST_F(AnatomyMap, GivesBackTheBodyItWasDrawnFrom)
{
	const Body body(Straight()), again(Taken(1, false));
	const double low[3] = { -165, -125, -170 }, high[3] = { 165, 75, 160 };
	std::mt19937 random(5);
	std::uniform_real_distribution<double> u(0, 1);
	double squares[ANATOMY_PARTS] = {}, count[ANATOMY_PARTS] = {};
	for (int i = 0; i < 400000; i++) {
		double p[3];
		for (int k = 0; k < 3; k++)
			p[k] = low[k] + u(random) * (high[k] - low[k]);
		for (int part = 0; part < ANATOMY_PARTS; part++) {
			const struct anatomy_bone &bone = body.a.bone[part];
			if (p[0] < bone.low[0] || p[0] > bone.high[0] || p[2] > bone.high[2] + 20)
				continue;
			double truly = anatomy_sdf(&body.a, (enum anatomy_part)part, p);
			if (std::fabs(truly) > 1)
				continue;
			double error = anatomy_sdf(&again.a, (enum anatomy_part)part, p) - truly;
			squares[part] += error * error;
			count[part]++;
		}
	}
	for (int part = 0; part < ANATOMY_PARTS; part++) {
		ASSERT_GT(count[part], 100);
		printf("part %d: %.2f mm rms at the surface\n", part, std::sqrt(squares[part] / count[part]));
		EXPECT_LT(std::sqrt(squares[part] / count[part]), part <= ANATOMY_FEMUR_LEFT ? 1.0 : 1.3);
	}
}

// Distances between voxels must not pretend that bone is farther than it is: voxelising looks no closer then.
TEST_F(AnatomyMap, DistancesGrowByAtMostTheWayAndTheirSlack)
{
	const Body body(Taken(1.05, true));
	std::mt19937 random(6);
	std::uniform_real_distribution<double> u(-1, 1);
	for (int part = 0; part < ANATOMY_PARTS; part++)
		for (int i = 0; i < 20000; i++) {
			double p[3], q[3], way = 0;
			for (int k = 0; k < 3; k++) {
				double middle = 0.5 * (body.a.bone[part].low[k] + body.a.bone[part].high[k]);
				p[k] = middle + 160 * u(random);
				q[k] = p[k] + 10 * u(random);
				way += (p[k] - q[k]) * (p[k] - q[k]);
			}
			double d = anatomy_sdf(&body.a, (enum anatomy_part)part, p), e = anatomy_sdf(&body.a, (enum anatomy_part)part, q);
			if (e < 0) { // the promise that voxelising relies on
				ASSERT_LE(d - body.a.sampled[part].slack_mm, e + std::sqrt(way)) << part;
			}
		}
}

TEST_F(AnatomyMap, MirroredIsTheOtherSide)
{
	struct anatomy_params straight = Taken(1, false), turned = Taken(1, true);
	for (int side = 0; side < 2; side++) {
		EXPECT_EQ(straight.femur[side].offset_mm, turned.femur[!side].offset_mm);
		turned.femur[side].torsion_deg = straight.femur[side].torsion_deg;
	}
	const Body body(straight), mirror(turned);
	std::mt19937 random(7);
	std::uniform_real_distribution<double> u(-1, 1);
	for (int i = 0; i < 20000; i++) {
		const double p[3] = { 150 * u(random), -20 + 90 * u(random), -20 + 140 * u(random) }, q[3] = { -p[0], p[1], p[2] };
		for (int part = 0; part < ANATOMY_PARTS; part++) {
			int other = part <= ANATOMY_HIP_LEFT ? part ^ 1 : part;
			ASSERT_NEAR(anatomy_sdf(&body.a, (enum anatomy_part)part, p),
				anatomy_sdf(&mirror.a, (enum anatomy_part)other, q), 1e-3)
				<< part;
		}
	}
}

// A leg that is turned takes its femur along; twice the torsion turns it about the shaft.
TEST_F(AnatomyMap, IsArticulatedAndScaled)
{
	struct anatomy_params p = Taken(1, false), bent = Taken(1.1, false);
	bent.femur[ANATOMY_RIGHT].flexion_deg += 12;
	bent.femur[ANATOMY_RIGHT].internal_deg -= 20;
	const Body body(p), other(bent);
	EXPECT_NEAR(1.1 * p.head_distance_mm, bent.head_distance_mm, 1e-9);
	for (int i = 0; i < 3000; i++) {
		const double lateral = -30 + i % 13 * 8.0, anterior = -40 + i % 17 * 5.0, up = -250 + i % 31 * 9.0;
		double at[3], there[3];
		for (int k = 0; k < 3; k++) {
			const double(*a)[3] = body.a.axes[0].to_local, (*b)[3] = other.a.axes[0].to_local;
			at[k] = body.a.frame[0].head_centre_mm[k] + lateral * a[0][k] + anterior * a[1][k] + up * a[2][k];
			there[k] = other.a.frame[0].head_centre_mm[k] +
				   1.1 * (lateral * b[0][k] + anterior * b[1][k] + up * b[2][k]);
		}
		ASSERT_NEAR(1.1 * anatomy_sdf(&body.a, ANATOMY_FEMUR_RIGHT, at),
			anatomy_sdf(&other.a, ANATOMY_FEMUR_RIGHT, there), 1e-6);
	}
}

TEST_F(AnatomyMap, TheShaftGoesOnBelowTheMap)
{
	const Body body(Taken(1, false));
	const double *up = body.a.axes[0].to_local[2], *head = body.a.frame[0].head_centre_mm;
	for (double down : { 230.0, 300.0 })
		for (double out = -25; out <= 25; out += 1) {
			double low[3], end[3];
			for (int k = 0; k < 3; k++) {
				double beside = body.a.axes[0].shaft_offset_mm[0] * body.a.axes[0].to_local[0][k] +
						body.a.axes[0].shaft_offset_mm[1] * body.a.axes[0].to_local[1][k];
				low[k] = head[k] + beside - down * up[k] + out * body.a.axes[0].to_local[1][k];
				end[k] = head[k] + beside + map_->map.femur[0].end_mm * up[k] + out * body.a.axes[0].to_local[1][k];
			}
			EXPECT_NEAR(anatomy_sdf(&body.a, ANATOMY_FEMUR_RIGHT, end), anatomy_sdf(&body.a, ANATOMY_FEMUR_RIGHT, low), 1e-9);
		}
}

TEST_F(AnatomyMap, VoxelsAreTheSameOnAnyThreads)
{
	const Body body(Taken(1, true));
	const double low[3] = { 40, -60, -120 }, high[3] = { 150, 60, 60 };
	const struct anatomy_grid g = StillGrid(low, high, 4, 2);
	struct anatomy_voxels v[2] = {};
	const int threads = omp_get_max_threads();
	for (int i = 0; i < 2; i++) {
		omp_set_num_threads(i == 0 ? 1 : 3);
		ASSERT_OK(anatomy_voxelise(&v[i], NULL, &body.a, &g));
	}
	omp_set_num_threads(threads);
	const size_t n = (size_t)volume_count(&v[0].mineral);
	EXPECT_EQ(0, memcmp(volume_f32(&v[0].mineral), volume_f32(&v[1].mineral), n * sizeof(float)));
	EXPECT_EQ(0, memcmp(volume_u8(&v[0].labels), volume_u8(&v[1].labels), n));
	for (struct anatomy_voxels &each : v)
		anatomy_voxels_free(&each);
}

TEST_F(AnatomyMap, NamesWhatIsWrong)
{
	using ::testing::HasSubstr;
	Volume labels = Changed([](uint16_t id, const Point &) { return id == 77 ? 0 : id; });
	EXPECT_THAT(Refused(labels), HasSubstr("hip_left: no voxel"));
	labels = Changed([](uint16_t id, const Point &) { return id == 27 ? 0 : id; });
	EXPECT_THAT(Refused(labels), HasSubstr("lumbar_spine"));
	labels = Changed([](uint16_t id, const Point &) {
		return id == 75 ? 76 : id == 76 ? 75 : id == 77 ? 78 : id == 78 ? 77 : id;
	});
	EXPECT_THAT(Refused(labels), HasSubstr("mirrored"));
	labels = Changed([](uint16_t id, const Point &p) { return p[2] < -95 ? 0 : id; });
	EXPECT_THAT(Refused(labels), HasSubstr("femur_right"));
	labels = Changed([](uint16_t id, const Point &) { return id; });
	labels->to_world[2][2] *= -1;
	labels->to_world[2][3] *= -1;
	EXPECT_THAT(Refused(labels), HasSubstr("stands on its head"));
	labels = Changed([](uint16_t id, const Point &) { return id; });
	labels->to_world[0][1] = 0.4;
	EXPECT_THAT(Refused(labels), HasSubstr("right angles"));
	labels = Changed([](uint16_t id, const Point &) { return id; });
	for (int r = 0; r < 3; r++)
		for (int c = 0; c < 4; c++)
			labels->to_world[r][c] *= 0.1; // cm that pass for mm
	EXPECT_THAT(Refused(labels), HasSubstr("femur_right"));
	struct anatomy_map m;
	EXPECT_EQ(-1, anatomy_map_read(&m, "no-such.nii.gz", &names_->map));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
	EXPECT_THAT(err_message(), HasSubstr("no-such.nii.gz"));
}

// Somebody's real bones.
class PaintedMap : public ::testing::TestWithParam<const char *>
{
};

// The share of the femur's voxels that lie on the wrong side of the digital femur's surface, and of those by how far.
struct Apart {
	double inside = 0, wrong = 0, far = 0;
};

Apart CompareFemur(const Volume &labels, const struct anatomy_map_femur &f, const struct anatomy &a, enum anatomy_side side)
{
	Apart apart;
	const enum anatomy_part part = side == ANATOMY_RIGHT ? ANATOMY_FEMUR_RIGHT : ANATOMY_FEMUR_LEFT;
	const double *from = f.frame.head_centre_mm, scale = a.params.map_scale;
	Volume &map = const_cast<Volume &>(labels);
	for (int64_t i = 0; i < volume_count(map.get()); i++) {
		const Point q = Sub(map.world(i), { from[0], from[1], from[2] });
		double local[3], at[3];
		if (std::fabs(q[0]) > 110 || std::fabs(q[1]) > 80 || std::fabs(q[2]) > 130)
			continue;
		for (int axis = 0; axis < 3; axis++)
			local[axis] = Dot(q, { f.axes[axis][0], f.axes[axis][1], f.axes[axis][2] });
		if (local[2] < -120) // the map's shaft ends at 170
			continue;
		for (int k = 0; k < 3; k++) {
			at[k] = a.frame[side].head_centre_mm[k];
			for (int axis = 0; axis < 3; axis++)
				at[k] += scale * local[axis] * a.axes[side].to_local[axis][k];
		}
		double d = anatomy_sdf(&a, part, at) / scale;
		bool bone = volume_u16(map.get())[i] == anatomy_label(part);
		apart.inside += bone;
		apart.wrong += bone != (d < 0);
		apart.far += bone != (d < 0) && std::fabs(d) > map->to_world[2][2];
	}
	return apart;
}

// No bone stands out of the skin, and femur and hip bone do not meet.
void ExpectWithin(const struct anatomy &a)
{
	for (double z = -150; z < 160; z += 5)
		for (double y = -120; y < 90; y += 5)
			for (double x = -170; x < 170; x += 5) {
				const double at[3] = { x, y, z };
				double nearest[ANATOMY_PARTS], least = 1e9;
				for (int part = 0; part < ANATOMY_PARTS; part++) {
					nearest[part] = anatomy_sdf(&a, (enum anatomy_part)part, at);
					least = std::fmin(least, nearest[part]);
				}
				ASSERT_TRUE(least > 0 || anatomy_skin_mm(&a, at) < -2) << x << " " << y << " " << z;
				for (int side = 0; side < 2; side++)
					ASSERT_FALSE(nearest[ANATOMY_FEMUR_RIGHT + side] < -0.75 && nearest[ANATOMY_HIP_RIGHT + side] < -0.75)
						<< x << " " << y << " " << z;
			}
}

// The digital femur's surface is the label's, wherever the leg lies.
TEST_P(PaintedMap, KeepsTheLabelsSurface)
{
	TEST_DATA_OR_SKIP(data);
	Names names;
	Map m;
	Volume labels;
	const std::string path = data + "/painted/" + GetParam() + "_dseg.nii.gz";
	ASSERT_OK(nifti_read_labels(labels.get(), path.c_str()));
	ASSERT_OK(anatomy_map_make(&m.map, labels.get(), &names.map));
	struct anatomy_params p = anatomy_params_default();
	anatomy_map_take(&p, &m.map, 0.97, false);
	p.femur[0].torsion_deg = p.femur[1].torsion_deg = 0;
	p.femur[0].flexion_deg = 15;
	p.femur[0].internal_deg = -20;
	const Body body(p);
	for (enum anatomy_side side : { ANATOMY_RIGHT, ANATOMY_LEFT }) {
		const Apart apart = CompareFemur(labels, m.map.femur[side], body.a, side);
		printf("%s, side %d: of the label's %.0f voxels %.2f %% differ, %.4f %% by more than a voxel's length\n", GetParam(),
			side, apart.inside, 100 * apart.wrong / apart.inside, 100 * apart.far / apart.inside);
		EXPECT_LT(apart.wrong, 0.02 * apart.inside);
		EXPECT_LT(apart.far, 1e-3 * apart.inside) << "hairs, inlets and islands a voxel wide";
	}
	ExpectWithin(body.a);
}
INSTANTIATE_TEST_SUITE_P(All, PaintedMap, ::testing::Values("A", "B"));

} // namespace
