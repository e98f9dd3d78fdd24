// Writes an evaluation to files: metrics, tables, charts and scores. Plain C++.
#pragma once

#include <filesystem>
#include <string>

#include "core/training/measuring/evaluation.h"

namespace dfd {

/// All figures at full precision; unavailable ones are null. `panel` and each of `experts[]` have
/// auc, low, high, ..., operations{name: auc}, sources{name: auc} and operation_metrics{name: {auc,
/// low, high, ...}}. The panel's operations and sources are repeated at the top level.
[[nodiscard]] std::string evaluation_json(const Evaluation& evaluation);

/// GitHub-flavoured Markdown tables with two decimals, and lines that describe what was measured.
[[nodiscard]] std::string evaluation_markdown(const Evaluation& evaluation);

/// path (as in the manifest), label, operation, source, group, one column of scores per expert, and
/// the panel's scores: enough to recompute every figure except those of the maps.
[[nodiscard]] std::string evaluation_csv(const Evaluation& evaluation);

/// ROC curves of experts and panel, with a linear and a logarithmic false positive rate.
[[nodiscard]] std::string roc_svg(const Evaluation& evaluation);
/// Reliability diagram: share of fakes against mean score in kCalibrationBins bins, for the experts
/// and the panel, with the number of pictures in each bin for the panel.
[[nodiscard]] std::string calibration_svg(const Evaluation& evaluation);
/// Histograms of the scores of real pictures and fakes, for panel and experts.
[[nodiscard]] std::string scores_svg(const Evaluation& evaluation);

/// Writes metrics.json, metrics.md, scores.csv, roc.svg, calibration.svg and scores.svg to
/// `folder`, which is created if needed. Each file is replaced atomically. Throws TrainingError.
void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation);

}  // namespace dfd
