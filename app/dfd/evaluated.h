// What `dfd evaluate`, `calibrate` and `validate` share: loading a panel and evaluating it on a
// manifest.
#pragma once

#include <iostream>
#include <vector>

#include "app/dfd/commands.h"
#include "app/dfd/scorer_options.h"
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

inline void report_unread(const std::vector<Unread>& unread) {
    for (const auto& each : unread)
        std::cerr << "dfd: " << each.path.native() << ": " << each.why << '\n';
}

}  // namespace dfd
