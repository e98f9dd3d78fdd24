#include "core/engine/scoring/expert_scoring.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/maps/grad_cam.h"
#include "core/panel/combination_words.h"

namespace dfd {
namespace {

HeatMap to_heat_map(const torch::Tensor& map) {
    const auto flat = map.to(torch::kCPU, torch::kFloat32).contiguous();
    HeatMap result;
    result.rows = static_cast<int>(flat.size(0));
    result.columns = static_cast<int>(flat.size(1));
    result.values.assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    return result;
}

/// A panorama stretched to a square shows the experts shapes that they have never seen.
void warn_of_stretching(const PanelRecord& panel, const Pixels& picture,
                        std::vector<std::string>& warnings) {
    const auto [shorter, longer] = std::minmax(picture.width, picture.height);
    const bool stretched = std::any_of(
        panel.experts.begin(), panel.experts.end(),
        [](const ExpertRecord& expert) { return expert.input.resize == Resize::Stretch; });
    if (!stretched || longer <= 2 * shorter)
        return;
    char times[16];
    std::snprintf(times, sizeof times, "%.1f", static_cast<double>(longer) / shorter);
    warnings.push_back(std::string("The picture is ") + times + " times as " +
                       (picture.width > picture.height ? "wide as high" : "high as wide") +
                       "; experts that take a square input saw it strongly distorted.");
}

/// Empty when there is a face.
std::string warning_of_no_face(double face) {
    if (face == kNotChecked)
        return to_say(
            "Whether the picture shows a face was not checked, because the face detector's "
            "data (package opencv-data) is missing; this panel was made for faces.");
    if (face == 0)
        return to_say(
            "No face was found, and this panel was made for pictures of faces; its score means "
            "little here.");
    return {};
}

/// Experts made for faces that count all the same, because nobody else answers their question.
void warn_of_experts_without_face(const PanelOpinion& opinion, std::vector<std::string>& warnings) {
    std::vector<std::string> names;
    for (const auto& expert : opinion.experts)
        if (expert.no_face && !expert.left && expert.available())
            names.push_back(expert.name);
    if (!names.empty())
        warnings.push_back(
            say("No face was found, and these experts were made for pictures of faces: %1. What "
                "they say means little here.",
                {joined(names, ", ")}));
}

}  // namespace

torch::ScalarType scalar_type(Precision precision) {
    switch (precision) {
        case Precision::BFloat16:
            return torch::kBFloat16;
        case Precision::Float16:
            return torch::kFloat16;
        case Precision::Float32:
            break;
    }
    return torch::kFloat32;
}

void write_opinions(ExpertNetwork& network, const FeatureMap& features, const ExpertRecord& expert,
                    std::size_t index, Precision precision, const EvaluateOptions& options,
                    std::span<PanelOpinion> opinions, const WindowChoice* windows,
                    const FeatureModel* model) {
    torch::Tensor logits, maps, pooled;
    if (model != nullptr || options.features)
        pooled = network.pool(features).to(torch::kCPU, torch::kFloat32).contiguous();
    if (options.maps) {
        auto explained = grad_cam(network, features, options.target);
        logits = std::move(explained.logits);
        maps = explained.maps.to(torch::kCPU, torch::kFloat32);
    } else {
        logits = network.logits(features);
    }
    logits = logits.to(torch::kCPU, torch::kFloat64);
    for (std::size_t p = 0; p < opinions.size(); ++p) {
        auto& opinion = opinions[p].experts[index];
        const auto row = static_cast<int64_t>(p);
        opinion.index = static_cast<int>(index);
        opinion.name = expert.name;
        opinion.architecture = expert.architecture;
        opinion.map_layer = expert.gradcam_layer;
        opinion.question = expert.question;
        opinion.logits = {logits[row][0].item<double>(), logits[row][1].item<double>()};
        if (!std::isfinite(opinion.logits[0]) || !std::isfinite(opinion.logits[1]))
            throw DeviceError("The expert " + opinion.name +
                              " gave a logit that is not a finite "
                              "number at " +
                              precision_name(precision) +
                              "; try --precision fp32, and `dfd panel verify`.");
        if (options.maps)
            opinion.map = to_heat_map(maps[row]);
        if (pooled.defined()) {
            const auto width = static_cast<std::size_t>(pooled.size(1));
            const std::span seen(pooled[row].data_ptr<float>(), width);
            if (model != nullptr)
                opinion.distance = model->distance(seen);
            if (options.features)
                opinion.features.assign(seen.begin(), seen.end());
        }
        if (windows == nullptr)
            continue;
        opinion.looked_at = looked_at(*windows, expert.input);
        if (opinion.map)
            opinion.map = map_of_picture(*opinion.map, *windows);
    }
}

std::vector<std::string> warnings_of(const PanelRecord& panel, const Pixels& picture, double face,
                                     const PanelOpinion& opinion) {
    const InEnglish english;  // Cases keep them.
    std::vector<std::string> warnings;
    if (!panel.left_out.empty())
        warnings.push_back(panel.left_out_because);
    if (!panel.calibration_problem.empty())
        warnings.push_back(panel.calibration_problem);
    for (auto& sentence : left_sentences(opinion))
        warnings.push_back(std::move(sentence));
    for (auto& sentence : fusion_sentences(opinion))
        warnings.push_back(std::move(sentence));
    if (!opinion.calibration && is_fused(panel))
        warnings.push_back(
            "The fusion does not combine the experts here, because its calibration does not hold "
            "for these experts, this precision or every pixel: the score is the " +
            std::string(words_of_mean(panel)) + ".");
    warn_of_stretching(panel, picture, warnings);
    for (auto& sentence : looked_at_sentences(opinion))
        warnings.push_back(std::move(sentence));
    if (panel.subject == kFaces)
        if (auto warning = warning_of_no_face(face); !warning.empty())
            warnings.push_back(std::move(warning));
    warn_of_experts_without_face(opinion, warnings);
    return warnings;
}

void finish_opinion(const PanelRecord& panel, const Pixels& picture, double face,
                    PanelOpinion& opinion) {
    if (opinion.traits)
        opinion.traits->face = face;
    combine(opinion);
    for (auto& warning : warnings_of(panel, picture, face, opinion))
        opinion.warnings.push_back(std::move(warning));
}

}  // namespace dfd
