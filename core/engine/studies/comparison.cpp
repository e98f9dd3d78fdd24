#include "core/engine/studies/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <type_traits>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/json_paths.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// Names of `each_fact` as a person reads them.
std::string fact_name(const std::string& name) {
    static const std::map<std::string, const char*> names{
        {"format", to_say("Format")},
        {"decoder", to_say("Decoded by")},
        {"bytes", to_say("Bytes")},
        {"sha256", to_say("SHA-256")},
        {"stored_width", to_say("Width as stored")},
        {"stored_height", to_say("Height as stored")},
        {"orientation", to_say("EXIF orientation")},
        {"bits_per_channel", to_say("Bits per channel")},
        {"colour_model", to_say("Colour model")},
        {"alpha", to_say("Alpha channel")},
        {"frames", to_say("Frames")},
        {"profile", to_say("Colour profile")}};
    const auto found = names.find(name);
    return found == names.end() ? name : say(found->second);
}

std::string answer_text(const PanelOpinion& opinion, std::size_t question,
                        const QuestionBands& bands) {
    if (!is_answered(opinion, question))
        return say("not answered");
    const Band band = band_of(opinion, question, bands);
    return band == Band::NoAssessment
               ? band_words(band)
               : score_figure(score_of(opinion, question), bands_for(opinion, question, bands)) +
                     ", " + band_words(band);
}

/// Lines of one kind, matched by name, in the order in which names appear.
class Lines {
  public:
    Lines(ComparedKind kind, std::vector<ComparedLine>& all) : kind_(kind), all_(all) {}
    void add(bool second, const std::string& name, const std::string& value) {
        const auto [place, is_new] = places_.try_emplace(name, all_.size());
        if (is_new)
            all_.push_back({kind_, name, {}, {}});
        auto& text = second ? all_[place->second].second : all_[place->second].first;
        text += (text.empty() ? "" : "; ") + value;
    }

  private:
    ComparedKind kind_;
    std::vector<ComparedLine>& all_;
    std::map<std::string, std::size_t> places_;
};

const char* kind_name(ComparedKind kind) {
    switch (kind) {
        case ComparedKind::Answer:
            return "answer";
        case ComparedKind::Expert:
            return "expert";
        case ComparedKind::Fact:
            return "fact";
        case ComparedKind::Origin:
            return "origin";
        case ComparedKind::Metadata:
            return "metadata";
    }
    return "";
}

const char* laid_name(Laid laid) {
    switch (laid) {
        case Laid::Identical:
            return "identical";
        case Laid::Registered:
            return "registered";
        case Laid::Stretched:
            return "stretched";
    }
    return "";
}

}  // namespace

std::vector<ComparedLine> compared_lines(const ComparedPicture& first,
                                         const ComparedPicture& second) {
    std::vector<ComparedLine> all;
    const auto each = [&](const auto& visit) {
        visit(false, first);
        visit(true, second);
    };
    Lines answers(ComparedKind::Answer, all);
    each([&](bool side, const ComparedPicture& picture) {
        const auto& opinion = picture.examination.opinion;
        if (!opinion)
            return;
        for (std::size_t q = 0; q < questions_of(*opinion); ++q)
            answers.add(
                side,
                say(opinion->answers.empty() ? to_say("Panel score") : opinion->answers[q].text),
                answer_text(*opinion, q, picture.bands));
        answers.add(side, say("Panel"),
                    picture.by.panel.title + ", " + precision_name(picture.by.precision));
    });
    Lines experts(ComparedKind::Expert, all);
    each([&](bool side, const ComparedPicture& picture) {
        const auto& opinion = picture.examination.opinion;
        if (opinion && !no_assessment(*opinion))
            for (const auto& expert : opinion->experts)
                experts.add(side, expert.name,
                            score_figure(expert.score,
                                         bands_for(*opinion, expert.question, picture.bands)));
    });
    Lines facts(ComparedKind::Fact, all);
    each([&](bool side, const ComparedPicture& picture) {
        const auto& examination = picture.examination;
        if (examination.width > 0)
            facts.add(side, say("Size"),
                      formatted("%d × %d", examination.width, examination.height));
        each_fact(examination.facts, [&](const char* name, const auto& value) {
            using Value = std::remove_cvref_t<decltype(value)>;
            std::string text;
            if constexpr (std::is_same_v<Value, std::string>)
                text = value;
            else if constexpr (std::is_same_v<Value, bool>)
                text = value ? say("yes") : say("no");
            else
                text = std::to_string(value);
            if (!text.empty())
                facts.add(side, fact_name(name), text);
        });
    });
    Lines origin(ComparedKind::Origin, all);
    each([&](bool side, const ComparedPicture& picture) {
        for (const auto& hint : picture.examination.facts.provenance)
            origin.add(side, say_again(hint.sentence), say("stated"));
    });
    Lines metadata(ComparedKind::Metadata, all);
    each([&](bool side, const ComparedPicture& picture) {
        for (const auto& [name, value] : picture.examination.facts.metadata)
            metadata.add(side, name, value);
    });
    return all;
}

