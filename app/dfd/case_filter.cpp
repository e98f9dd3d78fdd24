#include "app/dfd/case_filter.h"

#include "core/casework/review.h"

namespace dfd {
namespace {

const std::map<std::string, ExhibitState> kStates{{"unscored", ExhibitState::Unscored},
                                                  {"scored", ExhibitState::Scored},
                                                  {"failed", ExhibitState::Failed}};

}  // namespace

const std::map<std::string, Mark>& marks_by_name() {
    static const std::map<std::string, Mark> marks{{"none", Mark::None},
                                                   {"suspicious", Mark::Suspicious},
                                                   {"cleared", Mark::Cleared},
                                                   {"to-check", Mark::ToCheck}};
    return marks;
}

void add_filter_options(CLI::App& command, FilterArguments& arguments) {
    auto& filter = arguments.filter;
    command.add_option("--text", filter.text, "In the path, a note, or the digest's beginning");
    command.add_option("--score-from", filter.score_from, "Scores of at least this");
    command.add_option("--score-to", filter.score_to, "Scores of at most this");
    command.add_option("--spread-from", filter.spread_from, "Spreads of at least this");
    command.add_option("--spread-to", filter.spread_to, "Spreads of at most this");
    command.add_option("--state", filter.state, "unscored, scored or failed")
        ->transform(CLI::CheckedTransformer(kStates));
    command.add_option("--mark", filter.mark, "none, suspicious, cleared or to-check")
        ->transform(CLI::CheckedTransformer(marks_by_name()));
    command.add_option("--tag", filter.tag, "Only those that carry it");
    command.add_flag("--warned,!--not-warned", filter.warned, "With or without warnings");
    command.add_option("--folder", filter.folder, "In this folder or below it");
    command.add_option("--filter", arguments.saved, "A saved filter instead of the above");
}

std::vector<const char*> filter_option_names() {
    return {"--text", "--score-from", "--score-to", "--spread-from", "--spread-to", "--state",
            "--mark", "--tag",        "--warned",   "--folder",      "--filter"};
}

ExhibitFilter chosen_filter(const CaseFile& file, const FilterArguments& arguments) {
    if (arguments.saved.empty())
        return arguments.filter;
    const auto filters = saved_filters(file);
    const auto found = filters.find(arguments.saved);
    if (found == filters.end())
        throw CaseError("The case has no saved filter \"" + arguments.saved +
                        "\"; --save-filter makes one.");
    return found->second;
}

}  // namespace dfd
