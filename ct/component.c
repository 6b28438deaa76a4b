#include "ct/component.h"
#include <stdlib.h>
#include "host/run/err.h"

/* Marks in the box: not the label; the label, not yet visited; visited; of the largest piece. */
enum { OUTSIDE = 0, UNSEEN = 1, SEEN = 2, KEPT = 3 };

static int find_box(struct component *c, const struct volume *labels, uint16_t label)
{
	const uint16_t *value = volume_u16(labels);
	int64_t hi[3] = { -1, -1, -1 }, at[3], i = 0;
	for (int a = 0; a < 3; a++)
		c->lo[a] = labels->n[a];
	for (at[2] = 0; at[2] < labels->n[2]; at[2]++)
		for (at[1] = 0; at[1] < labels->n[1]; at[1]++)
			for (at[0] = 0; at[0] < labels->n[0]; at[0]++)
				if (value[i++] == label)
					for (int a = 0; a < 3; a++) {
						c->lo[a] = at[a] < c->lo[a] ? at[a] : c->lo[a];
						hi[a] = at[a] > hi[a] ? at[a] : hi[a];
					}
	if (hi[0] < 0)
		return ERR_INVALID("no voxel carries label %u", label);
	for (int a = 0; a < 3; a++)
		c->n[a] = hi[a] - c->lo[a] + 1;
	return 0;
}

static int64_t copy_box(struct component *c, const struct volume *labels, uint16_t label)
{
	const uint16_t *value = volume_u16(labels);
	int64_t i = 0, count = 0;
	for (int64_t z = c->lo[2]; z < c->lo[2] + c->n[2]; z++)
		for (int64_t y = c->lo[1]; y < c->lo[1] + c->n[1]; y++)
			for (int64_t x = c->lo[0]; x < c->lo[0] + c->n[0]; x++, i++) {
				c->in[i] = value[x + labels->n[0] * (y + labels->n[1] * z)] == label
						   ? UNSEEN
						   : OUTSIDE;
				count += c->in[i];
			}
	return count;
}

/* Turns the piece that holds `start` from one mark into another; returns its voxels.  stack: room for all of
 * it. */
static int64_t flood(struct component *c, int64_t *stack, int64_t start, uint8_t from, uint8_t to)
{
	const int64_t stride[3] = { 1, c->n[0], c->n[0] * c->n[1] };
	int64_t depth = 0, count = 0;
	stack[depth++] = start;
	c->in[start] = to;
	while (depth > 0) {
		int64_t i = stack[--depth];
		const int64_t at[3] = { i % c->n[0], i / stride[1] % c->n[1], i / stride[2] };
		count++;
		for (int a = 0; a < 3; a++)
			for (int side = -1; side <= 1; side += 2) {
				int64_t next = i + side * stride[a];
				if (at[a] + side < 0 || at[a] + side >= c->n[a] || c->in[next] != from)
					continue;
				c->in[next] = to;
				stack[depth++] = next;
			}
	}
	return count;
}

int component_largest(struct component *c, const struct volume *labels, uint16_t label)
{
	*c = (struct component){ 0 };
	if (find_box(c, labels, label) != 0)
		return -1;
	int64_t box = c->n[0] * c->n[1] * c->n[2], largest = 0;
	c->in = malloc((size_t)box);
	int64_t total = c->in ? copy_box(c, labels, label) : 0;
	int64_t *stack = c->in ? malloc((size_t)total * sizeof *stack) : NULL;
	if (!stack) {
		component_free(c);
		return ERR_RESOURCE("no memory for the pieces of label %u", label);
	}
	for (int64_t i = 0; i < box; i++) {
		if (c->in[i] != UNSEEN)
			continue;
		int64_t count = flood(c, stack, i, UNSEEN, SEEN);
		if (count > c->voxels) {
			c->voxels = count;
			largest = i;
		}
	}
	flood(c, stack, largest, SEEN, KEPT);
	for (int64_t i = 0; i < box; i++)
		c->in[i] = c->in[i] == KEPT;
	c->others = total - c->voxels;
	free(stack);
	return 0;
}

int component_centres(double **mm, const struct component *c, const struct volume *labels)
{
	int64_t count = 0, i = 0;
	*mm = malloc((size_t)c->voxels * 3 * sizeof **mm);
	if (!*mm)
		return ERR_RESOURCE("no memory for %lld voxels of a label", (long long)c->voxels);
	for (int64_t z = c->lo[2]; z < c->lo[2] + c->n[2]; z++)
		for (int64_t y = c->lo[1]; y < c->lo[1] + c->n[1]; y++)
			for (int64_t x = c->lo[0]; x < c->lo[0] + c->n[0]; x++) {
				const double index[3] = { (double)x, (double)y, (double)z };
				if (c->in[i++])
					volume_index_to_world(labels, index, *mm + 3 * count++);
			}
	return 0;
}

void component_free(struct component *c)
{
	free(c->in);
	*c = (struct component){ 0 };
}