std::string registration_sentence(const Registration& found) {
    if (found.laid == Laid::Identical)
        return say("Both show the same pixels.");
    if (found.laid == Laid::Stretched)
        return say(
            "Nothing was found that both pictures show. The second was only stretched to "
            "the first one's frame, so their difference says nothing.");
    std::vector<std::string> how;
    if (std::abs(found.scale - 1) >= 0.002)
        how.push_back(say("scaled by %1", {formatted("%.3f", found.scale)}));
    if (std::abs(found.degrees) >= 0.05)
        how.push_back(say("turned by %1°", {formatted("%.1f", found.degrees)}));
    const bool whole = found.share_covered > 0.995;
    if (!whole)
        how.push_back(say("moved to %1, %2",
                          {formatted("%.0f", found.right), formatted("%.0f", found.down)}));
    return (how.empty() ? say("Both lie together as they are.")
                        : say("The second was %1.", {joined(how, ", ")})) +
           ' ' +
           say("It covers %1 % of the first; %2 % of that differs by more than %3 levels of 255, "
               "the mean difference is %4.",
               {formatted("%.0f", 100 * found.share_covered),
                formatted("%.1f", 100 * found.share_differing), std::to_string(kDiffers),
                formatted("%.1f", found.mean_difference)});
}

std::string comparison_text(const Registration& found, const std::vector<ComparedLine>& lines) {
    std::string text = registration_sentence(found) + "\n";
    for (const auto& line : lines)
        if (line.differs())
            text += "  " + visible(line.name) + ": " +
                    (line.first.empty() ? "–" : visible(line.first)) + " | " +
                    (line.second.empty() ? "–" : visible(line.second)) + "\n";
    return text;
}

std::string comparison_json(const ComparedPicture& first, const ComparedPicture& second,
                            const Registration& found) {
    const InEnglish english;
    Json object;
    object["pictures"] = Json::array();
    for (const auto* picture : {&first, &second}) {
        Json named;
        set_path(named, picture->name);
        named["sha256"] = picture->examination.facts.sha256;
        object["pictures"].push_back(std::move(named));
    }
    object["registration"] = {{"laid", laid_name(found.laid)},
                              {"scale", found.scale},
                              {"degrees", found.degrees},
                              {"right", found.right},
                              {"down", found.down},
                              {"likeness", found.likeness},
                              {"share_covered", found.share_covered},
                              {"mean_difference", found.mean_difference},
                              {"share_differing", found.share_differing}};
    object["lines"] = Json::array();
    for (const auto& line : compared_lines(first, second))
        object["lines"].push_back({{"kind", kind_name(line.kind)},
                                   {"name", line.name},
                                   {"first", line.first},
                                   {"second", line.second},
                                   {"differs", line.differs()}});
    return json_line(object);
}

Pixels difference_picture(const Registration& found, double gain) {
    Pixels picture{found.first.width, found.first.height, {}};
    picture.rgb.reserve(3 * found.difference.size());
    for (std::size_t i = 0; i < found.difference.size(); ++i) {
        const auto grey = static_cast<std::uint8_t>(std::min(255.0, gain * found.difference[i]));
        const bool outside = found.covered[i] == 0;
        picture.rgb.push_back(outside ? 30 : grey);
        picture.rgb.push_back(outside ? 50 : grey);
        picture.rgb.push_back(outside ? 90 : grey);
    }
    return picture;
}

}  // namespace dfd
