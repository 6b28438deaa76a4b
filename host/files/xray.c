#include "host/files/xray.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "host/files/dicom.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"

#define SQUARE 1e-3	   /* of the pixel */
#define MAGNIFIED_MOST 2.0 /* Imager over Pixel Spacing */

/* ---- DICOM ---- */

static bool square(const double mm[2])
{
	return fabs(mm[0] - mm[1]) <= SQUARE * mm[0];
}

static int take_spacing(struct xray_film *film, const struct dicom_film *d, const char *path)
{
	bool imager = !isnan(d->imager_mm[0]) && !isnan(d->imager_mm[1]);
	bool pixel = !isnan(d->pixel_mm[0]) && !isnan(d->pixel_mm[1]);
	if (!imager && !pixel)
		return ERR_INVALID("%s: no ImagerPixelSpacing and no PixelSpacing", path);
	if ((imager && !square(d->imager_mm)) || (pixel && !square(d->pixel_mm)))
		return ERR_INVALID("%s: its pixels are not square", path);
	if (!imager) {
		film->spacing = XRAY_SPACING_UNKNOWN;
		film->pixel_mm = d->pixel_mm[0];
		return 0;
	}
	film->spacing = XRAY_AT_DETECTOR;
	film->pixel_mm = d->imager_mm[0];
	if (!pixel || fabs(d->pixel_mm[0] - d->imager_mm[0]) <= SQUARE * d->imager_mm[0])
		return 0;
	double magnification = d->imager_mm[0] / d->pixel_mm[0];
	if (!(magnification >= 0.9 && magnification <= MAGNIFIED_MOST))
		return ERR_INVALID("%s: PixelSpacing %g mm contradicts ImagerPixelSpacing %g mm", path,
			d->pixel_mm[0], d->imager_mm[0]);
	film->spacing = XRAY_CALIBRATED;
	film->pixel_mm = d->pixel_mm[0];
	return 0;
}

/* More attenuation is a higher value: the sign says it, else the photometric interpretation does (bone is
 * bright). */
static bool falls_with_attenuation(const struct dicom_film *d)
{
	return d->sign ? d->sign > 0 : strcmp(d->photometric, "MONOCHROME1") == 0;
}

static void set_scale(struct xray_film *film, const struct dicom_film *d)
{
	film->intent = d->for_presentation ? XRAY_FOR_PRESENTATION : XRAY_FOR_PROCESSING;
	if (d->for_presentation)
		film->scale = XRAY_GREY;
	else if (!isnan(d->radiograph_slope) && !isnan(d->radiograph_intercept))
		film->scale = XRAY_RADIOGRAPH;
	else
		film->scale = strcmp(d->relation, "LIN") == 0 ? XRAY_LINEAR : XRAY_LOG;
}

/* PS3.3 C.11.2.1.2.1, the linear function; without a window the whole range of stored bits. */
static double windowed(const struct dicom_film *d, double x)
{
	double centre = d->window_centre, width = d->window_width;
	if (isnan(centre) || isnan(width)) {
		width = (double)((int64_t)1 << d->bits_stored) * fabs(d->rescale_slope);
		centre = 0.5 * width + d->rescale_intercept;
	}
	double y = width > 1 ? (x - (centre - 0.5)) / (width - 1) + 0.5 : x > centre - 0.5;
	return y < 0 ? 0 : y > 1 ? 1 : y;
}

static void take_values(struct xray_film *film, const struct dicom_film *d)
{
	bool falls = falls_with_attenuation(d), white_is_0 = strcmp(d->photometric, "MONOCHROME1") == 0;
	float *out = volume_f32(&film->image);
	for (int64_t i = 0; i < d->cols * d->rows; i++) {
		double stored = (double)d->values[i], x = stored * d->rescale_slope + d->rescale_intercept;
		if (film->scale == XRAY_GREY)
			x = white_is_0 ? 1 - windowed(d, x) : windowed(d, x);
		else if (film->scale == XRAY_RADIOGRAPH)
			x = stored * d->radiograph_slope + d->radiograph_intercept;
		else
			x = falls ? -x : x;
		out[i] = (float)x;
	}
}

static int make_image(struct xray_film *film, int64_t cols, int64_t rows)
{
	/* The detector's plane in the patient's axes: columns to the left (-x), rows to the feet (-z). */
	const double to_world[4][4] = { { -film->pixel_mm, 0, 0, 0.5 * (double)(cols - 1) * film->pixel_mm },
		{ 0, 0, 1, 0 }, { 0, -film->pixel_mm, 0, 0.5 * (double)(rows - 1) * film->pixel_mm },
		{ 0, 0, 0, 1 } };
	const int64_t n[3] = { cols, rows, 1 };
	return volume_init(&film->image, n, to_world, VOLUME_F32);
}

