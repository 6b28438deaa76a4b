#include "drr/processing.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "drr/percentile.h"
#include "drr/psf.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "kernels/tone.h"
#include "kernels/transmission.h"
#include "kernels/unsharp.h"

#define BODY_FLOOR 0.2

static const struct {
	const char *name;
	struct processing_model model;
} presets[] = {
	{ "soft", { PROCESSING_LOG, 0.025, 0.1, 0.85, 1.1, 1.2, 1.5, 3, 99.8 } },
	{ "standard", { PROCESSING_LOG, 0.025, 0.1, 0.65, 1.3, 1.6, 2.5, 5, 99.5 } },
	{ "high-contrast", { PROCESSING_LOG, 0.025, 0.1, 0.45, 1.8, 2.2, 3, 10, 99.5 } },
	{ "linear", { PROCESSING_LINEAR, 0.025, 0.1, 1, 1, 1.2, 0, 25, 99 } },
};

/* The numbers, for changes and for the record. */
static const struct {
	const char *name;
	size_t offset;
	double low, high;
} fields[] = {
#define FIELD(name, low, high)                                                                               \
	{                                                                                                    \
#name, offsetof(struct processing_model, name), low, high                                    \
	}
	FIELD(mid_fraction, 1e-4, 1),
	FIELD(low_fraction, 1e-4, 1),
	FIELD(alpha, 0.01, 1),
	FIELD(gain_mid, 0, 20),
	FIELD(gain_fine, 0, 20),
	FIELD(contrast, 0, 20),
	FIELD(low_percent, 0, 100),
	FIELD(high_percent, 0, 100),
#undef FIELD
};
enum { PRESETS = sizeof presets / sizeof presets[0], FIELDS = sizeof fields / sizeof fields[0] };

static double *field_of(struct processing_model *m, size_t i)
{
	return (double *)(void *)((char *)m + fields[i].offset);
}

/* "alpha=0.5" up to a comma or the end. */
static int change(struct processing_model *m, const char *text, size_t length)
{
	for (size_t i = 0; i < FIELDS; i++) {
		size_t name = strlen(fields[i].name);
		if (name + 1 >= length || strncmp(text, fields[i].name, name) != 0 || text[name] != '=')
			continue;
		char *end;
		*field_of(m, i) = strtod(text + name + 1, &end);
		if (end == text + length)
			return 0;
	}
	return ERR_USAGE(
		"--processing: '%.*s' is no FIELD=NUMBER; the fields are mid_fraction, low_fraction, alpha, "
		"gain_mid, gain_fine, contrast, low_percent, high_percent",
		(int)length, text);
}

int processing_parse(struct processing_model *m, const char *text)
{
	size_t length = strcspn(text, ","), i = 0;
	while (i < PRESETS &&
		!(strlen(presets[i].name) == length && strncmp(presets[i].name, text, length) == 0))
		i++;
	if (i == PRESETS)
		return ERR_USAGE(
			"--processing: no preset '%.*s': there are soft, standard, high-contrast, linear",
			(int)length, text);
	*m = presets[i].model;
	for (text += length; *text == ','; text += length) {
		text++;
		length = strcspn(text, ",");
		if (change(m, text, length) != 0)
			return -1;
	}
	return processing_check(m);
}

int processing_check(const struct processing_model *m)
{
	for (size_t i = 0; i < FIELDS; i++) {
		double x = *field_of((struct processing_model *)(uintptr_t)m, i);
		if (!(x >= fields[i].low && x <= fields[i].high))
			return ERR_USAGE("--processing: %s is %g, must be %g to %g", fields[i].name, x,
				fields[i].low, fields[i].high);
	}
	if (!(m->mid_fraction < m->low_fraction))
		return ERR_USAGE("--processing: mid_fraction %g must be below low_fraction %g",
			m->mid_fraction, m->low_fraction);
	if (!(m->low_percent < m->high_percent))
		return ERR_USAGE("--processing: low_percent %g must be below high_percent %g", m->low_percent,
			m->high_percent);
	return 0;
}

struct json *processing_to_json(const struct processing_model *m)
{
	struct json *object = json_object();
	json_put_text(object, "input", m->input == PROCESSING_LOG ? "-ln(I/I0)" : "I/I0");
	for (size_t i = 0; i < FIELDS; i++)
		json_put_number(
			object, fields[i].name, *field_of((struct processing_model *)(uintptr_t)m, i));
	return object;
}

struct window {
	double black, middle, white;
};

static struct window window_of(const struct processing_model *m, const float *radiograph, int64_t n)
{
	const double percent[3] = { m->low_percent, 50, m->high_percent };
	double value[3] = { 0, 0, 1 };
	if (percentile_above(value, percent, 3, radiograph, n, BODY_FLOOR) == 0)
		percentile_above(value, percent, 3, radiograph, n, -INFINITY);
	if (m->input == PROCESSING_LINEAR)
		for (int k = 0; k < 3; k++)
			value[k] = exp(-value[k]);
	double half = 0.5 * m->alpha * (value[2] - value[0]);
	if (half == 0) /* an even picture */
		half = m->input == PROCESSING_LOG ? 0.5 : -0.5;
	const struct window w = { value[1] - half, value[1], value[1] + half };
	return w;
}

/* Device images: image is E and becomes out; the others are room for mid, low and the stencil's passes. */
static int process(const struct device *device, float *image, float *mid, float *low, float *scratch,
	int64_t cols, int64_t rows, const struct processing_model *m, const struct window *w)
{
	double short_side = (double)(cols < rows ? cols : rows) * PSF_SD_PER_FWHM;
	struct unsharp_args u = { image, image, mid, low, w->middle, m->alpha, m->gain_mid, m->gain_fine };
	struct tone_args t = { image, image, w->black, w->white, m->contrast };
	if (psf_apply(device, mid, scratch, image, cols, rows, m->mid_fraction * short_side, PSF_EDGE_KEEP, 1,
		    false) != 0 ||
		psf_apply(device, low, scratch, image, cols, rows, m->low_fraction * short_side,
			PSF_EDGE_KEEP, 1, false) != 0 ||
		unsharp(device, &u, cols * rows) != 0)
		return -1;
	return tone(device, &t, cols * rows);
}

int processing_apply(const struct device *device, float *out, const float *radiograph, int64_t cols,
	int64_t rows, const struct processing_model *model)
{
	int64_t n = cols * rows;
	size_t bytes = (size_t)n * sizeof(float);
	struct memory planes[4] = { { 0 } };
	int rc = -1;
	TRY(processing_check(model));
	if (n == 0)
		return 0;
	for (int k = 0; k < 4; k++)
		TRY(memory_alloc(&planes[k], device, bytes, "picture"));
	float *image = planes[0].data;
	const struct window w = window_of(model, radiograph, n);
	TRY(memory_write(&planes[0], 0, radiograph, bytes));
	if (model->input == PROCESSING_LINEAR) {
		struct transmission_args a = { image, image, cols, 0, rows, 0 };
		TRY(transmission(device, &a, n));
	}
	TRY(process(device, image, planes[1].data, planes[2].data, planes[3].data, cols, rows, model, &w));
	TRY(memory_read(out, &planes[0], 0, bytes));
	rc = 0;
cleanup:
	for (int k = 0; k < 4; k++)
		memory_free(&planes[k]);
	return rc;
}
