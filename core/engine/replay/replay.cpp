#include "core/engine/replay/replay.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/digest.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Outcome = StageCheck::Outcome;

/// Differences of normalised values that another CPU's rounding can cause.
constexpr float kRounding = 1e-4f;
constexpr const char* kPanel = "panel";  ///< ReplayReport::largest_of

std::string size_of(int width, int height) {
    return std::to_string(width) + " × " + std::to_string(height);
}

std::string three_digits(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

/// Stable, for exports; in the catalogue, too.
const char* outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::Same:
            return to_say("same");
        case Outcome::Differs:
            return to_say("differs");
        case Outcome::NotReached:
            break;
    }
    return to_say("not reached");
}

class Replayer {
  public:
    Replayer(const ReplayRecord& record, Evaluator& evaluator)
        : record_(record), evaluator_(evaluator) {
        for (const auto stage : {ReplayStage::Bytes, ReplayStage::Pixels, ReplayStage::Inputs,
                                 ReplayStage::Panel, ReplayStage::Precision, ReplayStage::Scores})
            report_.stages.push_back({stage, Outcome::NotReached, say("Not reached.")});
        report_.tolerance = std::max(record.tolerance,
                                     score_tolerance(evaluator.device().id, evaluator.precision()));
    }

    ReplayReport run(const std::filesystem::path& path, const std::stop_token& stop) {
        compare_panels();
        compare_precisions();
        const std::string digest = sha256_hex_of_file(path);
        compare_bytes(digest);
        try {
            const Picture picture = read_picture(path);
            compare_pixels(picture);
            compare_inputs(picture.pixels);
            compare_scores(picture.pixels, stop);
        } catch (const PictureError& error) {
            // The recorded picture could be decoded. Either this file is not that picture any more,
            // or this program lacks a decoder.
            set_outcome(ReplayStage::Pixels, false,
                        say("The file cannot be decoded.") + ' ' + say_again(error.what()));
        }
        return std::move(report_);
    }

  private:
    void set_outcome(ReplayStage stage, bool same, std::string sentence) {
        auto& check = report_.stages[static_cast<std::size_t>(stage)];
        check.outcome = same ? Outcome::Same : Outcome::Differs;
        check.sentence = std::move(sentence);
    }

    void compare_bytes(const std::string& digest) {
        if (digest == record_.sha256)
            set_outcome(ReplayStage::Bytes, true, say("The file has the recorded bytes."));
        else
            set_outcome(ReplayStage::Bytes, false,
                        say("The file's bytes differ from the recorded ones: its SHA-256 is %1, "
                            "not %2.",
                            {digest, record_.sha256}));
    }

    void compare_pixels(const Picture& picture) {
        const Pixels& pixels = picture.pixels;
        const std::string decoders = picture.facts.decoder == record_.decoder
                                         ? std::string()
                                         : ' ' + say("It was decoded by %1 then and by %2 now.",
                                                     {record_.decoder, picture.facts.decoder});
        if (pixels.width != record_.width || pixels.height != record_.height)
            set_outcome(ReplayStage::Pixels, false,
                        say("The decoded picture has %1 pixels, not %2.",
                            {size_of(pixels.width, pixels.height),
                             size_of(record_.width, record_.height)}) +
                            decoders);
        else if (sha256_hex(pixels.rgb) != record_.pixels_sha256)
            set_outcome(ReplayStage::Pixels, false,
                        say("The decoded pixels differ from the recorded ones.") + decoders);
        else
            set_outcome(ReplayStage::Pixels, true, say("The file decodes to the recorded pixels."));
    }

