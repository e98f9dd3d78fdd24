// Tests of Examiner's queue, on an evaluator whose every step the test controls.
#include "core/engine/examine/examiner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include "core/engine/examine/examination_failures.h"
#include "core/engine/examine/time_left.h"
#include "tests/engine/test_evaluator.h"

namespace dfd {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 30s;  // reached only if something is broken

/// A picture of one red value; the fake evaluator's score is red / 255.
std::shared_ptr<const std::vector<std::uint8_t>> png_of(std::uint8_t red) {
    Pixels pixels{70, 70, std::vector<std::uint8_t>(70 * 70 * 3, 40)};
    for (size_t i = 0; i < pixels.rgb.size(); i += 3)
        pixels.rgb[i] = red;
    return std::make_shared<const std::vector<std::uint8_t>>(encode_png(pixels));
}

/// Waits at a gate, then scores; records its pictures; can fail or run out of memory.
class GatedEvaluator : public test::TestEvaluator {
  public:
    GatedEvaluator() {
        panel_.name = "fake";
        panel_.experts.resize(2);
    }

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        std::unique_lock lock(mutex);
        ++calls;
        changed.notify_all();
        changed.wait(lock, stop, [&] { return open; });
        if (stop.stop_requested()) {
            ++stops;
            changed.notify_all();
            throw Cancelled();
        }
        std::vector<PanelOpinion> opinions;
        if (pictures.size() > largest_batch_that_fits)
            throw std::bad_alloc();
        for (const auto* picture : pictures) {
            const auto red = picture->rgb.at(0);
            if (red == failing)
                throw DeviceError("The device went away.");
            seen.push_back(red);
            auto& opinion = opinions.emplace_back();
            opinion.experts.resize(2);
            for (auto& expert : opinion.experts) {
                expert.logits = {0.0, red / 255.0};
                if (options.maps)
                    expert.map = HeatMap{1, 1, {1.0f}};
            }
            combine(opinion);
        }
        return opinions;
    }

    void read_native(const WindowPolicy& windows) {
        panel_.experts.front().input.resize = Resize::Native;
        panel_.experts.front().input.windows = windows;
    }
    void set_device(const char* id) { device_.id = id; }
    void set_open(bool value) {
        const std::lock_guard lock(mutex);
        open = value;
        changed.notify_all();
    }
    /// Returns false after kPatience, so that a hang becomes a failure.
    template <typename Condition>
    bool wait(Condition condition) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, kPatience, condition);
    }

    std::mutex mutex;
    std::condition_variable_any changed;
    bool open = true;
    int calls = 0, stops = 0;
    int failing = -1;
    size_t largest_batch_that_fits = 1000;
    std::vector<std::uint8_t> seen;
};

struct NoticeLog {
    void take(const ExaminationPtr& seen) {
        const std::lock_guard lock(mutex);
        states[seen->id].push_back(seen->state);
        last[seen->id] = seen;
        changed.notify_all();
    }
    /// Returns false after kPatience.
    bool wait_for_count(std::size_t examinations) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, kPatience, [&] { return states.size() >= examinations; });
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::map<ExaminationId, std::vector<ExaminationState>> states;
    std::map<ExaminationId, ExaminationPtr> last;
};

struct ExaminerTest : testing::Test {
    std::unique_ptr<Examiner> make(ExaminerOptions options = {}) {
        return std::make_unique<Examiner>(evaluator, options,
                                          [this](ExaminationPtr seen) { notices.take(seen); });
    }
    std::shared_ptr<GatedEvaluator> evaluator = std::make_shared<GatedEvaluator>();
    NoticeLog notices;
    using S = ExaminationState;
};

