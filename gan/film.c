#include "gan/film.h"

#include <math.h>
#include <string.h>

#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

static const double MOST_ATTENUATION = 30.0; /* -ln(I/I0): no detector sees e^-30 */

static const char *text_of(const struct json *object, const char *key)
{
	const struct json *member = object ? json_member(object, key) : NULL;
	return member ? json_string(member) : NULL;
}

static int check_sidecar(const char *path)
{
	char sidecar[PATH_BYTES];
	struct json *root = NULL;
	int rc = -1;
	if (path_sidecar(sidecar, path) != 0)
		return -1;
	if (!path_exists(sidecar)) {
		log_warn("%s has no sidecar: taken as an ap radiograph, -ln(I/I0), patient's right at the left", path);
		return 0;
	}
	TRY(json_read(&root, sidecar));
	const char *quantity = text_of(root, "quantity");
	const struct json *frames = json_member(root, "frames");
	if (!quantity && frames && json_size(frames) > 0)
		quantity = text_of(json_at(frames, 0), "quantity");
	const char *view = text_of(json_member(root, "geometry"), "view");
	if (quantity && strcmp(quantity, "radiograph") != 0) {
		ERR_INVALID("%s: quantity is '%s', predict measures radiographs", sidecar, quantity);
		goto cleanup;
	}
	if (view && strcmp(view, "ap") != 0) {
		ERR_INVALID("%s: view is '%s', the model is for ap", sidecar, view);
		goto cleanup;
	}
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

static int check_values(const struct film_image *film, const char *path)
{
	const float *v = volume_f32(&film->volume);
	double low = INFINITY, high = -INFINITY;
	for (int64_t i = 0, n = volume_count(&film->volume); i < n; i++) {
		low = fmin(low, (double)v[i]);
		high = fmax(high, (double)v[i]);
	}
	if (!(high <= MOST_ATTENUATION) || !(low >= -MOST_ATTENUATION))
		return ERR_INVALID("%s: values %g..%g are no -ln(I/I0); a raw or 8-bit picture must be linearised first", path,
			low, high);
	return high > low ? 0 : ERR_INVALID("%s: the picture is uniform (%g)", path, low);
}

int film_read(struct film_image *film, const char *path)
{
	double spacing_mm[3];
	memset(film, 0, sizeof(*film));
	if (nifti_read_image(&film->volume, path) != 0 || check_sidecar(path) != 0)
		return -1;
	volume_spacing_mm(&film->volume, spacing_mm);
	film->pixel_mm = spacing_mm[0];
	if (!(fabs(spacing_mm[0] - spacing_mm[1]) <= 1e-3 * spacing_mm[0]))
		return ERR_INVALID("%s: pixels of %g x %g mm are not square", path, spacing_mm[0], spacing_mm[1]);
	return check_values(film, path);
}

void film_image_free(struct film_image *film)
{
	volume_free(&film->volume);
}
