#include "core/engine/studies/seen.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/cancelled.h"
#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/export_names.h"
#include "core/engine/results/json_paths.h"
#include "core/engine/results/report_parts.h"
#include "core/engine/scoring/input_pictures.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/engine/scoring/window_views.h"
#include "core/panel/json_line.h"
#include "core/picture/file_bytes.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// Experts that share an input tensor.
struct InputGroup {
    InputPolicy policy;
    std::vector<std::string> experts;
};

std::vector<InputGroup> groups_of(const PanelRecord& panel) {
    std::vector<InputGroup> groups;
    std::map<InputKey, std::size_t> known;
    for (const auto& expert : panel.experts) {
        if (expert.kind != ExpertKind::Network)
            continue;  // of which nobody knows what it makes of its input
        const auto [at, fresh] = known.emplace(input_key(expert.input), groups.size());
        if (fresh)
            groups.push_back({expert.input, {}});
        groups[at->second].experts.push_back(expert.name);
    }
    return groups;
}

bool is_normalised(const InputPolicy& policy) {
    const InputPolicy plain{policy.resize, policy.size, {0, 0, 0}, {1, 1, 1}};
    return input_key(policy) != input_key(plain);
}

/// The step in which the experts of a group get their tensor.
SeenStep input_step(const InputGroup& group, Pixels input) {
    SeenStep step{"input",
                  to_say("The tensor that the network received, shown without the normalisation: "
                         "stretched to %1 × %1 with antialiasing, regardless of the picture's "
                         "proportions."),
                  {std::to_string(input.width), {}},
                  group.experts,
                  {},
                  {}};
    if (const auto part = looked_at(input.width, input.height, group.policy)) {
        step.pattern = to_say(
            "The tensor that the network received: %1 windows of the picture at its own "
            "resolution. What is veiled was not looked at.");
        step.values = {std::to_string(part->windows), {}};
    } else if (group.policy.resize == Resize::Native) {
        step.pattern =
            to_say("The tensor that the network received: the picture at its own resolution.");
    }
    step.picture = std::move(input);
    return step;
}

std::vector<SeenStep> steps_of(const Picture& picture, const Evaluator& evaluator,
                               const std::stop_token& stop) {
    std::vector<SeenStep> steps;
    const auto& facts = picture.facts;
    const auto& device = evaluator.device().id;
    steps.push_back(
        {"decoded",
         to_say("%1 decoded by %2 to 8-bit RGB as stored; transparency dropped, no colour profile "
                "applied."),
         {facts.format, facts.decoder},
         {},
         {},
         as_stored(picture)});
    if (facts.orientation != 1)
        steps.push_back(
            {"oriented",
             to_say("Rotated by the EXIF orientation %1; every later step starts here."),
             {std::to_string(facts.orientation), {}},
             {},
             {},
             picture.pixels});
    for (const auto& group : groups_of(evaluator.panel())) {
        check_stop(stop);
        if (is_normalised(group.policy))
            steps.push_back({"normalised",
                             to_say("Divided by 255, minus the mean, divided by the standard "
                                    "deviation, for each channel; shown with 0 as mid grey and ±3 "
                                    "as white and black."),
                             {},
                             group.experts,
                             {},
                             normalised_picture(picture.pixels, group.policy, device)});
        auto& step = steps.emplace_back(
            input_step(group, input_picture(picture.pixels, group.policy, device)));
        step.tensor_sha256 = summarise_input(picture.pixels, group.policy, device).sha256;
    }
    SeenStep residuals{
        "residuals",
        to_say("The brightness minus what neighbouring pixels predict, which these experts read "
               "first: horizontal, vertical and both as red, green and blue; mid grey means no "
               "residual."),
        {},
        {},
        {},
        {}};
    InputPolicy read;
    for (const auto& expert : evaluator.panel().experts)
        if (reads_residuals(expert.architecture)) {
            // The first expert's windows, unless another one reads everything.
            if (residuals.experts.empty() || !expert.input.windows)
                read = expert.input;
            residuals.experts.push_back(expert.name);
        }
    if (!residuals.experts.empty())
        residuals.picture = residual_picture(picture.pixels, read);
    if (!residuals.picture.empty())
        steps.push_back(std::move(residuals));
    return steps;
}

Json size_or_null(int size) {
    return size > 0 ? Json(size) : Json();
}

}  // namespace

Seen steps_through(const Evaluator& evaluator, const Source& source, const SeenOptions& options,
                   const std::stop_token& stop) {
    std::vector<std::uint8_t> read;
    if (!source.bytes)
        read = read_file_bytes(source.path, options.limits.bytes);
    const std::span<const std::uint8_t> bytes = source.bytes ? *source.bytes : read;
    auto picture = decode_picture(bytes, options.limits);
    Seen seen;
    seen.path = source.bytes ? source.label : source.path.native();
    seen.warnings = picture.warnings;
    seen.steps = steps_of(picture, evaluator, stop);
    auto others = other_decodings(bytes, picture, options.grey);
    check_stop(stop);
    seen.facts = std::move(picture.facts);
    auto& reference = seen.policies.emplace_back();
    reference.way.sentence =
        to_say("Decoded as the reference does: all other scores are of these pixels.");
    reference.way.pixels = std::move(picture.pixels);
    for (auto& other : others)
        seen.policies.emplace_back().way = std::move(other);
    return seen;
}

