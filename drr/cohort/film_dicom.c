#include "drr/cohort/film_dicom.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/rng.h"
#include "host/run/version.h"

#define RADIOGRAPH_LOW (-1.0)
#define RADIOGRAPH_HIGH 15.0
enum { PROCESSING_BITS = 14, PRESENTATION_BITS = 12 };
/* Unique identifiers of one visit: what each is of. */
enum { OF_STUDY = 1, OF_SERIES, OF_INSTANCE };

/* 2.25 and a 128-bit number in decimal (PS3.5 B.2), from the seed by way of two hashes. */
static void make_uid(char uid[DICOM_UID_BYTES], const struct film_id *id, uint64_t what)
{
	uint64_t own = rng_mix(id->seed, (uint64_t)id->who, what);
	uint32_t digits[4] = { (uint32_t)(own >> 32), (uint32_t)own };
	uint64_t more = rng_mix(own, 0x78626d64, what); /* "xbmd" */
	digits[2] = (uint32_t)(more >> 32);
	digits[3] = (uint32_t)more;
	char reversed[40];
	int n = 0;
	bool left = true;
	while (left) {
		uint64_t rest = 0;
		left = false;
		for (int i = 0; i < 4; i++) {
			rest = rest << 32 | digits[i];
			digits[i] = (uint32_t)(rest / 10);
			rest %= 10;
			left = left || digits[i] > 0;
		}
		reversed[n++] = (char)('0' + rest);
	}
	size_t at = strlen(strcpy(uid, "2.25."));
	while (n > 0)
		uid[at++] = reversed[--n];
	uid[at] = 0;
}

static void put_text(char *out, size_t bytes, const char *text)
{
	snprintf(out, bytes, "%s", text);
}

static void fill_who(
	struct dicom_film *d, const struct xray *x, const struct person *p, const struct film_id *id)
{
	uint64_t kind = d->for_presentation;
	make_uid(d->study, id, OF_STUDY);
	make_uid(d->series, id, OF_SERIES + 16 * kind);
	make_uid(d->instance, id, OF_INSTANCE + 16 * kind + 64 * (uint64_t)id->number);
	put_text(d->patient, sizeof(d->patient), p->id);
	snprintf(d->sex, sizeof(d->sex), "%c", p->sex);
	d->age_years = floor(p->age);
	put_text(d->maker, sizeof(d->maker), "xbmd");
	snprintf(d->model, sizeof(d->model), "synthetic, %.40s",
		x->primary ? "primary beam" : x->site->xray.vendor);
	put_text(d->version, sizeof(d->version), version_number());
	d->number = id->number;
}

static void fill_place(struct dicom_film *d, const struct xray *x)
{
	for (int k = 0; k < 2; k++)
		d->imager_mm[k] = d->pixel_mm[k] = x->geometry.pixel_mm;
	d->kvp = x->kvp;
	d->sdd_mm = x->geometry.sdd_mm;
	d->sod_mm = x->geometry.sod_mm;
	d->relative_exposure = x->photons_per_mm2;
	put_text(d->body_part, sizeof(d->body_part), "HIP");
	put_text(d->view, sizeof(d->view), "AP");
	put_text(d->laterality, sizeof(d->laterality), "B");
	put_text(d->orientation[0], sizeof(d->orientation[0]), "L");
	put_text(d->orientation[1], sizeof(d->orientation[1]), "F");
	d->cols = x->geometry.cols;
	d->rows = x->geometry.rows;
}

/* Bone is bright on the screen either way; more attenuation is a higher stored value unless that is inverted.
 */
static void fill_grey(struct dicom_film *d, const struct xray *x)
{
	bool inverted = d->for_presentation && !x->primary && strcmp(x->site->xray.vendor, "pyramid") == 0;
	double most = d->for_presentation ? (1 << PRESENTATION_BITS) - 1 : (1 << PROCESSING_BITS) - 1;
	put_text(d->photometric, sizeof(d->photometric), inverted ? "MONOCHROME1" : "MONOCHROME2");
	put_text(d->lut_shape, sizeof(d->lut_shape), inverted ? "INVERSE" : "IDENTITY");
	put_text(d->relation, sizeof(d->relation), "LOG");
	d->sign = inverted ? 1 : -1;
	d->window_centre = d->window_width = d->radiograph_slope = d->radiograph_intercept = NAN;
	if (d->for_presentation) {
		d->bits_stored = PRESENTATION_BITS;
		d->window_centre = 0.5 * (most + 1);
		d->window_width = most + 1;
	} else {
		d->bits_stored = PROCESSING_BITS;
		d->radiograph_slope = (RADIOGRAPH_HIGH - RADIOGRAPH_LOW) / most;
		d->radiograph_intercept = RADIOGRAPH_LOW;
	}
#pragma omp parallel for schedule(static)
	for (int64_t i = 0; i < d->cols * d->rows; i++) {
		double share = d->for_presentation ? (double)volume_f32(&x->look)[i]
						   : ((double)volume_f32(&x->film)[i] - RADIOGRAPH_LOW) /
							     (RADIOGRAPH_HIGH - RADIOGRAPH_LOW);
		d->values[i] = (int32_t)lround(fmin(fmax(inverted ? 1 - share : share, 0), 1) * most);
	}
}

int film_dicom_write(const char *path, const struct xray *x, const struct person *p, const struct film_id *id,
	bool presentation)
{
	struct dicom_film d = { .for_presentation = presentation, .rescale_slope = 1 };
	fill_who(&d, x, p, id);
	fill_place(&d, x);
	d.values = malloc((size_t)(d.cols * d.rows) * sizeof(*d.values));
	if (!d.values)
		return ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)(d.cols * d.rows));
	fill_grey(&d, x);
	int rc = dicom_write(path, &d);
	dicom_film_free(&d);
	return rc;
}
