#include "gan/purpose.h"

#include <filesystem>
#include <gmock/gmock.h>
#include "tests/gan/training_set.h"
#include "tests/support/support.h"

extern "C" int cmd_train(int argc, char **argv);
extern "C" int cmd_dataset(int argc, char **argv);

using ::testing::HasSubstr;

namespace
{

int Command(int (*verb)(int, char **), std::vector<std::string> words)
{
	std::vector<char *> argv;
	for (auto &w : words)
		argv.push_back(w.data());
	argv.push_back(nullptr);
	return verb((int)words.size(), argv.data());
}

std::string Study(const ScratchFolder &scratch, const std::string &purpose)
{
	std::string root = scratch / purpose;
	std::filesystem::create_directories(root);
	WriteFile(root + "/dataset_description.json",
		"{\"GeneratedBy\": [{\"Name\": \"other\"}, {\"Name\": \"xbmd\", \"Purpose\": \"" + purpose + "\"}]}");
	WriteFile(root + "/participants.tsv", "participant_id\tsite\nsub-A0001\tsiteA\n");
	WriteFile(root + "/splits.json", "{\"splits\": {\"train\": [\"sub-A0001\"], \"test\": []}}");
	return root;
}

TEST(Purpose, IsReadFromAStudy)
{
	ScratchFolder scratch;
	char purpose[PURPOSE_BYTES];
	ASSERT_OK(purpose_of_study(purpose, Study(scratch, "development").c_str()));
	EXPECT_STREQ("development", purpose);
	ASSERT_OK(purpose_of_study(purpose, (scratch / "no-description").c_str())); // a real study
	EXPECT_STREQ("n/a", purpose);
	EXPECT_EQ(-1, purpose_of_study(purpose, Study(scratch, "evaluation").c_str()));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("evaluation seeds"));
}

TEST(Purpose, DatasetRefusesAStudyForEvaluation)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5";
	EXPECT_EQ(-1, Command(cmd_dataset, { "dataset", "--study", Study(scratch, "evaluation"), "--out", set }));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("evaluation seeds"));
	EXPECT_FALSE(FileExists(set));
	// The same study for development is refused for another reason: it has no calibrated CT.
	EXPECT_EQ(-1, Command(cmd_dataset, { "dataset", "--study", Study(scratch, "development"), "--out", set }));
	EXPECT_THAT(err_message(), ::testing::Not(HasSubstr("evaluation seeds")));
}

TEST(Purpose, TrainRefusesASetForEvaluation)
{
	ScratchFolder scratch;
	std::string set = scratch / "set.h5";
	WriteTrainingSet(set, 2);
	EXPECT_OK(purpose_check_set(set.c_str())) << "a set that does not say";
	struct dataset_writer w;
	const sample_view view = TestView();
	for (const char *purpose : { "development", "evaluation" }) {
		ASSERT_OK(dataset_create(&w, set.c_str(), &view, true, "{}"));
		ASSERT_OK(purpose_put(&w.file, purpose));
		ASSERT_OK(dataset_commit(&w));
		dataset_writer_free(&w);
		EXPECT_EQ(std::string(purpose) == "evaluation" ? -1 : 0, purpose_check_set(set.c_str()));
	}
	EXPECT_EQ(-1, Command(cmd_train, { "train", "--dataset", set, "--out", scratch / "run", "--device", "cpu" }));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("evaluation seeds"));
	EXPECT_FALSE(FileExists(scratch / "run/config.yaml"));
}

} // namespace
