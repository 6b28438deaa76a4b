#include "drr/cohort/record.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "drr/cohort/motion.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/version.h"

/* Every sampled number by name: of the body, and of each femur. */
struct field {
	const char *name;
	size_t offset;
};
#define BODY(name)                                                                                           \
	{                                                                                                    \
#name, offsetof(struct anatomy_params, name)                                                 \
	}
#define FEMUR(name)                                                                                          \
	{                                                                                                    \
#name, offsetof(struct anatomy_femur, name)                                                  \
	}
static const struct field body_fields[] = { BODY(head_distance_mm), BODY(pelvis_scale),
	BODY(pelvis_cortex_mm), BODY(pelvis_trabecular_mg_cm3), BODY(pelvis_marrow_fat), BODY(muscle_mm),
	BODY(fat_lateral_mm), BODY(fat_front_mm), BODY(fat_back_mm), BODY(muscle_fat), BODY(visceral_fat) };
static const struct field femur_fields[] = { FEMUR(head_diameter_mm), FEMUR(offset_mm), FEMUR(neck_shaft_deg),
	FEMUR(torsion_deg), FEMUR(neck_width_mm), FEMUR(shaft_diameter_mm), FEMUR(cortex_shaft_mm),
	FEMUR(cortex_neck_mm), FEMUR(cortical_mg_cm3), FEMUR(trabecular_mg_cm3), FEMUR(trabecular_gradient),
	FEMUR(marrow_fat), FEMUR(flexion_deg), FEMUR(internal_deg), FEMUR(abduction_deg) };
enum {
	BODY_FIELDS = sizeof(body_fields) / sizeof(body_fields[0]),
	FEMUR_FIELDS = sizeof(femur_fields) / sizeof(femur_fields[0])
};

static double value_of(const void *whole, const struct field *f)
{
	double value;
	memcpy(&value, (const char *)whole + f->offset, sizeof(value));
	return value;
}

/* ---- table ---- */

static const char *femur_column(char name[64], enum anatomy_side side, const struct field *f)
{
	snprintf(name, 64, "%s_%s", side == ANATOMY_RIGHT ? "right" : "left", f->name);
	return name;
}

void record_add_columns(struct table *t)
{
	char name[64];
	table_add_column(t, "density_target_g_cm2");
	for (int i = 0; i < BODY_FIELDS; i++)
		table_add_column(t, body_fields[i].name);
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < FEMUR_FIELDS; i++)
			table_add_column(t, femur_column(name, (enum anatomy_side)side, &femur_fields[i]));
}

void record_set_row(struct table *t, int64_t row, const struct person *p)
{
	char name[64];
	table_set_number(t, row, "density_target_g_cm2", p->density_target_g_cm2);
	for (int i = 0; i < BODY_FIELDS; i++)
		table_set_number(t, row, body_fields[i].name, value_of(&p->anatomy, &body_fields[i]));
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < FEMUR_FIELDS; i++)
			table_set_number(t, row,
				femur_column(name, (enum anatomy_side)side, &femur_fields[i]),
				value_of(&p->anatomy.femur[side], &femur_fields[i]));
}

void record_set_frames(struct record *r, const struct anatomy *a, const double body_to_world[4][4])
{
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		const struct femur_frame frame = anatomy_femur_frame(a, (enum anatomy_side)side);
		r->frame[side] = motion_of_frame(body_to_world, &frame);
	}
}

/* ---- file ---- */

static struct json *origin_to_json(const struct record_origin *origin)
{
	struct json *object = json_object();
	char seed[32];
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)origin->seed);
	json_put_text(object, "seed", seed);
	json_put_integer(object, "sites", origin->sites->n);
	snprintf(seed, sizeof(seed), "%016llx", (unsigned long long)origin->sites->digest);
	json_put_text(object, "profiles", seed);
	json_put_text(object, "quality", origin->quality);
	json_put_text(object, "films", origin->films);
	json_put_text(object, "numbers", origin->by_profile ? "by profile" : "in turn");
	json_put_text(object, "computed_on", origin->computed_on);
	json_put_text(object, "xbmd_version", version_text());
	return object;
}

