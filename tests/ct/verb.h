// Running a verb in this process, and a made CT of two femora with five rods.
#ifndef TESTS_CT_VERB_H
#define TESTS_CT_VERB_H
#include <gmock/gmock.h>
#include "host/files/nifti.h"
#include "host/files/table.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

// 0 or the exit code of the failure.
inline int Verb(int (*verb)(int, char **), std::vector<std::string> words)
{
	std::vector<char *> argv;
	words.insert(words.begin(), "verb");
	for (std::string &word : words)
		argv.push_back(&word[0]);
	argv.push_back(nullptr);
	testing::internal::CaptureStderr();
	err_clear();
	int rc = verb((int)words.size(), argv.data());
	testing::internal::GetCapturedStderr();
	return rc == 0 ? 0 : (int)err_code();
}

// Two digital femora of 300 mg/cm3 and five rods below; HU = 1.25 * density - 4.
struct MadeHips {
	Volume ct, labels;
	MadeHips() : ct(Grid(), Place().m, VOLUME_F32), labels(Grid(), Place().m, VOLUME_U16)
	{
		const DigitalFemur right(true, { 80, 0, 0 }), left(false, { -80, 0, 0 });
		for (int64_t i = 0; i < volume_count(ct.get()); i++) {
			const Point p = labels.world(i);
			double mg_cm3 = 0;
			uint16_t label = right.contains(p) ? 76 : left.contains(p) ? 75 : 0;
			if (label)
				mg_cm3 = 300;
			for (int rod = 0; rod < 5; rod++)
				if (std::hypot(p[0] - 40 * (rod - 2), p[1] + 60) <= 12) {
					label = (uint16_t)(116 + rod);
					mg_cm3 = 50 * rod;
				}
			volume_u16(labels.get())[i] = label;
			volume_f32(ct.get())[i] = (float)(1.25 * mg_cm3 - 4);
		}
	}
	static std::array<int64_t, 3> Grid()
	{
		return { 120, 62, 70 };
	}
	static Affine Place()
	{
		return Spacing(2.5, 2.5, 2.5, { -148.75, -80, -135 });
	}
	// A block of metal inside the bone.
	void metal(uint16_t label)
	{
		int left = 40;
		for (int64_t i = 0; i < volume_count(ct.get()) && left > 0; i++)
			if (volume_u16(labels.get())[i] == label) {
				volume_f32(ct.get())[i] = 3000;
				left--;
			}
	}
	void write(const std::string &ct_path, const std::string &labels_path)
	{
		ASSERT_OK(nifti_write(ct_path.c_str(), ct.get(), 1));
		ASSERT_OK(nifti_write(labels_path.c_str(), labels.get(), 1));
	}
};

inline std::string Cell(const struct table &t, int64_t row, const char *column)
{
	int64_t c = table_find_column(&t, column);
	return c < 0 ? "no column" : table_cell(&t, row, c);
}

inline double CellNumber(const struct table &t, int64_t row, const char *column)
{
	double number = NAN;
	EXPECT_EQ(0, table_number(&t, row, table_find_column(&t, column), &number)) << err_message();
	return number;
}
#endif
