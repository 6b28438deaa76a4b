// Label volumes in NRRD files.
#include <zlib.h>
#include <gmock/gmock.h>
#include "host/files/nrrd.h"
#include "tests/support/support.h"

namespace
{
using testing::HasSubstr;

struct Volume {
	struct volume v = {};
	~Volume()
	{
		volume_free(&v);
	}
	struct volume *get()
	{
		return &v;
	}
	struct volume *operator->()
	{
		return &v;
	}
};

std::string Gzip(const std::string &in)
{
	z_stream z = {};
	std::string out(in.size() + 1024, '\0');
	EXPECT_EQ(Z_OK, deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
	z.next_in = (Bytef *)in.data();
	z.avail_in = (uInt)in.size();
	z.next_out = (Bytef *)&out[0];
	z.avail_out = (uInt)out.size();
	EXPECT_EQ(Z_STREAM_END, deflate(&z, Z_FINISH));
	out.resize(z.total_out);
	deflateEnd(&z);
	return out;
}

// 4 x 3 x 2 voxels of 1, 2, 3 mm, LPS.
std::string Header(const std::string &type, const std::string &encoding, const std::string &more = "")
{
	return "NRRD0004\n# a comment\ntype: " + type +
	       "\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
	       "space directions: (1,0,0) (0,2,0) (0,0,3)\nkinds: domain domain domain\nendian: little\nencoding: " +
	       encoding + "\nspace origin: (10,20,30)\n" + more + "\n";
}

std::string Ramp(int bytes)
{
	std::string s;
	for (int i = 0; i < 24; i++) {
		s += (char)i;
		s.append((size_t)bytes - 1, '\0');
	}
	return s;
}

int ReadNrrd(Volume &v, struct nrrd_segments &names, const std::string &path, const std::string &bytes)
{
	WriteFile(path, bytes);
	return nrrd_read_labels(v.get(), &names, path.c_str());
}
} // namespace

TEST(Nrrd, AllEncodingsAndTypes)
{
	ScratchFolder s;
	for (const auto &[type, bytes] : std::vector<std::pair<std::string, int>>{
		     { "unsigned char", 1 }, { "short", 2 }, { "uint16", 2 }, { "int", 4 }, { "unsigned int", 4 } })
		for (const std::string encoding : { "raw", "gzip" }) {
			Volume v;
			struct nrrd_segments names;
			const std::string voxels = Ramp(bytes);
			ASSERT_OK(ReadNrrd(v, names, s / "a.nrrd",
				Header(type, encoding) + (encoding == "raw" ? voxels : Gzip(voxels))));
			EXPECT_EQ(4, v->n[0]);
			EXPECT_EQ(3, v->n[1]);
			EXPECT_EQ(2, v->n[2]);
			for (int i = 0; i < 24; i++)
				EXPECT_EQ(i, volume_u16(v.get())[i]);
			// LPS to RAS: x and y turn round.
			double p[3];
			const double last[3] = { 3, 2, 1 };
			volume_index_to_world(v.get(), last, p);
			EXPECT_NEAR(-13, p[0], 1e-12);
			EXPECT_NEAR(-24, p[1], 1e-12);
			EXPECT_NEAR(33, p[2], 1e-12);
			EXPECT_EQ(0, names.n);
			nrrd_segments_free(&names);
		}
}

TEST(Nrrd, BigEndianAndSegments)
{
	ScratchFolder s;
	Volume v;
	struct nrrd_segments names;
	std::string voxels;
	for (int i = 0; i < 24; i++)
		voxels += std::string("\1", 1) + (char)i;
	std::string header = Header("uint16", "raw",
		"Segment0_Name:=Left femur\nSegment0_LabelValue:=7\nSegment0_Layer:=0\nSegment1_Name:=sacrum\n"
		"Segment1_LabelValue:=9\nSegmentation_ContainedRepresentationNames:=Binary labelmap|\n");
	header.replace(header.find("endian: little"), 14, "endian: big");
	ASSERT_OK(ReadNrrd(v, names, s / "a.seg.nrrd", header + voxels));
	EXPECT_EQ(256 + 23, volume_u16(v.get())[23]);
	ASSERT_EQ(2, names.n);
	EXPECT_EQ(7, names.list[0].value);
	EXPECT_STREQ("Left femur", names.list[0].name);
	EXPECT_EQ(9, names.list[1].value);
	nrrd_segments_free(&names);
}

TEST(Nrrd, RefusesBadFilesByField)
{
	ScratchFolder s;
	const std::string good = Header("uint8", "raw"), voxels = Ramp(1);
	auto with = [&](const std::string &from, const std::string &to) {
		std::string header = good;
		header.replace(header.find(from), from.size(), to);
		return header + voxels;
	};
	const std::vector<std::pair<std::string, std::string>> bad = {
		{ "NIFTI", "is no NRRD file" },
		{ with("dimension: 3", "dimension: 4"), "dimension is 4" },
		{ with("sizes: 4 3 2", "sizes: 4 3"), "sizes" },
		{ with("sizes: 4 3 2", "sizes: 4 3 9999999"), "sizes" },
		{ with("type: uint8", "type: float"), "type 'float'" },
		{ with("encoding: raw", "encoding: bzip2"), "encoding 'bzip2'" },
		{ with("space: left-posterior-superior", "space: scanner-xyz"), "space 'scanner-xyz'" },
		{ with("space: left-posterior-superior\n", ""), "has no space" },
		{ with("(0,2,0)", "(1,0,0)"), "singular" },
		{ with("(0,2,0)", "none"), "space directions" },
		{ with("space origin: (10,20,30)", "space origin: (10,nan,30)"), "space origin" },
		{ with("endian: little", "data file: x.raw"), "detached" },
		{ with("\n\n", "\nSegment0_Layer:=1\n\n"), "only one layer" },
		{ good + voxels.substr(1), "23 bytes of voxels" },
		{ good + voxels + "x", "25 bytes of voxels" },
		{ good.substr(0, good.size() - 1), "does not end" },
		{ Header("uint8", "gzip") + "no gzip", "gzip stream is damaged" },
		{ Header("uint8", "gzip") + Gzip(voxels).substr(0, 20), "damaged or cut short" },
		{ Header("uint8", "gzip") + Gzip(voxels + "x"), "more voxels" },
		{ Header("uint8", "gzip") + Gzip(voxels.substr(1)), "23 bytes of voxels" },
		{ Header("int8", "raw") + std::string(24, '\xff'), "value -1 is no label" },
		{ Header("int", "raw") + std::string(96, '\1'), "is no label" },
	};
	for (const auto &[bytes, says] : bad) {
		Volume v;
		struct nrrd_segments names;
		EXPECT_EQ(-1, ReadNrrd(v, names, s / "bad.nrrd", bytes)) << says;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code()) << says;
		EXPECT_THAT(err_message(), HasSubstr(says));
		EXPECT_THAT(err_message(), HasSubstr("bad.nrrd"));
		EXPECT_EQ(nullptr, v->voxels.data);
	}
	Volume v;
	struct nrrd_segments names;
	EXPECT_EQ(-1, nrrd_read_labels(v.get(), &names, (s / "none.nrrd").c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}
