#include <math.h>
#include <stddef.h>

#include "drr/film.h"
#include "host/run/err.h"

struct film_model film_model_default(void)
{
	return (struct film_model){ .exposure = FILM_EXPOSURE_BEHIND,
		.swank = 1,
		.scatter_spread = 0.5,
		.air_gap_mm = 50,
		.grid_primary = 1,
		.grid_scatter = 1 };
}

/* One row a number: the option that sets it and its range. */
static const struct {
	const char *option, *key;
	size_t offset;
	double low, high;
	bool above_low; /* low itself is refused */
} fields[] = {
#define FIELD(option, name, low, high, above)                                                                \
	{                                                                                                    \
		option, #name, offsetof(struct film_model, name), low, high, above                           \
	}
	FIELD("photons-per-mm2", photons_per_mm2, 0, 1e12, false),
	FIELD("swank", swank, 0, 1, true),
	FIELD("electronic-noise", electronic_noise_photons, 0, 1e9, false),
	FIELD("focal-spot-mm", focal_spot_mm, 0, 100, false),
	FIELD("detector-blur-mm", detector_blur_mm, 0, 1000, false),
	FIELD("detector-tail-mm", detector_tail_mm, 0, 1000, false),
	FIELD("detector-tail-share", detector_tail_share, 0, 1, false),
	FIELD("scatter", scatter_to_primary, 0, 1000, false),
	FIELD("scatter-spread", scatter_spread, 0, 10, true),
	FIELD("air-gap-mm", air_gap_mm, 0, 10000, false),
	FIELD("grid", grid_primary, 0, 1, true),
	FIELD("grid", grid_scatter, 0, 1, true),
	FIELD("heel", heel, 0, 1, false),
	FIELD("flat-field", flat_field_residual, 0, 0.3, false),
	FIELD("raw-gain", raw_gain_sd, 0, 0.3, false),
	FIELD("offset", offset_sd, 0, 1, false),
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static double field_of(const struct film_model *m, size_t i)
{
	return *(const double *)(const void *)((const char *)m + fields[i].offset);
}

int film_model_check(const struct film_model *m)
{
	for (size_t i = 0; i < FIELDS; i++) {
		double x = field_of(m, i);
		if (!(x >= fields[i].low && x <= fields[i].high) ||
			(fields[i].above_low && x == fields[i].low))
			return ERR_USAGE("--%s: %s is %g, must be %s %g and at most %g", fields[i].option,
				fields[i].key, x, fields[i].above_low ? "above" : "at least", fields[i].low,
				fields[i].high);
	}
	if (m->electronic_noise_photons > 0 && !(m->photons_per_mm2 > 0))
		return ERR_USAGE("--electronic-noise is in photons: give --photons-per-mm2 too");
	if ((m->detector_tail_mm > 0) != (m->detector_tail_share > 0))
		return ERR_USAGE("--detector-tail-mm and --detector-tail-share go together");
	if (m->raw_gain_sd > 0 && m->flat_field_residual > 0)
		return ERR_USAGE(
			"--raw-gain is for an image without flat-field correction: leave out --flat-field");
	if (m->seed < 0 || m->detector_seed < 0)
		return ERR_USAGE("--seed and --detector-seed: must be zero or more");
	return 0;
}

bool film_model_is_off(const struct film_model *m)
{
	/* A grid or a shading that is corrected shows only through scatter or noise. */
	return !(m->photons_per_mm2 > 0 || m->focal_spot_mm > 0 || m->detector_blur_mm > 0 ||
		 m->detector_tail_mm > 0 || m->scatter_to_primary > 0 || m->flat_field_residual > 0 ||
		 m->raw_gain_sd > 0 || m->offset_sd > 0);
}

struct json *film_model_to_json(const struct film_model *m)
{
	struct json *object = json_object();
	json_put_bool(object, "off", film_model_is_off(m));
	for (size_t i = 0; i < FIELDS; i++)
		json_put_number(object, fields[i].key, field_of(m, i));
	json_put_text(object, "exposure",
		m->exposure == FILM_EXPOSURE_BEHIND ? "mean behind the patient, middle third of the film"
						    : "open beam");
	json_put_integer(object, "seed", m->seed);
	json_put_integer(object, "detector_seed", m->detector_seed);
	return object;
}
