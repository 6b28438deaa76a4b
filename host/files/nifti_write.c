#include "host/files/nifti.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <nifti/nifti2_io.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/gzip_write.h"
#include "host/files/nifti_header.h"
#include "host/files/path.h"
#include "host/run/err.h"

enum { VOXELS_AT = 352 };

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length > tail && strcmp(text + length - tail, end) == 0;
}

/*
 * The rotation as a quaternion, if there is one: what a reader makes of it must lie where the sform lies, by
 * the reader's own test on the same floats.  A sheared affine has none.
 */
static void put_qform(nifti_1_header *h, const struct volume *v)
{
	nifti_dmat44 m, back;
	double b, c, d, x, y, z, dx, dy, dz, qfac, sform[4][4] = { { 0 }, { 0 }, { 0 }, { 0, 0, 0, 1 } };
	memcpy(m.m, v->to_world, sizeof m.m);
	nifti_dmat44_to_quatern(m, &b, &c, &d, &x, &y, &z, &dx, &dy, &dz, &qfac);
	h->quatern_b = (float)b;
	h->quatern_c = (float)c;
	h->quatern_d = (float)d;
	h->qoffset_x = (float)x;
	h->qoffset_y = (float)y;
	h->qoffset_z = (float)z;
	h->pixdim[0] = qfac < 0 ? -1.0f : 1.0f;
	const double quatern[3] = { (double)h->quatern_b, (double)h->quatern_c, (double)h->quatern_d };
	const double spacing_mm[3] = { (double)h->pixdim[1], (double)h->pixdim[2], (double)h->pixdim[3] };
	back = nifti_quatern_to_dmat44(quatern[0], quatern[1], quatern[2], (double)h->qoffset_x,
		(double)h->qoffset_y, (double)h->qoffset_z, spacing_mm[0], spacing_mm[1], spacing_mm[2],
		(double)h->pixdim[0]);
	for (int i = 0; i < 4; i++) {
		sform[0][i] = (double)h->srow_x[i];
		sform[1][i] = (double)h->srow_y[i];
		sform[2][i] = (double)h->srow_z[i];
	}
	double shift;
	if (nifti_header_forms_agree(AFFINE(sform), AFFINE(back.m), quatern, spacing_mm, v->n, &shift)) {
		h->qform_code = NIFTI_XFORM_SCANNER_ANAT;
		return;
	}
	h->quatern_b = h->quatern_c = h->quatern_d = 0;
	h->qoffset_x = h->qoffset_y = h->qoffset_z = 0;
	h->pixdim[0] = 1;
}

static int put_grid(nifti_1_header *h, const struct volume *v, const char *path)
{
	double inverse[4][4], spacing_mm[3];
	for (int i = 0; i < 12; i++)
		if (!isfinite(v->to_world[i / 4][i % 4]))
			return ERR_INVALID(
				"cannot write '%s': the affine holds %g", path, v->to_world[i / 4][i % 4]);
	if (volume_world_to_index(v, inverse) != 0)
		return err_prefix("cannot write '%s'", path);
	volume_spacing_mm(v, spacing_mm);
	h->dim[0] = 3;
	for (int i = 1; i < 8; i++) {
		h->dim[i] = 1;
		h->pixdim[i] = i <= 3 ? (float)spacing_mm[i - 1] : 0.0f;
	}
	for (int axis = 0; axis < 3; axis++) {
		if (v->n[axis] > INT16_MAX)
			return ERR_INVALID("cannot write '%s': %" PRId64
					   " voxels along an axis; NIfTI-1 holds 32767",
				path, v->n[axis]);
		h->dim[axis + 1] = (short)v->n[axis];
	}
	for (int i = 0; i < 4; i++) {
		h->srow_x[i] = (float)v->to_world[0][i];
		h->srow_y[i] = (float)v->to_world[1][i];
		h->srow_z[i] = (float)v->to_world[2][i];
	}
	h->sform_code = NIFTI_XFORM_SCANNER_ANAT;
	h->xyzt_units = NIFTI_UNITS_MM;
	put_qform(h, v);
	return 0;
}

static int make_header(nifti_1_header *h, const struct volume *v, double scale, const char *path)
{
	static const short types[] = {
		[VOLUME_F32] = NIFTI_TYPE_FLOAT32,
		[VOLUME_I16] = NIFTI_TYPE_INT16,
		[VOLUME_U16] = NIFTI_TYPE_UINT16,
		[VOLUME_U8] = NIFTI_TYPE_UINT8,
	};
	memset(h, 0, sizeof *h);
	if (!isfinite(scale) || scale == 0)
		BUG("NIfTI scale %g", scale);
	h->sizeof_hdr = (int)sizeof *h;
	h->regular = 'r';
	h->datatype = types[v->type];
	h->bitpix = (short)(8 * volume_type_bytes(v->type));
	h->vox_offset = VOXELS_AT;
	h->scl_slope = (float)scale;
	memcpy(h->magic, "n+1", 4);
	return put_grid(h, v, path);
}

int nifti_write(const char *path, const struct volume *v, double scale)
{
	int rc = -1;
	struct path_output output = { 0 };
	const bool gzip = ends_with(path, ".nii.gz");
	unsigned char start[VOXELS_AT] = { 0 };
	struct gzip_write deflated = { 0 };
	nifti_1_header header;
	if (!gzip && !ends_with(path, ".nii"))
		return ERR_USAGE("cannot write '%s': an image's name ends in .nii or .nii.gz", path);
	TRY(make_header(&header, v, scale, path));
	memcpy(start, &header, sizeof header);
	if (gzip)
		TRY(gzip_write_make(&deflated, v->voxels.data, v->voxels.bytes, path));
	TRY(path_output_open(&output, path));
	errno = 0;
	if (gzip ? gzip_write_put(output.file, start, sizeof start, &deflated) != 0
		 : fwrite(start, 1, sizeof start, output.file) != sizeof start ||
			   fwrite(v->voxels.data, 1, v->voxels.bytes, output.file) != v->voxels.bytes) {
		(void)ERR_OUTPUT("cannot write '%s': %s", path, errno ? strerror(errno) : "write error");
		goto cleanup;
	}
	rc = path_output_commit(&output);
cleanup:
	path_output_abort(&output);
	gzip_write_free(&deflated);
	return rc;
}
