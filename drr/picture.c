#include "drr/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drr/area.h"
#include "host/run/err.h"
#include "host/run/log.h"
#include "host/run/ram.h"
#include "host/run/signal.h"

/* Poses rendered at once: enough to pay for the volume's way to the device, few enough to fit beside it. */
enum { BATCH_POSES = 8, LABEL_IDS = 65536, MOST_FRAMES = 32767 };

static int64_t channels(const struct picture *p)
{
	return p->bones ? p->bones->n : 1;
}

int64_t picture_frames_per_pose(const struct picture *p)
{
	if (p->quantity == PICTURE_DXA)
		return dxa_picture_frames(p->dxa);
	if (p->quantity != PICTURE_MINERAL)
		return 1;
	return channels(p) * (p->path ? 2 : 1);
}

static bool touches_edge(const struct volume *image, int64_t frame)
{
	int64_t cols = image->n[0], rows = image->n[1];
	const float *pixel = volume_f32(image) + frame * cols * rows;
	for (int64_t c = 0; c < cols; c++)
		if (pixel[c] != 0 || pixel[(rows - 1) * cols + c] != 0)
			return true;
	for (int64_t r = 0; r < rows; r++)
		if (pixel[r * cols] != 0 || pixel[r * cols + cols - 1] != 0)
			return true;
	return false;
}

int64_t picture_cut_frames(const struct picture *p, const struct volume *image)
{
	int64_t count = 0;
	for (int64_t frame = 0; p->quantity == PICTURE_MINERAL && frame < image->n[2]; frame++)
		count += touches_edge(image, frame);
	return count;
}

const char *picture_unit(const struct picture *p)
{
	static const char *const units[] = { "volume value x mm", "g/cm2", "1", "g/cm2" };
	return p->processing ? "grey" : units[p->quantity];
}

static struct json *frame_json(const struct picture *p, const struct volume *image, int64_t index)
{
	static const char *const quantities[] = { "integral", "mineral", "radiograph", "dxa" };
	struct json *object = json_object();
	int64_t frame = index % picture_frames_per_pose(p);
	bool path = p->quantity == PICTURE_MINERAL && frame >= channels(p);
	bool tissue = p->quantity == PICTURE_DXA && frame > 0;
	const struct label *bone = p->bones ? p->bones->bones[frame % channels(p)] : NULL;
	json_put_text(object, "name", bone ? bone->name : "volume");
	if (bone)
		json_put_integer(object, "label", bone->id);
	else
		json_put_text(object, "label", NULL);
	json_put_text(object, "quantity",
		path		? "path"
		: tissue	? "dxa_tissue"
		: p->processing ? "presentation"
				: quantities[p->quantity]);
	json_put_text(object, "unit", path ? "cm" : picture_unit(p));
	json_put_integer(object, "pose", index / picture_frames_per_pose(p));
	if (p->quantity == PICTURE_MINERAL)
		json_put_bool(object, "touches_edge", touches_edge(image, index));
	return object;
}

struct json *picture_frames(const struct picture *p, const struct volume *image)
{
	struct json *list = json_array();
	for (int64_t index = 0; index < image->n[2]; index++)
		json_push(list, frame_json(p, image, index));
	return list;
}

struct batch {
	const struct picture *picture;
	const struct device *device;
	struct volume *image;
	struct resident resident;
	uint8_t *channel_of_label, *bone_of_label; /* (65536) */
	int64_t first_pose, n_poses, first_channel;
};

/* Where frame f of the batch's pose b begins. */
static float *frame_of(const struct batch *b, int64_t pose, int64_t frame)
{
	const struct geometry *g = &b->picture->geometry;
	int64_t index = (b->first_pose + pose) * picture_frames_per_pose(b->picture) + frame;
	return volume_f32(b->image) + index * g->cols * g->rows;
}

