#include "app/dfd/filter_options.h"

#include "app/dfd/word_option.h"
#include "core/casework/exhibits/review.h"

namespace dfd {
namespace {

const std::map<std::string, ExhibitState> kStates{{"unscored", ExhibitState::Unscored},
                                                  {"scored", ExhibitState::Scored},
                                                  {"failed", ExhibitState::Failed},
                                                  {"no-assessment", ExhibitState::NoAssessment}};
const std::map<std::string, Band> kWords{{"looks-fake", Band::LooksFake},
                                         {"undecided", Band::Undecided},
                                         {"looks-real", Band::LooksReal},
                                         {"not-calibrated", Band::Unnamed}};
const std::map<std::string, ExhibitOrder> kOrders{
    {"name", ExhibitOrder::Name},         {"score", ExhibitOrder::Score},
    {"spread", ExhibitOrder::Spread},     {"added", ExhibitOrder::Added},
    {"modified", ExhibitOrder::Modified}, {"size", ExhibitOrder::Size}};

}  // namespace

const std::map<std::string, Mark>& mark_words() {
    static const std::map<std::string, Mark> words{{"none", Mark::None},
                                                   {"suspicious", Mark::Suspicious},
                                                   {"cleared", Mark::Cleared},
                                                   {"to-check", Mark::ToCheck}};
    return words;
}

void add_filter_without_order(CLI::App& command, FilterOptions& options) {
    auto& filter = options.filter;
    command.add_option("--text", filter.text,
                       "Text in the path or a note, or the beginning of the digest");
    command.add_option("--score-from", filter.score_from, "Lowest score");
    command.add_option("--score-to", filter.score_to, "Highest score");
    command.add_option("--spread-from", filter.spread_from, "Lowest spread");
    command.add_option("--spread-to", filter.spread_to, "Highest spread");
    takes_word(
        command.add_option("--state", filter.state, "unscored, scored, no-assessment or failed"),
        kStates);
    takes_word(command.add_option("--word", filter.word,
                                  "looks-fake, undecided, looks-real or not-calibrated"),
               kWords);
    takes_word(command.add_option("--mark", filter.mark, "none, suspicious, cleared or to-check"),
               mark_words());
    command.add_option("--tag", filter.tag, "Only exhibits with this tag");
    // Two flags, because a flag with a negation sets the filter even when neither is given.
    auto* warned = command.add_flag_callback(
        "--warned", [&filter] { filter.warned = true; }, "Only exhibits with warnings");
    command
        .add_flag_callback(
            "--not-warned", [&filter] { filter.warned = false; }, "Only exhibits without warnings")
        ->excludes(warned);
    command.add_option("--folder", filter.folder,
                       "Only exhibits in this folder or its sub-folders");
    command.add_option("--filter", options.saved,
                       "Use this saved filter instead of the options above");
}

std::vector<const char*> filter_option_names() {
    return {"--text",       "--score-from", "--score-to", "--spread-from", "--spread-to",
            "--state",      "--word",       "--mark",     "--tag",         "--warned",
            "--not-warned", "--folder",     "--filter"};
}

void add_filter_options(CLI::App& command, FilterOptions& options) {
    add_filter_without_order(command, options);
    takes_word(command.add_option("--sort", options.order,
                                  "Sort by name, score, spread, added, modified or size"),
               kOrders);
    command.add_flag("--descending", options.descending, "Sort in descending order");
}

ExhibitFilter wanted_filter(const CaseFile& file, const FilterOptions& options) {
    if (options.saved.empty())
        return options.filter;
    const auto filters = saved_filters(file);
    const auto found = filters.find(options.saved);
    if (found == filters.end())
        throw CaseError("The case has no saved filter \"" + options.saved +
                        "\"; `dfd case list --save-filter` saves one.");
    return found->second;
}

}  // namespace dfd
