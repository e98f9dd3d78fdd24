#include <unistd.h>

#include <ctime>
#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/evaluated.h"
#include "app/dfd/scorer_options.h"
#include "core/base/text.h"
#include "core/panel/encoders.h"
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
    bool dry_run = false;
};

/// "2026-11-29", in UTC.
std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
}

int run_calibration(const CalibrateArguments& arguments, const std::stop_token& stop) {
    const auto manifest = read_manifest(arguments.manifest);
    const auto panel = find_panel(arguments.panel);
    if (const auto missing = experts_without_encoder(panel); !missing.empty())
        throw PanelError("Only the whole panel can be calibrated. " + left_out_sentence(missing));
    if (!arguments.dry_run &&
        ::access(panel.folder.c_str(), W_OK) != 0)  // before a long evaluation
        throw PanelError("The calibration cannot be written to " + panel.folder.native() +
                         ". Copy the panel with `dfd panel add`, or look first with --dry-run.");
    const auto evaluation =
        evaluated(panel, manifest, {arguments.panel, arguments.device, arguments.precision},
                  arguments.evaluation, stop);
    const auto calibrated =
        calibrate_panel(evaluation, panel, arguments.question, today(), arguments.evaluation.seed);
    std::cout << calibration_text(calibrated);
    report_unread(evaluation.unread);
    if (!arguments.dry_run) {
        write_calibration(panel.folder, calibrated.calibration);
        std::cout << "\nWritten to " << visible((panel.folder / kCalibrationFile).native()) << '\n';
    }
    return evaluation.unread.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_calibrate_command(CLI::App& app, Chosen& chosen) {
    auto arguments = std::make_shared<CalibrateArguments>();
    auto& options = arguments->evaluation;
    options.maps = false;
    auto* command = app.add_subcommand(
        "calibrate",
        "Measure what a panel's scores are worth: likelihood ratios and false alarms, kept in "
        "calibration.json beside panel.json");
    command->add_option("panel", arguments->panel, "A panel's name or path")->required();
    command
        ->add_option("manifest", arguments->manifest,
                     "CSV with path, label and group, of pictures that no expert learned from")
        ->required();
    command->add_option("--question", arguments->question,
                        "Which of the panel's questions the labels answer: its id");
    command->add_option("--fold", options.fold,
                        "Rows to use: test or all; default: test, or all if the manifest has no "
                        "test rows");
    command->add_flag("--dry-run", arguments->dry_run, "Print the figures, write nothing");
    add_device_option(*command, arguments->device);
    add_precision_option(*command, arguments->precision);
    add_batch_option(*command, options.batch, "Pictures scored together");
    command->add_option("--seed", options.seed, "Seed of the folds and intervals")
        ->capture_default_str();
    set_action(*command, chosen, arguments, run_calibration);
}

}  // namespace dfd
