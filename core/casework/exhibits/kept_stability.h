// How firm a verdict is, as a case keeps it. Plain C++.
//
// A sweep over versions of an exhibit is a record of its own, with its time and its author, and an
// entry of the audit log; a later one by the same panel, precision and preprocessing counts instead
// of it. Every point is kept with every expert's logits, so that interval and curves are those that
// were seen then, whatever a newer program calls ordinary.
#pragma once

#include <optional>
#include <string>

#include "core/casework/exhibits/exhibits.h"
#include "core/engine/results/result_export.h"
#include "core/engine/studies/stability.h"

namespace dfd {

struct KeptStability {
    Stability stability;  ///< by the panel's own combination
    Firmness firmness;    ///< of it
    std::string device;   ///< "cpu": where it was computed
    std::string by;
    CaseTime at = 0;
};

/// The last one by this scorer, whose panel that is; nothing when there is none, and in a case that
/// no newer program has written to yet. Throws CaseError.
[[nodiscard]] std::optional<KeptStability> kept_stability(const CaseFile& file, ExhibitId id,
                                                          ScorerId scorer,
                                                          const PanelRecord& panel);

/// Writes one transaction. Throws CaseError, and nothing has changed, unless the exhibit has a
/// result by this panel, precision and this program's preprocessing, and that is the score of the
/// untouched picture here; and for a sweep without a point.
void keep_stability(CaseFile& file, ExhibitId id, const ScoredBy& by, const Stability& stability);

}  // namespace dfd
