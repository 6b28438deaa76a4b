/*
 * A volume made ready for rendering, once: rays read it where it lies (kernels/slab.h), call after call.
 *
 * Values are kept as int16 where all of them are whole numbers of that range, else as float32; per material and per
 * orientation of the rays a copy is made when the first render needs it, and stays.  Bricks of 16^3 voxels that hold
 * one value everywhere are known, so that rays pass them without a look; nothing is approximated.  On a GPU all of
 * that lies in its memory, copied there once, and so do the buffers that renders need.
 */
#ifndef DRR_RESIDENT_H
#define DRR_RESIDENT_H
#include "drr/materials.h"
#include "host/files/volume.h"
#include "kernels/slab.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PROJECTOR_CHANNELS = 32, PROJECTOR_NO_CHANNEL = 255 };

struct projector_source {
	const struct volume *values; /* float32: HU, mg/cm3, or anything; every voxel finite */
	const struct volume *labels; /* uint16 or uint8, same grid; NULL: all voxels are channel 0 and none is bone */
	const uint8_t *channel_of_label; /* (65536) or (256): label -> channel 0.. or PROJECTOR_NO_CHANNEL */
	int n_channels;
	/* For materials: HU = hu_per_value * value + hu_offset (1, 0 for a CT), and what a HU is made of. */
	double hu_per_value, hu_offset;
	struct material_model materials;
	const uint8_t *bone_of_label; /* same length: 1 where the label is bone; NULL = none is */
	/*
	 * Or materials known voxel by voxel, g/cm3, NULL = nowhere: borrowed like the volumes, and read where they lie by
	 * rays that want that layout on the device that has them.  `values` is then a grid without voxels; nothing else can be
	 * rendered, and no ray that begins or ends inside the grid; of a GPU's, no rays that want another layout.
	 */
	const struct laid_materials *laid;
};
struct laid_materials {
	const float *g_cm3[MATERIALS]; /* as slab_layout_of(n, which) says, zeros around the grid */
	int which;                     /* SLAB_X, SLAB_Y or SLAB_Z */
	const struct device *where;    /* NULL = the host's memory; else a GPU, the resident's */
};

/* RESIDENT_VALUE, then one per material (g/cm3). */
enum { RESIDENT_VALUE, RESIDENT_MATERIAL, RESIDENT_FIELDS = RESIDENT_MATERIAL + MATERIALS };
struct resident_field {
	struct memory values[SLAB_LAYOUTS], bricks;
	int64_t type; /* enum slab_type */
	bool known, empty, bricked; /* looked at; 0 everywhere; some brick is constant */
};
/* What renders on a GPU keep from call to call; grown when a call needs more. */
enum resident_buffer {
	RESIDENT_PARTIAL,  /* sums before the last addition */
	RESIDENT_POSES,
	RESIDENT_IMAGES,   /* outputs on their way to the host: one for each kind */
	RESIDENT_BUFFERS = RESIDENT_IMAGES + 4
};
struct resident {
	const struct device *device;
	struct projector_source source; /* the volumes are borrowed: they must outlive the resident */
	struct slab_layout layout[SLAB_LAYOUTS];
	struct resident_field field[RESIDENT_FIELDS];
	struct memory tags[SLAB_LAYOUTS]; /* channel of each voxel, SLAB_CHANNELS = none */
	struct memory spans[SLAB_LAYOUTS][3]; /* for the CPU's vectors */
	struct memory words[SLAB_LAYOUTS];    /* for a GPU, in place of both and of the values */
	struct memory tag_bricks;
	struct memory voxel_tags; /* as kernels/ray.h wants them, in the volume's order; host */
	struct memory buffer[RESIDENT_BUFFERS];
	struct memory poses_sent;   /* host: what RESIDENT_POSES holds */
	int64_t partial_bytes_most; /* of RESIDENT_PARTIAL: a larger batch goes in several launches, with the same
				     * result; 1 GiB, may be lowered after resident_open() */
};
/*
 * Checks the source and finds the layout; copies are made later.  ERR_INVALID when grids differ, the calibration or
 * the materials' knots are implausible (where materials are asked for) or there are too many channels.
 */
int resident_open(struct resident *r, const struct device *device, const struct projector_source *source);
void resident_close(struct resident *r);
/* Other channels for the same labels. */
int resident_channels(struct resident *r, const uint8_t *channel_of_label, int n_channels);
/* What a render needs, made on first use; addresses are on the resident's device.  which: RESIDENT_VALUE or
 * RESIDENT_MATERIAL + enum material.  layouts: as slab_ray_cpu_layouts() says; on a GPU not 0. */
int resident_field(struct slab_field *field, struct resident *r, int which, const int layouts[SLAB_LAYOUTS]);
/* By label, of the values: `field` with the bricks that hold no channel; and what tells channels on the CPU. */
int resident_tags(struct slab_field *field, const uint8_t *tags[SLAB_LAYOUTS], const uint8_t *spans[SLAB_LAYOUTS][3],
	struct resident *r, const int layouts[SLAB_LAYOUTS]);
/* The same on a GPU, where `field` has no values but in the words. */
int resident_words(struct slab_field *field, const void *words[SLAB_LAYOUTS], struct resident *r,
	const int layouts[SLAB_LAYOUTS]);
/* At least `bytes` on the device, of any content; the same block as before when it is large enough. */
int resident_buffer(struct memory **buffer, struct resident *r, int which, size_t bytes);
/* The tags of kernels/ray.h on the host; NULL when there are neither labels nor channels. */
int resident_voxel_tags(const uint8_t **tags, struct resident *r);
#ifdef __cplusplus
}
#endif
#endif
