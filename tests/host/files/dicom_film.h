// A small film for tests of DICOM, and edits of its bytes.
#ifndef TESTS_HOST_FILES_DICOM_FILM_H
#define TESTS_HOST_FILES_DICOM_FILM_H
#include <cmath>
#include <cstring>
#include <string>
#include <vector>
#include "host/files/dicom.h"
#include "tests/support/support.h"

struct MadeFilm {
	struct dicom_film d = {};
	std::vector<int32_t> values;
	explicit MadeFilm(bool for_presentation, int64_t cols = 7, int64_t rows = 5)
	{
		auto put = [](char *out, const char *text) { memcpy(out, text, strlen(text) + 1); };
		put(d.instance, "2.25.1");
		put(d.series, "2.25.2");
		put(d.study, "2.25.3");
		put(d.patient, "sub-A0001");
		put(d.sex, "F");
		put(d.maker, "xbmd");
		put(d.model, "test");
		put(d.version, "0");
		put(d.photometric, "MONOCHROME2");
		put(d.relation, "LOG");
		put(d.lut_shape, "IDENTITY");
		put(d.view, "AP");
		put(d.laterality, "B");
		put(d.orientation[0], "L");
		put(d.orientation[1], "F");
		put(d.body_part, "HIP");
		d.age_years = 67;
		d.number = 3;
		d.for_presentation = for_presentation;
		d.sign = -1;
		d.rescale_slope = 1;
		d.window_centre = for_presentation ? 2048 : NAN;
		d.window_width = for_presentation ? 4096 : NAN;
		d.imager_mm[0] = d.imager_mm[1] = d.pixel_mm[0] = d.pixel_mm[1] = 0.143;
		d.kvp = 75;
		d.sdd_mm = 1150;
		d.sod_mm = 980.5;
		d.relative_exposure = 60000;
		d.radiograph_slope = for_presentation ? NAN : 0.001;
		d.radiograph_intercept = for_presentation ? NAN : -1;
		d.cols = cols;
		d.rows = rows;
		d.bits_stored = for_presentation ? 12 : 14;
		for (int64_t i = 0; i < cols * rows; i++)
			values.push_back((int32_t)(i * 117 % 4096));
		d.values = values.data();
	}
	std::string Bytes(const std::string &path) const
	{
		EXPECT_OK(dicom_write(path.c_str(), &d));
		return ReadFile(path);
	}
};

// Where an element of the data set begins (explicit VR, little endian).
inline size_t ElementAt(const std::string &bytes, uint16_t group, uint16_t element)
{
	const char tag[4] = { (char)(group & 255), (char)(group >> 8), (char)(element & 255), (char)(element >> 8) };
	size_t at = bytes.find(std::string(tag, 4), 132);
	EXPECT_NE(std::string::npos, at) << std::hex << group << "," << element;
	return at;
}

// Takes out an element with a short length field.
inline std::string Without(std::string bytes, uint16_t group, uint16_t element)
{
	size_t at = ElementAt(bytes, group, element);
	size_t length = (uint8_t)bytes[at + 6] + 256 * (size_t)(uint8_t)bytes[at + 7];
	return bytes.erase(at, 8 + length);
}

// Overwrites an element's value with bytes of the same length.
inline std::string With(std::string bytes, uint16_t group, uint16_t element, const std::string &value)
{
	size_t at = ElementAt(bytes, group, element);
	EXPECT_EQ(value.size(), (size_t)(uint8_t)bytes[at + 6]);
	return bytes.replace(at + 8, value.size(), value);
}
#endif