static int render(
	struct batch *b, struct projection *out, bool integral, bool materials, bool mineral, bool path)
{
	const struct picture *p = b->picture;
	if (projection_alloc(out, &p->geometry, b->n_poses, b->resident.source.n_channels, integral, materials,
		    mineral, path) != 0)
		return -1;
	return (p->area ? projector_render_area : projector_render)(
		out, &b->resident, p->model, &p->geometry, p->poses + b->first_pose, b->n_poses);
}

static int render_integral(struct batch *b)
{
	struct projection out = { 0 };
	int rc = render(b, &out, true, false, false, false);
	size_t bytes = (size_t)(out.cols * out.rows * out.n_poses) * sizeof(float);
	if (rc == 0)
		memcpy(frame_of(b, 0, 0), out.integral, bytes);
	projection_free(&out);
	return rc;
}

/* What the detector and the vendor make of a pose's radiograph. */
static int finish_film(const struct batch *b, int64_t pose, const float *materials_g_cm2)
{
	const struct picture *p = b->picture;
	const struct geometry *g = &p->geometry;
	const struct film_plane plane = {
		.cols = g->cols,
		.rows = g->rows,
		.pixel_mm = g->pixel_mm,
		.magnification = g->projection == GEOMETRY_CONE ? g->sdd_mm / g->sod_mm : 1,
	};
	float *frame = frame_of(b, pose, 0);
	if (p->film && film_apply(b->device, frame, frame, materials_g_cm2, &plane, p->film,
			       (uint64_t)(b->first_pose + pose)) != 0)
		return -1;
	return p->processing ? processing_apply(b->device, frame, frame, g->cols, g->rows, p->processing) : 0;
}

static int render_radiograph(struct batch *b)
{
	struct projection out = { 0 };
	int rc = -1;
	TRY(render(b, &out, false, true, false, false));
	int64_t pixels = out.cols * out.rows;
	for (int64_t pose = 0; pose < b->n_poses; pose++) {
		const float *materials = out.materials + pose * MATERIALS * pixels;
		TRY(radiograph_apply(
			b->device, frame_of(b, pose, 0), materials, pixels, b->picture->spectrum));
		TRY(finish_film(b, pose, materials));
	}
	rc = 0;
cleanup:
	projection_free(&out);
	return rc;
}

/* Channels first .. first + n - 1 of all. */
static int render_mineral(struct batch *b, int64_t first, int64_t n)
{
	const struct picture *p = b->picture;
	struct projection out = { 0 };
	int rc = -1;
	memset(b->channel_of_label, PROJECTOR_NO_CHANNEL, LABEL_IDS);
	for (int64_t c = 0; p->bones && c < n; c++)
		b->channel_of_label[p->bones->bones[first + c]->id] = (uint8_t)c;
	/* One set of channels serves all batches. */
	if (first != b->first_channel || b->resident.source.n_channels != n)
		TRY(resident_channels(&b->resident, b->channel_of_label, (int)n));
	b->first_channel = first;
	TRY(render(b, &out, false, false, true, p->path));
	int64_t pixels = out.cols * out.rows;
	size_t bytes = (size_t)pixels * sizeof(float);
	for (int64_t pose = 0; pose < b->n_poses; pose++)
		for (int64_t c = 0; c < n; c++) {
			memcpy(frame_of(b, pose, first + c), out.mineral + (pose * n + c) * pixels, bytes);
			if (p->path)
				memcpy(frame_of(b, pose, channels(p) + first + c),
					out.path + (pose * n + c) * pixels, bytes);
		}
	rc = 0;
cleanup:
	projection_free(&out);
	return rc;
}

static int render_dxa(struct batch *b)
{
	const struct picture *p = b->picture;
	for (int64_t i = 0; i < b->n_poses; i++) {
		int64_t pose = b->first_pose + i;
		if (dxa_picture_render(
			    frame_of(b, i, 0), p->dxa, &b->resident, p->model, &p->poses[pose], pose) != 0)
			return -1;
	}
	return 0;
}

