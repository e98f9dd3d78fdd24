// Tests of reading all opinions of a case at once, against reading exhibit by exhibit.
#include "core/casework/exhibits/recorded_opinions.h"

#include <gtest/gtest.h>

#include <utility>

#include "core/casework/exhibits/review.h"
#include "core/casework/store/case_recognition.h"
#include "core/engine/results/agreement_report.h"
#include "tests/casework/case_fixture.h"

namespace dfd::test {
namespace {

class RecordedOpinions : public Casework {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < 12; ++i)
            picture("set" + std::to_string(i % 2) + "/img" + std::to_string(i) + ".png", i);
        write_bytes(pictures() / "set1/broken.jpg", "<html>not a picture</html>");
        file = std::make_unique<CaseFile>(case_path(), CaseAccess::Create, "anna");
        scan_all(*file);
    }
    [[nodiscard]] std::vector<RecordedOpinion> all(const ExhibitFilter& filter = {}) const {
        std::vector<RecordedOpinion> found;
        EXPECT_TRUE(read_opinions(*file, filter,
                                  [&](const RecordedOpinion& each) { found.push_back(each); }));
        return found;
    }

    std::unique_ptr<CaseFile> file;
};

TEST_F(RecordedOpinions, EqualThoseOfEachExhibit) {
    const auto found = all();
    ASSERT_EQ(found.size(), 13u);
    int failed = 0;
    for (const auto& each : found) {
        const auto record = read_exhibit(*file, each.id, false);
        EXPECT_EQ(each.path, record.row.path);
        ASSERT_EQ(each.opinion.has_value(), record.examination.opinion.has_value());
        if (!each.opinion) {
            ++failed;
            EXPECT_EQ(each.failure.code, record.examination.failure.code);
            EXPECT_EQ(each.failure.message, record.examination.failure.message);
            continue;
        }
        const auto& truth = *record.examination.opinion;
        EXPECT_EQ(each.opinion->score, truth.score);
        EXPECT_EQ(each.opinion->spread, truth.spread);
        ASSERT_EQ(each.opinion->experts.size(), truth.experts.size());
        for (std::size_t i = 0; i < truth.experts.size(); ++i) {
            EXPECT_EQ(each.opinion->experts[i].name, truth.experts[i].name);
            EXPECT_EQ(each.opinion->experts[i].score, truth.experts[i].score);
            EXPECT_EQ(each.opinion->experts[i].without, truth.experts[i].without);
            EXPECT_EQ(each.opinion->experts[i].logits, truth.experts[i].logits);
        }
    }
    EXPECT_EQ(failed, 1);
}

void silence_last(PanelOpinion& opinion) {
    set_unavailable(opinion.experts.back(), "It is too odd.");
    combine(opinion);
}

TEST_F(RecordedOpinions, ScoresWithoutASilentExpertAreThoseOfTheOthers) {
    evaluator = std::make_shared<ChangedEvaluator>(silence_last);
    CaseFile silent(case_path("silent.dfd"), CaseAccess::Create);
    scan_all(silent);
    int pictures = 0;
    EXPECT_TRUE(read_opinions(silent, {}, [&](const RecordedOpinion& each) {
        const auto record = read_exhibit(silent, each.id, false);
        if (!each.opinion)
            return;
        ++pictures;
        for (const auto* read : {&*each.opinion, &*record.examination.opinion}) {
            ASSERT_EQ(read->experts.size(), 3u);
            EXPECT_FALSE(read->experts[2].available());
            EXPECT_EQ(read->experts[2].without, read->score);
            EXPECT_EQ(read->experts[0].without, read->experts[1].score);
            EXPECT_EQ(read->score, record.row.score);
        }
    }));
    EXPECT_EQ(pictures, 12);
}

