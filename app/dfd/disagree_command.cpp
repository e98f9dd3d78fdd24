#include <algorithm>
#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/filter_options.h"
#include "app/dfd/scoring.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/recorded_opinions.h"
#include "core/casework/store/case_recognition.h"
#include "core/engine/examine/score_stream.h"
#include "core/engine/results/agreement_report.h"

namespace dfd {
namespace {

struct DisagreeOptions {
    ScoringOptions scoring;
    FilterOptions filter;
    std::string format = "text";
    std::size_t top = 10;
};

void print(const DisagreeOptions& options, const AgreementReport& report, bool complete) {
    if (options.format == "json")
        std::cout << report.to_json(complete) << '\n';
    else
        std::cout << report.to_text(complete);
}

/// Uses recorded scores only: scores nothing and does not read the pictures.
int disagree_in_case(const DisagreeOptions& options, const std::stop_token& stop) {
    const CaseFile file(options.scoring.paths.front(), CaseAccess::Read);
    const auto filter = wanted_filter(file, options.filter);
    AgreementReport report(recorded_scorer(file, shown_scorer(file)), options.top);
    std::size_t failed = 0;
    const bool complete = read_opinions(
        file, filter,
        [&](const RecordedOpinion& recorded) {
            if (recorded.opinion) {
                report.add(*recorded.opinion, [&] {
                    auto record = read_exhibit(file, recorded.id, false);
                    return AgreementReport::Result{std::move(record.examination),
                                                   std::move(record.by)};
                });
                return;
            }
            ++failed;
            Examination examination;
            examination.source.path = recorded.path;
            examination.state = ExaminationState::Failed;
            examination.failure = recorded.failure;
            report.add(examination);
        },
        stop);
    print(options, report, complete);
    return failed > 0 ? kSomeFailed : kAllDone;
}

int disagree(const DisagreeOptions& options, const std::stop_token& stop) {
    const auto panel = chosen_panel(options.scoring);
    const auto pictures = pictures_of(options.scoring);
    const auto evaluator = open_for_scoring(panel, options.scoring, stop);
    ExaminerOptions how;
    how.maps = false;
    how.batch = options.scoring.batch;
    how.thumbnail = 0;
    AgreementReport report(scored_by(*evaluator), options.top);
    ProgressLine progress;
    const auto counts = score_stream(
        evaluator, how, pictures,
        [&](const Examination& examination, std::size_t done) {
            report.add(examination);
            if (examination.state == ExaminationState::Failed) {
                progress.clear();
                print_failure(examination);
            }
            progress.show(static_cast<double>(done), static_cast<double>(pictures.size()),
                          std::to_string(done) + " of " + std::to_string(pictures.size()));
        },
        stop);
    progress.clear();
    print(options, report, counts.complete);
    return counts.failed > 0 ? kSomeFailed : kAllDone;
}

}  // namespace

void add_disagree_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<DisagreeOptions>();
    auto* command = app.add_subcommand("disagree",
                                       "Measure how far the experts agree over many pictures or a "
                                       "case, and list the most disputed ones");
    add_scoring_options(*command, options->scoring);
    command->get_option("paths")->description(
        "Pictures or folders, or one case, whose recorded scores are used");
    add_filter_without_order(*command, options->filter);
    for (const auto* name : filter_option_names())
        command->get_option(name)->group("Only with a case");
    add_format_option(*command, options->format, {"text", "json"}, "text, or json (one object)");
    command->add_option("--top", options->top, "Most disputed pictures to list")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    command->callback([command, options, &chosen] {
        const auto& paths = options->scoring.paths;
        const auto cases = std::ranges::count_if(paths, is_case_file);
        if (cases > 0 && paths.size() > 1)
            throw CLI::ValidationError("paths",
                                       "give a single case; `dfd case merge` merges several");
        for (const auto* name : filter_option_names())
            if (cases == 0 && command->get_option(name)->count() > 0)
                throw CLI::ValidationError(name, "can only be used with a case");
        for (const auto* name : {"--panel", "--device", "--precision", "--recursive", "--batch"})
            if (cases > 0 && command->get_option(name)->count() > 0)
                throw CLI::ValidationError(
                    name, "cannot be used with a case, which has its scores already");
        chosen = [options, in_case = cases > 0](const std::stop_token& stop) {
            return in_case ? disagree_in_case(*options, stop) : disagree(*options, stop);
        };
    });
}

}  // namespace dfd
