// What a case recorded of many exhibits at once: opinions alone, without facts, maps and notes.
// Plain C++.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "core/casework/exhibits/exhibits.h"
#include "core/picture/picture.h"

namespace dfd {

/// The result of the scorer that is shown.
struct RecordedOpinion {
    ExhibitId id = 0;
    std::filesystem::path path;           ///< as ExhibitRow's
    std::optional<PanelOpinion> opinion;  ///< as it was recorded, without maps
    Failure failure;                      ///< when there is none
};

/// One call an exhibit that passes and has a result, scored or failed, by rising id. Memory holds
/// one at a time. Blocks: about a second for 100 000 exhibits and seven experts; `take` may use the
/// case. False when it was stopped before the last one. Throws CaseError, and what `take` throws.
bool read_opinions(const CaseFile& file, const ExhibitFilter& filter,
                   const std::function<void(const RecordedOpinion&)>& take,
                   const std::stop_token& stop = {});

}  // namespace dfd
