// An evaluation as files: figures, tables, pictures, and the scores themselves. Plain C++.
#pragma once

#include <filesystem>
#include <string>

#include "core/training/measuring/evaluation.h"

namespace dfd {

/// All figures at full precision; those that could not be measured are null. `panel` and each of
/// `experts[]` have auc, low, high, ..., operations{name: auc}, sources{name: auc} and
/// operation_metrics{name: {auc, low, high, ...}}; the panel's operations and sources stand at the
/// top too.
[[nodiscard]] std::string evaluation_json(const Evaluation& evaluation);

/// GitHub-flavoured tables, two decimals, with lines that say what was measured.
[[nodiscard]] std::string evaluation_markdown(const Evaluation& evaluation);

/// path (as the manifest spells it), label, operation, source, group, a column of scores for each
/// expert, and the panel's: enough to compute every figure but the maps' again.
[[nodiscard]] std::string evaluation_csv(const Evaluation& evaluation);

/// ROC curves of experts and panel, and the same over the logarithm of the false positive rate.
[[nodiscard]] std::string roc_svg(const Evaluation& evaluation);
/// Share of fakes against mean score in kCalibrationBins bins: the panel with the number of
/// pictures in each bin, and the experts.
[[nodiscard]] std::string calibration_svg(const Evaluation& evaluation);
/// How the scores of real pictures and fakes are spread: panel and experts.
[[nodiscard]] std::string scores_svg(const Evaluation& evaluation);

/// metrics.json, metrics.md, scores.csv, roc.svg, calibration.svg and scores.svg in `folder`, which
/// is made where it is missing; each is replaced atomically. Throws TrainingError.
void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation);

}  // namespace dfd