static int render_batch(struct batch *b)
{
	if (b->picture->quantity == PICTURE_DXA)
		return render_dxa(b);
	if (b->picture->quantity == PICTURE_INTEGRAL)
		return render_integral(b);
	if (b->picture->quantity == PICTURE_RADIOGRAPH)
		return render_radiograph(b);
	for (int64_t first = 0; first < channels(b->picture); first += PROJECTOR_CHANNELS) {
		int64_t left = channels(b->picture) - first;
		if (render_mineral(b, first, left < PROJECTOR_CHANNELS ? left : PROJECTOR_CHANNELS) != 0)
			return -1;
	}
	return 0;
}

static int batch_open(
	struct batch *b, const struct device *device, struct volume *image, const struct picture *p)
{
	*b = (struct batch){ .picture = p, .device = device, .image = image };
	b->channel_of_label = malloc(LABEL_IDS);
	b->bone_of_label = calloc(LABEL_IDS, 1);
	if (!b->channel_of_label || !b->bone_of_label)
		return ERR_RESOURCE("out of memory for label tables");
	memset(b->channel_of_label, PROJECTOR_NO_CHANNEL, LABEL_IDS);
	for (int64_t i = 0; p->map && i < p->map->n; i++)
		b->bone_of_label[p->map->labels[i].id] = p->map->labels[i].kind == LABEL_BONE;
	b->first_channel = -1;
	struct projector_source source = {
		.values = p->values,
		.labels = p->quantity == PICTURE_INTEGRAL ? NULL : p->labels,
		.channel_of_label = b->channel_of_label,
		.bone_of_label = b->bone_of_label,
		.hu_per_value = p->hu_per_value,
		.hu_offset = p->hu_offset,
		.materials = p->materials,
	};
	return resident_open(&b->resident, device, &source);
}

int picture_check_memory(const struct picture *p)
{
	char what[96];
	double pixels = (double)p->geometry.cols * (double)p->geometry.rows;
	double frames = (double)p->n_poses * (double)picture_frames_per_pose(p);
	double batch = p->n_poses < BATCH_POSES ? (double)p->n_poses : BATCH_POSES;
	double planes = p->quantity == PICTURE_RADIOGRAPH ? MATERIALS : (double)picture_frames_per_pose(p);
	if (p->quantity == PICTURE_DXA) { /* one scan at a time: the integrals twice, the readings */
		batch = 1;
		planes = 2 * MATERIALS + DXA_ENERGIES + 3;
	}
	snprintf(what, sizeof(what), "--size %lldx%lld with %lld poses", (long long)p->geometry.cols,
		(long long)p->geometry.rows, (long long)p->n_poses);
	return ram_check(
		(frames + batch * fmin(planes, 2 * PROJECTOR_CHANNELS)) * pixels * sizeof(float), what);
}

int picture_render(const struct device *device, struct volume *image, const struct picture *p)
{
	struct batch b = { 0 };
	struct progress progress;
	int64_t n[3] = { p->geometry.cols, p->geometry.rows, p->n_poses * picture_frames_per_pose(p) };
	double to_world[4][4];
	int rc = -1;
	if (n[2] > MOST_FRAMES)
		return ERR_USAGE("%lld frames: a NIfTI image holds at most %d; give fewer poses",
			(long long)n[2], MOST_FRAMES);
	geometry_image_affine(&p->geometry, to_world);
	TRY(batch_open(&b, device, image, p));
	TRY(volume_init(image, n, (const double(*)[4])to_world, VOLUME_F32));
	progress_start(&progress, "rendering", p->n_poses);
	for (; b.first_pose < p->n_poses; b.first_pose += b.n_poses) {
		int64_t left = p->n_poses - b.first_pose;
		b.n_poses = left < BATCH_POSES ? left : BATCH_POSES;
		if (signal_stop_requested()) {
			ERR_STOPPED("stopped: nothing was written");
			goto cleanup;
		}
		TRY(render_batch(&b));
		progress_step(&progress, b.first_pose + b.n_poses);
	}
	progress_end(&progress);
	rc = 0;
cleanup:
	resident_close(&b.resident);
	free(b.channel_of_label);
	free(b.bone_of_label);
	if (rc != 0)
		volume_free(image);
	return rc;
}
