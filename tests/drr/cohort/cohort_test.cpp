#include "drr/cohort/cohort.h"

#include <cmath>
#include "drr/cohort/listing.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

struct Count {
	int n = 0, women = 0, arthritic = 0, missing = 0;
	double age = 0, density = 0, squares = 0;
	double Sd() const
	{
		return std::sqrt((squares - density * density / n) / (n - 1));
	}
};

// The whole multi-centre study's people, not their images: 315 and 1426.
TEST(Enrolment, EachSiteSeesItsOwnPeople)
{
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, SITE_BUILT_IN));
	const struct cohort cohort = { &sites, 11, true };
	Count development, external;
	for (int64_t i = 0; i < sites_subjects(&sites); i++) {
		struct person p = cohort_person(&cohort, i);
		const struct site &site = sites.list[p.site];
		Count &c = site.development ? development : external;
		c.n++;
		c.women += p.sex == 'F';
		c.arthritic += std::max(p.arthritis[0], p.arthritis[1]) >= 2;
		c.missing += p.missing != 0;
		c.age += p.age;
		c.density += p.density_target_g_cm2;
		c.squares += p.density_target_g_cm2 * p.density_target_g_cm2;
		ASSERT_GE(p.age, site.population.age_years[0]);
		ASSERT_LE(p.age, site.population.age_years[1]);
		ASSERT_GE(p.bmi, site.population.bmi[0]);
		ASSERT_LE(p.bmi, site.population.bmi[1]);
	}
	printf("development %d: %.0f %% women, %.1f y, arthritis %.0f %%, aBMD SD %.3f; external %d: %.0f %%, %.1f y, %.0f %%, "
	       "SD %.3f; forms with gaps %.0f %%\n",
		development.n, 100.0 * development.women / development.n, development.age / development.n,
		100.0 * development.arthritic / development.n, development.Sd(), external.n,
		100.0 * external.women / external.n, external.age / external.n,
		100.0 * external.arthritic / external.n, external.Sd(), 100.0 * external.missing / external.n);
	EXPECT_EQ(315, development.n);
	EXPECT_EQ(1426, external.n);
	EXPECT_GE(development.arthritic, 0.6 * development.n); // before hip replacement
	EXPECT_LT(external.arthritic, 0.4 * external.n);
	EXPECT_NEAR(0.82, (double)development.women / development.n, 0.07);
	EXPECT_NEAR(0.10, development.Sd(), 0.015);
	EXPECT_NEAR(0.15, external.Sd(), 0.01);
	EXPECT_GT(external.missing, 0.15 * external.n);
	EXPECT_LT(external.missing, 0.6 * external.n);
}

TEST(Enrolment, MissingValuesAreASitesOwn)
{
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, 1));
	struct cohort cohort = { &sites, 12, false };
	sites.list[0].population.missing = 0;
	for (int64_t i = 0; i < 200; i++)
		EXPECT_EQ(0u, cohort_person(&cohort, i).missing);
}

TEST(Enrolment, NailsAreASitesOwn)
{
	struct sites sites;
	int nailed[2] = {}, fractures = 0;
	ASSERT_OK(sites_built_in(&sites, 1));
	for (int with : { 0, 1 }) {
		sites.list[0].population.nails = with;
		const struct cohort cohort = { &sites, 13, false };
		for (int64_t i = 0; i < 400; i++) {
			struct person p = cohort_person(&cohort, i);
			for (const struct anatomy_femur &f : p.anatomy.femur) {
				nailed[with] += f.nail_mm > 0;
				fractures += with && (f.callus_mm > 0 || f.nail_mm > 0);
			}
		}
	}
	EXPECT_EQ(0, nailed[0]);
	EXPECT_GT(nailed[1], 0);
	EXPECT_EQ(fractures, nailed[1]) << "all healed fractures";
}

// The hip with the better joint is replaced, and nothing else of anybody changes.
TEST(Enrolment, TotalHipsLieOppositeTheStudiedOnes)
{
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, 1));
	const struct cohort cohort = { &sites, 16, false };
	int replaced = 0;
	const int people = 600;
	for (int64_t i = 0; i < people; i++) {
		sites.list[0].population.prostheses = 0;
		const struct person native = cohort_person(&cohort, i);
		sites.list[0].population.prostheses = 0.3;
		struct person p = cohort_person(&cohort, i);
		for (enum anatomy_side side : { ANATOMY_RIGHT, ANATOMY_LEFT }) {
			struct anatomy_femur &f = p.anatomy.femur[side];
			const struct anatomy_femur &was = native.anatomy.femur[side];
			EXPECT_EQ(0, was.cup_mm);
			if (!(f.cup_mm > 0))
				continue;
			replaced++;
			EXPECT_NEAR(0.5 * f.head_diameter_mm + 3.5, f.cup_mm, 1e-12);
			EXPECT_LE(native.arthritis[side], native.arthritis[!side]);
			EXPECT_STREQ("metal", areal_exclusion(&p.anatomy, side));
			EXPECT_EQ(nullptr, areal_exclusion(&p.anatomy, side == ANATOMY_RIGHT ? ANATOMY_LEFT : ANATOMY_RIGHT));
			p.arthritis[side] = native.arthritis[side];
			f = was;
		}
		EXPECT_EQ(0, memcmp(&native.arthritis, &p.arthritis, sizeof(p.arthritis)));
		EXPECT_EQ(0, memcmp(&native.anatomy.femur[0].head_diameter_mm, &p.anatomy.femur[0].head_diameter_mm, sizeof(p.anatomy.femur)));
		EXPECT_EQ(native.density_target_g_cm2, p.density_target_g_cm2);
	}
	EXPECT_NEAR(0.3 * people, replaced, 0.1 * people);
}

