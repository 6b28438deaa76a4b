// NIfTI files made byte by byte from the offsets of the standard (nifti1.h, nifti2.h), not by the code under
// test.
#ifndef TESTS_HOST_FILES_NIFTI_BYTES_H
#define TESTS_HOST_FILES_NIFTI_BYTES_H
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>
#include <zlib.h>

struct NiftiBytes {
	int version = 1;
	bool big_endian = false;
	std::vector<int64_t> dim = { 3, 4, 3, 2, 1, 1, 1, 1 };
	int datatype = 4, bitpix = 16; // int16
	std::vector<double> pixdim = { 1, 1.5, 2, 2.5, 0, 0, 0, 0 };
	double slope = 0, inter = 0;
	int units = 2, qform_code = 0, sform_code = 1;
	double quatern[3] = { 0, 0, 0 }, qoffset[3] = { 10, 20, 30 };
	double srow[3][4] = { { 1.5, 0, 0, 10 }, { 0, 2, 0, 20 }, { 0, 0, 2.5, 30 } };
	std::string extensions; // between header and voxels, extender included
	std::string voxels;	// in the file's byte order already

	template <class T> void Put(std::string &bytes, size_t at, T value) const
	{
		std::string word((const char *)&value, sizeof value);
		if (big_endian)
			std::reverse(word.begin(), word.end());
		bytes.replace(at, word.size(), word);
	}
	template <class T> void AddVoxel(T value)
	{
		std::string word(sizeof value, '\0');
		Put(word, 0, value);
		voxels += word;
	}
	// Voxels 0, 1, 2, ... in int16, the default type.
	void AddRamp()
	{
		for (int64_t i = 0; i < dim[1] * dim[2] * dim[3]; i++)
			AddVoxel((int16_t)i);
	}
	std::string Bytes() const
	{
		std::string tail = extensions.empty() ? std::string(4, '\0') : extensions;
		return (version == 1 ? Header1(tail) : Header2(tail)) + tail + voxels;
	}

      private:
	std::string Header1(const std::string &tail) const
	{
		std::string h(348, '\0');
		Put(h, 0, (int32_t)348);
		for (size_t i = 0; i < 8; i++) {
			Put(h, 40 + 2 * i, (int16_t)dim[i]);
			Put(h, 76 + 4 * i, (float)pixdim[i]);
		}
		Put(h, 70, (int16_t)datatype);
		Put(h, 72, (int16_t)bitpix);
		Put(h, 108, (float)(h.size() + tail.size()));
		Put(h, 112, (float)slope);
		Put(h, 116, (float)inter);
		h[123] = (char)units;
		Put(h, 252, (int16_t)qform_code);
		Put(h, 254, (int16_t)sform_code);
		for (size_t i = 0; i < 3; i++) {
			Put(h, 256 + 4 * i, (float)quatern[i]);
			Put(h, 268 + 4 * i, (float)qoffset[i]);
			for (size_t k = 0; k < 4; k++)
				Put(h, 280 + 16 * i + 4 * k, (float)srow[i][k]);
		}
		h.replace(344, 4, std::string("n+1\0", 4));
		return h;
	}
	std::string Header2(const std::string &tail) const
	{
		std::string h(540, '\0');
		Put(h, 0, (int32_t)540);
		h.replace(4, 8, std::string("n+2\0\r\n\x1a\n", 8));
		Put(h, 12, (int16_t)datatype);
		Put(h, 14, (int16_t)bitpix);
		for (size_t i = 0; i < 8; i++) {
			Put(h, 16 + 8 * i, dim[i]);
			Put(h, 104 + 8 * i, pixdim[i]);
		}
		Put(h, 168, (int64_t)(h.size() + tail.size()));
		Put(h, 176, slope);
		Put(h, 184, inter);
		Put(h, 344, (int32_t)qform_code);
		Put(h, 348, (int32_t)sform_code);
		for (size_t i = 0; i < 3; i++) {
			Put(h, 352 + 8 * i, quatern[i]);
			Put(h, 376 + 8 * i, qoffset[i]);
			for (size_t k = 0; k < 4; k++)
				Put(h, 400 + 32 * i + 8 * k, srow[i][k]);
		}
		Put(h, 500, (int32_t)units);
		return h;
	}
};

// One gzip member.
inline std::string Gzip(const std::string &bytes, int level = 6)
{
	z_stream z = {};
	std::string out(bytes.size() + bytes.size() / 100 + 1000, '\0');
	if (deflateInit2(&z, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		throw std::runtime_error("deflateInit2");
	z.next_in = (Bytef *)bytes.data();
	z.avail_in = (uInt)bytes.size();
	z.next_out = (Bytef *)out.data();
	z.avail_out = (uInt)out.size();
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		throw std::runtime_error("deflate");
	out.resize(z.total_out);
	deflateEnd(&z);
	return out;
}

inline std::string Gunzip(const std::string &bytes)
{
	z_stream z = {};
	std::string out(16 << 20, '\0');
	if (inflateInit2(&z, 31) != Z_OK)
		throw std::runtime_error("inflateInit2");
	z.next_in = (Bytef *)bytes.data();
	z.avail_in = (uInt)bytes.size();
	z.next_out = (Bytef *)out.data();
	z.avail_out = (uInt)out.size();
	if (inflate(&z, Z_FINISH) != Z_STREAM_END)
		throw std::runtime_error("inflate");
	out.resize(z.total_out);
	inflateEnd(&z);
	return out;
}
#endif