void score_policies(
    Evaluator& evaluator, std::span<const SeenPolicy> policies, const std::stop_token& stop,
    const std::function<void(std::size_t policy, const PanelOpinion& opinion)>& listener) {
    std::optional<std::size_t> question;
    for (std::size_t i = 0; i < policies.size(); ++i) {
        check_stop(stop);
        const Pixels* const pixels = &policies[i].way.pixels;
        if (pixels->empty())
            continue;
        auto opinion = evaluator.evaluate({&pixels, 1}, {}, stop).front();
        if (!question)
            question = opinion.leading;
        lead(opinion, *question);
        listener(i, opinion);
    }
}

Seen look_through(Evaluator& evaluator, const std::filesystem::path& path,
                  const SeenOptions& options, const std::stop_token& stop,
                  const Progress& progress) {
    auto seen = steps_through(evaluator, {path, nullptr, {}}, options, stop);
    const auto scored = std::ranges::count_if(
        seen.policies, [](const SeenPolicy& policy) { return !policy.way.pixels.empty(); });
    double done = 0;
    score_policies(evaluator, seen.policies, stop,
                   [&](std::size_t index, const PanelOpinion& opinion) {
                       auto& policy = seen.policies[index];
                       policy.opinion = opinion;
                       if (progress)
                           progress(++done, static_cast<double>(scored),
                                    say("Scoring %1", {policy_name(policy.way.policy)}));
                   });
    return seen;
}

std::vector<std::filesystem::path> write_seen(const std::filesystem::path& folder,
                                              const Seen& seen) {
    make_heatmap_folder(folder);
    Examination examination;
    examination.source.path = seen.path;
    examination.facts.sha256 = seen.facts.sha256;
    const auto stem = export_stem(examination);
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 0; i < seen.steps.size(); ++i) {
        const auto& step = seen.steps[i];
        files.push_back(folder / (stem + "-" + std::to_string(i + 1) + "-" + step.name + ".png"));
        write_png(files.back(), step.picture);
    }
    for (const auto& policy : seen.policies) {
        files.emplace_back();
        if (policy.way.pixels.empty())
            continue;
        files.back() =
            folder / (stem + "-policy-" + std::string(policy_name(policy.way.policy)) + ".png");
        write_png(files.back(), policy.way.pixels);
    }
    return files;
}

std::string seen_json(const Seen& seen, const ScoredBy& by,
                      std::span<const std::filesystem::path> files) {
    const InEnglish english;
    Json object;
    set_path(object, seen.path);
    object["sha256"] = seen.facts.sha256;
    object["warnings"] = seen.warnings;
    object["steps"] = Json::array();
    std::size_t file = 0;
    const auto next_file = [&] {
        const auto at = file++;
        return at < files.size() && !files[at].empty() ? Json(files[at].native()) : Json();
    };
    for (const auto& step : seen.steps)
        object["steps"].push_back(
            {{"name", step.name},
             {"sentence", step.sentence()},
             {"experts", step.experts},
             {"width", step.picture.width},
             {"height", step.picture.height},
             {"tensor_sha256", step.tensor_sha256.empty() ? Json() : Json(step.tensor_sha256)},
             {"file", next_file()}});
    object["policies"] = Json::array();
    for (const auto& policy : seen.policies) {
        const auto& opinion = policy.opinion;
        Json entry{{"policy", policy_name(policy.way.policy)},
                   {"reference", policy.reference()},
                   {"sentence", policy.way.sentence},
                   {"problem", policy.way.problem.empty() ? Json() : Json(policy.way.problem)},
                   {"width", size_or_null(policy.way.pixels.width)},
                   {"height", size_or_null(policy.way.pixels.height)},
                   {"score", opinion ? Json(opinion->score) : Json()},
                   {"difference",
                    opinion ? Json(opinion->score - seen.policies.front().opinion->score) : Json()},
                   {"band", opinion ? Json(band_name(band_of(
                                          *opinion, measured_bands(opinion->calibration.get()))))
                                    : Json()},
                   {"experts", Json::array()}};
        if (opinion)
            for (const auto& expert : opinion->experts)
                entry["experts"].push_back({{"name", expert.name}, {"score", expert.score}});
        if (opinion && !opinion->answers.empty()) {
            entry["question"] = opinion->answers[opinion->leading].id;
            entry["questions"] = answers_json(*opinion);
        }
        entry["file"] = next_file();
        object["policies"].push_back(std::move(entry));
    }
    object["panel"] = scored_panel_json(by.panel);
    object["device"] = by.device;
    object["precision"] = precision_name(by.precision);
    return json_line(object);
}

std::string seen_text(const Seen& seen) {
    std::string text;
    for (std::size_t i = 0; i < seen.steps.size(); ++i) {
        const auto& step = seen.steps[i];
        text += "  " + std::to_string(i + 1) + " " + step.name + " (" +
                std::to_string(step.picture.width) + " × " + std::to_string(step.picture.height) +
                (step.experts.empty() ? "" : "; " + joined(step.experts, ", ")) +
                "): " + step.sentence() + "\n";
    }
    for (const auto& policy : seen.policies) {
        text += policy.opinion
                    ? formatted("  %.4f (%+.4f)", policy.opinion->score,
                                policy.opinion->score - seen.policies.front().opinion->score)
                    : "  " + say("not scored") + "       ";
        text += "  " + (policy.reference() ? say("reference") : say("not the reference")) + ": " +
                say(policy.way.sentence) +
                (policy.way.problem.empty() ? "" : " " + say(policy.way.problem)) + "\n";
    }
    return text;
}

}  // namespace dfd
