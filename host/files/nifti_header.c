/*
 * The header's check.  NIfTI-1 (348 bytes, nifti1.h) and NIfTI-2 (540 bytes, nifti2.h) in both byte orders
 * are brought into one form, struct nifti_2_header in our byte order, and checked there field by field.
 */
#include "host/files/nifti_header.h"

#include <inttypes.h>
#include <math.h>
#include <nifti/nifti2_io.h>
#include <string.h>
#include "host/files/volume.h"
#include "host/run/err.h"

enum { N1_BYTES = 348, N2_BYTES = 540, N1_VOXELS = 352, N2_VOXELS = 544 };
static const double AGREE_VOXELS = 1e-3;
/* Columns this close to a plane (float32 rounding included) are no grid. */
static const double SINGULAR = 1e-4;

struct header {
	nifti_2_header fields;
	int version;	   /* 1 or 2 */
	double vox_offset; /* a float in NIfTI-1: may be no number */
	bool swapped;
};

static const struct {
	int code, bits;
	const char *name;
} TYPES[] = {
	{ NIFTI_TYPE_UINT8, 8, "uint8" },
	{ NIFTI_TYPE_INT8, 8, "int8" },
	{ NIFTI_TYPE_INT16, 16, "int16" },
	{ NIFTI_TYPE_UINT16, 16, "uint16" },
	{ NIFTI_TYPE_INT32, 32, "int32" },
	{ NIFTI_TYPE_UINT32, 32, "uint32" },
	{ NIFTI_TYPE_INT64, 64, "int64" },
	{ NIFTI_TYPE_UINT64, 64, "uint64" },
	{ NIFTI_TYPE_FLOAT32, 32, "float32" },
	{ NIFTI_TYPE_FLOAT64, 64, "float64" },
};
enum { N_TYPES = sizeof TYPES / sizeof TYPES[0] };

static void from_nifti1(struct header *h, const nifti_1_header *n1)
{
	nifti_2_header *f = &h->fields;
	for (int i = 0; i < 8; i++) {
		f->dim[i] = n1->dim[i];
		f->pixdim[i] = (double)n1->pixdim[i];
	}
	f->datatype = n1->datatype;
	f->bitpix = n1->bitpix;
	h->vox_offset = (double)n1->vox_offset;
	f->scl_slope = (double)n1->scl_slope;
	f->scl_inter = (double)n1->scl_inter;
	f->xyzt_units = n1->xyzt_units;
	f->qform_code = n1->qform_code;
	f->sform_code = n1->sform_code;
	f->quatern_b = (double)n1->quatern_b;
	f->quatern_c = (double)n1->quatern_c;
	f->quatern_d = (double)n1->quatern_d;
	f->qoffset_x = (double)n1->qoffset_x;
	f->qoffset_y = (double)n1->qoffset_y;
	f->qoffset_z = (double)n1->qoffset_z;
	for (int i = 0; i < 4; i++) {
		f->srow_x[i] = (double)n1->srow_x[i];
		f->srow_y[i] = (double)n1->srow_y[i];
		f->srow_z[i] = (double)n1->srow_z[i];
	}
}

static int check_magic(const struct nifti_source *s, const char *magic, int version)
{
	if (memcmp(magic, version == 1 ? "n+1\0" : "n+2\0\r\n\032\n", version == 1 ? 4 : 8) == 0)
		return 0;
	if (memcmp(magic, version == 1 ? "ni1" : "ni2", 3) == 0)
		return ERR_INVALID(
			"'%s': magic says the voxels lie in another file (.hdr/.img); convert to .nii",
			s->path);
	return ERR_INVALID("'%s': magic is %02x %02x %02x %02x, no NIfTI-%d image", s->path,
		(unsigned char)magic[0], (unsigned char)magic[1], (unsigned char)magic[2],
		(unsigned char)magic[3], version);
}

