#include "gan/volumes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/run/err.h"

static const double HALF_WIDTH_MM = 110.0, ABOVE_MM = 110.0, BELOW_MM = 170.0;

struct crop {
	int64_t low[3], n[3];
};

/* Index box around the world box [head centre -+ half width] x everything x [below, above]. */
static struct crop crop_of(const struct volume *v, const double head_mm[3], const double inverse[4][4])
{
	struct crop crop;
	double low[3] = { INFINITY, INFINITY, INFINITY }, high[3] = { -INFINITY, -INFINITY, -INFINITY };
	for (int corner = 0; corner < 8; corner++) {
		double world[3] = { head_mm[0] + (corner & 1 ? HALF_WIDTH_MM : -HALF_WIDTH_MM),
			head_mm[1] + (corner & 2 ? 1e4 : -1e4), head_mm[2] + (corner & 4 ? ABOVE_MM : -BELOW_MM) };
		double index[3];
		affine_apply(inverse, world, index);
		for (int k = 0; k < 3; k++) {
			low[k] = fmin(low[k], index[k]);
			high[k] = fmax(high[k], index[k]);
		}
	}
	for (int k = 0; k < 3; k++) {
		crop.low[k] = (int64_t)fmin(fmax(floor(low[k]), 0), (double)(v->n[k] - 1));
		crop.n[k] = (int64_t)fmax(fmin(ceil(high[k]), (double)(v->n[k] - 1)), (double)crop.low[k]) - crop.low[k] + 1;
	}
	return crop;
}

static uint8_t code_of(uint8_t code, int hip)
{
	if (code > 3 * hip && code <= 3 * hip + 3)
		return (uint8_t)(code - 3 * hip);
	return code ? 8 : 0;
}

static void copy_crop(int16_t *density, uint8_t *labels, const struct subject *s, int hip, const struct crop *crop)
{
	const float *from = volume_f32(&s->density);
	const uint8_t *codes = volume_u8(&s->codes);
	const int64_t *n = s->density.n;
	int64_t to = 0;
	for (int64_t z = 0; z < crop->n[2]; z++)
		for (int64_t y = 0; y < crop->n[1]; y++)
			for (int64_t x = 0; x < crop->n[0]; x++, to++) {
				int64_t i = ((crop->low[2] + z) * n[1] + crop->low[1] + y) * n[0] + crop->low[0] + x;
				double units = round((double)from[i] / VOLUMES_UNIT_MG_CM3);
				density[to] = (int16_t)fmin(fmax(units, -32768), 32767);
				labels[to] = code_of(codes[i], hip);
			}
}

static int write_attributes(struct h5 *file, const char *group, const struct subject *s, const struct crop *crop)
{
	char text[512];
	double shift[4][4] = { { 1, 0, 0, (double)crop->low[0] }, { 0, 1, 0, (double)crop->low[1] },
		{ 0, 0, 1, (double)crop->low[2] }, { 0, 0, 0, 1 } };
	double m[4][4];
	size_t at = 0;
	affine_multiply(m, (const double(*)[4])s->density.to_world, (const double(*)[4])shift);
	for (int i = 0; i < 16; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, i ? " %.17g" : "%.17g", m[i / 4][i % 4]);
	if (h5_put_text(file, group, "to_world", text) != 0 ||
		h5_put_number(file, group, "unit_mg_cm3", VOLUMES_UNIT_MG_CM3) != 0 ||
		h5_put_number(file, group, "slope_mg_cm3_per_hu", s->calibration.slope_mg_cm3_per_hu) != 0)
		return -1;
	return h5_put_number(file, group, "intercept_mg_cm3", s->calibration.intercept_mg_cm3);
}

int volumes_append(struct h5 *file, const struct dataset_key *key, const struct subject *s, int hip)
{
	char group[256], name[300];
	double inverse[4][4];
	int16_t *density = NULL;
	uint8_t *labels = NULL;
	int rc = -1;
	TRY(volume_world_to_index(&s->density, inverse));
	struct crop crop = crop_of(&s->density, s->hips[hip].frame.head_centre_mm, (const double(*)[4])inverse);
	int64_t count = crop.n[0] * crop.n[1] * crop.n[2];
	const int64_t dims[3] = { crop.n[2], crop.n[1], crop.n[0] };
	density = malloc((size_t)count * sizeof(*density));
	labels = malloc((size_t)count);
	if (!density || !labels) {
		ERR_RESOURCE("no memory for a hip volume of %lld voxels", (long long)count);
		goto cleanup;
	}
	copy_crop(density, labels, s, hip, &crop);
	if (!h5_exists(file, "/volumes"))
		TRY(h5_group(file, "/volumes"));
	snprintf(group, sizeof(group), "/volumes/%s_%s_%s", key->participant, key->session, key->side);
	TRY(h5_group(file, group));
	snprintf(name, sizeof(name), "%s/density", group);
	TRY(h5_block_write(file, name, H5_I16, dims, 3, density));
	snprintf(name, sizeof(name), "%s/labels", group);
	TRY(h5_block_write(file, name, H5_U8, dims, 3, labels));
	TRY(write_attributes(file, group, s, &crop));
	rc = 0;
cleanup:
	free(density);
	free(labels);
	return rc;
}
