#include "ct/side_check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ct/frame.h"
#include "host/run/err.h"

enum { LEAST_VOXELS = 50 };

struct centre {
	double x_mm;
	int64_t voxels;
};

/* centres[label]: mean world x of its voxels. */
static struct centre *find_centres(const struct volume *labels)
{
	struct centre *c = calloc(UINT16_MAX + 1, sizeof *c);
	const uint16_t *label = volume_u16(labels);
	const double (*m)[4] = (const double(*)[4])labels->to_world;
	int64_t i = 0;
	for (int64_t z = 0; c && z < labels->n[2]; z++)
		for (int64_t y = 0; y < labels->n[1]; y++)
			for (int64_t x = 0; x < labels->n[0]; x++, i++) {
				c[label[i]].x_mm += m[0][0] * (double)x + m[0][1] * (double)y + m[0][2] * (double)z;
				c[label[i]].voxels++;
			}
	for (int l = 0; c && l <= UINT16_MAX; l++)
		if (c[l].voxels > 0)
			c[l].x_mm = c[l].x_mm / (double)c[l].voxels + m[0][3];
	return c;
}

static const struct label *other_side(const struct label_map *map, const struct label *left)
{
	char name[64];
	const char *at = strstr(left->name, "left");
	if (left->side != LABEL_LEFT || !at || strlen(left->name) > 62)
		return NULL;
	snprintf(name, sizeof name, "%.*sright%s", (int)(at - left->name), left->name, at + 4);
	return label_map_by_name(map, name);
}

static bool there(const struct centre *c, const struct label *l)
{
	return l && c[l->id].voxels >= LEAST_VOXELS;
}

struct votes {
	int right, wrong;
	char first_wrong[160];
};

/* `right` must lie at larger x than `left`. */
static void vote(struct votes *v, const struct centre *c, const struct label *right, const struct label *left)
{
	if (!there(c, right) || !there(c, left))
		return;
	if (c[right->id].x_mm > c[left->id].x_mm) {
		v->right++;
		return;
	}
	if (v->wrong++ == 0)
		snprintf(v->first_wrong, sizeof v->first_wrong, "%.50s lies at x = %.0f mm, %.50s at %.0f mm (+x is right)",
			right->name, c[right->id].x_mm, left->name, c[left->id].x_mm);
}

static void vote_pairs(struct votes *v, const struct centre *c, const struct label_map *map)
{
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *right = other_side(map, &map->labels[i]);
		if (right)
			vote(v, c, right, &map->labels[i]);
	}
}

static void vote_organs(struct votes *v, const struct centre *c, const struct label_map *map)
{
	vote(v, c, label_map_by_name(map, "liver"), label_map_by_name(map, "spleen"));
	vote(v, c, label_map_by_name(map, "inferior_vena_cava"), label_map_by_name(map, "aorta"));
}

/* Femora against bones of the midline, then by their own shape. */
static void vote_femora(
	struct votes *v, const struct centre *c, const struct label_map *map, const struct volume *labels)
{
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *femur = &map->labels[i];
		struct femur_frame frame;
		const bool is_right = femur->side == LABEL_RIGHT;
		if (strncmp(femur->name, "femur", 5) != 0 || femur->side == LABEL_MIDLINE || !there(c, femur))
			continue;
		const int before = v->right + v->wrong;
		for (int64_t k = 0; k < map->n; k++) {
			const struct label *middle = &map->labels[k];
			if (middle->kind == LABEL_BONE && middle->side == LABEL_MIDLINE)
				vote(v, c, is_right ? femur : middle, is_right ? middle : femur);
		}
		if (v->right + v->wrong > before)
			continue;
		if (femur_frame_find(&frame, labels, femur->id, femur->side) == 0) {
			v->right++;
		} else if (femur_is_other_side(labels, femur->id, femur->side)) {
			if (v->wrong++ == 0)
				snprintf(v->first_wrong, sizeof v->first_wrong,
					"%.50s has its head on the side of the other femur", femur->name);
		}
		err_clear();
	}
}

int side_check(enum side_verdict *verdict, char reason[256], const struct volume *labels, const struct label_map *map)
{
	struct votes pairs = { 0 }, organs = { 0 };
	struct centre *c = find_centres(labels);
	if (!c)
		return ERR_RESOURCE("no memory for the labels' centres");
	vote_pairs(&pairs, c, map);
	vote_organs(&organs, c, map);
	if (pairs.right + pairs.wrong == 0)
		vote_femora(&pairs, c, map, labels);
	free(c);
	snprintf(reason, 256, "%s", pairs.wrong ? pairs.first_wrong : organs.first_wrong);
	if (pairs.right + pairs.wrong + organs.right + organs.wrong == 0) {
		snprintf(reason, 256, "no pair of labels, no femur and no organ to tell left from right");
		*verdict = SIDE_UNKNOWN;
	} else if (pairs.wrong && pairs.right) {
		*verdict = SIDE_MIXED;
	} else if (pairs.wrong) {
		*verdict = SIDE_SWAPPED;
	} else {
		*verdict = organs.wrong && !organs.right ? SIDE_MIRRORED : organs.wrong ? SIDE_MIXED : SIDE_RIGHT;
	}
	return 0;
}

int side_exchange(struct volume *labels, const struct label_map *map)
{
	uint16_t *label = volume_u16(labels), *to = malloc((UINT16_MAX + 1) * sizeof *to);
	if (!to)
		return ERR_RESOURCE("no memory for the table of labels");
	for (int l = 0; l <= UINT16_MAX; l++)
		to[l] = (uint16_t)l;
	for (int64_t i = 0; i < map->n; i++) {
		const struct label *right = other_side(map, &map->labels[i]);
		if (!right)
			continue;
		to[map->labels[i].id] = right->id;
		to[right->id] = map->labels[i].id;
	}
	for (int64_t i = 0; i < volume_count(labels); i++)
		label[i] = to[label[i]];
	free(to);
	return 0;
}
