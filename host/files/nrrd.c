#include "host/files/nrrd.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "host/files/nrrd_header.h"
#include "host/files/path.h"
#include "host/run/err.h"

enum { GZIP_WINDOW = 15 + 16 };

void nrrd_segments_free(struct nrrd_segments *segments)
{
	free(segments->list);
	*segments = (struct nrrd_segments){ 0 };
}

/* All of the stream into exactly `bytes` bytes. */
static int inflate_all(unsigned char *out, size_t bytes, const char *in, size_t in_bytes, const char *path)
{
	z_stream z = { 0 };
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return ERR_RESOURCE("no memory to decompress '%s'", path);
	int status = Z_OK;
	size_t taken = 0, made = 0;
	const size_t most = 1u << 30; /* zlib counts in 32 bits */
	unsigned char beyond;
	while (status == Z_OK) {
		const size_t give = in_bytes - taken < most ? in_bytes - taken : most,
			     room = bytes - made < most ? bytes - made : most;
		z.next_in = (Bytef *)(uintptr_t)(in + taken);
		z.avail_in = (uInt)give;
		z.next_out = room ? out + made : &beyond;
		z.avail_out = room ? (uInt)room : 1;
		status = inflate(&z, Z_NO_FLUSH);
		taken += give - z.avail_in;
		made += (room ? room : 1) - z.avail_out;
		if (made > bytes)
			break;
	}
	inflateEnd(&z);
	if (made > bytes)
		return ERR_INVALID("'%s': more voxels than sizes say", path);
	if (status != Z_STREAM_END)
		return ERR_INVALID("'%s': the gzip stream is damaged or cut short", path);
	if (made < bytes)
		return ERR_INVALID("'%s': %zu bytes of voxels, sizes and type say %zu", path, made, bytes);
	return 0;
}

static int64_t value_at(const struct nrrd_header *h, const unsigned char *bytes)
{
	uint32_t value = 0;
	for (int i = 0; i < h->voxel_bytes; i++)
		value |= (uint32_t)bytes[h->big_endian ? h->voxel_bytes - 1 - i : i] << (8 * i);
	if (!h->is_signed)
		return value;
	return h->voxel_bytes == 1 ? (int8_t)value : h->voxel_bytes == 2 ? (int16_t)value : (int32_t)value;
}

static int convert(struct volume *v, const struct nrrd_header *h, const unsigned char *voxels, const char *path)
{
	if (volume_init(v, h->n, AFFINE(h->to_world), VOLUME_U16) != 0)
		return -1;
	uint16_t *label = volume_u16(v);
	for (int64_t i = 0; i < volume_count(v); i++) {
		const int64_t value = value_at(h, voxels + i * h->voxel_bytes);
		if (value < 0 || value > UINT16_MAX)
			return ERR_INVALID("'%s': voxel value %lld is no label (0..65535)", path, (long long)value);
		label[i] = (uint16_t)value;
	}
	return 0;
}

int nrrd_read_labels(struct volume *v, struct nrrd_segments *segments, const char *path)
{
	struct nrrd_header h = { 0 };
	char *text = NULL;
	unsigned char *voxels = NULL;
	size_t bytes = 0;
	int rc = -1;
	*v = (struct volume){ 0 };
	*segments = (struct nrrd_segments){ 0 };
	TRY(path_read_text(&text, &bytes, path));
	TRY(nrrd_header_parse(&h, segments, text, bytes, path));
	const size_t need = (size_t)(h.n[0] * h.n[1] * h.n[2]) * (size_t)h.voxel_bytes, have = bytes - h.data_at;
	if (!h.gzip && have != need) {
		ERR_INVALID("'%s': %zu bytes of voxels, sizes and type say %zu", path, have, need);
		goto cleanup;
	}
	if (h.gzip && need / 1032 > have) { /* deflate cannot do better */
		ERR_INVALID("'%s': %zu compressed bytes cannot hold %zu", path, have, need);
		goto cleanup;
	}
	if (h.gzip) {
		voxels = malloc(need);
		if (!voxels) {
			ERR_RESOURCE("no memory for %zu bytes of '%s'", need, path);
			goto cleanup;
		}
		TRY(inflate_all(voxels, need, text + h.data_at, have, path));
	}
	TRY(convert(v, &h, voxels ? voxels : (unsigned char *)text + h.data_at, path));
	rc = 0;
cleanup:
	free(text);
	free(voxels);
	if (rc != 0) {
		volume_free(v);
		nrrd_segments_free(segments);
	}
	return rc;
}
