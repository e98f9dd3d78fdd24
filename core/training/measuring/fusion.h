// Combines a panel's experts by a logistic regression over their log-odds, and says whether that is
// better than the panel's own mean. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/measuring/evaluation.h"

namespace dfd {

/// How good a combination is on pictures of groups that nothing of it was fitted to.
struct OutOfFold {
    double cllr = 0;  ///< bits
    double auc = 0;   ///< within the folds, whose fits do not share a scale
};

struct FusionTrial {
    Fusion fusion;    ///< fitted to all pictures
    OutOfFold fused;  ///< by fusions that were fitted to the other folds
    OutOfFold mean;   ///< of the panel's own combination, calibrated on the other folds
    /// Of each picture, by the fusion that was fitted to the other folds.
    std::vector<double> scores;

    /// Of the two Cllr, picture by picture; below 0: the fusion is better. Its standard error
    /// counts groups.
    double difference = 0;
    double standard_error = 0;

    /// By more than chance, one-sided at 5 %. Only then may it be used.
    [[nodiscard]] bool is_better() const { return difference + 1.645 * standard_error < 0; }
};

/// Fits a class-balanced logistic regression to the log-odds of the experts that answer the
/// question; an expert that would count against itself gets 0. Groups are never divided, and dealt
/// to the folds of a calibration. `question` and `panel` as for calibrate_panel(). Throws
/// TrainingError: fewer than two experts, too few groups, or experts that all count against
/// themselves.
[[nodiscard]] FusionTrial try_fusion(const Evaluation& evaluation, const PanelRecord& panel,
                                     const std::string& question, std::uint64_t seed);

/// Puts a fusion's scores, one for each picture, in the place of the question's.
void set_scores(Evaluation& evaluation, const PanelRecord& panel, const std::string& question,
                const std::vector<double>& scores);

/// The fusion's scores of other pictures than those it was fitted to.
[[nodiscard]] std::vector<double> fused_scores(const Fusion& fusion, const Evaluation& evaluation,
                                               const PanelRecord& panel,
                                               const std::string& question);

/// The figures with and without it, and its slopes, as text.
[[nodiscard]] std::string fusion_text(const FusionTrial& trial, const PanelRecord& panel);

}  // namespace dfd
