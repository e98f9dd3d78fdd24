// A fake panel without networks: scores depend only on the pixels, and gates let tests control when
// it runs.
#pragma once

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "core/engine/scoring/evaluator.h"
#include "core/picture/pixels/traits.h"
#include "tests/engine/test_evaluator.h"

namespace dfd::test {

/// Lets a test hold an evaluation at a known point and wait until it is there.
class Gate {
  public:
    void close() {
        const std::lock_guard lock(mutex_);
        open_ = false;
    }
    void open() {
        {
            const std::lock_guard lock(mutex_);
            open_ = true;
        }
        changed_.notify_all();
    }
    /// Blocks while closed; throws Cancelled if a stop is requested meanwhile, like a real expert.
    void pass(const std::stop_token& stop) {
        const std::stop_callback wake(stop, [this] {
            const std::lock_guard lock(mutex_);  // The lock prevents a lost wake-up between the
                                                 // check of `stop` and the wait.
            changed_.notify_all();
        });
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.wait(lock, [&] { return open_ || (stops_ && stop.stop_requested()); });
        --waiting_;
        if (stop.stop_requested())
            throw Cancelled();
    }
    /// With `false`, a stop request does not end the wait, only `open` does: a running expert
    /// cannot be interrupted.
    void heed_stop(bool heed) {
        const std::lock_guard lock(mutex_);
        stops_ = heed;
    }
    [[nodiscard]] int waiting() const { return waiting_; }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<int> waiting_ = 0;
    bool open_ = true;
    bool stops_ = true;
};

/// "Looks real" below 0.35, "looks fake" from 0.65; ln LR is the log-odds of the score.
inline void calibrate(PanelRecord& panel) {
    MeasuredAnswer measured;
    measured.answer.bound = 2;
    measured.answer.alarms = {{0, 1, 1, 1}, {0.65, 0.04, 0.02, 0.07}};
    measured.answer.misses = {{0.35, 0.03, 0.01, 0.06}, {1, 1, 1, 1}};
    measured.answer.unusual_real_from = 0.65;
    measured.answer.unusual_fake_below = 0.35;
    measured.manifest = "measured.csv";
    measured.date = "2026-11-29";
    PanelCalibration calibration{panel.digest, "fp32", {}, {}};
    for (const auto& expert : panel.experts)
        calibration.experts.push_back(expert.name);
    for (const auto& question : panel.questions) {
        measured.answer.question = question.id;
        calibration.answers.push_back(measured);
    }
    if (panel.questions.empty())
        calibration.answers.push_back(measured);
    panel.calibrations = {calibration};
}

/// Calibrated.
inline PanelRecord fake_panel(const std::string& name, int experts, bool starter) {
    static constexpr const char* kArchitectures[] = {"trace_network", "convnextv2_atto",
                                                     "tf_efficientnet_b0"};
    PanelRecord panel;
    panel.name = name;
    panel.title = starter ? "Starter panel" : "Panel " + name;
    panel.licence = "GPL-3.0-or-later";
    panel.origin = "Made for a test.";
    panel.starter = starter;
    panel.folder = "/panels/" + name;
    panel.digest = std::string(56, '0');
    panel.digest += "cafe";
    panel.digest += std::to_string(1000 + experts);
    for (int i = 0; i < experts; ++i) {
        ExpertRecord expert;
        expert.architecture = kArchitectures[i % 3];
        expert.name = expert.architecture + "-" + std::to_string(i);
        expert.file = expert.name + ".safetensors";
        panel.experts.push_back(expert);
    }
    calibrate(panel);
    return panel;
}

/// Of three experts; the first two answer the second of two questions. The first question has other
/// thresholds: "looks real" below 0.5, "looks fake" from 0.54.
inline PanelRecord fake_panel_of_questions(const std::string& name, bool starter) {
    auto panel = fake_panel(name, 3, starter);
    panel.questions = {{"p", "One?", "Yes.", "No."}, {"q", "Two?", "Yes.", "No."}};
    panel.experts[0].question = panel.experts[1].question = 1;
    calibrate(panel);
    auto& first = panel.calibrations[0].answers[0].answer;
    first.unusual_real_from = 0.54;
    first.unusual_fake_below = 0.5;
    return panel;
}

/// Logit of expert e: kSlope times (mean red minus mean blue of the picture) plus a constant per
/// expert. Its map is bright where the picture is red. Red pictures look fake.
class FakeEvaluator : public TestEvaluator {
  public:
    explicit FakeEvaluator(PanelRecord panel, std::shared_ptr<Gate> gate = nullptr)
        : gate_(std::move(gate)) {
        panel_ = std::move(panel);
        device_.name = "Test processor";
        device_.detail = "2 threads";
    }

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        std::vector<PanelOpinion> opinions;
        for (const Pixels* const picture : pictures) {
            if (gate_)
                gate_->pass(stop);
            ++evaluated_;
            opinions.push_back(opinion_of(*picture, options.maps));
        }
        return opinions;
    }

