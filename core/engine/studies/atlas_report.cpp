#include "core/engine/studies/atlas_report.h"

#include <algorithm>

#include "core/base/csv_line.h"
#include "core/base/language.h"
#include "core/engine/results/formatted.h"
#include "core/engine/results/report_parts.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kLabelWidth = 40;

std::string label_of(const AtlasPlace& place) {
    const auto width = std::to_string(place.width), height = std::to_string(place.height);
    const auto x = std::to_string(place.x), y = std::to_string(place.y);
    const auto scale = formatted("%g", place.scale);
    return place.face ? say("face %1 x %2 at %3, %4, scale %5", {width, height, x, y, scale})
                      : say("%1 x %2 at %3, %4, scale %5", {width, height, x, y, scale});
}

std::vector<std::string> fields_of(const AtlasPlace& place) {
    return {std::to_string(place.x),     std::to_string(place.y),
            std::to_string(place.width), std::to_string(place.height),
            full_precision(place.scale), place.face ? "true" : "false"};
}

}  // namespace

std::string atlas_json(const Atlas& atlas, const PictureName& picture, const ScoredBy& by) {
    auto object = report_head(picture, by);
    object["width"] = atlas.width;
    object["height"] = atlas.height;
    object["score"] = atlas.whole.score;
    object["experts"] = experts_json(atlas.whole);
    if (!atlas.whole.answers.empty()) {
        object["question"] = atlas.whole.answers[atlas.whole.leading].id;
        object["questions"] = answers_json(atlas.whole);
    }
    object["faces_sought"] = atlas.faces_sought;
    object["planned"] = atlas.planned.size();
    object["complete"] = atlas.complete;
    object["windows"] = Json::array();
    for (const auto& [place, opinion] : atlas.windows) {
        object["windows"].push_back({{"x", place.x},
                                     {"y", place.y},
                                     {"width", place.width},
                                     {"height", place.height},
                                     {"scale", place.scale},
                                     {"face", place.face},
                                     {"score", opinion.score},
                                     {"experts", experts_json(opinion)}});
        if (!opinion.answers.empty())
            object["windows"].back()["questions"] = answers_json(opinion);
    }
    return json_line(object);
}

std::string atlas_csv_header(const PanelRecord& panel) {
    return report_csv_header(panel, {"x", "y", "width", "height", "scale", "face"});
}

std::string atlas_csv(const Atlas& atlas, const PictureName& picture) {
    const AtlasPlace all{0, 0, atlas.width, atlas.height};
    auto text = report_csv_row(picture, fields_of(all), atlas.whole) + '\n';
    for (const auto& [place, opinion] : atlas.windows)
        text += report_csv_row(picture, fields_of(place), opinion) + '\n';
    return text;
}

std::string atlas_text(const Atlas& atlas, const PictureName& picture, const ScoredBy& by,
                       std::size_t most) {
    std::vector<const AtlasWindow*> faces, others;
    for (const auto& window : atlas.windows)
        (window.place.face ? faces : others).push_back(&window);
    std::ranges::stable_sort(others, [](const AtlasWindow* a, const AtlasWindow* b) {
        return a->opinion.score > b->opinion.score;
    });
    auto text = study_head(
        atlas.complete
            ? to_say("%1: panel %2, %3 of %4 windows scored.")
            : to_say("%1: panel %2, %3 of %4 windows scored; interrupted before the last one."),
        picture, by, atlas.windows.size(), atlas.planned.size());
    if (atlas.faces_sought && faces.empty() && atlas.complete)
        text += say("No face was found.") + '\n';
    text += '\n' + score_line_head(kLabelWidth, atlas.whole) +
            score_line(say("whole picture (the reference)"), kLabelWidth, atlas.whole);
    for (const auto* face : faces)
        text += score_line(label_of(face->place), kLabelWidth, face->opinion);
    for (std::size_t i = 0; i < std::min(most, others.size()); ++i)
        text += score_line(label_of(others[i]->place), kLabelWidth, others[i]->opinion);
    if (others.size() > most)
        text +=
            say("and %1 windows with lower scores", {std::to_string(others.size() - most)}) + '\n';
    return text + expert_key(atlas.whole);
}

}  // namespace dfd
