#include "core/engine/results/report_parts.h"

#include <algorithm>

#include "core/base/csv_line.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/formatted.h"
#include "core/engine/results/json_paths.h"
#include "core/opinion/limits.h"

namespace dfd {
namespace {

/// Code points, for column widths: counts all bytes except UTF-8 continuation bytes.
int columns_of(const std::string& text) {
    return static_cast<int>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& label, int width) {
    return label +
           std::string(static_cast<std::size_t>(std::max(width - columns_of(label), 1)), ' ');
}

int answer_width(const Answer& answer) {
    return std::max(9, static_cast<int>(answer.id.size()));
}

}  // namespace

nlohmann::ordered_json scored_panel_json(const PanelRecord& panel) {
    nlohmann::ordered_json object{
        {"name", panel.name}, {"digest", panel.digest}, {"starter", panel.starter}};
    if (panel.starter)
        object["caution"] = kTrialCaution;
    if (!panel.calibration.empty())
        object["calibration"] = panel.calibration;
    return object;
}

nlohmann::ordered_json report_head(const PictureName& picture, const ScoredBy& by) {
    nlohmann::ordered_json object;
    set_path(object, picture.path);
    object["sha256"] = picture.sha256;
    object["panel"] = scored_panel_json(by.panel);
    object["device"] = by.device;
    object["precision"] = precision_name(by.precision);
    return object;
}

nlohmann::ordered_json experts_json(const PanelOpinion& opinion) {
    auto experts = nlohmann::ordered_json::array();
    for (const auto& expert : opinion.experts)
        experts.push_back({{"name", expert.name}, {"score", expert.score}});
    return experts;
}

nlohmann::ordered_json answers_json(const PanelOpinion& opinion) {
    auto answers = nlohmann::ordered_json::object();
    for (const auto& answer : opinion.answers)
        answers[answer.id] =
            answer.answered ? nlohmann::ordered_json(answer.score) : nlohmann::ordered_json();
    return answers;
}

std::string report_csv_header(const PanelRecord& panel, const std::vector<std::string>& middle) {
    std::vector<std::string> fields{"path", "sha256"};
    fields.insert(fields.end(), middle.begin(), middle.end());
    fields.emplace_back("score");
    for (const auto& question : panel.questions)
        fields.push_back("score " + question.id);
    for (const auto& expert : panel.experts)
        fields.push_back("score " + expert.name);
    return csv_line(fields);
}

std::string report_csv_row(const PictureName& picture, const std::vector<std::string>& middle,
                           const PanelOpinion& opinion) {
    std::vector<std::string> fields{picture.path, picture.sha256};
    fields.insert(fields.end(), middle.begin(), middle.end());
    fields.push_back(full_precision(opinion.score));
    for (const auto& answer : opinion.answers)
        fields.push_back(answer.answered ? full_precision(answer.score) : "");
    for (const auto& expert : opinion.experts)
        fields.push_back(full_precision(expert.score));
    return csv_line(fields);
}

std::string study_head(const char* sentence, const PictureName& picture, const ScoredBy& by,
                       std::size_t scored, std::size_t planned) {
    return say(sentence, {visible(picture.path), by.panel.name, std::to_string(scored),
                          std::to_string(planned)}) +
           '\n';
}

std::string score_line(const std::string& label, int width, const PanelOpinion& opinion) {
    auto text = padded(label, width);
    if (opinion.answers.empty())
        text += formatted("%9.4f  ", opinion.score);
    for (const auto& answer : opinion.answers)
        text += answer.answered ? formatted("%*.4f  ", answer_width(answer), answer.score)
                                : formatted("%*s  ", answer_width(answer), "-");
    for (const auto& expert : opinion.experts)
        text += expert.available() ? formatted("%7.2f", expert.score)
                                   : formatted("%7s", say("n/a").c_str());
    return text + '\n';
}

std::string score_line_head(int width, const PanelOpinion& opinion) {
    auto text = padded("", width);
    if (opinion.answers.empty())
        text += formatted("%9s  ", say("panel").c_str());
    for (const auto& answer : opinion.answers)
        text += formatted("%*s  ", answer_width(answer), answer.id.c_str());
    for (std::size_t i = 0; i < opinion.experts.size(); ++i)
        text += formatted("%7zu", i + 1);
    return text + '\n';
}

std::string expert_key(const PanelOpinion& opinion) {
    std::string text = say("Experts:");
    for (std::size_t i = 0; i < opinion.experts.size(); ++i)
        text += formatted(" %zu ", i + 1) + opinion.experts[i].name;
    return text + '\n';
}

}  // namespace dfd