// As the profiles have it: some of the whole study's hips hold metal, and no more than people of that age have.
TEST(Enrolment, SomeHipsHoldMetal)
{
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, SITE_BUILT_IN));
	const struct cohort cohort = { &sites, 14, true };
	int64_t nails = 0, prostheses = 0, hips = 2 * sites_subjects(&sites);
	for (int64_t i = 0; i < sites_subjects(&sites); i++) {
		const struct person p = cohort_person(&cohort, i);
		for (enum anatomy_side side : { ANATOMY_RIGHT, ANATOMY_LEFT }) {
			const struct anatomy_femur &f = p.anatomy.femur[side];
			nails += f.nail_mm > 0;
			prostheses += f.cup_mm > 0;
			EXPECT_EQ(f.nail_mm > 0 || f.cup_mm > 0, areal_exclusion(&p.anatomy, side) != nullptr);
		}
	}
	printf("%lld of %lld hips hold a nail, %lld a prosthesis\n", (long long)nails, (long long)hips, (long long)prostheses);
	EXPECT_GT(nails, 0.002 * (double)hips);
	EXPECT_LT(nails, 0.02 * (double)hips);
	// 315 participants at 0.15 and 1426 at 0.03, one hip of each.
	EXPECT_NEAR(prostheses, 315 * 0.15 + 1426 * 0.03, 4 * std::sqrt(315 * 0.15 * 0.85 + 1426 * 0.03 * 0.97));
}

// A share of films, and each cuts what it says.
TEST(Posture, CutFilmsAreASitesShare)
{
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, 1));
	struct site_xray room = sites.list[0].xray;
	const struct cohort cohort = { &sites, 15, false };
	const struct person p = cohort_person(&cohort, 0);
	room.cut_share = 0.2;
	int cut[POSTURE_CUTS] = {};
	for (int64_t who = 0; who < 2000; who++) {
		struct posture q = posture_xray(&p, &room, 15, who, 0);
		const struct posture before = q;
		posture_cut_film(&q, &room, 15, who, 0);
		cut[q.cut]++;
		const double x = q.body.shift_mm[0] - before.body.shift_mm[0], z = q.body.shift_mm[2] - before.body.shift_mm[2];
		EXPECT_EQ(q.cut == POSTURE_CUT_BELOW, z < -60);
		EXPECT_EQ(q.cut == POSTURE_CUT_ABOVE, z > 40);
		EXPECT_EQ(q.cut == POSTURE_CUT_RIGHT, x > 40);
		EXPECT_EQ(q.cut == POSTURE_CUT_LEFT, x < -40);
	}
	EXPECT_NEAR(0.8 * 2000, cut[POSTURE_WHOLE], 4 * std::sqrt(2000 * 0.2 * 0.8));
	for (int kind = POSTURE_CUT_BELOW; kind < POSTURE_CUTS; kind++)
		EXPECT_GT(cut[kind], 20) << posture_cut_name((enum posture_cut)kind);
	room.cut_share = 0;
	struct posture q = posture_xray(&p, &room, 15, 1, 0);
	posture_cut_film(&q, &room, 15, 1, 0);
	EXPECT_EQ(POSTURE_WHOLE, q.cut);
}

TEST(Cohort, EvaluationSeedsAreNeverThoseOfDevelopment)
{
	EXPECT_STREQ("development", cohort_purpose(0));
	EXPECT_STREQ("development", cohort_purpose(COHORT_EVALUATION_SEED - 1));
	EXPECT_STREQ("evaluation", cohort_purpose(COHORT_EVALUATION_SEED));
	struct cohort development = { &Sites(), 7, false }, evaluation = { &Sites(), COHORT_EVALUATION_SEED + 7, false };
	for (int64_t i = 0; i < 20; i++)
		EXPECT_NE(cohort_person(&development, i).anatomy.texture_seed,
			cohort_person(&evaluation, i).anatomy.texture_seed);
}

// The ceiling by hand: four hips' worth of numbers of which r is known.
TEST(Listing, CeilingIsTheCorrelationOfMineralAndDxa)
{
	std::vector<struct record> records(4);
	const struct record_origin origin = { .seed = 5, .sites = &Sites(), .quality = "fast", .films = "site", .by_profile = false, .computed_on = "cpu" };
	const double x[8] = { 0.6, 0.7, 0.8, 0.9, 0.6, 0.7, 0.8, 0.9 }, y[8] = { 0.61, 0.69, 0.81, 0.89, 0.59, 0.71, 0.79, 0.91 };
	for (int i = 0; i < 8; i++) {
		struct record &r = records[(size_t)i / 2];
		r.person.site = i / 2 % 2; // Hologic and Lunar: the maker's scale must not matter
		const char *family = Sites().list[r.person.site].dxa.family;
		r.areal[i % 2].truth[AREAL_NECK].abmd_g_cm2 = x[i];
		r.areal[i % 2].dxa[AREAL_NECK].shown_g_cm2 =
			areal_of_sbmd_g_cm2(areal_sbmd_mg_cm2(y[i], AREAL_NECK, "hologic"), AREAL_NECK, family);
	}
	// Sxx 0.1, Sxy 0.1, Syy = Sxx + sum of squares of y - x (0.0008), of which the covariance with x is 0.
	EXPECT_NEAR(0.1 / std::sqrt(0.1 * 0.1008), listing_ceiling(records.data(), 4, AREAL_NECK, &origin), 1e-12);
	EXPECT_TRUE(std::isnan(listing_ceiling(records.data(), 3, AREAL_NECK, &origin)));
}

} // namespace
