/* What the sidecar and the truth say of a film. */
#include "drr/cohort/xray.h"

#include "host/run/version.h"

static struct json *frame_to_json(bool presentation)
{
	struct json *frame = json_object();
	json_put_text(frame, "name", "radiograph");
	json_put_text(frame, "label", NULL);
	json_put_text(frame, "quantity", presentation ? "grey value" : "radiograph");
	json_put_text(frame, "unit", "1");
	return frame;
}

struct json *xray_to_json(const struct xray *x, bool presentation)
{
	struct json *root = json_object(), *frames = json_array();
	const struct site_xray *s = &x->site->xray;
	json_put_text(root, "quantity", presentation ? "grey value" : "radiograph");
	json_put_text(root, "unit", "1");
	json_put_text(root, "definition", presentation ? "for presentation, 0..1, bone bright" : "-ln(I/I0)");
	json_put_bool(root, "synthetic", true);
	json_put(root, "geometry", geometry_to_json(&x->geometry));
	json_put(root, "pose", pose_to_json(&x->pose));
	json_put_text(root, "pose_of", "pelvis; the femora's are in truth/");
	json_put_text(root, "model", "trilinear");
	json_put_number(root, "kvp", x->kvp);
	json_put_number(root, "added_al_mm", x->primary ? 0 : s->added_al_mm);
	json_put_text(root, "beam", x->primary ? "primary" : "primary and scatter");
	if (presentation)
		json_put_text(root, "vendor", x->primary ? "unsharp standard" : s->vendor);
	json_push(frames, frame_to_json(presentation));
	json_put(root, "frames", frames);
	json_put(root, "excluded", json_array());
	json_put_text(root, "xbmd_version", version_number());
	return root;
}

struct json *xray_truth_to_json(const struct xray *x)
{
	static const char *const names[ANATOMY_SIDES] = { "right_femur", "left_femur" };
	struct json *root = json_object();
	json_put(root, "pelvis", pose_to_json(&x->pose));
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		struct json *femur = json_object();
		json_put(femur, "pose", pose_to_json(&x->femur[side].pose));
		json_put_numbers(femur, "head_centre_px", x->femur[side].head_px, 2);
		json_put_bool(femur, "total_hip_in_field", x->femur[side].hip_in_field);
		json_put(root, names[side], femur);
	}
	json_put_text(root, "cut", posture_cut_name(x->cut));
	json_put_text(root, "mineral_attenuation", x->primary ? "hydroxyapatite" : x->site->xray.mineral);
	json_put_number(root, "veil_to_primary", x->primary ? 0 : x->site->xray.veil_to_primary);
	json_put(root, "film_model", film_model_to_json(&x->model));
	if (x->collimator.on) {
		const double *low = x->collimator.low_px, *high = x->collimator.high_px;
		const double edges[4] = { low[0], low[1], high[0], high[1] };
		json_put_numbers(root, "open_field_px", edges, 4); /* left, top, right, bottom */
	}
	json_put_number(root, "mean_femur_grey", x->mean_femur);
	return root;
}
