#include "drr/cohort/person_table.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const side_names[ANATOMY_SIDES] = { "right", "left" };

struct field {
	const char *name;
	size_t offset; /* of a double in struct anatomy_femur */
};
static const struct field femur_fields[] = {
	{ "porosity", offsetof(struct anatomy_femur, porosity) },
	{ "texture", offsetof(struct anatomy_femur, texture) },
	{ "bow_per_m", offsetof(struct anatomy_femur, bow_per_m) },
	{ "joint_space_mm", offsetof(struct anatomy_femur, joint_space_mm) },
	{ "osteophyte_mm", offsetof(struct anatomy_femur, osteophyte_mm) },
	{ "sclerosis", offsetof(struct anatomy_femur, sclerosis) },
	{ "cyst_mm", offsetof(struct anatomy_femur, cyst_mm) },
	{ "callus_mm", offsetof(struct anatomy_femur, callus_mm) },
	{ "nail_mm", offsetof(struct anatomy_femur, nail_mm) },
	{ "cup_mm", offsetof(struct anatomy_femur, cup_mm) },
};
enum { FEMUR_FIELDS = sizeof(femur_fields) / sizeof(femur_fields[0]) };

void person_table_add_history(struct table *t)
{
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		table_add_column(t, background_name((enum background_column)i));
}

static void lose(struct table *t, int64_t row, const char *column)
{
	if (table_find_column(t, column) >= 0)
		table_set(t, row, column, "n/a");
}

void person_table_set_history(struct table *t, int64_t row, const struct person *p, bool all)
{
	unsigned missing = all ? 0 : p->missing;
	for (int i = 0; i < BACKGROUND_COLUMNS; i++)
		table_set_number(t, row, background_name((enum background_column)i),
			missing >> i & 1 ? (double)NAN : (double)p->background.is[i]);
	bool no_height = missing >> BACKGROUND_MISSING_HEIGHT & 1;
	bool no_weight = missing >> BACKGROUND_MISSING_WEIGHT & 1;
	if (no_height)
		lose(t, row, "height_cm");
	if (no_weight)
		lose(t, row, "weight_kg");
	if (no_height || no_weight)
		lose(t, row, "bmi");
}

static const char *side_column(char name[64], int side, const char *field)
{
	snprintf(name, 64, "%s_%s", side_names[side], field);
	return name;
}

void person_table_add_latent(struct table *t)
{
	char name[64];
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		table_add_column(t, side_column(name, side, "arthritis_grade"));
		for (int i = 0; i < FEMUR_FIELDS; i++)
			table_add_column(t, side_column(name, side, femur_fields[i].name));
	}
	table_add_column(t, "anatomy_labels");
	table_add_column(t, "anatomy_scale");
	table_add_column(t, "anatomy_mirrored");
	table_add_column(t, "intermuscular_fat");
	table_add_column(t, "cloth_g_cm2");
	table_add_column(t, "bowel_gas");
	table_add_column(t, "phleboliths");
}

void person_table_set_latent(struct table *t, int64_t row, const struct person *p)
{
	char name[64];
	const struct anatomy_params *a = &p->anatomy;
	int gas = 0, stones = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		table_set_number(t, row, side_column(name, side, "arthritis_grade"),
			a->femur[side].cup_mm > 0 ? (double)NAN : p->arthritis[side]);
		for (int i = 0; i < FEMUR_FIELDS; i++) {
			double value;
			memcpy(&value, (const char *)&a->femur[side] + femur_fields[i].offset, sizeof(value));
			table_set_number(t, row, side_column(name, side, femur_fields[i].name), value);
		}
	}
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		gas += a->bowel[i].radius_mm > 0 && a->bowel[i].density_g_cm3 < 0.5;
	for (int i = 0; i < ANATOMY_PHLEBOLITHS; i++)
		stones += a->phlebolith[i].radius_mm > 0;
	bool map = p->map[0] != 0; /* else the shape model's bones */
	table_set(t, row, "anatomy_labels", map ? p->map : "n/a");
	table_set_number(t, row, "anatomy_scale", map ? a->map_scale : (double)NAN);
	table_set_number(t, row, "anatomy_mirrored", map ? (double)a->map_mirrored : (double)NAN);
	table_set_number(t, row, "intermuscular_fat", a->intermuscular_fat);
	table_set_number(t, row, "cloth_g_cm2", a->cloth_g_cm2);
	table_set_number(t, row, "bowel_gas", gas);
	table_set_number(t, row, "phleboliths", stones);
}
