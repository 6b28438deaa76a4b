#include <cmath>
#include <string>
#include <vector>
#include <gmock/gmock.h>
#include "eval/markup.h"
#include "eval/number.h"
#include "eval/plot.h"
#include "eval/quantity.h"
#include "eval/svg.h"
#include "tests/eval/verbs.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

std::string Table(int sites, const std::string &site = "S", bool synthetic = false)
{
	std::string csv = "participant_id,site,dxa_g_cm2,abmd_g_cm2,synthetic\n";
	for (int i = 0; i < 24 * sites; i++) {
		char line[200];
		double x = 0.6 + 0.025 * (i % 24), y = x + 0.06 * std::sin(3.7 * i);
		snprintf(line, sizeof(line), "p%d,\"%s%d\",%.4f,%.4f,%s\n", i / 2, site.c_str(), i / 24, x, y,
			synthetic ? "yes" : "no");
		csv += line;
	}
	return csv;
}

void EvaluateTable(const std::string &csv, const std::string &table, const std::string &folder)
{
	WriteFile(table, csv);
	ASSERT_OK(Evaluate({ "--table", table, "--reference", "dxa_g_cm2", "--prediction", "abmd_g_cm2", "--threshold",
		"0.75", "--out", folder }));
}

size_t Count(const std::string &text, const std::string &part)
{
	size_t n = 0;
	for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
		n++;
	return n;
}

// Every element that is opened is closed, in order; attributes are quoted.  Returns what is wrong, "" for nothing.
std::string WellFormed(const std::string &text)
{
	std::vector<std::string> open;
	for (size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
		size_t end = text.find('>', at);
		if (end == std::string::npos)
			return "no end of " + text.substr(at, 40);
		std::string tag = text.substr(at + 1, end - at - 1);
		at = end;
		if (tag[0] == '!')
			continue;
		if (Count(tag, "\"") % 2 != 0)
			return "quotes in " + tag;
		std::string name = tag.substr(tag[0] == '/', tag.find_first_of(" \n/", 1) - (tag[0] == '/'));
		if (tag[0] == '/') {
			if (open.empty() || open.back() != name)
				return "unexpected end of " + name;
			open.pop_back();
		} else if (tag.back() != '/' && name != "meta" && name != "br") {
			open.push_back(name);
		}
	}
	return open.empty() ? "" : "never closed: " + open.back();
}

} // namespace

TEST(Report, PageIsSelfContained)
{
	ScratchFolder scratch;
	EvaluateTable(Table(2), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html", "--figures", scratch / "figures" }));
	std::string page = ReadFile(scratch / "r.html");
	EXPECT_EQ(WellFormed(page), "");
	EXPECT_THAT(page, Not(HasSubstr("<script")));
	EXPECT_THAT(page, Not(HasSubstr("href")));
	EXPECT_THAT(page, Not(HasSubstr("src=")));
	EXPECT_THAT(page, Not(HasSubstr("url(")));
	EXPECT_EQ(Count(page, "http"), Count(page, "http://www.w3.org/2000/svg")) << "only the namespace's name";
	EXPECT_EQ(Count(page, "<svg"), 8u) << "flow, scatter, Bland-Altman, calibration, ROC, two forests, decision curves";
	EXPECT_THAT(page, HasSubstr("Research use only, not a medical device"));
	EXPECT_THAT(page, HasSubstr("areal BMD by DXA"));
	EXPECT_THAT(page, HasSubstr("prediction &#8804; 0.75"));
	EXPECT_THAT(page, HasSubstr("48 rows of 24 patients from 2 sites"));
	EXPECT_THAT(page, Not(HasSubstr("p13"))) << "no patient identifier";
	EXPECT_THAT(page, Not(HasSubstr("Synthetic")));
	for (const char *name : { "scatter.svg", "bland_altman.svg", "roc.svg" }) {
		std::string drawing = ReadFile(scratch / "figures/" + name);
		EXPECT_EQ(WellFormed(drawing), "") << name;
		EXPECT_THAT(page, HasSubstr(drawing)) << name;
		EXPECT_THAT(drawing, HasSubstr("<text"));
	}
	EXPECT_THAT(ReadFile(scratch / "figures/roc.csv"), HasSubstr("group,false_positive_rate,sensitivity,"));
	EXPECT_THAT(ReadFile(scratch / "figures/flow.csv"), HasSubstr("analysed,48"));
	EXPECT_EQ(Count(ReadFile(scratch / "figures/roc.svg"), "<polyline"), 3u);
	// 48 points and 2 legend entries, one of them per site in circles.
	EXPECT_EQ(Count(ReadFile(scratch / "figures/scatter.svg"), "<circle"), 25u);
}

TEST(Report, PdfAndPngAreTheSameBytesTwice)
{
	ScratchFolder scratch;
	EvaluateTable(Table(2), scratch / "t.csv", scratch / "eval");
	for (const char *folder : { "one", "two" })
		ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / folder + ".html", "--figures", scratch / folder,
			"--formats", "pdf,png" }));
	for (const char *name : { "roc.pdf", "roc.png", "forest_auc.pdf", "scatter.png" }) {
		std::string bytes = ReadFile(scratch / "one" + "/" + name);
		EXPECT_GT(bytes.size(), 2000u) << name;
		EXPECT_EQ(bytes, ReadFile(scratch / "two" + "/" + name)) << name;
	}
	EXPECT_EQ(ReadFile(scratch / "one/roc.pdf").substr(0, 5), "%PDF-");
	EXPECT_EQ(ReadFile(scratch / "one/roc.png").substr(1, 3), "PNG");
	EXPECT_FALSE(FileExists(scratch / "one/roc.svg"));
	EXPECT_EQ(Report({ "--eval", scratch / "eval", "--out", scratch / "x.html", "--figures", scratch / "x", "--formats",
			  "gif" }),
		-1);
	EXPECT_EQ(err_code(), EXIT_CODE_USAGE);
	EXPECT_FALSE(FileExists(scratch / "x.html"));
}

