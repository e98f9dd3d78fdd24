// How the experts of a panel agree over many pictures, pair by pair. Plain C++.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Square, in the experts' order, symmetric.
struct AgreementMatrix {
    std::size_t pictures = 0;
    /// Spearman's rank correlation of two experts' scores, -1 .. 1: Pearson's of the ranks, tied
    /// scores sharing the mean of their ranks. None where it is not defined: fewer than two
    /// pictures, or an expert that gives every picture the same score (its diagonal included).
    std::vector<std::vector<std::optional<double>>> rank_correlation;
    /// Share of the pictures on which the two are on different sides of the threshold, 0 .. 1;
    /// 0 without pictures.
    std::vector<std::vector<double>> flips;
};

/// Collects opinions from wherever they come (a folder, a case, a list on screen); keeps one
/// double an expert and picture, and one more a picture, nothing else. Weights play no part in the
/// matrix, only in the mutual information.
class AgreementTable {
  public:
    explicit AgreementTable(std::vector<std::string> experts, double threshold = kVoteThreshold);

    /// Pictures are numbered from 0 in the order of adding. Throws std::invalid_argument with a
    /// sentence when the opinion's experts are not the table's, name by name.
    std::size_t add(const PanelOpinion& opinion);

    [[nodiscard]] const std::vector<std::string>& experts() const { return experts_; }
    [[nodiscard]] std::size_t pictures() const { return disputes_.size(); }
    [[nodiscard]] double threshold() const { return threshold_; }

    /// O(experts * pictures * log pictures + experts^2 * pictures).
    [[nodiscard]] AgreementMatrix matrix() const;

    /// The pictures behind a cell: those on which the two experts (by number) are on different
    /// sides of the threshold, in order. Throws std::out_of_range.
    [[nodiscard]] std::vector<std::size_t> told_apart(std::size_t one, std::size_t other) const;

    /// At most so many pictures, by mutual information, greatest first; earlier ones first among
    /// equals.
    [[nodiscard]] std::vector<std::size_t> most_disputed(std::size_t most) const;

  private:
    [[nodiscard]] bool fake(std::size_t expert, std::size_t picture) const {
        return scores_[expert][picture] >= threshold_;
    }

    std::vector<std::string> experts_;
    double threshold_;
    std::vector<std::vector<double>> scores_;  ///< [expert][picture]
    std::vector<double> disputes_;             ///< mutual information, bits
};

/// Ranks from 1, in the values' order; tied values share the mean of their ranks.
[[nodiscard]] std::vector<double> ranks_of(const std::vector<double>& values);

}  // namespace dfd