static int read_header(struct nifti_source *s, struct header *h)
{
	union {
		int32_t sizeof_hdr;
		nifti_1_header n1;
		nifti_2_header n2;
	} raw;
	_Static_assert(sizeof raw.n1 == N1_BYTES && sizeof raw.n2 == N2_BYTES, "the headers' layouts");
	memset(h, 0, sizeof *h);
	if (nifti_source_read(s, &raw, N1_BYTES, "the header") != 0)
		return -1;
	int32_t as_read = raw.sizeof_hdr, bytes = as_read;
	if (bytes != N1_BYTES && bytes != N2_BYTES) {
		nifti_swap_4bytes(1, &bytes);
		h->swapped = true;
	}
	if (bytes != N1_BYTES && bytes != N2_BYTES)
		return ERR_INVALID("'%s': sizeof_hdr is %" PRId32 ", neither 348 nor 540: no NIfTI image",
			s->path, as_read);
	h->version = bytes == N1_BYTES ? 1 : 2;
	if (h->version == 2 &&
		nifti_source_read(s, (char *)&raw + N1_BYTES, N2_BYTES - N1_BYTES, "the header") != 0)
		return -1;
	if (h->swapped)
		swap_nifti_header(&raw, h->version);
	if (check_magic(s, h->version == 1 ? raw.n1.magic : raw.n2.magic, h->version) != 0)
		return -1;
	if (h->version == 1) {
		from_nifti1(h, &raw.n1);
	} else {
		h->fields = raw.n2;
		h->vox_offset = (double)raw.n2.vox_offset;
	}
	return 0;
}

static int check_dim(const struct nifti_source *s, const struct header *h, int64_t n[3])
{
	const int64_t *dim = h->fields.dim;
	if (dim[0] < 2 || dim[0] > 7)
		return ERR_INVALID(
			"'%s': dim[0] is %" PRId64 "; an image has 2 or 3 dimensions", s->path, dim[0]);
	for (int i = 1; i <= dim[0]; i++)
		if (dim[i] < 1)
			return ERR_INVALID("'%s': dim[%d] is %" PRId64 ", not positive", s->path, i, dim[i]);
	for (int i = 4; i <= dim[0]; i++)
		if (dim[i] != 1)
			return ERR_INVALID("'%s': dim[%d] is %" PRId64 "; one 3-D image is expected", s->path,
				i, dim[i]);
	for (int axis = 0; axis < 3; axis++)
		n[axis] = axis < dim[0] ? dim[axis + 1] : 1;
	/* 2^40 voxels along an axis and 2^52 in all: products with a voxel's bytes stay far from overflow. */
	if (n[0] > INT64_C(1) << 40 || n[1] > INT64_C(1) << 40 || n[2] > INT64_C(1) << 40 ||
		(double)n[0] * (double)n[1] * (double)n[2] > 0x1p52)
		return ERR_INVALID("'%s': dim is %" PRId64 "x%" PRId64 "x%" PRId64
				   ", more voxels than any file holds",
			s->path, n[0], n[1], n[2]);
	return 0;
}

/* Also gives the type's index in TYPES. */
static int check_datatype(const struct nifti_source *s, const struct header *h, int *type)
{
	const nifti_2_header *f = &h->fields;
	for (*type = 0; *type < N_TYPES; ++*type)
		if (TYPES[*type].code == f->datatype)
			break;
	if (*type == N_TYPES)
		return ERR_INVALID("'%s': datatype %d is unknown or no plain number", s->path, f->datatype);
	if (TYPES[*type].bits != f->bitpix)
		return ERR_INVALID("'%s': bitpix is %d, but datatype %d (%s) has %d bits", s->path, f->bitpix,
			f->datatype, TYPES[*type].name, TYPES[*type].bits);
	return 0;
}

static int check_offset(const struct nifti_source *s, const struct header *h)
{
	int least = h->version == 1 ? N1_VOXELS : N2_VOXELS;
	/* The upper bound (1 PB) keeps the sum with the voxels' bytes from overflowing. */
	if (!(h->vox_offset >= least && h->vox_offset <= 1e15) || h->vox_offset != floor(h->vox_offset))
		return ERR_INVALID(
			"'%s': vox_offset is %g, no place for voxels behind the header (at least %d)",
			s->path, h->vox_offset, least);
	return 0;
}

static int check_scaling(const struct nifti_source *s, const struct header *h)
{
	const nifti_2_header *f = &h->fields;
	if (!isfinite(f->scl_slope))
		return ERR_INVALID("'%s': scl_slope is %g", s->path, f->scl_slope);
	if (f->scl_slope != 0 && !isfinite(f->scl_inter))
		return ERR_INVALID("'%s': scl_inter is %g", s->path, f->scl_inter);
	return 0;
}

static int check_spacing(const struct nifti_source *s, struct header *h)
{
	double *pixdim = h->fields.pixdim;
	int units = XYZT_TO_SPACE(h->fields.xyzt_units);
	if (units != NIFTI_UNITS_UNKNOWN && units != NIFTI_UNITS_MM)
		return ERR_INVALID("'%s': xyzt_units is %d (%s); only mm is read", s->path, units,
			nifti_units_string(units));
	if (!isfinite(pixdim[0]))
		return ERR_INVALID("'%s': pixdim[0] is %g", s->path, pixdim[0]);
	for (int i = 1; i <= 3; i++) {
		bool good = isfinite(pixdim[i]) && pixdim[i] > 0;
		if (!good && i <= h->fields.dim[0])
			return ERR_INVALID("'%s': pixdim[%d] is %g, no spacing in mm", s->path, i, pixdim[i]);
		if (!good)
			pixdim[i] = 1; /* the thickness of a 2-D picture is free */
	}
	return 0;
}

