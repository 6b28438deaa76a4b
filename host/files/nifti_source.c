#include "host/files/nifti_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/files/alloc.h"
#include "host/run/err.h"

enum { GZIP_WINDOW = 15 + 16, GZIP_SMALLEST = 18 };
/* Deflate cannot do better than 1032:1 (zlib technical details). */
static const uint64_t DEFLATE_BEST = 1032;

static bool is_gzip(const unsigned char *bytes)
{
	return bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static bool named_gzip(const char *path)
{
	size_t length = strlen(path);
	return length >= 3 && strcmp(path + length - 3, ".gz") == 0;
}

static int start_gzip(struct nifti_source *s)
{
	s->gzip = true;
	s->input = alloc_grow(NULL, NIFTI_SOURCE_BYTES, 1);
	if (inflateInit2(&s->inflate, GZIP_WINDOW) != Z_OK)
		return ERR_RESOURCE("no memory to decompress '%s'", s->path);
	return 0;
}

int nifti_source_open(struct nifti_source *s, const char *path)
{
	unsigned char magic[2] = { 0, 0 };
	struct stat status;
	memset(s, 0, sizeof *s);
	s->path = path;
	s->file = fopen(path, "rb");
	if (!s->file)
		return ERR_INPUT("cannot open '%s': %s", path, strerror(errno));
	if (fstat(fileno(s->file), &status) != 0 || !S_ISREG(status.st_mode))
		return ERR_INPUT("cannot read '%s': it is no regular file", path);
	s->file_bytes = (uint64_t)status.st_size;
	if (s->file_bytes == 0)
		return ERR_INVALID("'%s' is empty", path);
	size_t got = fread(magic, 1, 2, s->file);
	rewind(s->file);
	if (got == 2 && is_gzip(magic))
		return start_gzip(s);
	if (named_gzip(path))
		return ERR_INVALID("'%s' is no gzip stream (it begins with %02x %02x, not 1f 8b)", path,
			magic[0], magic[1]);
	return 0;
}

void nifti_source_close(struct nifti_source *s)
{
	if (s->file)
		fclose(s->file);
	if (s->gzip)
		inflateEnd(&s->inflate); /* accepts a stream that was never started */
	free(s->input);
	memset(s, 0, sizeof *s);
}

/* More compressed bytes; 0 at the end of the file. */
static int refill(struct nifti_source *s)
{
	if (s->inflate.avail_in > 0)
		return 0;
	s->inflate.next_in = s->input;
	s->inflate.avail_in = (uInt)fread(s->input, 1, NIFTI_SOURCE_BYTES, s->file);
	if (ferror(s->file))
		return ERR_INPUT("cannot read '%s': %s", s->path, strerror(errno));
	return 0;
}

/* A member ended with a good checksum: another member, the end of the file, or rubbish. */
static int next_member(struct nifti_source *s)
{
	if (refill(s) != 0)
		return -1;
	if (s->inflate.avail_in == 0) {
		s->ended = true;
		return 0;
	}
	if (s->inflate.next_in[0] != 0x1f)
		return ERR_INVALID("'%s': bytes follow the end of the gzip stream", s->path);
	if (inflateReset(&s->inflate) != Z_OK)
		BUG("inflateReset failed");
	return 0;
}

/* Fills up to `bytes` bytes; fewer only at the end. */
static int inflate_some(struct nifti_source *s, unsigned char *out, size_t bytes, size_t *got)
{
	s->inflate.next_out = out;
	s->inflate.avail_out = (uInt)bytes;
	while (s->inflate.avail_out > 0 && !s->ended) {
		if (refill(s) != 0)
			return -1;
		int state = inflate(&s->inflate, Z_NO_FLUSH);
		if (state == Z_STREAM_END) {
			if (next_member(s) != 0)
				return -1;
		} else if (state == Z_BUF_ERROR && s->inflate.avail_in == 0) {
			return ERR_INVALID("'%s' is cut short: the gzip stream ends inside (at byte %" PRIu64
					   " of its content)",
				s->path, s->position + (bytes - s->inflate.avail_out));
		} else if (state == Z_MEM_ERROR) {
			return ERR_RESOURCE("no memory to decompress '%s'", s->path);
		} else if (state != Z_OK) {
			return ERR_INVALID("'%s': the gzip stream is damaged (%s)", s->path,
				s->inflate.msg ? s->inflate.msg : "unexpected data");
		}
	}
	*got = bytes - s->inflate.avail_out;
	return 0;
}

static int read_some(struct nifti_source *s, void *out, size_t bytes, size_t *got)
{
	if (s->gzip)
		return inflate_some(s, out, bytes, got);
	*got = fread(out, 1, bytes, s->file);
	if (*got < bytes && ferror(s->file))
		return ERR_INPUT("cannot read '%s': %s", s->path, strerror(errno));
	return 0;
}

int nifti_source_read(struct nifti_source *s, void *out, uint64_t bytes, const char *what)
{
	unsigned char scratch[4096];
	for (uint64_t done = 0; done < bytes;) {
		uint64_t most = out ? NIFTI_SOURCE_BYTES : sizeof scratch;
		size_t part = (size_t)(bytes - done < most ? bytes - done : most), got = 0;
		if (read_some(s, out ? (unsigned char *)out + done : scratch, part, &got) != 0)
			return -1;
		s->position += got;
		done += got;
		if (got < part)
			return ERR_INVALID("'%s' is cut short: it ends at byte %" PRIu64 ", inside %s",
				s->path, s->position, what);
	}
	return 0;
}

int nifti_source_finish(struct nifti_source *s)
{
	unsigned char more[4096];
	size_t got = 0;
	if (read_some(s, more, 1, &got) != 0)
		return -1;
	if (got == 0)
		return 0;
	/* Damage may lengthen a gzip stream: its checksum tells that apart from a file that holds too much. */
	for (size_t rest = sizeof(more); s->gzip && rest == sizeof(more);)
		if (read_some(s, more, sizeof(more), &rest) != 0)
			return -1;
	return ERR_INVALID("'%s': bytes follow the last voxel (at byte %" PRIu64 ")", s->path, s->position);
}

/* The length in the trailer of the last member, modulo 2^32. */
static int trailer_bytes(const struct nifti_source *s, uint32_t *length)
{
	unsigned char t[4];
	FILE *file = fopen(s->path, "rb");
	if (!file)
		return ERR_INPUT("cannot open '%s': %s", s->path, strerror(errno));
	size_t got = fseeko(file, -4, SEEK_END) == 0 ? fread(t, 1, 4, file) : 0;
	fclose(file);
	if (got != 4)
		return ERR_INPUT("cannot read '%s': no gzip trailer", s->path);
	*length = (uint32_t)t[0] | (uint32_t)t[1] << 8 | (uint32_t)t[2] << 16 | (uint32_t)t[3] << 24;
	return 0;
}

/* Reads the whole stream and keeps nothing: the content's true length, or what is wrong with it. */
static int count_bytes(const char *path, uint64_t *bytes)
{
	int rc = -1;
	size_t got = 0;
	unsigned char *scratch = alloc_grow(NULL, NIFTI_SOURCE_BYTES, 1);
	struct nifti_source s;
	TRY(nifti_source_open(&s, path));
	do {
		TRY(read_some(&s, scratch, NIFTI_SOURCE_BYTES, &got));
		s.position += got;
	} while (got > 0);
	*bytes = s.position;
	rc = 0;
cleanup:
	nifti_source_close(&s);
	free(scratch);
	return rc;
}

int nifti_source_check_bytes(struct nifti_source *s, uint64_t bytes, const char *what)
{
	uint64_t have = s->file_bytes;
	if (s->gzip) {
		uint32_t trailer = 0;
		if (s->file_bytes < GZIP_SMALLEST)
			return ERR_INVALID("'%s' is cut short: %" PRIu64 " bytes are no gzip stream", s->path,
				s->file_bytes);
		if (trailer_bytes(s, &trailer) != 0)
			return -1;
		if (trailer == (uint32_t)bytes && bytes <= s->file_bytes * DEFLATE_BEST)
			return 0;
		if (count_bytes(s->path, &have) != 0)
			return -1;
	}
	if (have < bytes)
		return ERR_INVALID("'%s' is cut short: it holds %" PRIu64 " bytes, %s need %" PRIu64, s->path,
			have, what, bytes);
	if (have > bytes)
		return ERR_INVALID("'%s' is too long: it holds %" PRIu64 " bytes, %s need %" PRIu64, s->path,
			have, what, bytes);
	return 0;
}