TEST_F(RecordedOpinions, AreNotCombinedAgainWhenRead) {
    evaluator = std::make_shared<ChangedEvaluator>([](PanelOpinion& opinion) {
        silence_last(opinion);
        // As no version here combines.
        opinion.score = 0.25;
        opinion.spread = 0.125;
    });
    CaseFile other(case_path("otherwise.dfd"), CaseAccess::Create);
    scan_all(other);
    int pictures = 0;
    EXPECT_TRUE(read_opinions(other, {}, [&](const RecordedOpinion& each) {
        const auto record = read_exhibit(other, each.id, false);
        if (!each.opinion)
            return;
        ++pictures;
        for (const auto* read : {&*each.opinion, &*record.examination.opinion}) {
            EXPECT_EQ(read->score, 0.25);
            EXPECT_EQ(read->spread, 0.125);
            EXPECT_FALSE(read->experts[2].available());
        }
    }));
    EXPECT_EQ(pictures, 12);
}

TEST_F(RecordedOpinions, PassTheSameFiltersAsAList) {
    mark_exhibits(*file, std::vector{find_exhibits(*file).front()}, Mark::Suspicious);
    ExhibitFilter marked, folder_only, high, failed;
    marked.mark = Mark::Suspicious;
    folder_only.folder = pictures() / "set1";
    high.score_from = 0.5;
    failed.state = ExhibitState::Failed;
    for (const auto& filter : {marked, folder_only, high, failed}) {
        std::vector<ExhibitId> ids;
        for (const auto& each : all(filter))
            ids.push_back(each.id);
        auto truth = find_exhibits(*file, filter, ExhibitOrder::Added);
        std::ranges::sort(truth);
        EXPECT_EQ(ids, truth);
        EXPECT_FALSE(truth.empty());
    }
}

TEST_F(RecordedOpinions, StopsBetweenExhibitsAndAllowsUsingTheCase) {
    std::stop_source stop;
    int taken = 0;
    EXPECT_FALSE(read_opinions(
        *file, {},
        [&](const RecordedOpinion& each) {
            EXPECT_EQ(read_exhibit(*file, each.id, false).row.id, each.id);
            if (++taken == 4)
                stop.request_stop();
        },
        stop.get_token()));
    EXPECT_EQ(taken, 4);
}

TEST_F(RecordedOpinions, GiveTheSameReportAsTheExaminations) {
    const auto by = recorded_scorer(*file, shown_scorer(*file));
    AgreementReport streamed(by, 3), whole(by, 3);
    int told = 0;
    for (const auto& each : all()) {
        const auto record = read_exhibit(*file, each.id, false);
        whole.add(record.examination);
        if (each.opinion)
            streamed.add(*each.opinion, [&] {
                ++told;
                return AgreementReport::Result{record.examination, by};
            });
    }
    const auto a = nlohmann::json::parse(streamed.to_json(true));
    const auto b = nlohmann::json::parse(whole.to_json(true));
    EXPECT_EQ(a["pictures"], 12);
    for (const auto* part : {"rank_correlation", "flips", "most_disputed"})
        EXPECT_EQ(a[part], b[part]) << part;
    EXPECT_GE(told, 3);
    EXPECT_LE(told, 12);
}

TEST_F(RecordedOpinions, ACaseWithoutResultsIsRefused) {
    const CaseFile empty(case_path("empty.dfd"), CaseAccess::Create);
    EXPECT_THROW(read_opinions(empty, {}, [](const RecordedOpinion&) {}), CaseError);
    EXPECT_TRUE(is_case_file(case_path()));
    EXPECT_TRUE(is_case_file(folder / "not yet there.dfd"));
    EXPECT_FALSE(is_case_file(pictures()));
    EXPECT_FALSE(is_case_file(pictures() / "set1/broken.jpg"));
    file.reset();  // before that, the file's header may still be in the write-ahead log
    std::filesystem::copy_file(case_path(), folder / "renamed.jpg");
    EXPECT_TRUE(is_case_file(folder / "renamed.jpg"));
}

}  // namespace
}  // namespace dfd::test
