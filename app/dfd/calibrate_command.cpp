#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "app/dfd/commands.h"
#include "app/dfd/evaluated.h"
#include "app/dfd/scorer_options.h"
#include "core/base/text.h"
#include "core/training/measuring/calibrate_panel.h"
#include "core/training/measuring/fusion.h"

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
    std::string description;
    bool fuse = false;
    bool dry_run = false;
};

/// The panel's calibration. With a fusion, if that is wanted, whose scores then are the
/// evaluation's; nothing when it is not better.
std::optional<CalibratedPanel> calibrated_panel(const CalibrateArguments& arguments,
                                                Evaluation& evaluation, const PanelRecord& panel) {
    const auto seed = arguments.evaluation.seed;
    const auto& question = arguments.question;
    if (!arguments.fuse)
        return calibrate_panel(evaluation, panel, question, today(), seed);
    const auto trial = try_fusion(evaluation, panel, question, seed);
    std::cout << fusion_text(trial, panel) << '\n';
    if (!trial.is_better())
        return std::nullopt;
    set_scores(evaluation, panel, question, trial.scores);
    auto calibrated = calibrate_panel(evaluation, panel, question, today(), seed);
    auto& measured = calibrated.calibration.answers.front();
    measured.answer.fusion = trial.fusion;
    measured.cllr_of_mean = trial.mean.cllr;
    measured.auc_of_mean = trial.mean.auc;
    return calibrated;
}

int run_calibration(const CalibrateArguments& arguments, const std::stop_token& stop) {
    if (!arguments.name.empty())
        check_calibration_name(arguments.name);
    check_description(arguments.description);
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
    auto evaluation = evaluated(panel, manifest, how, options, stop);
    auto unread = evaluation.unread;
    auto found = calibrated_panel(arguments, evaluation, panel);
    if (!found) {
        report_unread(unread);
        std::cerr << "dfd: The fusion is not better than the mean on groups that it was not fitted "
                     "to, so it is not used and nothing was written. Calibrate without --fuse.\n";
        return kSomeFailed;
    }
    auto& calibrated = *found;
    calibrated.calibration.name = arguments.name;
    calibrated.calibration.answers.front().population.description = arguments.description;
    if (others) {
        options.fold = "all";
        options.rounds = 0;
        auto outside = evaluated(panel, *others, how, options, stop);
        if (const auto& fusion = calibrated.calibration.answers.front().answer.fusion;
            arguments.fuse)
            set_scores(outside, panel, arguments.question,
                       fused_scores(fusion, outside, panel, arguments.question));
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
    auto* name =
        command->add_option("--name", arguments->name,
                            "Keep it beside the panel's other calibrations under this name, for "
                            "--calibration; default: as the one that is used unless another is "
                            "chosen");
    command
        ->add_option(
            "--describe", arguments->description,
            "What the pictures are, in your words, for example \"press photographs of 2020 "
            "to 2024\"; kept and shown with the calibration")
        ->type_name("TEXT");
    command
        ->add_flag("--fuse", arguments->fuse,
                   "Combine the experts by a logistic regression over their log-odds where "
                   "--calibration asks for this one, if that is better on groups that it was not "
                   "fitted to")
        ->needs(name);
    command->add_flag("--dry-run", arguments->dry_run, "Print the figures, write nothing");
    add_measuring_options(*command, *arguments, "Seed of the folds and intervals");
    set_action(*command, chosen, arguments, run_calibration);
}

}  // namespace dfd
