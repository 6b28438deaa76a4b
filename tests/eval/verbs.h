// Running the two verbs inside the test, and reading what they wrote.
#ifndef TESTS_EVAL_VERBS_H
#define TESTS_EVAL_VERBS_H
#include <cmath>
#include <string>
#include <vector>
#include "eval/cmd_evaluate.h"
#include "eval/cmd_pool.h"
#include "eval/cmd_report.h"
#include "host/files/json.h"
#include "tests/support/support.h"

inline int RunVerb(int (*verb)(int, char **), std::vector<std::string> words)
{
	std::vector<char *> argv;
	for (std::string &word : words)
		argv.push_back(word.data());
	argv.push_back(nullptr);
	return verb((int)words.size(), argv.data());
}
inline int Evaluate(std::vector<std::string> words)
{
	words.insert(words.begin(), { "evaluate", "--quiet" });
	return RunVerb(cmd_evaluate, words);
}
inline int Report(std::vector<std::string> words)
{
	words.insert(words.begin(), { "report", "--quiet" });
	return RunVerb(cmd_report, words);
}

inline int Pool(std::vector<std::string> words)
{
	words.insert(words.begin(), { "pool", "--quiet" });
	return RunVerb(cmd_pool, words);
}

// metrics.json of a folder.
class Metrics {
public:
	explicit Metrics(const std::string &folder)
	{
		EXPECT_OK(json_read(&root_, (folder + "/metrics.json").c_str()));
	}
	~Metrics() { json_free(root_); }
	Metrics(const Metrics &) = delete;
	Metrics &operator=(const Metrics &) = delete;
	const struct json *root() const { return root_; }
	// site "" = pooled.
	const struct json *group(const std::string &site) const
	{
		return site.empty() ? json_member(root_, "pooled") : json_member(json_member(root_, "sites"), site.c_str());
	}
	// NaN for null; a missing key fails.
	double number(const std::string &site, const char *key) const
	{
		const struct json *node = json_member(group(site), key);
		double value = NAN;
		EXPECT_NE(node, nullptr) << key;
		if (node && !json_is_null(node)) {
			EXPECT_EQ(json_number(node, &value), 0) << key;
		}
		return value;
	}
	std::string reason(const std::string &site, const char *key) const
	{
		const struct json *node = json_member(json_member(group(site), "reasons"), key);
		return node ? json_string(node) : "";
	}
private:
	struct json *root_ = nullptr;
};
#endif
