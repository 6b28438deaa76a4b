#include "host/files/protobuf.h"

#include <string>
#include <gtest/gtest.h>

static std::string Bytes(const protobuf &m)
{
	return std::string((const char *)m.data, m.bytes);
}

// The format's own examples: 150 in field 1 is 08 96 01; "testing" in field 2; that message in field 3.
TEST(Protobuf, KnownBytes)
{
	protobuf inner = {}, outer = {};
	protobuf_integer(&inner, 1, 150);
	EXPECT_EQ(std::string("\x08\x96\x01", 3), Bytes(inner));
	protobuf_text(&outer, 2, "testing");
	EXPECT_EQ(std::string("\x12\x07testing", 9), Bytes(outer));
	protobuf_message(&outer, 3, &inner);
	EXPECT_EQ(std::string("\x12\x07testing\x1a\x03\x08\x96\x01", 14), Bytes(outer));
	EXPECT_EQ(0u, inner.bytes);
	protobuf_free(&outer);
}

TEST(Protobuf, NumbersAtTheirEnds)
{
	protobuf m = {}, more = {};
	protobuf_integer(&m, 1, 0);
	protobuf_integer(&m, 20, -1); /* ten bytes, key of two */
	protobuf_float(&m, 2, 1.0f);
	EXPECT_EQ(std::string("\x08\x00\xa0\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x15\x00\x00\x80\x3f", 19), Bytes(m));
	protobuf_bytes(&more, 9, nullptr, 0);
	protobuf_join(&m, &more);
	EXPECT_EQ(21u, m.bytes);
	EXPECT_EQ(std::string("\x4a\x00", 2), Bytes(m).substr(19));
	protobuf_free(&m);
}
