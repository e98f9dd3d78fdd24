// The stability of a verdict as a case stores it. Plain C++.
//
// A sweep over versions of an exhibit is a record of its own, with its time and author and an entry
// in the audit log. A later one by the same panel, precision and preprocessing replaces it. Every
// point is stored with every expert's logits, so the interval and the curves stay as they were
// seen, whatever a newer version calls ordinary.
#pragma once

#include <optional>
#include <string>

#include "core/casework/exhibits/exhibits.h"
#include "core/engine/results/result_export.h"
#include "core/engine/studies/stability.h"

namespace dfd {

struct KeptStability {
    Stability stability;  ///< with the panel's reference combination
    Firmness firmness;    ///< of `stability`
    std::string device;   ///< "cpu": where it was computed
    std::string by;
    CaseTime at = 0;
};

/// The last sweep by this scorer, `by`, about one of its panel's questions. Nothing when
/// there is none, which includes cases with a schema older than this feature. Throws CaseError.
[[nodiscard]] std::optional<KeptStability> kept_stability(const CaseFile& file, ExhibitId id,
                                                          ScorerId scorer, const ScoredBy& by,
                                                          std::size_t question);

/// Stores a sweep in one transaction, signed by `signer`; empty: CaseFile::by(). The exhibit must
/// have a result by this panel, precision and this program's preprocessing, whose score is an
/// answer of the sweep's untouched picture. Otherwise, and for a sweep without a point, throws
/// CaseError and changes nothing.
void keep_stability(CaseFile& file, ExhibitId id, const ScoredBy& by, const Stability& stability,
                    const std::string& signer = {});

}  // namespace dfd
