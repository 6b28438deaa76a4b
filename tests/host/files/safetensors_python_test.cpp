// The format's own package reads what we write and writes what we read, to the same bytes.
#include <cstring>
#include "host/files/safetensors.h"
#include "tests/support/python.h"
#include "tests/support/support.h"

// Reads FILE, checks it, and writes it again, with the keys in another order.
static const char script[] = R"(
import sys
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file
with safe_open(sys.argv[1], 'np') as f:
    tensors = {k: f.get_tensor(k) for k in reversed(list(f.keys()))}
    meta = f.metadata()
assert meta == {'format': 'xbmd', 'note': 'quote " and \u00e9'}, meta
assert tensors['w'].dtype == np.float32 and tensors['w'].shape == (2, 3) and tensors['w'][1, 2] == np.float32(0.1)
assert tensors['m'].dtype == np.float64 and tensors['m'][0] == 1 / 3
assert tensors['step'].dtype == np.int64 and tensors['step'].shape == () and tensors['step'] == 2**60
assert tensors['bytes'].dtype == np.uint8 and list(tensors['bytes']) == [1, 2, 3, 4, 255]
assert tensors['empty'].shape == (0, 3)
save_file(tensors, sys.argv[2], meta)
)";

TEST(SafetensorsPython, BothWays)
{
	PYTHON_OR_SKIP(python, "numpy, safetensors");
	ScratchFolder scratch;
	const float w[6] = { 1, -2, 3e-30f, 4, 5, 0.1f };
	const double m[1] = { 1.0 / 3 };
	const uint8_t bytes[5] = { 1, 2, 3, 4, 255 };
	const int64_t step = INT64_C(1) << 60, d5[1] = { 5 }, d23[2] = { 2, 3 }, d1[1] = { 1 }, d03[2] = { 0, 3 };
	safetensors s = {}, back = {};
	safetensors_add(&s, "bytes", SAFETENSORS_U8, d5, 1, bytes);
	safetensors_add(&s, "w", SAFETENSORS_F32, d23, 2, w);
	safetensors_add(&s, "empty", SAFETENSORS_F32, d03, 2, nullptr);
	safetensors_add(&s, "m", SAFETENSORS_F64, d1, 1, m);
	safetensors_add(&s, "step", SAFETENSORS_I64, nullptr, 0, &step);
	safetensors_add_meta(&s, "format", "xbmd");
	safetensors_add_meta(&s, "note", "quote \" and é");
	ASSERT_OK(safetensors_write(&s, (scratch / "ours").c_str()));
	WriteFile(scratch / "again.py", script);
	RunPython(python, (scratch / "again.py") + " " + (scratch / "ours") + " " + (scratch / "theirs"));
	ASSERT_OK(safetensors_read(&back, (scratch / "theirs").c_str()));
	ASSERT_EQ(s.n_entries, back.n_entries);
	for (int64_t i = 0; i < s.n_entries; i++) {
		const safetensors_entry &a = s.entries[i], *b = safetensors_find(&back, a.name);
		ASSERT_NE(nullptr, b) << a.name;
		EXPECT_EQ(a.type, b->type) << a.name;
		ASSERT_EQ(a.n_dims, b->n_dims) << a.name;
		EXPECT_EQ(0, memcmp(a.shape, b->shape, sizeof a.shape)) << a.name;
		ASSERT_EQ(a.bytes, b->bytes) << a.name;
		if (a.bytes > 0) {
			EXPECT_EQ(0, memcmp(a.data, b->data, a.bytes)) << a.name;
		}
	}
	EXPECT_STREQ("xbmd", safetensors_meta(&back, "format"));
	EXPECT_STREQ("quote \" and é", safetensors_meta(&back, "note"));
	safetensors_free(&s);
	safetensors_free(&back);
}
