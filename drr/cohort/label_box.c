#include "drr/cohort/label_box.h"

#include <string.h>

static void grow(struct label_box *box, int axis, int64_t at)
{
	box->low[axis] = at < box->low[axis] ? at : box->low[axis];
	box->high[axis] = at > box->high[axis] ? at : box->high[axis];
}

bool label_box_find(struct label_box *box, const struct volume *labels, uint8_t label)
{
	const int64_t *n = labels->n;
	for (int k = 0; k < 3; k++) {
		box->low[k] = n[k];
		box->high[k] = -1;
	}
	for (int64_t z = 0; z < n[2]; z++)
		for (int64_t y = 0; y < n[1]; y++) {
			const uint8_t *row = volume_u8(labels) + (z * n[1] + y) * n[0];
			const uint8_t *first = memchr(row, label, (size_t)n[0]);
			if (!first)
				continue;
			int64_t last = n[0] - 1;
			while (row[last] != label)
				last--;
			grow(box, 0, first - row);
			grow(box, 0, last);
			grow(box, 1, y);
			grow(box, 2, z);
		}
	return box->high[0] >= box->low[0];
}

int label_box_volume(struct volume *v, const struct label_box *box, const struct volume *labels)
{
	int64_t n[3];
	double to_world[4][4];
	memcpy(to_world, labels->to_world, sizeof(to_world));
	for (int k = 0; k < 3; k++) {
		n[k] = box->high[k] - box->low[k] + 1;
		for (int j = 0; j < 3; j++)
			to_world[j][3] += to_world[j][k] * (double)box->low[k];
	}
	return volume_init(v, n, AFFINE(to_world), VOLUME_F32);
}

int64_t label_box_index(const struct label_box *box, const struct volume *labels, int64_t x, int64_t y, int64_t z)
{
	return ((z + box->low[2]) * labels->n[1] + y + box->low[1]) * labels->n[0] + x + box->low[0];
}