    void compare_inputs(const Pixels& pixels) {
        std::vector<std::string> other;
        float rounding = 0;
        for (const auto& input : record_.inputs) {
            const auto now = summarise_input(pixels, input.policy, evaluator_.device().id);
            if (now.sha256 == input.sha256)
                continue;
            float difference = INFINITY;
            if (now.width == input.width && now.height == input.height &&
                now.samples.size() == input.samples.size()) {
                difference = 0;
                for (std::size_t i = 0; i < now.samples.size(); ++i)
                    difference = std::max(difference, std::abs(now.samples[i] - input.samples[i]));
            }
            // Other pixels may agree in every sample, so rounding is only accepted for the same
            // pixels.
            const bool same_pixels = report_.stages[1].outcome == Outcome::Same;
            if (same_pixels && difference <= kRounding)
                rounding = std::max(rounding, difference);
            else
                other.insert(other.end(), input.experts.begin(), input.experts.end());
        }
        if (record_.preprocessing != kPreprocessingVersion)
            set_outcome(ReplayStage::Inputs, false,
                        say("This program has version %1 of the preprocessing, the record version "
                            "%2.",
                            {std::to_string(kPreprocessingVersion),
                             std::to_string(record_.preprocessing)}));
        else if (!other.empty())
            set_outcome(ReplayStage::Inputs, false,
                        say("These experts receive values that differ from the recorded ones: %1.",
                            {joined(other, ", ")}));
        else if (rounding > 0)
            set_outcome(ReplayStage::Inputs, true,
                        say("The experts receive the recorded values, except for rounding on this "
                            "machine (%1).",
                            {three_digits(rounding)}));
        else if (record_.inputs.empty())
            set_outcome(ReplayStage::Inputs, true,
                        say("What the experts read follows from the pixels and their manifests."));
        else
            set_outcome(ReplayStage::Inputs, true, say("The experts receive the recorded values."));
    }

    void compare_panels() {
        const auto& panel = evaluator_.panel();
        if (panel.digest == record_.panel_digest) {
            set_outcome(ReplayStage::Panel, true,
                        say("The panel and its weights are as recorded."));
            return;
        }
        std::vector<std::string> changed;
        for (const auto& expert : record_.experts) {
            const auto now = std::ranges::find(panel.experts, expert.name, &ExpertRecord::name);
            if (now == panel.experts.end() || now->sha256 != expert.weights_sha256)
                changed.push_back(expert.name);
        }
        set_outcome(ReplayStage::Panel, false,
                    say("The panel is a different one: %1 (%2…), not %3 (%4…).",
                        {panel.name, panel.digest.substr(0, 12), record_.panel,
                         record_.panel_digest.substr(0, 12)}) +
                        ' ' +
                        (changed.empty() ? say("Every expert's weights are as recorded.")
                                         : say("Missing or with different weights: %1.",
                                               {joined(changed, ", ")})) +
                        (panel.left_out.empty() ? "" : ' ' + say_again(panel.left_out_because)));
    }

    void compare_precisions() {
        const std::string now = precision_name(evaluator_.precision());
        const std::string then = precision_name(record_.precision);
        const auto& device = evaluator_.device();
        const std::string devices =
            device.id == record_.device.id && device.name == record_.device.name
                ? std::string()
                : ' ' + say("The device is %1 (%2); it was %3 (%4).",
                            {device.id, device.name, record_.device.id, record_.device.name});
        set_outcome(ReplayStage::Precision, now == then,
                    (now == then ? say("The precision is %1, as recorded.", {then})
                                 : say("The precision is %1, not the recorded %2.", {now, then})) +
                        devices);
    }

    void compare_scores(const Pixels& pixels, const std::stop_token& stop) {
        const Pixels* const pictures[] = {&pixels};
        EvaluateOptions how;
        how.everywhere = std::ranges::none_of(
            record_.inputs, [](const auto& input) { return input.policy.windows.has_value(); });
        PanelOpinion opinion = evaluator_.evaluate(pictures, how, stop).at(0);
        lead(opinion, nearest_answer(opinion, record_.score));
        report_.score = opinion.score;
        report_.largest_difference = std::abs(opinion.score - record_.score);
        report_.largest_of = kPanel;
        bool others_left = false;
        std::vector<std::string> not_bound, unknown;
        for (const auto& expert : record_.experts) {
            const auto now = std::ranges::find(opinion.experts, expert.name, &ExpertOpinion::name);
            if (expert.reproducible != true)
                (expert.reproducible ? not_bound : unknown).push_back(expert.name);
            if (now == opinion.experts.end() || (!now->available() && !expert.failure.empty()))
                continue;
            if (now->available() != expert.failure.empty()) {
                set_outcome(ReplayStage::Scores, false,
                            now->available()
                                ? say("The expert %1 has an opinion now, and had none then: %2",
                                      {expert.name, say_again(expert.failure)})
                                : say("The expert %1 has no opinion now: %2",
                                      {expert.name, say_again(now->failure)}));
                return;
            }
            others_left |= now->left != expert.left;
            const double difference = std::abs(now->score - expert.score);
            if (difference > *report_.largest_difference) {
                report_.largest_difference = difference;
                report_.largest_of = expert.name;
            }
        }
        const bool same = *report_.largest_difference <= report_.tolerance;
        set_outcome(
            ReplayStage::Scores, same,
            say(same ? to_say("The scores agree: the largest difference is %1 (%2), the tolerance "
                              "%3.")
                     : to_say("The scores differ: the largest difference is %1 (%2), the "
                              "tolerance %3."),
                {three_digits(*report_.largest_difference),
                 report_.largest_of == kPanel ? say("panel") : report_.largest_of,
                 three_digits(report_.tolerance)}) +
                (others_left ? ' ' + say("Other experts count than in the record: the panel's "
                                         "calibration is not the one that it was made with.")
                             : "") +
                (not_bound.empty()
                     ? ""
                     : ' ' + say("Nothing binds the programs of %1, so that their scores may "
                                 "differ another time.",
                                 {joined(not_bound, ", ")})) +
                (unknown.empty() ? ""
                                 : ' ' + say("Whether digests bind all files of the programs of %1 "
                                             "is not known.",
                                             {joined(unknown, ", ")})));
    }

