#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/scoring.h"
#include "core/engine/agreement_report.h"
#include "core/engine/score_stream.h"

namespace dfd {
namespace {

struct DisagreeOptions {
    ScoringOptions scoring;
    std::string format = "text";
    std::size_t top = 10;
};

int disagree(const DisagreeOptions& options, const std::stop_token& stop) {
    const auto panel = find_panel(options.scoring.panel);
    const auto pictures = pictures_of(options.scoring);
    const auto evaluator =
        open_for_scoring(panel, options.scoring.device, options.scoring.precision, stop);
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
    if (options.format == "json")
        std::cout << report.to_json(counts.complete) << '\n';
    else
        std::cout << report.to_text(counts.complete);
    return counts.failed > 0 ? kSomeFailed : kAllDone;
}

}  // namespace

void add_disagree_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<DisagreeOptions>();
    auto* command = app.add_subcommand(
        "disagree", "How the experts agree over many pictures, and on which they least do");
    add_scoring_options(*command, options->scoring);
    command->add_option("--format", options->format, "text, or json (one object)")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    command->add_option("--top", options->top, "Most disputed pictures to list")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    command->callback([options, &chosen] {
        chosen = [options](const std::stop_token& stop) { return disagree(*options, stop); };
    });
}

}  // namespace dfd
