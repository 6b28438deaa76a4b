// A small quality and helpers shared by the cohort's tests.
#ifndef TESTS_DRR_COHORT_COHORT_H
#define TESTS_DRR_COHORT_COHORT_H
#include <memory>
#include "drr/cohort/synth.h"
#include "host/run/device.h"
#include "tests/support/support.h"

inline const struct synth_quality kTiny = { "tiny", { 4.0, 2 }, { 100, 80, 4.0, true } };

inline struct device Cpu()
{
	struct device d = {};
	if (device_open(&d, "cpu") != 0)
		ADD_FAILURE() << err_message();
	return d;
}

inline const struct device *TheCpu()
{
	static const struct device cpu = Cpu();
	return &cpu;
}

inline const struct sites &Sites()
{
	static const struct sites sites = [] {
		struct sites s;
		if (sites_built_in(&s, 2) != 0)
			ADD_FAILURE() << err_message();
		return s;
	}();
	return sites;
}

// One participant's body and CT.
struct Subject {
	struct person person;
	struct site site;
	struct posture posture = {};
	std::unique_ptr<struct anatomy> anatomy = std::make_unique<struct anatomy>();
	struct scan scan = {};
	Subject(uint64_t seed, int64_t index, const struct scan_setting &setting = kTiny.scan)
	    : Subject(person_sample(seed, index, 2), seed, setting)
	{
	}
	Subject(const struct person &p, uint64_t seed, const struct scan_setting &setting = kTiny.scan)
	    : person(p), site(Sites().list[p.site])
	{
		site.ct.cupping_hu = 0;
		posture.body = p.ct_pose;
		if (anatomy_init(anatomy.get(), &person.anatomy) != 0 ||
			scan_make(&scan, NULL, anatomy.get(), &posture.body, &site, &setting, seed, p.index) != 0)
			ADD_FAILURE() << err_message();
	}
	~Subject()
	{
		scan_free(&scan);
	}
	Subject(const Subject &) = delete;
};
#endif