    [[nodiscard]] int evaluated() const { return evaluated_; }

    [[nodiscard]] PanelOpinion opinion_of(const Pixels& picture, bool maps) const {
        PanelOpinion opinion = open_opinion(panel_);
        opinion.calibration = calibration_for(panel_, "fp32");
        opinion.traits = measure_traits(picture);
        const double lean = redness(picture, 0, 0, picture.width, picture.height);
        for (std::size_t i = 0; i < panel_.experts.size(); ++i) {
            ExpertOpinion expert;
            expert.index = static_cast<int>(i);
            expert.name = panel_.experts[i].name;
            expert.architecture = panel_.experts[i].architecture;
            expert.question = panel_.experts[i].question;
            expert.logits = {0.0, kSlope * lean + own_of(i)};
            if (maps)
                expert.map = map_of(picture, i);
            if (opinion.calibration && !opinion.calibration->front().gates.empty())
                expert.distance = 100.0 / std::min(picture.width, picture.height);
            opinion.experts.push_back(std::move(expert));
        }
        combine(opinion);
        if (picture.width < 64 || picture.height < 64)
            opinion.warnings.emplace_back(
                "The picture is smaller than what the experts look at in one go (64 pixels); "
                "their scores say little.");
        return opinion;
    }

  protected:
    /// The constant of expert `number`.
    static double own_of(std::size_t number) {
        return 0.9 * std::sin(1.7 * static_cast<double>(number) + 0.4);
    }
    static constexpr double kSlope = 9;

    /// Mean of red minus blue over a rectangle, -1 .. 1.
    static double redness(const Pixels& picture, int left, int top, int right, int bottom) {
        double sum = 0;
        std::size_t count = 0;
        for (int y = top; y < bottom; ++y)
            for (int x = left; x < right; ++x, ++count) {
                const std::size_t at =
                    3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                         static_cast<std::size_t>(x));
                sum += (picture.rgb[at] - picture.rgb[at + 2]) / 255.0;
            }
        return count == 0 ? 0 : sum / static_cast<double>(count);
    }

  private:
    static HeatMap map_of(const Pixels& picture, std::size_t expert) {
        constexpr int kSide = 16;
        HeatMap map{kSide, kSide, {}};
        for (int row = 0; row < kSide; ++row)
            for (int column = 0; column < kSide; ++column) {
                const double red = redness(
                    picture, column * picture.width / kSide, row * picture.height / kSide,
                    (column + 1) * picture.width / kSide, (row + 1) * picture.height / kSide);
                const double ripple =
                    0.75 + 0.25 * std::sin(0.9 * row + 0.6 * column + static_cast<double>(expert));
                const double strength = 1.0 / (1.0 + 0.35 * static_cast<double>(expert));
                map.values.push_back(
                    static_cast<float>(std::max(0.0, red) * ripple * strength * 4.0));
            }
        return map;
    }

    std::shared_ptr<Gate> gate_;
    std::atomic<int> evaluated_ = 0;
};

}  // namespace dfd::test
