// The report of `dfd disagree`: the experts' agreement over many pictures, and the most disputed.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/engine/results/result_export.h"
#include "core/opinion/agreement.h"
#include "core/opinion/disagreement.h"

namespace dfd {

/// Collects examinations one by one. Keeps the scores of all (see AgreementTable), the results of
/// the most disputed ones, and the failures.
class AgreementReport {
  public:
    /// Lists at most `most_disputed` pictures.
    AgreementReport(ScoredBy by, std::size_t most_disputed);

    /// Adds a scored or failed examination; others are ignored. Throws std::invalid_argument when
    /// the opinion is another panel's.
    void add(const Examination& examination);

    /// An examination and what scored it, for the list of pictures.
    struct Result {
        Examination examination;
        ScoredBy by;
    };
    /// Adds an opinion without its examination. `result` is called immediately, and only when the
    /// picture is among the most disputed so far (a few hundred of many thousands). Throws as
    /// above, and what `result` throws.
    void add(const PanelOpinion& opinion, const std::function<Result()>& result);

    [[nodiscard]] const AgreementTable& table() const { return table_; }

    /// One JSON object on one line: panel {name, digest, starter}, device, precision, threshold,
    /// experts [name], pictures, failed, complete, rank_correlation [[number or null]], flips
    /// [[number]], left_out [pictures on which each expert does not count], most_disputed [as
    /// `to_json` of a result], failures [the same]. `complete` comes from the caller: whether every
    /// requested picture is included.
    [[nodiscard]] std::string to_json(bool complete) const;

    /// The same as text, with a line break at the end. Paths are raw bytes.
    [[nodiscard]] std::string to_text(bool complete) const;

  private:
    struct Disputed {
        std::string path;
        std::string json;
        Disagreement figures;
    };

    ScoredBy by_;
    std::size_t most_disputed_;
    AgreementTable table_;
    /// By mutual information, descending, then in order of adding.
    std::multimap<double, Disputed, std::greater<>> disputed_;
    std::vector<std::string> failures_;  ///< JSON
};

}  // namespace dfd
