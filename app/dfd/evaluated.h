// What `dfd evaluate`, `calibrate` and `validate` share: loading a panel and evaluating it on a
// manifest.
#pragma once

#include <iostream>
#include <vector>

#include "app/dfd/commands.h"
#include "app/dfd/scorer_options.h"
#include "core/panel/encoders.h"
#include "core/training/measuring/evaluation.h"

namespace dfd {

/// `how` gives device and precision. Shows its progress. Throws as evaluate_manifest.
inline Evaluation evaluated(const PanelRecord& panel, const Manifest& manifest,
                            const ScorerOptions& how, const EvaluationOptions& options,
                            const std::stop_token& stop) {
    ProgressLine loading;
    const auto evaluator =
        open_evaluator(panel, how.device, how.precision, progress_to(loading), stop);
    loading.clear();
    ProgressLine line;
    return evaluate_manifest(*evaluator, manifest, options, progress_to(line), stop);
}

/// The panel with the experts that can score here; says which are left out. Throws PanelError.
inline PanelRecord panel_to_measure(const ScorerOptions& how) {
    auto panel = usable_panel(chosen_panel(how));
    if (!panel.left_out.empty())
        std::cerr << "dfd: " << panel.left_out_because
                  << " What is measured holds for the other experts alone.\n";
    return panel;
}

/// The options of `calibrate` and `validate` for what is measured and how.
template <class Arguments>
void add_measuring_options(CLI::App& command, Arguments& arguments, const std::string& seeds) {
    auto& options = arguments.evaluation;
    options.maps = false;
    options.traits = true;
    command.add_option("--question", arguments.question,
                       "Which of the panel's questions the labels answer: its id");
    command.add_option("--fold", options.fold,
                       "Rows to use: test or all; default: test, or all if the manifest has no "
                       "test rows");
    add_device_option(command, arguments.device);
    add_precision_option(command, arguments.precision);
    add_batch_option(command, options.batch, "Pictures scored together");
    command.add_option("--seed", options.seed, seeds)->capture_default_str();
}

inline void report_unread(const std::vector<Unread>& unread) {
    for (const auto& each : unread)
        std::cerr << "dfd: " << each.path.native() << ": " << each.why << '\n';
}

}  // namespace dfd
