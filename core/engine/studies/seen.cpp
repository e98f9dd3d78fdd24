#include "core/engine/studies/seen.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

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
            continue;  // its input is unknown
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

/// What the experts of an input tensor got, of a size as shown.
void describe_input(SeenStep& step, const InputPolicy& policy) {
    step.pattern = to_say(
        "The tensor that the network received, shown without the normalisation: stretched to %1 × "
        "%1 with antialiasing, regardless of the picture's proportions.");
    step.values = {std::to_string(step.width), {}};
    if (const auto part = looked_at(step.width, step.height, policy)) {
        step.pattern = to_say(
            "The tensor that the network received: %1 windows of the picture at its own "
            "resolution. What is veiled was not looked at.");
        step.values = {std::to_string(part->windows), {}};
    } else if (policy.resize == Resize::Native) {
        step.pattern =
            to_say("The tensor that the network received: the picture at its own resolution.");
    }
}

Json file_or_null(const std::filesystem::path& file) {
    return file.empty() ? Json() : Json(file.native());
}

Json size_or_null(int size) {
    return size > 0 ? Json(size) : Json();
}

}  // namespace

SeenFile::SeenFile(const Evaluator& evaluator, const Source& source, const SeenOptions& options)
    : path_(source.bytes ? source.label : source.path.native()),
      bytes_(source.bytes ? source.bytes
                          : std::make_shared<const std::vector<std::uint8_t>>(
                                read_file_bytes(source.path, options.limits.bytes))),
      picture_(decode_picture(*bytes_, options.limits)),
      device_(evaluator.device().id) {
    lines_.push_back({Kind::Decoded, {}, {}});
    if (picture_.facts.orientation != 1)
        lines_.push_back({Kind::Oriented, {}, {}});
    for (auto& group : groups_of(evaluator.panel())) {
        if (is_normalised(group.policy))
            lines_.push_back({Kind::Normalised, group.policy, group.experts});
        lines_.push_back({Kind::Input, group.policy, std::move(group.experts)});
    }
    Line residuals{Kind::Residuals, {}, {}};
    for (const auto& expert : evaluator.panel().experts)
        if (reads_residuals(expert.architecture)) {
            // The first expert's windows, unless another one reads everything.
            if (residuals.experts.empty() || !expert.input.windows)
                residuals.policy = expert.input;
            residuals.experts.push_back(expert.name);
        }
    if (!residuals.experts.empty() && has_residuals(picture_.pixels, residuals.policy))
        lines_.push_back(std::move(residuals));
    policies_.push_back(
        {DecodePolicy::Reference,
         to_say("Decoded as the reference does: all other scores are of these pixels.")});
    for (auto& other : other_decodings(*bytes_, picture_, options.grey))
        policies_.push_back(std::move(other));
}

SeenFile::Shown SeenFile::reference() const {
    return {std::shared_ptr<const void>(), &picture_.pixels};  // owns nothing
}

SeenFile::Shown SeenFile::made(const Line& line) const {
    const auto& pixels = picture_.pixels;
    switch (line.kind) {
        case Kind::Decoded:
            if (picture_.facts.orientation != 1)
                return std::make_shared<const Pixels>(as_stored(picture_));
            break;
        case Kind::Oriented:
            break;
        case Kind::Normalised:
            return std::make_shared<const Pixels>(normalised_picture(pixels, line.policy, device_));
        case Kind::Input:
            return std::make_shared<const Pixels>(input_picture(pixels, line.policy, device_));
        case Kind::Residuals:
            return std::make_shared<const Pixels>(residual_picture(pixels, line.policy));
    }
    return reference();
}

SeenFile::Shown SeenFile::step(std::size_t index) const {
    return made(lines_.at(index));
}

SeenFile::Shown SeenFile::policy(std::size_t index) const {
    const auto policy = policies_.at(index).policy;
    return policy == DecodePolicy::Reference
               ? reference()
               : std::make_shared<const Pixels>(decoded_by(policy, *bytes_, picture_));
}