TEST(Report, TablesAsLatexAndHtml)
{
	ScratchFolder scratch;
	EvaluateTable(Table(3, "a_b & c %"), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html", "--tables", scratch / "tables" }));
	for (const char *name : { "agreement", "bland-altman", "calibration", "diagnosis", "cut", "meta", "leave-one-site-out" }) {
		std::string tex = ReadFile(scratch / "tables/" + name + ".tex"), html = ReadFile(scratch / "tables/" + name + ".html");
		EXPECT_EQ(WellFormed(html), "") << name;
		EXPECT_THAT(tex, HasSubstr("\\toprule"));
		EXPECT_THAT(tex, HasSubstr("\\bottomrule"));
		// As many cells in each row as columns were declared.
		size_t at = tex.find("\\begin{tabular}{") + 16, columns = tex.find('}', at) - at;
		size_t row = tex.find("\\midrule");
		std::string first = tex.substr(row, tex.find("\\\\", row) - row);
		EXPECT_EQ(Count(first, " & ") + 1, columns) << name;
		EXPECT_EQ(Count(tex, "{") , Count(tex, "}")) << name;
	}
	EXPECT_THAT(ReadFile(scratch / "tables/agreement.tex"), HasSubstr("a\\_b \\& c \\%0"));
}

TEST(Report, ChecklistsSayWhatTheProgramKnows)
{
	ScratchFolder scratch;
	EvaluateTable(Table(3), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html", "--checklists", scratch / "lists" }));
	std::string stard = ReadFile(scratch / "lists/stard.tsv"), tripod = ReadFile(scratch / "lists/tripodai.tsv");
	EXPECT_EQ(Report({ "--eval", scratch / "eval", "--out", scratch / "r2.html", "--checklists", scratch / "lists" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_OUTPUT) << "the lists may have been filled by hand";
	EXPECT_EQ(Count(stard, "\n"), 1u + 34) << "30 items, four of them in two parts";
	EXPECT_EQ(Count(ReadFile(scratch / "lists/claim.tsv"), "\n"), 1u + 44) << "the update of 2024";
	EXPECT_EQ(Count(tripod, "\n"), 1u + 52) << "27 items in 52 parts";
	EXPECT_THAT(stard, HasSubstr("19\tflow of participants, as a diagram\tfigures/flow.svg\n"));
	EXPECT_THAT(stard, HasSubstr("30\tfunding and the role of funders\tAUTHOR\n"));
	EXPECT_THAT(stard, HasSubstr("21a\tseverity in those with the disease\tAUTHOR\n")) << "one class was asked for";
	EXPECT_THAT(tripod, HasSubstr("14\twhat was done for fairness\tAUTHOR\n")) << "no subgroups";
}

TEST(Report, ShowsTheMetrics)
{
	ScratchFolder scratch;
	EvaluateTable(Table(2), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html" }));
	std::string page = ReadFile(scratch / "r.html");
	Metrics m(scratch / "eval");
	char text[NUMBER_BYTES];
	for (const std::string site : { "", "S0", "S1" })
		for (const char *key : { "r", "r_headline_lo", "mae", "bias", "sd", "loa_lo", "auc", "auc_lo", "auc_headline_lo",
			     "auc_clustered_lo", "sensitivity", "specificity_hi" })
			EXPECT_THAT(page, HasSubstr(number_fixed(text, m.number(site, key), 3))) << site << key;
}

TEST(Report, SameBytesTwice)
{
	ScratchFolder scratch;
	EvaluateTable(Table(3), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "a.html" }));
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "b.html" }));
	EXPECT_EQ(ReadFile(scratch / "a.html"), ReadFile(scratch / "b.html"));
	EXPECT_EQ(Report({ "--eval", scratch / "eval", "--out", scratch / "a.html" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_OUTPUT);
}

TEST(Report, SyntheticIsSaidOnEveryTableAndFigure)
{
	ScratchFolder scratch;
	EvaluateTable(Table(2, "S", true), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html" }));
	std::string page = ReadFile(scratch / "r.html");
	const std::string note = "Synthetic cohort: for development, no clinical evidence";
	EXPECT_EQ(Count(page, "<p class=\"caption\"><strong>" + note), Count(page, "<table>"));
	EXPECT_EQ(Count(page, ">" + note + "</text>"), Count(page, "<svg"));
	EXPECT_GE(Count(page, "<table>"), 2u);
}

// Names come from users' files: no name may become markup.
TEST(Report, NamesAreEscaped)
{
	ScratchFolder scratch;
	EvaluateTable(Table(2, "<b>&'\"\"x\"\"\xC3\xA9"), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html", "--title", "<i>a & b</i>" }));
	std::string page = ReadFile(scratch / "r.html");
	EXPECT_EQ(WellFormed(page), "");
	EXPECT_THAT(page, Not(HasSubstr("<b>")));
	EXPECT_THAT(page, Not(HasSubstr("<i>")));
	EXPECT_THAT(page, HasSubstr("&lt;b&gt;&amp;&#39;&quot;x&quot;\xC3\xA9"));
	EXPECT_THAT(page, HasSubstr("<h1>&lt;i&gt;a &amp; b&lt;/i&gt;</h1>"));
}

TEST(Report, ManySitesShareAnEntry)
{
	ScratchFolder scratch;
	EvaluateTable(Table(20), scratch / "t.csv", scratch / "eval");
	ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html", "--figures", scratch / "figures" }));
	std::string roc = ReadFile(scratch / "figures/roc.svg");
	EXPECT_EQ(Count(roc, "<polyline"), 21u);
	EXPECT_THAT(roc, HasSubstr(">8 other sites</text>"));
}

TEST(Report, RefusesFoldersThatDoNotFit)
{
	ScratchFolder scratch;
	EXPECT_EQ(Report({ "--eval", scratch / "none", "--out", scratch / "r.html" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INPUT);
	EvaluateTable(Table(1), scratch / "t.csv", scratch / "eval");
	std::string points = ReadFile(scratch / "eval/points.csv"), roc = ReadFile(scratch / "eval/roc.csv");
	WriteFile(scratch / "eval/points.csv", points + "p99,S0,0.5,0.5,1\n");
	EXPECT_EQ(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	EXPECT_THAT(err_message(), HasSubstr("25 rows"));
	WriteFile(scratch / "eval/points.csv", points);
	WriteFile(scratch / "eval/roc.csv", roc + "site,S7,0.5,0.5,1\n");
	EXPECT_EQ(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	WriteFile(scratch / "eval/roc.csv", roc);
	WriteFile(scratch / "eval/metrics.json", "{\"reference\": \"x\"}");
	EXPECT_EQ(Report({ "--eval", scratch / "eval", "--out", scratch / "r.html" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	EXPECT_FALSE(FileExists(scratch / "r.html"));
}

TEST(Markup, EscapesWhatIsNoText)
{
	char *text = nullptr;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	markup_escape(out, "a<&>\"' \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80|\xC0\xAF|\xED\xA0\x80|\xFF|\xE2\x82|\x01|\xC3");
	fclose(out);
	const std::string bad = "&#65533;";
	EXPECT_EQ(text, "a&lt;&amp;&gt;&quot;&#39; \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80|" + bad + bad + "|" + bad + bad + bad +
			"|" + bad + "|" + bad + bad + "|" + bad + "|" + bad);
	free(text);
	EXPECT_TRUE(markup_is_utf8("a\xC3\xA9\xE2\x82\xAC"));
	EXPECT_FALSE(markup_is_utf8("a\xC3"));
	EXPECT_EQ(markup_length("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4u);
}

TEST(Number, Text)
{
	char text[NUMBER_BYTES];
	EXPECT_STREQ(number_exact(text, 0.1), "0.1");
	EXPECT_STREQ(number_exact(text, 0.1 + 0.2), "0.30000000000000004");
	EXPECT_STREQ(number_exact(text, -INFINITY), "-inf");
	EXPECT_STREQ(number_exact(text, NAN), "n/a");
	EXPECT_STREQ(number_fixed(text, -0.0004, 3), "0.000") << "no minus zero";
	EXPECT_STREQ(number_fixed(text, -0.0125, 2), "\xE2\x88\x92"
						     "0.01");
	EXPECT_STREQ(number_fixed(text, NAN, 2), "n/a");
	EXPECT_STREQ(number_fixed(text, -1e300, 2), "\xE2\x88\x92"
						    "1e+300");
	EXPECT_EQ(number_decimals(0.12), 3);
	EXPECT_EQ(number_decimals(61), 1);
	EXPECT_EQ(number_decimals(1e9), 0);
	EXPECT_EQ(number_decimals(0), 3);
	EXPECT_EQ(number_decimals(NAN), 3);
}

TEST(Plot, AxesHaveRoundSteps)
{
	const double ranges[][2] = { { 0.43, 1.27 }, { -0.013, 0.027 }, { 102, 931 }, { -3.9, 1.1 }, { 5, 5 }, { 0, 0 },
		{ -1e-9, 1e-9 }, { 1e12, 1e12 + 1 } };
	for (const auto &range : ranges) {
		struct plot_axis a = {};
		plot_axis_fit(&a, range[0], range[1], 6);
		double digit = a.step / std::pow(10, std::floor(std::log10(a.step * 1.0000001)));
		EXPECT_TRUE(std::fabs(digit - 1) < 1e-6 || std::fabs(digit - 2) < 1e-6 || std::fabs(digit - 5) < 1e-6) << digit;
		EXPECT_LE(a.lo, range[0] + 1e-6 * a.step);
		EXPECT_GE(a.hi, range[1] - 1e-6 * a.step);
		double ticks = (a.hi - a.lo) / a.step;
		EXPECT_NEAR(ticks, std::round(ticks), 1e-3);
		EXPECT_GE(ticks, 2);
		EXPECT_LE(ticks, 9);
	}
	struct plot_axis a = {};
	plot_axis_fit(&a, 0.43, 1.27, 6);
	EXPECT_DOUBLE_EQ(a.step, 0.2);
	EXPECT_EQ(a.decimals, 1);
}

TEST(Plot, LinesEndAtTheFrame)
{
	char *text = nullptr;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	struct canvas s = svg_canvas(out);
	struct plot p = {};
	p.canvas = &s;
	p.width = p.height = 100;
	p.x = p.y = { 0, 10, 1, 0, "" };
	const struct canvas_stroke stroke = { "#000000", 1, nullptr };
	plot_line(&p, -10, -10, 20, 20, &stroke);
	plot_line(&p, -5, 20, 15, 20, &stroke); // outside
	plot_line(&p, 5, -5, 5, 5, &stroke);
	fclose(out);
	EXPECT_EQ(Count(text, "<line"), 2u);
	EXPECT_THAT(text, HasSubstr("x1=\"0\" y1=\"100\" x2=\"100\" y2=\"0\""));
	EXPECT_THAT(text, HasSubstr("x1=\"50\" y1=\"100\" x2=\"50\" y2=\"50\""));
	free(text);
}

TEST(Quantity, NamesTellUnitAndMeaning)
{
	EXPECT_STREQ(quantity_unit("dxa_g_cm2"), "g/cm2");
	EXPECT_STREQ(quantity_unit("vbmd_mg_cm3"), "mg/cm3");
	EXPECT_STREQ(quantity_unit("hip_t_score"), "T-score");
	EXPECT_EQ(quantity_unit("bmd"), nullptr);
	EXPECT_STREQ(quantity_typeset("g/cm2"), "g/cm\xC2\xB2");
	EXPECT_STREQ(quantity_typeset("furlong"), "furlong");
	EXPECT_THAT(quantity_meaning("true_abmd_g_cm2"), HasSubstr("synthetic"));
	EXPECT_EQ(quantity_meaning("abmd_g_cm2"), nullptr);
}