static void sform_of(double m[4][4], const nifti_2_header *f)
{
	memset(m, 0, 16 * sizeof(double));
	memcpy(m[0], f->srow_x, sizeof f->srow_x);
	memcpy(m[1], f->srow_y, sizeof f->srow_y);
	memcpy(m[2], f->srow_z, sizeof f->srow_z);
	m[3][3] = 1;
}

static int check_sform(const struct nifti_source *s, double m[4][4])
{
	double product = 1, columns[3][3], det = 0;
	for (int i = 0; i < 12; i++)
		if (!isfinite(m[i / 4][i % 4]))
			return ERR_INVALID("'%s': srow_%c[%d] (sform) is %g", s->path, "xyz"[i / 4], i % 4,
				m[i / 4][i % 4]);
	for (int c = 0; c < 3; c++) {
		product *= sqrt(m[0][c] * m[0][c] + m[1][c] * m[1][c] + m[2][c] * m[2][c]);
		for (int r = 0; r < 3; r++)
			columns[c][r] = m[r][c];
	}
	for (int r = 0; r < 3; r++)
		det += columns[0][r] * (columns[1][(r + 1) % 3] * columns[2][(r + 2) % 3] -
					       columns[1][(r + 2) % 3] * columns[2][(r + 1) % 3]);
	if (!(fabs(det) > SINGULAR * product) || !isfinite(det))
		return ERR_INVALID("'%s': the sform is singular (determinant %g mm3)", s->path, det);
	return 0;
}

static int qform_of(const struct nifti_source *s, const nifti_2_header *f, double m[4][4])
{
	const double q[6] = { f->quatern_b, f->quatern_c, f->quatern_d, f->qoffset_x, f->qoffset_y,
		f->qoffset_z };
	for (int i = 0; i < 6; i++)
		if (!isfinite(q[i]))
			return ERR_INVALID("'%s': %s_%c (qform) is %g", s->path,
				i < 3 ? "quatern" : "qoffset", "bcdxyz"[i], q[i]);
	double squares = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
	if (!(squares <= 1 + 1e-4))
		return ERR_INVALID(
			"'%s': quatern_b, _c, _d (qform) are no rotation: their squares add up to %g",
			s->path, squares);
	nifti_dmat44 qto = nifti_quatern_to_dmat44(q[0], q[1], q[2], q[3], q[4], q[5], f->pixdim[1],
		f->pixdim[2], f->pixdim[3], f->pixdim[0] < 0 ? -1.0 : 1.0);
	memcpy(m, qto.m, sizeof qto.m);
	return 0;
}

/* The largest difference along an axis, in voxels, of where the two forms put an index. */
static double shift_voxels(const double from_world[4][4], const double other[4][4], const double index[3])
{
	double world[3], back[3], worst = 0;
	affine_apply(other, index, world);
	affine_apply(from_world, world, back);
	for (int axis = 0; axis < 3; axis++)
		if (!(fabs(back[axis] - index[axis]) <= worst))
			worst = fabs(back[axis] - index[axis]);
	return worst;
}

bool nifti_header_forms_agree(const double sform[4][4], const double qform[4][4], const double quatern[3],
	const double spacing_mm[3], const int64_t n[3], double *worst_voxels)
{
	const double lost = 0x1p-23 + 1e-7; /* of a^2: rounding of three floats, nifti2's cut */
	double squares = quatern[0] * quatern[0] + quatern[1] * quatern[1] + quatern[2] * quatern[2];
	double a = squares < 1 ? sqrt(1 - squares) : 0;
	/* |da| = |d(a^2)| / (|a| + |a + da|), at most sqrt(lost); a rotation turns by twice that. */
	double turn = 2 * lost / (a + sqrt(lost)), inverse[4][4];
	double finest = fmin(spacing_mm[0], fmin(spacing_mm[1], spacing_mm[2]));
	const double origin[3] = { 0, 0, 0 };
	*worst_voxels = NAN;
	if (affine_invert(inverse, sform) != 0)
		return false;
	*worst_voxels = shift_voxels(AFFINE(inverse), qform, origin);
	bool agree = *worst_voxels <= AGREE_VOXELS;
	for (int corner = 0; corner < 8; corner++) {
		double index[3], square = 0;
		for (int axis = 0; axis < 3; axis++) {
			index[axis] = (corner >> axis & 1) ? (double)n[axis] - 0.5 : -0.5;
			square += index[axis] * spacing_mm[axis] * index[axis] * spacing_mm[axis];
		}
		double shift = shift_voxels(AFFINE(inverse), qform, index);
		if (!(shift <= AGREE_VOXELS + turn * sqrt(square) / finest))
			agree = false;
		if (!(shift <= *worst_voxels))
			*worst_voxels = shift;
	}
	return agree;
}

