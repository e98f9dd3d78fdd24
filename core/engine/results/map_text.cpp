#include "core/engine/results/map_text.h"

#include <string_view>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/version.h"

namespace dfd {
namespace {

std::string lines_of(std::string_view text) {
    std::string lines;
    for (;;) {
        const auto end = text.find('\n');
        lines += printable(text.substr(0, end), std::string::npos);
        if (end == std::string_view::npos)
            return lines;
        lines += '\n';
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::string combined_map_name(Combination combination, bool fused, const std::string& question) {
    const bool of_log_odds = combination == Combination::MeanOfLogOdds;
    if (question.empty())
        return fused         ? say("Fusion of the experts")
               : of_log_odds ? say("Mean of the experts' log-odds")
                             : say("Mean of the experts");
    return fused         ? say("%1 Fusion of its experts", {question})
           : of_log_odds ? say("%1 Mean of its experts' log-odds", {question})
                         : say("%1 Mean of its experts", {question});
}

std::string combined_map_name(const PanelOpinion& opinion, std::size_t question) {
    return combined_map_name(
        opinion.combination, fusion_of(opinion, question) != nullptr,
        opinion.answers.empty() ? std::string() : say(opinion.answers.at(question).text));
}

PngText map_text(const std::string& title, const std::string& description,
                 const std::string& sha256, const ScoredBy& by, const std::string& made) {
    const InEnglish english;
    const auto line = [](const std::string& text) { return printable(text, std::string::npos); };
    const auto& panel = by.panel;
    PngText text{
        {"Title", "Heatmap of " + line(title)},
        {"Description", lines_of(description)},
        {"Software", "DeepFakeDefenders " + program_version()},
        {"Creation Time", line(made)},
        {"Panel", line((panel.title.empty() ? panel.name : panel.title) + calibration_note(panel))},
        {"Panel digest", panel.digest}};
    if (!sha256.empty())
        text.emplace_back("Source SHA-256", sha256);
    text.emplace_back("Comment", kNotAPhotograph);
    return text;
}

}  // namespace dfd