static struct json *hip_to_json(const struct record *r, int side)
{
	struct json *hip = json_object();
	record_put_hip(hip, r, (enum anatomy_side)side);
	for (int i = 0; i < FEMUR_FIELDS; i++)
		json_put_number(hip, femur_fields[i].name,
			value_of(&r->person.anatomy.femur[side], &femur_fields[i]));
	return hip;
}

/* Whose bones: null for the shape model's. */
static void put_anatomy(struct json *root, const struct person *p)
{
	if (p->map[0] == 0) {
		json_put_text(root, "anatomy", NULL);
		return;
	}
	struct json *object = json_object();
	json_put_text(object, "labels", p->map);
	json_put_number(object, "scale", p->anatomy.map_scale);
	json_put_bool(object, "mirrored", p->anatomy.map_mirrored);
	json_put(root, "anatomy", object);
}

static void put_scene(struct json *root, const struct record_scene *scene)
{
	struct json *films = json_array();
	if (scene->ct)
		json_put(root, "ct_posture", posture_to_json(scene->ct));
	for (int i = 0; i < scene->n; i++)
		json_push(films, xray_truth_to_json(&scene->films[i]));
	json_put(root, "films", films);
}

int record_write(const struct record *r, const struct record_origin *origin, const struct record_scene *scene,
	const char *path)
{
	struct json *root = json_object(), *hips = json_array(), *body = json_object();
	json_put_text(root, "participant_id", r->person.id);
	json_put_integer(root, "visit", r->visit);
	json_put_bool(root, "synthetic", true);
	json_put(root, "origin", origin_to_json(origin));
	for (int i = 0; i < BODY_FIELDS; i++)
		json_put_number(body, body_fields[i].name, value_of(&r->person.anatomy, &body_fields[i]));
	json_put(root, "body", body);
	put_anatomy(root, &r->person);
	json_put_integer(root, "n_films", r->films);
	json_put_number(root, "mean_femur_grey", r->mean_femur_grey);
	put_scene(root, scene);
	for (int side = 0; side < ANATOMY_SIDES; side++)
		json_push(hips, hip_to_json(r, side));
	json_put(root, "hips", hips);
	record_put_files(root, r);
	int rc = json_write(root, path);
	json_free(root);
	return rc;
}

static bool same_origin(const struct json *found, const struct record_origin *origin)
{
	static const char *const keys[] = { "seed", "profiles", "quality", "films", "numbers",
		"xbmd_version" };
	struct json *wanted = origin_to_json(origin);
	double sites;
	const struct json *number = found ? json_member(found, "sites") : NULL;
	bool same = number && json_number(number, &sites) == 0 && fabs(sites - origin->sites->n) < 0.5;
	for (size_t i = 0; same && i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct json *member = json_member(found, keys[i]);
		const char *text = member ? json_string(member) : NULL;
		same = text && strcmp(text, json_string(json_member(wanted, keys[i]))) == 0;
	}
	json_free(wanted);
	return same;
}

int record_read(struct record *r, const struct record_origin *origin, const char *root, const char *path)
{
	struct json *tree = NULL;
	int64_t films;
	int rc = -1;
	if (!path_exists(path))
		return 1;
	TRY(json_read(&tree, path));
	if (!same_origin(json_member(tree, "origin"), origin)) {
		rc = 1;
		goto cleanup;
	}
	const struct json *hips = json_member(tree, "hips");
	if (!hips || json_size(hips) != ANATOMY_SIDES) {
		ERR_INVALID("'%s': hips are not two", path);
		goto cleanup;
	}
	for (int side = 0; side < ANATOMY_SIDES; side++)
		TRY(record_get_hip(r, (enum anatomy_side)side, json_at(hips, (size_t)side), path));
	TRY(json_get_integer(tree, "n_films", path, &films));
	r->films = (int)films;
	TRY(json_get_number(tree, "mean_femur_grey", path, &r->mean_femur_grey));
	TRY(record_get_files(r, tree, path));
	rc = record_files_there(r, root) ? 0 : 1;
cleanup:
	json_free(tree);
	return rc;
}
