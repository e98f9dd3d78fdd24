#include "core/casework/report/filter_words.h"

#include "core/casework/report/report_text.h"

namespace dfd {

std::string filter_words(const ExhibitFilter& filter) {
    std::string words;
    const auto add = [&words](const std::string& condition) {
        words += (words.empty() ? "" : "; ") + condition;
    };
    const auto quoted_text = [](const std::string& text) {
        return "\u201C" + report_line(text) + "\u201D";
    };
    if (!filter.text.empty())
        add("text " + quoted_text(filter.text));
    if (filter.score_from)
        add("score from " + exact_text(*filter.score_from));
    if (filter.score_to)
        add("score to " + exact_text(*filter.score_to));
    if (filter.spread_from)
        add("spread from " + exact_text(*filter.spread_from));
    if (filter.spread_to)
        add("spread to " + exact_text(*filter.spread_to));
    if (filter.state)
        add(state_name(*filter.state));
    if (filter.word)
        add(band_name(*filter.word));
    if (filter.mark)
        add(*filter.mark == Mark::None ? "not marked"
                                       : std::string("marked ") + mark_name(*filter.mark));
    if (!filter.tag.empty())
        add("tagged " + quoted_text(filter.tag));
    if (filter.warned)
        add(*filter.warned ? "with warnings" : "without warnings");
    if (!filter.folder.empty())
        add("in or below " + report_line(filter.folder.native()));
    return words.empty() ? "all" : words;
}

std::string order_words(ExhibitOrder order, bool descending) {
    const auto words = [&](const char* what, const char* up, const char* down) {
        return std::string("by ") + what + ", " + (descending ? down : up);
    };
    switch (order) {
        case ExhibitOrder::Score:
            return words("score", "the smallest first", "the largest first");
        case ExhibitOrder::Spread:
            return words("spread", "the smallest first", "the largest first");
        case ExhibitOrder::Added:
            return words("time of arrival", "the oldest first", "the newest first");
        case ExhibitOrder::Modified:
            return words("time of change", "the oldest first", "the newest first");
        case ExhibitOrder::Size:
            return words("size", "the smallest first", "the largest first");
        case ExhibitOrder::Name:
            break;
    }
    return words("path", "A first", "Z first");
}

}  // namespace dfd