TEST_F(ExaminerTest, EveryStateOnceInOrder) {
    auto examiner = make();
    const auto good = examiner->submit({{}, png_of(200), "good"});
    const auto bad = examiner->submit({"/nowhere/at all.png", nullptr, {}});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(notices.states[good], (std::vector{S::Decoded, S::Scored, S::Explained}));
    EXPECT_EQ(notices.states[bad], (std::vector{S::Failed}));
    EXPECT_EQ(notices.last[bad]->failure.code, failure_codes::kNotFound);
    const auto& seen = *notices.last[good];
    EXPECT_EQ(seen.width, 70);
    EXPECT_EQ(seen.facts.format, "PNG");
    EXPECT_EQ(seen.facts.sha256.size(), 64u);
    EXPECT_FALSE(seen.thumbnail.empty());
    EXPECT_TRUE(seen.opinion->experts[0].map.has_value());
}

TEST_F(ExaminerTest, WithoutMapsScoredIsTheEnd) {
    ExaminerOptions options;
    options.maps = false;
    options.thumbnail = 0;
    auto examiner = make(options);
    const auto id = examiner->submit({{}, png_of(10), "a"});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(notices.states[id], (std::vector{S::Decoded, S::Scored}));
    EXPECT_TRUE(notices.last[id]->thumbnail.empty());
    EXPECT_FALSE(notices.last[id]->opinion->experts[0].map.has_value());
}

TEST_F(ExaminerTest, TheNewestPriorityIsScoredFirstAndInterrupts) {
    evaluator->set_open(false);
    auto examiner = make();
    for (int i = 1; i <= 6; ++i)
        examiner->submit({{}, png_of(static_cast<std::uint8_t>(i)), "picture"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    examiner->prioritise(5);
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->stops == 1 && evaluator->calls == 2; }));
    examiner->prioritise(6);
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->stops == 2; }));
    evaluator->set_open(true);
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen, (std::vector<std::uint8_t>{6, 5, 1, 2, 3, 4}));
    for (ExaminationId id = 1; id <= 6; ++id)
        EXPECT_EQ(notices.states[id], (std::vector{S::Decoded, S::Scored, S::Explained})) << id;
}