static int check_orientation(
	const struct nifti_source *s, const struct header *h, const int64_t n[3], double to_world[4][4])
{
	const nifti_2_header *f = &h->fields;
	double sform[4][4], qform[4][4];
	const double quatern[3] = { f->quatern_b, f->quatern_c, f->quatern_d };
	if (f->sform_code < 0 || f->qform_code < 0)
		return ERR_INVALID("'%s': sform_code is %d and qform_code %d; negative codes have no meaning",
			s->path, f->sform_code, f->qform_code);
	if (f->sform_code == 0 && f->qform_code == 0)
		return ERR_INVALID("'%s' has no orientation: sform_code and qform_code are both 0", s->path);
	sform_of(sform, f);
	if (f->sform_code > 0 && check_sform(s, sform) != 0)
		return -1;
	if (f->qform_code > 0 && qform_of(s, f, qform) != 0)
		return -1;
	if (f->sform_code > 0 && f->qform_code > 0) {
		double shift;
		if (!nifti_header_forms_agree(
			    AFFINE(sform), AFFINE(qform), quatern, f->pixdim + 1, n, &shift))
			return ERR_INVALID(
				"'%s': sform and qform disagree by up to %.4g voxels", s->path, shift);
	}
	memcpy(to_world, f->sform_code > 0 ? sform : qform, sizeof sform);
	return 0;
}

/* Walks over the extensions between the header and the voxels; their content is not kept. */
static int skip_extensions(struct nifti_source *s, const struct header *h)
{
	uint64_t voxels_at = (uint64_t)h->vox_offset;
	char extender[4];
	int32_t head[2]; /* esize, ecode */
	if (nifti_source_read(s, extender, sizeof extender, "the header") != 0)
		return -1;
	while (extender[0] != 0 && voxels_at - s->position >= sizeof head) {
		uint64_t at = s->position, left = voxels_at - at;
		if (nifti_source_read(s, head, sizeof head, "an extension") != 0)
			return -1;
		if (h->swapped)
			nifti_swap_4bytes(2, head);
		if (head[0] < (int32_t)sizeof head || (uint64_t)head[0] > left)
			return ERR_INVALID("'%s': the extension at byte %" PRIu64 " has size %" PRId32
					   "; %" PRIu64 " bytes are there before the voxels (vox_offset)",
				s->path, at, head[0], left);
		if (nifti_source_read(s, NULL, (uint64_t)head[0] - sizeof head, "an extension") != 0)
			return -1;
	}
	return nifti_source_read(s, NULL, voxels_at - s->position, "the extensions");
}

int nifti_header_read(struct nifti_source *s, struct nifti_layout *layout)
{
	struct header h;
	int type = 0;
	char what[200];
	memset(layout, 0, sizeof *layout);
	if (read_header(s, &h) != 0 || check_dim(s, &h, layout->n) != 0 ||
		check_datatype(s, &h, &type) != 0 || check_offset(s, &h) != 0 || check_scaling(s, &h) != 0 ||
		check_spacing(s, &h) != 0 || check_orientation(s, &h, layout->n, layout->to_world) != 0)
		return -1;
	layout->datatype = TYPES[type].code;
	layout->voxel_bytes = (size_t)TYPES[type].bits / 8;
	layout->swapped = h.swapped;
	layout->slope = h.fields.scl_slope != 0 ? h.fields.scl_slope : 1;
	layout->inter = h.fields.scl_slope != 0 ? h.fields.scl_inter : 0;
	snprintf(what, sizeof what, "vox_offset %.0f and dim %" PRId64 "x%" PRId64 "x%" PRId64 " of %s",
		h.vox_offset, layout->n[0], layout->n[1], layout->n[2], TYPES[type].name);
	uint64_t voxels = (uint64_t)layout->n[0] * (uint64_t)layout->n[1] * (uint64_t)layout->n[2];
	if (nifti_source_check_bytes(s, (uint64_t)h.vox_offset + voxels * layout->voxel_bytes, what) != 0)
		return -1;
	return skip_extensions(s, &h);
}