std::pair<int, int> SeenFile::size_of(const Line& line) const {
    constexpr int kTurned = 5;  // orientations from here on swap width and height
    constexpr int kBlock = 8;   // residuals are of whole blocks
    const int width = picture_.pixels.width, height = picture_.pixels.height;
    const auto& policy = line.policy;
    if (line.kind == Kind::Decoded && picture_.facts.orientation >= kTurned)
        return {height, width};
    if (line.kind == Kind::Input && policy.resize == Resize::Stretch)
        return {policy.size, policy.size};
    if (line.kind == Kind::Residuals && !looked_at(width, height, policy))
        return {width / kBlock * kBlock, height / kBlock * kBlock};
    return {width, height};
}

SeenStep SeenFile::described(const Line& line) const {
    const auto& facts = picture_.facts;
    SeenStep step;
    step.experts = line.experts;
    std::tie(step.width, step.height) = size_of(line);
    switch (line.kind) {
        case Kind::Decoded:
            step.name = "decoded";
            step.pattern = to_say(
                "%1 decoded by %2 to 8-bit RGB as stored; transparency dropped, no colour "
                "profile applied.");
            step.values = {facts.format, facts.decoder};
            break;
        case Kind::Oriented:
            step.name = "oriented";
            step.pattern =
                to_say("Rotated by the EXIF orientation %1; every later step starts here.");
            step.values = {std::to_string(facts.orientation), {}};
            break;
        case Kind::Normalised:
            step.name = "normalised";
            step.pattern = to_say(
                "Divided by 255, minus the mean, divided by the standard deviation, for "
                "each channel; shown with 0 as mid grey and ±3 as white and black.");
            break;
        case Kind::Input:
            step.name = "input";
            describe_input(step, line.policy);
            step.tensor_sha256 = summarise_input(picture_.pixels, line.policy, device_).sha256;
            break;
        case Kind::Residuals:
            step.name = "residuals";
            step.pattern = to_say(
                "The brightness minus what neighbouring pixels predict, which these experts read "
                "first: horizontal, vertical and both as red, green and blue; mid grey means no "
                "residual.");
            break;
    }
    return step;
}

Seen SeenFile::steps(const std::stop_token& stop, const OnStep& each) const {
    Seen seen;
    seen.path = path_;
    seen.facts = picture_.facts;
    seen.warnings = picture_.warnings;
    for (const auto& line : lines_) {
        check_stop(stop);
        seen.steps.push_back(described(line));
        if (each)
            each(seen.steps.back(), *made(line));
    }
    for (const auto& [policy, sentence] : policies_) {
        auto& listed = seen.policies.emplace_back();
        listed.policy = policy;
        listed.sentence = sentence;
        if (listed.reference()) {
            listed.width = picture_.pixels.width;
            listed.height = picture_.pixels.height;
        }
    }
    return seen;
}

void SeenFile::score(Evaluator& evaluator, const std::stop_token& stop,
                     const OnPolicy& each) const& {
    score_each(evaluator, stop, each, [this](std::size_t index) { return policy(index); });
}

void SeenFile::score(Evaluator& evaluator, const std::stop_token& stop, const OnPolicy& each) && {
    score_each(evaluator, stop, each, [this](std::size_t index) -> Shown {
        const auto which = policies_[index].policy;
        if (which == DecodePolicy::Reference || index + 1 < policies_.size())
            return policy(index);
        return std::make_shared<const Pixels>(decoded_by(which, *bytes_, std::move(picture_)));
    });
}

void SeenFile::score_each(Evaluator& evaluator, const std::stop_token& stop, const OnPolicy& each,
                          const std::function<Shown(std::size_t index)>& pixels_of) const {
    std::optional<std::size_t> question;
    for (std::size_t i = 0; i < policies_.size(); ++i) {
        check_stop(stop);
        SeenPolicy scored;
        scored.policy = policies_[i].policy;
        scored.sentence = policies_[i].sentence;
        Shown pixels;
        try {
            pixels = pixels_of(i);
        } catch (const PictureError& error) {
            scored.problem = error.what();
        }
        if (pixels) {
            scored.width = pixels->width;
            scored.height = pixels->height;
            const Pixels* const one = pixels.get();
            scored.opinion = evaluator.evaluate({&one, 1}, {}, stop).front();
            if (!question)
                question = scored.opinion->leading;
            lead(*scored.opinion, *question);
        }
        each(i, scored, pixels.get());
    }
}

