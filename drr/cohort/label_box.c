#include "drr/cohort/label_box.h"

#include <string.h>

bool label_box_find(struct label_box *box, const struct volume *labels, uint8_t label)
{
	const int64_t *n = labels->n;
	int64_t low_x = n[0], low_y = n[1], low_z = n[2], high_x = -1, high_y = -1, high_z = -1;
#pragma omp parallel for schedule(static) reduction(min : low_x, low_y, low_z) reduction(max : high_x, high_y, high_z)
	for (int64_t z = 0; z < n[2]; z++)
		for (int64_t y = 0; y < n[1]; y++) {
			const uint8_t *row = volume_u8(labels) + (z * n[1] + y) * n[0];
			const uint8_t *first = memchr(row, label, (size_t)n[0]);
			if (!first)
				continue;
			int64_t last = n[0] - 1;
			while (row[last] != label)
				last--;
			low_x = first - row < low_x ? first - row : low_x;
			high_x = last > high_x ? last : high_x;
			low_y = y < low_y ? y : low_y;
			high_y = y > high_y ? y : high_y;
			low_z = z < low_z ? z : low_z;
			high_z = z > high_z ? z : high_z;
		}
	*box = (struct label_box){ { low_x, low_y, low_z }, { high_x, high_y, high_z } };
	return high_x >= low_x;
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