static int check_orientation(const struct dicom_film *d, const char *path)
{
	const char *const wanted[2] = { "L", "F" };
	for (int k = 0; k < 2; k++)
		if (d->orientation[k][0] && strcmp(d->orientation[k], wanted[k]) != 0)
			return ERR_INVALID("%s: PatientOrientation is %s\\%s, expected L\\F (the patient's "
					   "left at the right)",
				path, d->orientation[0], d->orientation[1]);
	return 0;
}

static int read_dicom(struct xray_film *film, const char *path)
{
	struct dicom_film d;
	int rc = -1;
	if (dicom_read(&d, path) != 0)
		return -1;
	if (d.burned_in) {
		ERR_INVALID("%s: BurnedInAnnotation is YES: text in the picture", path);
		goto cleanup;
	}
	TRY(take_spacing(film, &d, path));
	TRY(check_orientation(&d, path));
	TRY(make_image(film, d.cols, d.rows));
	set_scale(film, &d);
	take_values(film, &d);
	film->kvp = d.kvp;
	film->sdd_mm = d.sdd_mm;
	film->sod_mm = d.sod_mm;
	film->laterality = d.laterality[0] == 'U' ? 0 : d.laterality[0];
	memcpy(film->view, d.view, sizeof(film->view));
	film->inverted = strcmp(d.photometric, "MONOCHROME1") == 0;
	rc = 0;
cleanup:
	dicom_film_free(&d);
	return rc;
}

/* ---- NIfTI with its sidecar ---- */

static const char *text_at(const struct json *object, const char *key)
{
	const struct json *member = object ? json_member(object, key) : NULL;
	const char *text = member ? json_string(member) : NULL;
	return text ? text : "";
}

static double number_at(const struct json *object, const char *key)
{
	const struct json *member = object ? json_member(object, key) : NULL;
	double value;
	return member && json_number(member, &value) == 0 ? value : NAN;
}

static int read_sidecar(struct xray_film *film, const char *path)
{
	char sidecar[PATH_BYTES];
	struct json *root = NULL;
	int rc = -1;
	TRY(path_sidecar(sidecar, path));
	TRY(json_read(&root, sidecar));
	const struct json *geometry = json_member(root, "geometry");
	const char *quantity = text_at(root, "quantity"), *view = text_at(geometry, "view");
	bool grey = strcmp(quantity, "grey value") == 0;
	if (!grey && strcmp(quantity, "radiograph") != 0) {
		ERR_INVALID("%s: quantity '%s' is neither 'radiograph' nor 'grey value'", sidecar, quantity);
		goto cleanup;
	}
	film->intent = grey ? XRAY_FOR_PRESENTATION : XRAY_FOR_PROCESSING;
	film->scale = grey ? XRAY_GREY : XRAY_RADIOGRAPH;
	film->kvp = number_at(root, "kvp");
	film->sdd_mm = number_at(geometry, "sdd_mm");
	film->sod_mm = number_at(geometry, "sod_mm");
	film->laterality = 'B';
	for (size_t i = 0; i + 1 < sizeof(film->view) && view[i]; i++)
		film->view[i] = (char)toupper((unsigned char)view[i]);
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

static int read_nifti(struct xray_film *film, const char *path)
{
	double spacing[3];
	if (nifti_read_image(&film->image, path) != 0 || read_sidecar(film, path) != 0)
		return -1;
	volume_spacing_mm(&film->image, spacing);
	if (!square(spacing))
		return ERR_INVALID(
			"%s: its pixels are not square (%g x %g mm)", path, spacing[0], spacing[1]);
	if (film->image.n[2] != 1)
		return ERR_INVALID("%s: %lld frames, not one film", path, (long long)film->image.n[2]);
	film->pixel_mm = spacing[0];
	film->spacing = XRAY_AT_DETECTOR;
	return 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length > tail && strcmp(text + length - tail, end) == 0;
}

int xray_film_read(struct xray_film *film, const char *path)
{
	memset(film, 0, sizeof(*film));
	bool nifti = ends_with(path, ".nii") || ends_with(path, ".nii.gz");
	int rc = nifti ? read_nifti(film, path) : read_dicom(film, path);
	if (rc != 0)
		xray_film_free(film);
	return rc;
}

void xray_film_free(struct xray_film *film)
{
	volume_free(&film->image);
	memset(film, 0, sizeof(*film));
}