    const ReplayRecord& record_;
    Evaluator& evaluator_;
    ReplayReport report_;
};

}  // namespace

const char* replay_stage_name(ReplayStage stage) {
    switch (stage) {
        case ReplayStage::Bytes:
            return to_say("bytes");
        case ReplayStage::Pixels:
            return to_say("pixels");
        case ReplayStage::Inputs:
            return to_say("inputs");
        case ReplayStage::Panel:
            return to_say("panel");
        case ReplayStage::Precision:
            return to_say("precision");
        case ReplayStage::Scores:
            break;
    }
    return to_say("scores");
}

std::unique_ptr<Evaluator> open_recorded(const ReplayRecord& record, const RecordedWith& other,
                                         const std::string& device, const Progress& progress,
                                         std::stop_token stop) {
    auto panel = find_panel(other.panel.empty() ? record.panel : other.panel);
    panel.calibration = record.calibration;  // without it every expert counts
    return open_evaluator(panel, device, other.precision.value_or(record.precision), progress,
                          std::move(stop));
}

const StageCheck* ReplayReport::first_difference() const {
    const auto found = std::ranges::find(stages, Outcome::Differs, &StageCheck::outcome);
    return found == stages.end() ? nullptr : &*found;
}

ReplayReport replay(const ReplayRecord& record, const std::filesystem::path& picture,
                    Evaluator& evaluator, std::stop_token stop) {
    return Replayer(record, evaluator).run(picture, stop);
}

std::string outcome_words(Outcome outcome) {
    return say(outcome_name(outcome));
}

std::string replay_verdict(const ReplayReport& report) {
    const auto* const first = report.first_difference();
    std::string text = first == nullptr
                           ? say("The replay matches the record.")
                           : say("The replay does not match the record; the first stage that "
                                 "differs is: %1.",
                                 {say(replay_stage_name(first->stage))});
    if (report.largest_difference)
        text +=
            ' ' + say("Largest score difference %1, tolerance %2.",
                      {three_digits(*report.largest_difference), three_digits(report.tolerance)});
    return text;
}

std::string replay_text(const ReplayReport& report) {
    std::string text;
    for (const auto& check : report.stages)
        text += column(outcome_words(check.outcome), 13) +
                column(say(replay_stage_name(check.stage)), 11) + check.sentence + "\n";
    return text + replay_verdict(report) + "\n";
}

std::string replay_json(const ReplayReport& report, const ReplayRecord& record) {
    using Json = nlohmann::ordered_json;
    const auto* const first = report.first_difference();
    Json object{
        {"matches", report.matches()},
        {"first_difference", first == nullptr ? Json() : Json(replay_stage_name(first->stage))},
        {"stages", Json::array()}};
    for (const auto& check : report.stages)
        object["stages"].push_back({{"stage", replay_stage_name(check.stage)},
                                    {"outcome", outcome_name(check.outcome)},
                                    {"sentence", check.sentence}});
    object["largest_difference"] =
        report.largest_difference
            ? Json{{"value", *report.largest_difference}, {"of", report.largest_of}}
            : Json();
    object["tolerance"] = report.tolerance;
    object["score"] = {{"recorded", record.score},
                       {"now", report.score ? Json(*report.score) : Json()}};
    return json_line(object);
}

}  // namespace dfd
