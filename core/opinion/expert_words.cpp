#include "core/opinion/expert_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "core/base/language.h"

namespace dfd {
namespace {

struct Family {
    std::string_view start;  ///< of the architecture's name
    const char* title;
    const char* looks_at;
};

/// A longer start comes before the one that it begins with.
constexpr std::array kFamilies{
    Family{"trace_blocks", to_say("JPEG traces"),
           to_say("How the blocks of 8 x 8 pixels of an earlier JPEG were quantised.")},
    Family{
        "trace_luma", to_say("Brightness traces"),
        to_say("Fine structure of the brightness that cameras, resizing and edits leave behind.")},
    Family{"trace_colour", to_say("Colour traces"),
           to_say("Fine structure of the colours that cameras, resizing and edits leave behind.")},
    Family{"trace_joint", to_say("Mixed traces"),
           to_say("Fine structure of brightness and colours together.")},
    Family{"trace_", to_say("Fine traces"),
           to_say("Fine structure that cameras, resizing and edits leave behind.")},
    Family{"convnext", to_say("Whole view"),
           to_say("The whole picture, stretched to a square: content and texture (ConvNeXt).")},
    Family{
        "tf_efficientnet_lite", to_say("Quick view"),
        to_say(
            "The whole picture, stretched to a square: content and texture (EfficientNet-Lite).")},
    Family{"tf_efficientnet", to_say("Overview"),
           to_say("The whole picture, stretched to a square: content and texture (EfficientNet).")},
    Family{"clip", to_say("Meaning"),
           to_say("What the picture shows, as a network for pictures and texts describes it.")},
};

/// As a warning keeps a sentence.
template <class Sentences>
std::vector<std::string> in_english(const Sentences& sentences, const PanelOpinion& opinion) {
    const InEnglish english;
    return sentences(opinion);
}

}  // namespace

std::vector<ExpertWords> expert_words(
    const std::vector<std::pair<std::string, std::string>>& names_and_architectures) {
    std::vector<ExpertWords> words;
    std::map<std::string, int> sharing;
    for (const auto& [name, architecture] : names_and_architectures) {
        const auto family = std::ranges::find_if(kFamilies, [&](const Family& each) {
            return std::string_view(architecture).starts_with(each.start);
        });
        words.push_back(family == kFamilies.end()
                            ? ExpertWords{name, ""}
                            : ExpertWords{say(family->title), say(family->looks_at)});
        ++sharing[words.back().title];
    }
    std::map<std::string, int> number;
    for (auto& each : words) {
        const std::string shared = each.title;
        if (sharing[shared] > 1)
            each.title += " " + std::to_string(++number[shared]);
    }
    return words;
}

PanelOpinion with_titles(PanelOpinion opinion) {
    const auto words = words_for(opinion.experts);
    if (opinion.calibration) {  // its gates and fusion are found by the experts' names
        auto calibration = *opinion.calibration;
        for (std::size_t i = 0; i < words.size(); ++i) {
            const auto question = opinion.experts[i].question;
            if (question >= calibration.size())
                continue;
            // By their places, so that no title is taken for the name of another expert.
            const auto& known = (*opinion.calibration)[question].gates;
            for (std::size_t gate = 0; gate < known.size(); ++gate)
                if (known[gate].expert == opinion.experts[i].name)
                    calibration[question].gates[gate].expert = words[i].title;
            const auto& fused = (*opinion.calibration)[question].fusion.experts;
            for (std::size_t part = 0; part < fused.size(); ++part)
                if (fused[part].expert == opinion.experts[i].name)
                    calibration[question].fusion.experts[part].expert = words[i].title;
        }
        opinion.calibration =
            std::make_shared<const std::vector<AnswerCalibration>>(std::move(calibration));
    }
    for (std::size_t i = 0; i < words.size(); ++i)
        opinion.experts[i].name = words[i].title;
    return opinion;
}

std::vector<std::string> with_titles(std::vector<std::string> warnings,
                                     const PanelOpinion& opinion) {
    const auto titled = with_titles(opinion);
    const auto kept = warnings;
    for (auto& warning : warnings)
        warning = say_again(warning);
    for (const auto sentences : {left_sentences, fusion_sentences, looked_at_sentences}) {
        const auto named = in_english(sentences, opinion), shown = sentences(titled);
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (const auto at = std::ranges::find(named, kept[i]); at != named.end())
                warnings[i] = shown.at(static_cast<std::size_t>(at - named.begin()));
    }
    return warnings;
}

}  // namespace dfd