Seen look_through(Evaluator& evaluator, const std::filesystem::path& path,
                  const SeenOptions& options, const std::stop_token& stop,
                  const Progress& progress) {
    SeenFile file(evaluator, {path, nullptr, {}}, options);
    Examination examination;
    examination.source.path = path;
    examination.facts.sha256 = file.facts().sha256;
    const auto stem = export_stem(examination);
    const auto written = [&](const std::string& name, const Pixels& pixels) {
        std::filesystem::path to;
        if (!options.out.empty()) {
            to = options.out / (stem + "-" + name + ".png");
            write_png(to, pixels);
        }
        return to;
    };
    if (!options.out.empty())
        make_heatmap_folder(options.out);
    std::vector<std::filesystem::path> files;
    Seen seen = file.steps(stop, [&](const SeenStep& step, const Pixels& pixels) {
        files.push_back(written(std::to_string(files.size() + 1) + "-" + step.name, pixels));
    });
    for (std::size_t i = 0; i < files.size(); ++i)
        seen.steps[i].file = std::move(files[i]);
    const auto count = static_cast<double>(seen.policies.size());
    std::move(file).score(
        evaluator, stop, [&](std::size_t index, const SeenPolicy& policy, const Pixels* pixels) {
            const std::string name = policy_name(policy.policy);
            seen.policies[index] = policy;
            if (pixels != nullptr)
                seen.policies[index].file = written("policy-" + name, *pixels);
            if (progress)
                progress(static_cast<double>(index + 1), count, say("Scoring %1", {name}));
        });
    return seen;
}

std::string seen_json(const Seen& seen, const ScoredBy& by) {
    const InEnglish english;
    Json object;
    set_path(object, seen.path);
    object["sha256"] = seen.facts.sha256;
    object["warnings"] = seen.warnings;
    object["steps"] = Json::array();
    for (const auto& step : seen.steps)
        object["steps"].push_back(
            {{"name", step.name},
             {"sentence", step.sentence()},
             {"experts", step.experts},
             {"width", step.width},
             {"height", step.height},
             {"tensor_sha256", step.tensor_sha256.empty() ? Json() : Json(step.tensor_sha256)},
             {"file", file_or_null(step.file)}});
    object["policies"] = Json::array();
    for (const auto& policy : seen.policies) {
        const auto& opinion = policy.opinion;
        Json entry{{"policy", policy_name(policy.policy)},
                   {"reference", policy.reference()},
                   {"sentence", policy.sentence},
                   {"problem", policy.problem.empty() ? Json() : Json(policy.problem)},
                   {"width", size_or_null(policy.width)},
                   {"height", size_or_null(policy.height)},
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
        entry["file"] = file_or_null(policy.file);
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
        text += "  " + std::to_string(i + 1) + " " + step.name + " (" + std::to_string(step.width) +
                " × " + std::to_string(step.height) +
                (step.experts.empty() ? "" : "; " + joined(step.experts, ", ")) +
                "): " + step.sentence() + "\n";
    }
    for (const auto& policy : seen.policies) {
        text += policy.opinion
                    ? formatted("  %.4f (%+.4f)", policy.opinion->score,
                                policy.opinion->score - seen.policies.front().opinion->score)
                    : "  " + say("not scored") + "       ";
        text += "  " + (policy.reference() ? say("reference") : say("not the reference")) + ": " +
                say_again(policy.sentence) +
                (policy.problem.empty() ? "" : " " + say_again(policy.problem)) + "\n";
    }
    return text;
}

}  // namespace dfd