TEST_F(ExaminerTest, ALowerPriorityDoesNotInterrupt) {
    evaluator->set_open(false);
    auto examiner = make();
    for (int i = 1; i <= 5; ++i)
        examiner->submit({{}, png_of(static_cast<std::uint8_t>(i)), "picture"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    ASSERT_TRUE(notices.wait_for_count(5));  // all are decoded
    examiner->prioritise(std::array<ExaminationId, 4>{1, 4, 3, 99});
    examiner->prioritise(1);
    evaluator->set_open(true);
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen, (std::vector<std::uint8_t>{1, 4, 3, 2, 5}));
    EXPECT_EQ(evaluator->stops, 0);
}

TEST_F(ExaminerTest, CancellingEndsOnceAndKeepsTheRest) {
    evaluator->set_open(false);
    auto examiner = make();
    for (int i = 1; i <= 4; ++i)
        examiner->submit({{}, png_of(static_cast<std::uint8_t>(i)), "picture"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    examiner->cancel(1);  // running
    examiner->cancel(3);  // queued
    examiner->cancel(3);
    examiner->cancel(99);
    evaluator->set_open(true);
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen, (std::vector<std::uint8_t>{2, 4}));
    EXPECT_EQ(notices.states[1].back(), S::Cancelled);
    EXPECT_EQ(std::count(notices.states[3].begin(), notices.states[3].end(), S::Cancelled), 1);
    EXPECT_EQ(notices.states[4].back(), S::Explained);
}

TEST_F(ExaminerTest, CancelAllReachesTheRunningEvaluation) {
    evaluator->set_open(false);
    auto examiner = make();
    for (int i = 0; i < 200; ++i)
        examiner->submit({{}, png_of(7), "picture"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    examiner->cancel_all();
    examiner->wait_until_pending_at_most(0);  // the gate is still closed
    EXPECT_EQ(notices.last.size(), 200u);
    for (const auto& [id, seen] : notices.last)
        EXPECT_EQ(seen->state, S::Cancelled) << id;
    evaluator->set_open(true);
    const auto again = examiner->submit({{}, png_of(9), "after"});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(notices.states[again].back(), S::Explained);
}

TEST_F(ExaminerTest, KeepsOnePictureAtATimeForTheListener) {
    ExaminerOptions options;
    options.keep_picture = true;
    std::map<ExaminationId, std::uint8_t> kept;
    std::vector<int> calls;
    {
        Examiner examiner(evaluator, options, [&](const ExaminationPtr& seen) {
            Examination without = *seen;
            without.picture.reset();
            notices.take(std::make_shared<const Examination>(without));
            if (!seen->picture)
                return;
            kept[seen->id] = seen->picture->pixels.rgb.at(0);
            EXPECT_EQ(seen->picture->facts.sha256, seen->facts.sha256);
            // While this picture is held, no further one is scored.
            std::this_thread::sleep_for(30ms);
            const std::lock_guard lock(evaluator->mutex);
            calls.push_back(evaluator->calls);
        });
        for (const auto red : std::array<std::uint8_t, 3>{1, 2, 3})
            examiner.submit({{}, png_of(red), "picture"});
        examiner.submit({"/nowhere/at all.png", nullptr, {}});
        examiner.wait_until_pending_at_most(0);
    }
    EXPECT_EQ(kept, (std::map<ExaminationId, std::uint8_t>{{1, 1}, {2, 2}, {3, 3}}));
    EXPECT_EQ(calls, (std::vector{1, 2, 3}));
    EXPECT_EQ(notices.states[1], (std::vector{S::Decoded, S::Scored, S::Explained}));
    EXPECT_EQ(notices.states[4], (std::vector{S::Failed}));
}

TEST_F(ExaminerTest, AListenerThatThrowsLosesNoOtherNotice) {
    Examiner examiner(evaluator, {}, [this](ExaminationPtr seen) {
        notices.take(seen);
        if (seen->id == 1)
            throw std::bad_alloc();
        if (seen->id == 2)
            throw 2;
    });
    for (const auto red : std::array<std::uint8_t, 3>{1, 2, 3})
        examiner.submit({{}, png_of(red), "picture"});
    examiner.wait_until_pending_at_most(0);
    for (ExaminationId id = 1; id <= 3; ++id)
        EXPECT_EQ(notices.states[id], (std::vector{S::Decoded, S::Scored, S::Explained})) << id;
}

TEST_F(ExaminerTest, DestructionWhileBusyIsSilent) {
    evaluator->set_open(false);
    auto examiner = make();
    for (int i = 0; i < 500; ++i)
        examiner->submit({{}, png_of(7), "picture"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    examiner.reset();  // must return although the gate is closed
    for (const auto& [id, states] : notices.states)
        EXPECT_EQ(states, (std::vector{S::Decoded})) << id;
}

/// `side` squared pixels of red value 7.
std::shared_ptr<const std::vector<std::uint8_t>> large_png(int side) {
    const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    Pixels pixels{side, side, std::vector<std::uint8_t>(3 * area, 7)};
    return std::make_shared<const std::vector<std::uint8_t>>(encode_png(pixels));
}

TEST_F(ExaminerTest, DecodesAheadByBytes) {
    evaluator->set_open(false);
    ExaminerOptions options;
    options.decode_ahead = 100;
    options.decode_ahead_bytes = 3 * (3 * 200 * 200);
    auto examiner = make(options);
    for (int i = 0; i < 10; ++i)
        examiner->submit({{}, large_png(200), "picture"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    ASSERT_TRUE(notices.wait_for_count(3));
    std::this_thread::sleep_for(100ms);  // no more may follow
    {
        const std::lock_guard lock(notices.mutex);
        EXPECT_EQ(notices.states.size(), 3U);
    }
    evaluator->set_open(true);
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen.size(), 10U);
}

TEST_F(ExaminerTest, ABatchDoesNotWaitForPicturesThatHaveNoRoom) {
    ExaminerOptions options;
    options.batch = 4;
    options.decode_ahead_bytes = 1;  // one picture at a time
    auto examiner = make(options);
    for (int i = 0; i < 4; ++i)
        examiner->submit({{}, large_png(80), "picture"});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen.size(), 4U);
}

TEST_F(ExaminerTest, WhatIsAskedForIsDecodedThoughALargeOneRuns) {
    evaluator->set_open(false);
    ExaminerOptions options;
    options.decode_ahead_bytes = 1;
    auto examiner = make(options);
    examiner->submit({{}, large_png(200), "large"});
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->calls == 1; }));
    const auto wanted = examiner->submit({{}, png_of(9), "wanted"});
    examiner->prioritise(wanted);
    ASSERT_TRUE(evaluator->wait([&] { return evaluator->stops == 1; }));
    evaluator->set_open(true);
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen, (std::vector<std::uint8_t>{9, 7}));
}

TEST_F(ExaminerTest, APictureThatDoesNotFitIntoMemoryIsRefused) {
    ExaminerOptions options;
    std::atomic<std::uint64_t> free = bytes_to_examine(100 * 100, {.maps = true});
    options.free_memory = [&free] { return free.load(); };
    auto examiner = make(options);
    const auto large = examiner->submit({{}, large_png(200), "large"});
    const auto small = examiner->submit({{}, large_png(100), "small"});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(notices.last[large]->state, S::Failed);
    EXPECT_EQ(notices.last[large]->failure.code, failure_codes::kOutOfMemory);
    EXPECT_NE(notices.last[large]->failure.message.find("megapixels needs about"),
              std::string::npos);
    EXPECT_EQ(notices.last[small]->state, S::Explained);
}

TEST(MemoryToExamine, CountsWhatTheDecoderTakes) {
    EXPECT_EQ(bytes_to_examine(1000, {.decoder = 6}), bytes_to_examine(1000));
    constexpr std::uint64_t kLarge = 198'000'000;
    EXPECT_EQ(bytes_to_examine(kLarge, {.decoder = 6}), 9 * kLarge);
    EXPECT_LT(bytes_to_examine(kLarge), 9 * kLarge);
}

TEST(MemoryToExamine, CountsMapsAndWhatIsReadEverywhere) {
    constexpr std::uint64_t kLarge = 198'000'000;
    EXPECT_GT(bytes_to_examine(kLarge, {.maps = true}), bytes_to_examine(kLarge));
    EXPECT_GT(bytes_to_examine(kLarge, {.whole = true}), 50 * kLarge);
    EXPECT_GT(bytes_to_examine(kLarge, {.whole = true, .maps = true}),
              bytes_to_examine(kLarge, {.whole = true}));

    PanelRecord panel;
    panel.experts.resize(2);
    EXPECT_FALSE(reads_whole(panel, true));  // both stretch the picture
    auto& input = panel.experts[1].input;
    input.resize = Resize::Native;
    EXPECT_TRUE(reads_whole(panel, false));
    input.windows = WindowPolicy{512, 8};
    EXPECT_FALSE(reads_whole(panel, false));
    EXPECT_TRUE(reads_whole(panel, true));
}

TEST_F(ExaminerTest, ReadingEverywhereNeedsMoreMemory) {
    evaluator->read_native({64, 4});
    for (const bool everywhere : {false, true}) {
        ExaminerOptions options;
        options.everywhere = everywhere;
        options.free_memory = [] { return bytes_to_examine(200 * 200, {.maps = true}); };
        auto examiner = make(options);
        const auto id = examiner->submit({{}, large_png(200), "picture"});
        examiner->wait_until_pending_at_most(0);
        EXPECT_EQ(notices.last[id]->state, everywhere ? S::Failed : S::Explained);
    }
}

/// An expert that takes no notice of a stop.
class StubbornEvaluator : public GatedEvaluator {
  public:
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const>, const EvaluateOptions&,
                                       std::stop_token) override {
        std::unique_lock lock(mutex);
        ++calls;
        changed.notify_all();
        changed.wait(lock, [&] { return open; });
        throw Cancelled();
    }
};

TEST_F(ExaminerTest, AnExpertThatDoesNotStopIsAbandoned) {
    const auto stubborn = std::make_shared<StubbornEvaluator>();
    stubborn->set_open(false);
    ASSERT_EQ(abandoned_examinations(), 0U);
    {
        Examiner examiner(stubborn, {}, [](const ExaminationPtr&) {});
        examiner.submit({{}, png_of(1), "picture"});
        ASSERT_TRUE(stubborn->wait([&] { return stubborn->calls == 1; }));
    }  // returns although the expert goes on
    EXPECT_EQ(abandoned_examinations(), 1U);
    stubborn->set_open(true);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (abandoned_examinations() > 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ(abandoned_examinations(), 0U);
}

TEST(TimeLeft, GoesByMegapixels) {
    const auto start = TimeLeft::Clock::now();
    TimeLeft left(start);
    EXPECT_FALSE(left.seconds(1000, start).has_value());
    left.examined(1000, 4'000'000);
    // 4 megapixels took 2 s; 3000 bytes stand for 12.
    EXPECT_DOUBLE_EQ(left.seconds(3000, start + 2s).value(), 6);
    left.examined(3000, 4'000'000);  // finer pixels: half as many a byte
    EXPECT_DOUBLE_EQ(left.seconds(2000, start + 4s).value(), 2);
}

TEST_F(ExaminerTest, AFailedBatchIsRetriedOneByOne) {
    evaluator->failing = 3;
    evaluator->largest_batch_that_fits = 1;
    ExaminerOptions options;
    options.batch = 4;
    auto examiner = make(options);
    for (int i = 1; i <= 4; ++i)
        examiner->submit({{}, png_of(static_cast<std::uint8_t>(i)), "picture"});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(evaluator->seen, (std::vector<std::uint8_t>{1, 2, 4}));
    EXPECT_EQ(notices.last[3]->state, S::Failed);
    EXPECT_EQ(notices.last[3]->failure.code, failure_codes::kDevice);
    EXPECT_EQ(notices.last[4]->state, S::Explained);
}

TEST_F(ExaminerTest, OutOfMemoryForOneIsItsOwnFailure) {
    evaluator->largest_batch_that_fits = 0;
    auto examiner = make();
    const auto id = examiner->submit({{}, png_of(1), "picture"});
    examiner->wait_until_pending_at_most(0);
    EXPECT_EQ(notices.last[id]->failure.code, failure_codes::kOutOfMemory);
}

/// Threads of this process.
std::ptrdiff_t threads_now() {
    namespace fs = std::filesystem;
    return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator{});
}

TEST_F(ExaminerTest, SeveralPicturesAreDecodedAtOnceForAGpu) {
    const auto added = [&](const char* device) {
        evaluator->set_device(device);
        const auto before = threads_now();
        auto examiner = make();
        return threads_now() - before;
    };
    EXPECT_EQ(added("cpu"), 3);
    EXPECT_GE(added("cuda:0"), 4);

    ExaminerOptions options;
    options.batch = 4;
    auto examiner = make(options);
    std::map<ExaminationId, int> reds;
    for (int i = 0; i < 30; ++i)
        reds[examiner->submit({{}, png_of(static_cast<std::uint8_t>(i)), "a"})] = i;
    examiner->wait_until_pending_at_most(0);
    for (const auto& [id, red] : reds) {
        EXPECT_EQ(notices.states[id], (std::vector{S::Decoded, S::Scored, S::Explained})) << id;
        EXPECT_DOUBLE_EQ(notices.last[id]->opinion->experts[0].logits[1], red / 255.0);
    }
}

}  // namespace
}  // namespace dfd
