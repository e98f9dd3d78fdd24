// What `dfd disagree` says of many pictures: how the experts agree, and where they least do.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/engine/results/result_export.h"
#include "core/opinion/agreement.h"
#include "core/opinion/disagreement.h"

namespace dfd {

/// In the panel's order, as an AgreementTable takes them.
[[nodiscard]] std::vector<std::string> expert_names(const PanelRecord& panel);

/// Fed one examination after another; keeps the scores of all (see AgreementTable), the results of
/// the most disputed and the failures.
class AgreementReport {
  public:
    /// Lists at most `most_disputed` pictures.
    AgreementReport(ScoredBy by, std::size_t most_disputed);

    /// A scored or failed examination; others are passed over. Throws std::invalid_argument when
    /// the opinion is another panel's.
    void add(const Examination& examination);

    /// An examination and who scored it, as a listing tells.
    struct Told {
        Examination examination;
        ScoredBy by;
    };
    /// An opinion alone; `told` is asked at once and only when the picture is among the most
    /// disputed so far (of many thousands a few hundred). Throws as above, and what `told` throws.
    void add(const PanelOpinion& opinion, const std::function<Told()>& told);

    [[nodiscard]] const AgreementTable& table() const { return table_; }

    /// One object on one line: panel {name, digest, starter}, device, precision, threshold, experts
    /// [name], pictures, failed, complete, rank_correlation [[number or null]], flips [[number]],
    /// most_disputed [as `to_json` of a result], failures [the same]. `complete` is the caller's:
    /// whether every picture that was asked for is in it.
    [[nodiscard]] std::string to_json(bool complete) const;

    /// The same for people, with a line break at the end. Paths are raw bytes.
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
    /// By mutual information, greatest first, then in order of adding.
    std::multimap<double, Disputed, std::greater<>> disputed_;
    std::vector<std::string> failures_;  ///< JSON
};

}  // namespace dfd
