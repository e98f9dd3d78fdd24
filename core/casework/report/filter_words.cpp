#include "core/casework/report/filter_words.h"

#include "core/base/language.h"
#include "core/casework/report/report_text.h"

namespace dfd {

std::string filter_words(const ExhibitFilter& filter, std::span<const Question> questions) {
    std::string words;
    const auto add = [&words](const std::string& condition) {
        words += (words.empty() ? "" : "; ") + condition;
    };
    if (!filter.text.empty())
        add(say("text \u201C%1\u201D", {report_line(filter.text)}));
    if (filter.score_from)
        add(say("score from %1", {exact_text(*filter.score_from)}));
    if (filter.score_to)
        add(say("score to %1", {exact_text(*filter.score_to)}));
    if (filter.spread_from)
        add(say("spread from %1", {exact_text(*filter.spread_from)}));
    if (filter.spread_to)
        add(say("spread to %1", {exact_text(*filter.spread_to)}));
    if (filter.state)
        add(say(state_name(*filter.state)));
    if (filter.word)
        add(band_words(*filter.word));
    if (filter.mark)
        add(*filter.mark == Mark::None ? say("not marked")
                                       : say("marked %1", {mark_words(*filter.mark)}));
    if (!filter.tag.empty())
        add(say("tagged \u201C%1\u201D", {report_line(filter.tag)}));
    if (filter.warned)
        add(*filter.warned ? say("with warnings") : say("without warnings"));
    if (!filter.folder.empty())
        add(say("in or below %1", {report_line(filter.folder.native())}));
    if (filter.question && *filter.question < questions.size())
        add(say("by the answers to \u201C%1\u201D",
                {report_line(say(questions[*filter.question].text))}));
    return words.empty() ? say("all") : words;
}

std::string order_words(ExhibitOrder order, bool descending) {
    switch (order) {
        case ExhibitOrder::Score:
            return descending ? say("by score, the largest first")
                              : say("by score, the smallest first");
        case ExhibitOrder::Spread:
            return descending ? say("by spread, the largest first")
                              : say("by spread, the smallest first");
        case ExhibitOrder::Added:
            return descending ? say("by time of arrival, the newest first")
                              : say("by time of arrival, the oldest first");
        case ExhibitOrder::Modified:
            return descending ? say("by time of change, the newest first")
                              : say("by time of change, the oldest first");
        case ExhibitOrder::Size:
            return descending ? say("by size, the largest first")
                              : say("by size, the smallest first");
        case ExhibitOrder::Name:
            break;
    }
    return descending ? say("by path, Z first") : say("by path, A first");
}

}  // namespace dfd
