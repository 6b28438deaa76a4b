#include "ct/streak.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/run/err.h"

#define AIR_HU -700.0 /* a run of it is the outside of the body, or bowel */
#define LOW_HU -500.0 /* clipped: one dark band must not decide */
#define HIGH_HU 1000.0
enum { LEAST_SAMPLES = 200, AIR_RUN = 3 };

struct sums {
	int64_t n;
	double sum, squares;
};

/* The slice's two index axes: those less along the patient's long axis. */
static void slice_axes(int axis[2], const struct volume *v)
{
	double mm[3];
	int through = 2;
	volume_spacing_mm(v, mm);
	for (int a = 0; a < 3; a++)
		if (fabs(v->to_world[2][a]) / mm[a] > fabs(v->to_world[2][through]) / mm[through] + 1e-9)
			through = a;
	axis[0] = through == 0 ? 1 : 0;
	axis[1] = through == 2 ? 1 : 2;
}

static void add(struct sums *s, double hu, int times)
{
	const double clipped = fmin(fmax(hu, LOW_HU), HIGH_HU);
	s->n += times;
	s->sum += times * clipped;
	s->squares += times * clipped * clipped;
}

/* Outwards from a voxel on the bone's edge.  Air counts once something lies beyond it. */
static void walk(struct sums *s, const float *hu, const uint16_t *label, const uint8_t *bone, int64_t i, int64_t step,
	int64_t room, double mm)
{
	int air = 0, held = 0;
	for (int64_t k = 1; k <= room && (double)k * mm <= STREAK_FAR_MM; k++) {
		const double value = (double)hu[i + k * step];
		const bool counts = (double)k * mm >= STREAK_NEAR_MM;
		if (bone[label[i + k * step]])
			return;
		air = value < AIR_HU ? air + 1 : 0;
		if (air == AIR_RUN)
			return;
		if (air) {
			held += counts;
			continue;
		}
		add(s, LOW_HU, held);
		held = 0;
		if (counts)
			add(s, value, 1);
	}
}

/* sums[bone's place + 1] of all bones in one pass; place[label] is 0 for what is no bone. */
static void sample_all(struct sums *sums, const struct volume *ct, const struct volume *labels, const uint8_t *place)
{
	const float *hu = volume_f32(ct);
	const uint16_t *label = volume_u16(labels);
	const int64_t stride[3] = { 1, ct->n[0], ct->n[0] * ct->n[1] };
	double mm[3];
	int axis[2];
	slice_axes(axis, ct);
	volume_spacing_mm(ct, mm);
	int64_t at[3], i = 0;
	for (at[2] = 0; at[2] < ct->n[2]; at[2]++)
		for (at[1] = 0; at[1] < ct->n[1]; at[1]++)
			for (at[0] = 0; at[0] < ct->n[0]; at[0]++, i++) {
				const int b = place[label[i]];
				if (b == 0)
					continue;
				for (int k = 0; k < 2; k++) {
					const int a = axis[k];
					if (at[a] > 0 && !place[label[i - stride[a]]])
						walk(&sums[b], hu, label, place, i, -stride[a], at[a], mm[a]);
					if (at[a] < ct->n[a] - 1 && !place[label[i + stride[a]]])
						walk(&sums[b], hu, label, place, i, stride[a],
							ct->n[a] - 1 - at[a], mm[a]);
				}
			}
}

static double index_of(const struct sums *s)
{
	const double n = (double)s->n;
	if (s->n < LEAST_SAMPLES)
		return NAN;
	return sqrt(fmax(0, (s->squares - s->sum * s->sum / n) / (n - 1)));
}

/* Places 1.. of the map's bones; a rod of the phantom is none.  More than 255 bones share the last. */
static uint8_t *places(const struct calibration *c, const struct label_map *map)
{
	uint8_t *place = calloc(UINT16_MAX + 1, 1);
	for (int64_t i = 0, n = 0; place && i < map->n; i++) {
		if (map->labels[i].kind != LABEL_BONE)
			continue;
		n++;
		place[map->labels[i].id] = (uint8_t)(n < 255 ? n : 255);
		for (int k = 0; c && k < c->n_rods; k++)
			if (c->rods[k].label == map->labels[i].id)
				place[map->labels[i].id] = 0;
	}
	return place;
}

int streak_index(double *hu, const struct volume *ct_hu, const struct volume *labels, const struct label_map *map,
	uint16_t label)
{
	struct sums sums[256] = { { 0 } };
	if (volume_same_grid(ct_hu, "the CT", labels, "its labels") != 0)
		return -1;
	uint8_t *place = places(NULL, map);
	if (!place)
		return ERR_RESOURCE("no memory for the table of bones");
	sample_all(sums, ct_hu, labels, place);
	*hu = index_of(&sums[place[label]]);
	free(place);
	return 0;
}

static struct calibration_flag *flag_for(struct calibration *c, const char *bone)
{
	for (int i = 0; i < c->n_flags; i++)
		if (strcmp(c->flags[i].bone, bone) == 0)
			return &c->flags[i];
	if (c->n_flags == CALIBRATION_BONES)
		return NULL;
	struct calibration_flag *flag = &c->flags[c->n_flags++];
	*flag = (struct calibration_flag){ .streak_hu = NAN };
	snprintf(flag->bone, sizeof flag->bone, "%s", bone);
	return flag;
}

/* Ribs, shoulder and thoracic spine lie against the lung, whose edge looks like streaks. */
static bool is_judged(const char *bone)
{
	static const char *const beginnings[] = { "femur", "hip", "sacrum", "vertebrae_L", "lumbar" };
	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
		if (strncmp(bone, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

int calibration_flag_streaks(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map)
{
	struct sums sums[256] = { { 0 } };
	if (volume_same_grid(ct_hu, "the CT", labels, "its labels") != 0)
		return -1;
	uint8_t *place = places(c, map);
	if (!place)
		return ERR_RESOURCE("no memory for the table of bones");
	sample_all(sums, ct_hu, labels, place);
	int rc = 0;
	for (int64_t i = 0; i < map->n && rc == 0; i++) {
		const int b = place[map->labels[i].id];
		const double index = b ? index_of(&sums[b]) : NAN;
		if (!is_judged(map->labels[i].name) || !(index > c->streak_threshold_hu))
			continue;
		struct calibration_flag *flag = flag_for(c, map->labels[i].name);
		if (!flag) {
			rc = ERR_INVALID("more than %d bones with streaks", CALIBRATION_BONES);
			break;
		}
		size_t used = strlen(flag->reason);
		flag->streak_hu = index;
		snprintf(flag->reason + used, sizeof flag->reason - used,
			"%sstreaks: index %.0f HU above %g HU within %g mm of the label", used ? "; " : "", index,
			c->streak_threshold_hu, STREAK_FAR_MM);
	}
	free(place);
	return rc;
}
