#include "ct/tissue_class.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "host/run/err.h"

struct tissue_rule tissue_rule_default(void)
{
	return (struct tissue_rule){ .cortical_mg_cm3 = 350, .peel_mm = 3 };
}

/* A voxel of the piece with a neighbour outside it; what lies beyond the image's end is not outside. */
static bool is_surface(const struct component *c, const struct volume *v, const int64_t at[3])
{
	for (int a = 0; a < 3; a++)
		for (int side = -1; side <= 1; side += 2) {
			int64_t next[3] = { at[0], at[1], at[2] };
			next[a] += side;
			if (next[a] >= 0 && next[a] < v->n[a] && !component_has(c, next))
				return true;
		}
	return false;
}

/* Steps from a voxel to those within peel_mm: (n, 3), malloc'd. */
static int64_t (*ball(int64_t *n, const struct volume *v, double peel_mm))[3]
{
	double inverse[4][4];
	int64_t reach[3], d[3], room = 1;
	*n = 0;
	if (volume_world_to_index(v, inverse) != 0)
		return NULL;
	for (int a = 0; a < 3; a++) {
		reach[a] = (int64_t)fmin(200,
			ceil(peel_mm * sqrt(inverse[a][0] * inverse[a][0] + inverse[a][1] * inverse[a][1] +
					       inverse[a][2] * inverse[a][2])));
		room *= 2 * reach[a] + 1;
	}
	int64_t(*step)[3] = malloc((size_t)room * sizeof *step);
	if (!step) {
		ERR_RESOURCE("no memory for a peel of %g mm", peel_mm);
		return NULL;
	}
	for (d[2] = -reach[2]; d[2] <= reach[2]; d[2]++)
		for (d[1] = -reach[1]; d[1] <= reach[1]; d[1]++)
			for (d[0] = -reach[0]; d[0] <= reach[0]; d[0]++) {
				double square = 0;
				for (int r = 0; r < 3; r++) {
					double mm = 0;
					for (int a = 0; a < 3; a++)
						mm += v->to_world[r][a] * (double)d[a];
					square += mm * mm;
				}
				if (square <= peel_mm * peel_mm + 1e-9)
					memcpy(step[(*n)++], d, sizeof d);
			}
	return step;
}

static void peel(
	uint8_t *classes, const struct component *c, const int64_t at[3], const int64_t (*step)[3], int64_t n)
{
	for (int64_t k = 0; k < n; k++) {
		const int64_t x = at[0] - c->lo[0] + step[k][0], y = at[1] - c->lo[1] + step[k][1],
			      z = at[2] - c->lo[2] + step[k][2];
		if (x < 0 || y < 0 || z < 0 || x >= c->n[0] || y >= c->n[1] || z >= c->n[2])
			continue;
		uint8_t *one = classes + x + c->n[0] * (y + c->n[1] * z);
		if (*one == TISSUE_TRABECULAR)
			*one = TISSUE_OTHER;
	}
}

int tissue_classify(uint8_t **classes, const struct component *c, const struct volume *density,
	const struct tissue_rule *rule)
{
	const float *mg_cm3 = volume_f32(density);
	int64_t steps, at[3], i = 0;
	int64_t(*step)[3] = ball(&steps, density, rule->peel_mm);
	*classes = step ? calloc((size_t)(c->n[0] * c->n[1] * c->n[2]), 1) : NULL;
	if (!*classes) {
		free(step);
		return step ? ERR_RESOURCE("no memory for the parts of a bone") : -1;
	}
	for (at[2] = c->lo[2]; at[2] < c->lo[2] + c->n[2]; at[2]++)
		for (at[1] = c->lo[1]; at[1] < c->lo[1] + c->n[1]; at[1]++)
			for (at[0] = c->lo[0]; at[0] < c->lo[0] + c->n[0]; at[0]++, i++)
				if (c->in[i])
					(*classes)[i] =
						(double)mg_cm3[at[0] +
							       density->n[0] *
								       (at[1] + density->n[1] * at[2])] >=
								rule->cortical_mg_cm3
							? TISSUE_CORTICAL
							: TISSUE_TRABECULAR;
	i = 0;
	for (at[2] = c->lo[2]; at[2] < c->lo[2] + c->n[2]; at[2]++)
		for (at[1] = c->lo[1]; at[1] < c->lo[1] + c->n[1]; at[1]++)
			for (at[0] = c->lo[0]; at[0] < c->lo[0] + c->n[0]; at[0]++, i++)
				if (c->in[i] && is_surface(c, density, at))
					peel(*classes, c, at, (const int64_t(*)[3])step, steps);
	free(step);
	return 0;
}
