// Pairwise agreement of a panel's experts over many pictures. Plain C++.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Square, symmetric matrices in the experts' order.
struct AgreementMatrix {
    std::size_t pictures = 0;
    /// Spearman's rank correlation of two experts' scores, -1 .. 1: Pearson's correlation of the
    /// ranks, where tied scores share the mean of their ranks. Undefined (nullopt) for fewer than
    /// two pictures, when an expert gives every picture the same score (including its diagonal
    /// entry), and for experts that answer different questions.
    std::vector<std::vector<std::optional<double>>> rank_correlation;
    /// For how large a share of the pictures on which both have an opinion the two experts are on
    /// different sides of the threshold, 0 .. 1; 0 without such pictures; NaN for experts that
    /// answer different questions.
    std::vector<std::vector<double>> flips;
};

/// Collects opinions from any source (a folder, a case, a list on screen). Two experts are compared
/// on the pictures on which both have an opinion that counts: not one that is beyond its gate, nor
/// one on a question that has no assessment. Stores one double per
/// expert and picture and one more per picture. Weights affect only the mutual information, not the
/// matrix.
class AgreementTable {
  public:
    explicit AgreementTable(std::vector<std::string> experts, double threshold = kVoteThreshold);

    /// Pictures are numbered from 0 in the order they are added. Returns the picture's number.
    /// Throws std::invalid_argument when the names of the opinion's experts differ from the
    /// table's.
    std::size_t add(const PanelOpinion& opinion);

    [[nodiscard]] const std::vector<std::string>& experts() const { return experts_; }
    [[nodiscard]] std::size_t pictures() const { return disputes_.size(); }
    [[nodiscard]] double threshold() const { return threshold_; }

    /// On how many pictures each expert had a score that does not count.
    [[nodiscard]] const std::vector<std::size_t>& left_out() const { return left_out_; }

    /// Time: O(experts * pictures * log pictures + experts^2 * pictures).
    [[nodiscard]] AgreementMatrix matrix() const;

    /// The pictures, in order, for which two experts (by index) are on different sides of the
    /// threshold. Throws std::out_of_range.
    [[nodiscard]] std::vector<std::size_t> pictures_on_different_sides(std::size_t one,
                                                                       std::size_t other) const;

    /// Up to `most` pictures with the highest mutual information, highest first. Ties keep the
    /// order in which the pictures were added.
    [[nodiscard]] std::vector<std::size_t> most_disputed(std::size_t most) const;

  private:
    [[nodiscard]] bool fake(std::size_t expert, std::size_t picture) const {
        return scores_[expert][picture] >= threshold_;
    }

    std::vector<std::string> experts_;
    double threshold_;
    std::vector<std::vector<double>> scores_;  ///< [expert][picture]; NaN: none that counts
    std::vector<std::size_t> left_out_;
    std::vector<double> disputes_;        ///< mutual information, bits
    std::vector<std::size_t> questions_;  ///< of each expert; empty without pictures
};

/// "Left out, because the panel was not measured on such pictures: a on 3 of 20 pictures." Empty
/// when none was. `names`: one for each expert, in order.
[[nodiscard]] std::string left_out_sentence(const AgreementTable& table,
                                            std::span<const std::string> names);

/// Ranks starting at 1, in the order of `values`. Tied values share the mean of their ranks.
[[nodiscard]] std::vector<double> ranks_of(const std::vector<double>& values);

}  // namespace dfd
