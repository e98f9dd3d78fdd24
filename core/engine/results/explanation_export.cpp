#include "core/engine/results/explanation_export.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/export_names.h"
#include "core/engine/results/map_text.h"
#include "core/engine/results/report_parts.h"
#include "core/opinion/expert_words.h"
#include "core/panel/json_line.h"
#include "core/picture/pixels/signed_overlay.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

void add_map(Json& object, const MapExplanation& map, bool with_map) {
    object["value"] = map.value;
    object["rest"] = map.rest;
    const auto& test = map.test;
    object["verdict"] = test ? Json(support_name(test->verdict)) : Json();
    object["support"] = test ? Json(test->support) : Json();
    object["separation"] = test ? Json(test->separation) : Json();
    object["sentence"] = test ? Json(deletion_sentence(*test)) : Json();
    object["deletion"] = Json();
    if (test)
        object["deletion"] = {{"cells", test->cells},
                              {"removed", kRemovedShares},
                              {"most_first", test->most},
                              {"least_first", test->least},
                              {"displaced", test->displaced}};
    if (with_map)
        object["map"] = rows_json(map.map);
}

Json to_json(const ExpertExplanation& expert, bool with_map) {
    Json object{{"method", method_name(expert.method)},
                {"layer", expert.layer},
                {"last_layer", expert.last_layer},
                {"target", target_name(expert.target)},
                {"formula", expert.formula},
                {"exactness", exactness_text(expert)}};
    add_map(object, expert, with_map);
    return object;
}

std::string line_of(const std::string& name, const std::string& where, const MapExplanation& map) {
    char text[256];
    std::snprintf(text, sizeof text, "  %-24s %-28s %+8.3f %+8.3f", name.c_str(), where.c_str(),
                  map.value, map.value - map.rest);
    std::string line = text;
    if (map.test) {
        std::snprintf(text, sizeof text, "  %-11s %+6.2f %+8.3f", support_name(map.test->verdict),
                      map.test->support, map.test->separation);
        line += text;
    }
    return line + "\n";
}

}  // namespace

std::string explained_json(const Examination& examination, const ScoredBy& by,
                           const Explanation& explanation, bool with_maps,
                           const Firmness* firmness) {
    const InEnglish english;
    auto object = Json::parse(to_json(
        examination, by, with_maps,
        measured_bands(examination.opinion ? examination.opinion->calibration.get() : nullptr),
        firmness));
    auto& experts = object.at("experts");
    for (const auto& expert : explanation.experts)
        experts.at(static_cast<std::size_t>(expert.index))["explanation"] =
            to_json(expert, with_maps);
    Json mean;
    if (!explanation.experts.empty()) {
        // With a layer that only some experts have, the experts' methods may differ.
        const auto& first = explanation.experts.front();
        const bool alike = std::ranges::all_of(
            explanation.experts, [&](const auto& expert) { return expert.method == first.method; });
        mean["method"] = alike ? method_name(first.method) : "each expert's";
        mean["target"] = target_name(first.target);
    }
    if (const auto& questions = by.panel.questions; !questions.empty())
        mean["question"] = questions.at(explanation.question).id;
    mean["left"] = explanation.left;
    mean["fused"] = explanation.fused;
    mean["rule"] = deletion_rule();
    add_map(mean, explanation.mean, with_maps);
    mean["seconds"] = explanation.seconds;
    object["explanation"] = std::move(mean);
    return json_line(object);
}

std::string explanation_text(const Explanation& explanation) {
    if (explanation.experts.empty())
        return {};
    char head[256];
    std::snprintf(head, sizeof head, "  %-24s %-28s %8s %8s  %-11s %6s %8s\n", "explained by",
                  "method and layer", target_name(explanation.experts.front().target), "in map",
                  "verdict", "support", "apart");
    std::string text = head;
    for (const auto& expert : explanation.experts)
        text += line_of(expert.name, std::string(method_name(expert.method)) + ", " + expert.layer,
                        expert);
    text += line_of(explanation.fused ? "fusion" : "mean",
                    explanation.fused ? "weighted by its slopes" : "", explanation.mean);
    if (!explanation.left.empty())
        text += "  " +
                say("Left out of the mean, because the picture is out of their scope: %1.",
                    {joined(explanation.left, ", ")}) +
                '\n';
    return text + "  " + deletion_rule() + "\n";
}

std::vector<std::filesystem::path> write_explanation(const std::filesystem::path& folder,
                                                     const Pixels& picture,
                                                     const Examination& examination,
                                                     const Explanation& explanation,
                                                     const ScoredBy& by, const std::string& made) {
    constexpr double kOpacity = 0.75;
    const InEnglish english;
    make_heatmap_folder(folder);
    float scale = 0;
    for (const auto& expert : explanation.experts)
        scale = std::max(scale, largest_magnitude(density_of(expert.map)));
    const auto stem = export_stem(examination);
    std::vector<std::filesystem::path> written;
    const auto write = [&](const std::string& file, const std::string& what,
                           const ContributionMap& map) {
        written.push_back(folder / (stem + "-" + plain_name(file) + "-signed.png"));
        auto density = density_of(map);
        if (!explanation.experts.empty() &&
            explanation.experts.front().target == AttributionTarget::Real)
            for (auto& value : density.values)
                value = -value;
        write_png(
            written.back(), picture.width, picture.height,
            signed_overlay_rows(picture, density, scale, kOpacity),
            map_text(shown_name(examination), what + ": orange speaks for fake, blue for real",
                     examination.facts.sha256, by, made));
    };
    const auto& questions = by.panel.questions;
    write("mean",
          combined_map_name(
              by.panel.combine == kLogOdds ? Combination::MeanOfLogOdds : Combination::MeanOfScores,
              explanation.fused,
              questions.empty() ? std::string() : questions.at(explanation.question).text),
          explanation.mean.map);
    const auto words = words_for(explanation.experts);
    for (std::size_t i = 0; i < explanation.experts.size(); ++i)
        write(explanation.experts[i].name,
              named_expert(words[i].title, explanation.experts[i].name),
              explanation.experts[i].map);
    return written;
}

}  // namespace dfd
