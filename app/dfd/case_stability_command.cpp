#include <iostream>
#include <memory>

#include "app/dfd/filter_options.h"
#include "app/dfd/scorer_options.h"
#include "app/dfd/scoring.h"
#include "app/dfd/single_picture.h"
#include "core/casework/exhibits/case_stability.h"
#include "core/casework/exhibits/exhibit_record.h"

namespace dfd {
namespace {

struct CaseStabilityArguments : ScorerOptions {
    std::filesystem::path file;
    std::vector<std::string> exhibits;
    FilterOptions filter;
    bool own_precision = false;  ///< --precision was given
    std::vector<std::string> operations;
    int batch = 4;
    bool again = false;
    std::string by;
};

std::vector<ExhibitId> chosen_exhibits(const CaseFile& file,
                                       const CaseStabilityArguments& arguments) {
    if (arguments.exhibits.empty()) {
        auto filter = wanted_filter(file, arguments.filter);
        if (!filter.state)
            filter.state = ExhibitState::Scored;  // others have no score to compare with
        return find_exhibits(file, filter);
    }
    std::vector<ExhibitId> ids;
    for (const auto& name : arguments.exhibits)
        ids.push_back(named_exhibit(file, name));
    return ids;
}

int case_stability(const CaseStabilityArguments& arguments, const std::stop_token& stop) {
    CaseFile file(arguments.file, CaseAccess::Write, arguments.by);
    const auto shown = recorded_scorer(file, shown_scorer(file));
    CaseStabilityRequest request;
    request.ids = chosen_exhibits(file, arguments);
    request.again = arguments.again;
    request.how.operations = find_operations(arguments.operations);
    request.how.batch = arguments.batch;
    if (request.ids.empty()) {
        std::cerr << "dfd: There is no exhibit with a score to try versions of.\n";
        return kSomeFailed;
    }
    const auto evaluator = open_for_scoring(
        find_panel(arguments.panel.empty() ? shown.panel.name : arguments.panel),
        {{}, arguments.device, arguments.own_precision ? arguments.precision : shown.precision},
        stop);
    CaseStabilityProgress done;
    {
        ProgressLine line;
        done = try_versions(
            file, *evaluator, request,
            [&](const CaseStabilityProgress& so_far) {
                const double part = so_far.planned == 0 ? 0
                                                        : static_cast<double>(so_far.points) /
                                                              static_cast<double>(so_far.planned);
                line.show(static_cast<double>(so_far.looked_at) + part,
                          static_cast<double>(so_far.exhibits),
                          std::to_string(so_far.looked_at) + " of " +
                              std::to_string(so_far.exhibits) + " exhibits");
            },
            stop);
    }
    for (const auto& sentence : done.left_out)
        std::cerr << "dfd: " << sentence << '\n';
    std::cout << arguments.file.native() << ": versions of " << done.kept << " exhibits tried, "
              << done.known << " known, " << done.left_out.size() << " left out\n";
    return done.left_out.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_case_stability(CLI::App& parent, Chosen& chosen) {
    auto arguments = std::make_shared<CaseStabilityArguments>();
    auto* command = parent.add_subcommand(
        "stability", "Try versions of exhibits and keep how firm their verdicts are");
    command->footer(
        "Scores dozens of versions of each exhibit, so it takes as many times as long as a scan. "
        "Each\nis kept when it is complete: after an interrupt, the same command goes on there. "
        "The panel and\nprecision are those whose results the case shows.");
    command->add_option("case", arguments->file, "The case")->required();
    command->add_option(
        "exhibits", arguments->exhibits,
        "Paths, or SHA-256 digests (8 or more digits); none: all with a score that pass the "
        "filter");
    add_operations_option(*command, arguments->operations);
    command->add_flag("--again", arguments->again, "Also exhibits of which the case has them");
    add_scorer_options(*command, *arguments);
    add_batch_option(*command, arguments->batch, "Versions scored together");
    command->add_option("--by", arguments->by, "Who does this; default: the login name");
    add_filter_without_order(*command, arguments->filter);
    command->get_option("--panel")->description(
        "A path, where the panel is not installed under the name that the case knows");
    command->get_option("--precision")->default_str("the results'");
    command->callback([command, arguments, &chosen] {
        arguments->own_precision = command->get_option("--precision")->count() > 0;
        for (const auto* name : filter_option_names())
            if (!arguments->exhibits.empty() && command->get_option(name)->count() > 0)
                throw CLI::ValidationError(name, "is for all exhibits; these are named");
        chosen = [arguments](const std::stop_token& stop) {
            return case_stability(*arguments, stop);
        };
    });
}

}  // namespace dfd
