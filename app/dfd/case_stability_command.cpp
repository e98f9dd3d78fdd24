#include <iostream>
#include <memory>

#include "app/dfd/filter_options.h"
#include "app/dfd/scorer_options.h"
#include "app/dfd/scoring.h"
#include "app/dfd/single_picture.h"
#include "core/base/text.h"
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
        std::cerr << "dfd: There is no scored exhibit whose stability could be measured.\n";
        return kSomeFailed;
    }
    const auto evaluator = open_for_scoring(
        with_calibration(
            find_panel(arguments.panel.empty() ? shown.panel.name : arguments.panel),
            arguments.calibration.empty() ? shown.panel.calibration : arguments.calibration),
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
    std::cout << visible(arguments.file.native()) << ": stability of " << done.kept
              << " exhibits measured, " << done.known << " already known, " << done.left_out.size()
              << " left out\n";
    return done.left_out.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_case_stability(CLI::App& parent, Chosen& chosen) {
    auto arguments = std::make_shared<CaseStabilityArguments>();
    auto* command = parent.add_subcommand(
        "stability", "Measure how firm the verdicts of exhibits are, and record it in the case");
    command->footer(
        "Scores dozens of versions of each exhibit, so it takes that many times as long as a scan. "
        "The\nresult of each exhibit is saved when complete; after an interruption, run the same "
        "command again\nto resume. Uses the panel and precision of the results that the case "
        "shows.");
    command->add_option("case", arguments->file, "The case")->required();
    command->add_option("exhibits", arguments->exhibits,
                        "Paths, or SHA-256 digests (8 or more digits); default: all scored "
                        "exhibits that match the filter");
    add_operations_option(*command, arguments->operations);
    command->add_flag("--again", arguments->again,
                      "Also measure exhibits that already have a result");
    add_scorer_options(*command, *arguments);
    add_batch_option(*command, arguments->batch, "Versions scored together");
    command->add_option("--by", arguments->by, "Name in the audit log; default: the login name");
    add_filter_without_order(*command, arguments->filter);
    command->get_option("--panel")->description(
        "The panel's path, if it is not installed under the name in the case");
    command->get_option("--calibration")->default_str("the results'");
    command->get_option("--precision")->default_str("the results'");
    command->callback([command, arguments, &chosen] {
        arguments->own_precision = command->get_option("--precision")->count() > 0;
        for (const auto* name : filter_option_names())
            if (!arguments->exhibits.empty() && command->get_option(name)->count() > 0)
                throw CLI::ValidationError(name, "cannot be used when exhibits are named");
        chosen = [arguments](const std::stop_token& stop) {
            return case_stability(*arguments, stop);
        };
    });
}

}  // namespace dfd
