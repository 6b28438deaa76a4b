// Points of 3D Slicer in both of its formats and both of its coordinate systems.
#include "ct/landmarks.h"
#include <gmock/gmock.h>
#include "ct/femur_axes.h"
#include "tests/ct/body.h"

using testing::HasSubstr;

namespace
{
const char kLine[] = ",0,0,0,1,1,1,0,head_centre_R,,vtkMRMLScalarVolumeNode1\n";

std::string Fcsv(const std::string &system)
{
	return "# Markups fiducial file version = 4.11\n# CoordinateSystem = " + system +
	       "\n# columns = "
	       "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n1,-10.5,20,30.25" +
	       kLine;
}

std::string Markups(const std::string &system, const std::string &more = "")
{
	return R"({"markups": [{"type": "Fiducial", "coordinateSystem": ")" + system + R"(", )" + more +
	       R"("controlPoints": [{"id": "1", "label": "head_centre_R", "position": [-10.5, 20, 30.25]}]}]})";
}

void ExpectHead(const std::string &path, double sign)
{
	struct landmarks l;
	ASSERT_OK(landmarks_read(&l, path.c_str())) << path;
	double mm[3];
	ASSERT_TRUE(landmarks_get(&l, "head_centre", LABEL_RIGHT, mm));
	EXPECT_EQ(-10.5 * sign, mm[0]);
	EXPECT_EQ(20 * sign, mm[1]);
	EXPECT_EQ(30.25, mm[2]);
	EXPECT_FALSE(landmarks_get(&l, "head_centre", LABEL_LEFT, mm));
	EXPECT_FALSE(landmarks_get(&l, "neck_centre", LABEL_RIGHT, mm));
}
} // namespace

TEST(Landmarks, BothFormatsBothSystems)
{
	ScratchFolder s;
	for (const char *system : { "LPS", "1", "RAS", "0" }) {
		WriteFile(s / "p.fcsv", Fcsv(system));
		ExpectHead(s / "p.fcsv", std::string(system) == "LPS" || system[0] == '1' ? -1 : 1);
	}
	for (const char *system : { "LPS", "RAS" }) {
		WriteFile(s / "p.mrk.json", Markups(system, R"("coordinateUnits": "mm", )"));
		ExpectHead(s / "p.mrk.json", system[0] == 'L' ? -1 : 1);
	}
}

TEST(Landmarks, RefusesWithTheReason)
{
	ScratchFolder s;
	struct landmarks l;
	auto refused = [&](const std::string &name, const std::string &text, const char *why,
			       int code = EXIT_CODE_INVALID) {
		WriteFile(s / name, text);
		EXPECT_EQ(-1, landmarks_read(&l, (s / name).c_str())) << why;
		EXPECT_EQ(code, (int)err_code()) << err_message();
		EXPECT_THAT(err_message(), HasSubstr(why));
		EXPECT_THAT(err_message(), HasSubstr(name));
	};
	refused("a.fcsv", Fcsv("IJK"), "IJK");
	refused("b.fcsv", std::string("1,1,2,3") + kLine, "CoordinateSystem");
	refused("c.fcsv", Fcsv("LPS") + "2,x,2,3" + kLine, "'x' is no number");
	refused("d.fcsv", Fcsv("LPS") + "2,1,2,3" + kLine, "comes twice");
	refused("e.fcsv", Fcsv("LPS") + "2,1,2\n", "cells");
	refused("f.fcsv", "# CoordinateSystem = LPS\n", "no points");
	refused("g.fcsv", Fcsv("LPS") + "2,1,2,3,0,0,0,1,1,1,0,knee,,\n", "knee");
	refused("h.mrk.json", Markups("XYZ"), "XYZ");
	refused("i.mrk.json", Markups("LPS", R"("coordinateUnits": "cm", )"), "cm");
	refused("j.txt", "", ".fcsv", EXIT_CODE_USAGE);
	EXPECT_EQ(-1, landmarks_read(&l, (s / "absent.fcsv").c_str()));
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
}

TEST(Landmarks, ReplaceWhatTheLabelSays)
{
	const Turn still = TurnBy(0, 0, 0);
	BodyFemur f(still, still, { 2, 2, 2 });
	struct femur_axes by_label, by_points;
	ASSERT_OK(femur_axes_find(&by_label, f.labels.get(), 76, LABEL_RIGHT, nullptr));
	struct landmarks l = { 5,
		{ { "head_centre", { 0 } }, { "neck_centre_R", { 0 } }, { "shaft_proximal", { 0 } },
			{ "shaft_distal", { 0 } }, { "lesser_trochanter", { 0 } } } };
	for (int k = 0; k < 3; k++) {
		const double head = by_label.frame.head_centre_mm[k] + (k == 0 ? 3 : 0);
		l.points[0].mm[k] = head;
		l.points[1].mm[k] = head + (k == 0 ? 15 : k == 2 ? -20 : 0);
		l.points[2].mm[k] = head + (k == 0 ? 35 : k == 2 ? -80 : 0);
		l.points[3].mm[k] = head + (k == 0 ? 35 : k == 2 ? -180 : 0);
		l.points[4].mm[k] = head + (k == 0 ? 15 : k == 1 ? -15 : -50);
	}
	ASSERT_OK(femur_axes_find(&by_points, f.labels.get(), 76, LABEL_RIGHT, &l));
	EXPECT_EQ(l.points[0].mm[0], by_points.frame.head_centre_mm[0]);
	EXPECT_NEAR(25, by_points.neck_mm, 1e-9);
	EXPECT_NEAR(0.6, by_points.frame.neck_axis[0], 1e-9);
	EXPECT_NEAR(-1, by_points.frame.shaft_axis[2], 1e-9);
	EXPECT_NEAR(50 + LANDMARK_LESSER_LOWER_MM, by_points.lesser_lower_mm, 1e-9);
	std::swap(l.points[2], l.points[3]);
	snprintf(l.points[2].name, sizeof l.points[2].name, "shaft_proximal");
	snprintf(l.points[3].name, sizeof l.points[3].name, "shaft_distal");
	EXPECT_EQ(-1, femur_axes_find(&by_points, f.labels.get(), 76, LABEL_RIGHT, &l));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}
