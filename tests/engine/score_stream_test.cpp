#include "core/engine/examine/score_stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/engine/test_evaluator.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// Scores with the first pixel's red value; can request a stop after some pictures.
class RedEvaluator : public test::TestEvaluator {
  public:
    RedEvaluator() { panel_.experts.resize(1); }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions&, std::stop_token stop) override {
        std::vector<PanelOpinion> opinions;
        for (const auto* picture : pictures) {
            if (++calls == stop_after)
                stopping.request_stop();
            if (stop.stop_requested())
                throw Cancelled();
            auto& opinion = opinions.emplace_back();
            opinion.experts.resize(1);
            opinion.experts[0].logits = {0.0, picture->rgb.at(0) / 16.0};
            combine(opinion);
        }
        return opinions;
    }

    std::atomic<int> calls = 0;
    int stop_after = -1;
    std::stop_source stopping;
};

class ScoreStream : public testing::Test {
  protected:
    /// `count` pictures with their number as red value; every fifth file is not a picture.
    std::vector<fs::path> pictures(int count) const {
        std::vector<fs::path> paths;
        for (int i = 0; i < count; ++i) {
            paths.push_back(folder / (std::to_string(i) + ".png"));
            if (i % 5 == 4) {
                std::ofstream(paths.back()) << "not a picture";
                continue;
            }
            Pixels pixels{8, 8, std::vector<std::uint8_t>(8 * 8 * 3, static_cast<std::uint8_t>(i))};
            write_png(paths.back(), pixels);
        }
        return paths;
    }
    StreamCounts stream(const std::vector<fs::path>& paths, const StreamTaker& take,
                        int batch = 1) const {
        ExaminerOptions how;
        how.maps = false;
        how.thumbnail = 0;
        how.batch = batch;
        return score_stream(evaluator, how, paths, take, evaluator->stopping.get_token());
    }

    test::TemporaryFolder folder;
    std::shared_ptr<RedEvaluator> evaluator = std::make_shared<RedEvaluator>();
};

TEST_F(ScoreStream, EveryPictureOnceInOrderFailuresCounted) {
    for (const int batch : {1, 3}) {
        const auto paths = pictures(23);
        std::vector<fs::path> taken;
        std::size_t last = 0;
        const auto counts = stream(
            paths,
            [&](const Examination& examination, std::size_t done) {
                EXPECT_EQ(done, last + 1);
                last = done;
                taken.push_back(examination.source.path);
                EXPECT_EQ(examination.opinion.has_value(),
                          examination.state == ExaminationState::Scored);
                if (examination.opinion) {
                    EXPECT_EQ(examination.opinion->experts[0].logits[1],
                              static_cast<double>(taken.size() - 1) / 16.0);
                }
            },
            batch);
        EXPECT_EQ(taken, paths);
        EXPECT_EQ(counts.scored, 19u);
        EXPECT_EQ(counts.failed, 4u);
        EXPECT_TRUE(counts.complete);
    }
}

TEST_F(ScoreStream, AStopKeepsWhatIsFinished) {
    evaluator->stop_after = 6;
    std::size_t taken = 0;
    const auto counts = stream(pictures(40), [&](const Examination&, std::size_t) { ++taken; });
    EXPECT_FALSE(counts.complete);
    EXPECT_EQ(counts.scored + counts.failed, taken);
    EXPECT_GE(counts.scored, 5u);
    EXPECT_LE(counts.scored, 6u);  // one more may have been submitted at the time of the request
}

TEST_F(ScoreStream, AStopBeforeTheFirst) {
    evaluator->stopping.request_stop();
    const auto counts = stream(pictures(3), [](const Examination&, std::size_t) { FAIL(); });
    EXPECT_EQ(counts.scored + counts.failed, 0u);
    EXPECT_FALSE(counts.complete);
}

TEST_F(ScoreStream, AnExceptionOfTheTakerIsRethrown) {
    const auto paths = pictures(40);
    int taken = 0;
    EXPECT_THROW(stream(paths,
                        [&](const Examination&, std::size_t) {
                            ++taken;
                            throw std::runtime_error("full disk");
                        }),
                 std::runtime_error);
    EXPECT_EQ(taken, 1);
    EXPECT_LT(evaluator->calls, 30);  // at most one window of pictures, not all
}

TEST_F(ScoreStream, NoPicturesAreComplete) {
    const auto counts = stream({}, [](const Examination&, std::size_t) { FAIL(); });
    EXPECT_TRUE(counts.complete);
}

}  // namespace
}  // namespace dfd
