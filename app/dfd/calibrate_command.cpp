#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "app/dfd/evaluated.h"
#include "app/dfd/scorer_options.h"
#include "core/base/text.h"
#include "core/training/measuring/calibrate_panel.h"

namespace dfd {
namespace {

struct CalibrateArguments {
    EvaluationOptions evaluation;
    std::string panel;
    std::filesystem::path manifest;
    std::string question;
    std::string device = "auto";
    Precision precision = Precision::Float32;
    std::filesystem::path outside;
    std::string name;
    bool dry_run = false;
};

int run_calibration(const CalibrateArguments& arguments, const std::stop_token& stop) {
    if (!arguments.name.empty())
        check_calibration_name(arguments.name);
    const auto manifest = read_manifest(arguments.manifest);
    auto panel = panel_to_measure({.panel = arguments.panel});
    panel.calibrations.clear();  // what it has would keep experts from scoring
    if (!arguments.dry_run &&
        ::access(panel.folder.c_str(), W_OK) != 0)  // before a long evaluation
        throw PanelError("The calibration cannot be written to " + panel.folder.native() +
                         ". Copy the panel with `dfd panel add`, or look first with --dry-run.");
    const ScorerOptions how{arguments.panel, arguments.device, arguments.precision};
    std::optional<Manifest> others;
    if (!arguments.outside.empty())
        others = read_manifest(arguments.outside);  // before a long evaluation
    auto options = arguments.evaluation;
    options.features = others.has_value();
    const auto evaluation = evaluated(panel, manifest, how, options, stop);
    auto calibrated =
        calibrate_panel(evaluation, panel, arguments.question, today(), arguments.evaluation.seed);
    auto unread = evaluation.unread;
    calibrated.calibration.name = arguments.name;
    if (others) {
        options.fold = "all";
        options.rounds = 0;
        const auto outside = evaluated(panel, *others, how, options, stop);
        add_scope(calibrated, evaluation, outside, panel, arguments.evaluation.seed);
        unread.insert(unread.end(), outside.unread.begin(), outside.unread.end());
    }
    std::cout << calibration_text(calibrated);
    report_unread(unread);
    if (!arguments.dry_run) {
        write_calibration(panel.folder, calibrated.calibration, calibrated.models);
        std::cout << "\nWritten to " << visible((panel.folder / kCalibrationFile).native()) << '\n';
    }
    return unread.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_calibrate_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<CalibrateArguments>();
    auto* command = app.add_subcommand(
        "calibrate",
        "Measure what a panel's scores are worth: likelihood ratios and false alarms, kept in "
        "calibration.json beside panel.json");
    command->add_option("panel", arguments->panel, "A panel's name or path")->required();
    command
        ->add_option("manifest", arguments->manifest,
                     "CSV with path, label and group, of pictures that no expert learned from")
        ->required();
    command->add_option("--outside", arguments->outside,
                        "CSV of pictures of other kinds than the manifest's, to find the limits "
                        "beyond which there is no assessment or an expert does not count");
    command->add_option("--name", arguments->name,
                        "Keep it beside the panel's other calibrations under this name, for "
                        "--calibration; default: as the one that is used unless another is "
                        "chosen");
    command->add_flag("--dry-run", arguments->dry_run, "Print the figures, write nothing");
    add_measuring_options(*command, *arguments, "Seed of the folds and intervals");
    set_action(*command, chosen, arguments, run_calibration);
}

}  // namespace dfd
