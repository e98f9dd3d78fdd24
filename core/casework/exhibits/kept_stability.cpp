#include "core/casework/exhibits/kept_stability.h"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <stdexcept>

#include "core/base/wording.h"
#include "core/casework/store/case_rows.h"
#include "core/engine/studies/stability_record.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

/// Far below the digits of any displayed score; here a score is recomputed from its logits.
constexpr double kSameScore = 1e-9;

/// The scorer of this result. Throws CaseError when there is no such result.
RowId scorer_of_result(Database& database, ExhibitId id, const ScoredBy& by,
                       const PanelOpinion& untouched) {
    auto& row = database.cached(
        "SELECT c.id, r.score FROM scorers c JOIN results r ON r.scorer = c.id WHERE r.exhibit = "
        "?1 AND r.state = 1 AND c.digest = ?2 AND c.precision = ?3 AND c.preprocessing = ?4",
        id, by.panel.digest, precision_name(by.precision), kPreprocessingVersion);
    if (!row.step())
        throw CaseError("The case has no score of " + log_name(database, id) + " by the panel " +
                        by.panel.name + " in " + precision_name(by.precision) +
                        ", so its stability cannot be stored. Scan it with that panel first.");
    const auto recorded = [&](double score) { return std::abs(row.real(1) - score) <= kSameScore; };
    if (!recorded(untouched.score) &&
        std::ranges::none_of(untouched.answers, recorded, &Answer::score))
        throw CaseError(
            "The stability of " + log_name(database, id) +
            " was computed for a score that differs from the one in the case; compute it again.");
    return row.integer(0);
}

}  // namespace

std::optional<KeptStability> kept_stability(const CaseFile& file, ExhibitId id, ScorerId scorer,
                                            const ScoredBy& by, std::size_t question) {
    const auto rows = stabilities_of(file.database(), id);
    for (const auto& row : std::views::reverse(rows)) {
        if (row.scorer != scorer)
            continue;
        try {
            KeptStability kept;
            kept.stability =
                about(read_stability_record(row.record, by.panel, precision_name(by.precision)),
                      question);
            kept.firmness = firmness_of(kept.stability);
            kept.device = row.device;
            kept.by = row.by;
            kept.at = row.at;
            return kept;
        } catch (const std::invalid_argument& error) {
            throw CaseError("In the case " + quoted(file.path()) + ": " + error.what() +
                            " `dfd case verify` shows whether the case is damaged.");
        }
    }
    return std::nullopt;
}

void keep_stability(CaseFile& file, ExhibitId id, const ScoredBy& by, const Stability& stability,
                    const std::string& signer) {
    if (stability.points.empty())
        throw CaseError("No version was scored; there is no stability to store.");
    Recording recording(file, signer);
    const auto name = log_name(recording.database(), id);
    StabilityRow row;
    row.exhibit = id;
    row.scorer = scorer_of_result(recording.database(), id, by, stability.untouched);
    row.device = by.device;
    row.record = stability_record(stability);
    row.by = recording.by();
    row.at = recording.at();
    add_stability(recording, row);
    const auto firmness = firmness_of(stability);
    recording.finish("stability", json_line({{"exhibit", name},
                                             {"panel", by.panel.name},
                                             {"panel_digest", by.panel.digest},
                                             {"precision", precision_name(by.precision)},
                                             {"device", by.device},
                                             {"versions", firmness.versions},
                                             {"score", firmness.score},
                                             {"low", firmness.low},
                                             {"high", firmness.high}}));
}

}  // namespace dfd
