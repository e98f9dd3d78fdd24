#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/evaluated.h"
#include "app/dfd/scorer_options.h"
#include "core/training/manifest/folders.h"
#include "core/training/measuring/evaluation.h"
#include "core/training/measuring/evaluation_report.h"

namespace dfd {
namespace {

struct EvaluateArguments {
    EvaluationOptions evaluation;
    std::string panel;
    std::filesystem::path manifest;
    std::string device = "auto";
    Precision precision = Precision::Float32;
    std::string format = "text";
    std::filesystem::path out;
};

int run_evaluation(const EvaluateArguments& arguments, const std::stop_token& stop) {
    const auto manifest = read_manifest(arguments.manifest);
    const auto panel = find_panel(arguments.panel);
    if (!arguments.out.empty())
        make_folder(arguments.out);  // fail before a long evaluation, not after it
    const auto evaluation =
        evaluated(panel, manifest, {arguments.panel, arguments.device, arguments.precision},
                  arguments.evaluation, stop);
    if (!arguments.out.empty())
        write_evaluation(arguments.out, evaluation);
    std::cout << (arguments.format == "json" ? evaluation_json(evaluation)
                                             : evaluation_markdown(evaluation));
    report_unread(evaluation.unread);
    report_unread(evaluation.unread_masks);
    return evaluation.unread.empty() && evaluation.unread_masks.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<EvaluateArguments>();
    auto& options = arguments->evaluation;
    auto* command = app.add_subcommand(
        "evaluate",
        "Measure how well a panel separates the fakes of a manifest from its real pictures");
    command->add_option("panel", arguments->panel, "A panel's name or path")->required();
    command->add_option("manifest", arguments->manifest, "CSV with path, label, group, operation …")
        ->required();
    command->add_option(
        "--fold", options.fold,
        "Rows to evaluate: test, all or the number of a fold; default: test, or all if the "
        "manifest has no test rows. A numbered fold is new only to the experts that held it out");
    command->add_option("--out", arguments->out,
                        "Folder for metrics.json, metrics.md, scores.csv, roc.svg, "
                        "calibration.svg and scores.svg");
    add_device_option(*command, arguments->device);
    add_precision_option(*command, arguments->precision);
    add_batch_option(*command, options.batch, "Pictures scored together");
    command->add_option("--seed", options.seed, "Seed of the bootstrap intervals")
        ->capture_default_str();
    command->add_flag("!--no-maps", options.maps,
                      "Do not measure whether Grad-CAM maps point at the edited regions");
    add_format_option(*command, arguments->format, {"text", "json"}, "Output format: text or json");
    set_action(*command, chosen, arguments, run_evaluation);
}

}  // namespace dfd
