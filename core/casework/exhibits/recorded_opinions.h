// Reads the recorded opinions of many exhibits, without facts, maps and notes. Plain C++.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "core/casework/exhibits/exhibits.h"
#include "core/picture/picture.h"

namespace dfd {

/// The result of the shown scorer.
struct RecordedOpinion {
    ExhibitId id = 0;
    std::filesystem::path path;           ///< as in ExhibitRow
    std::optional<PanelOpinion> opinion;  ///< as recorded, without maps
    Failure failure;                      ///< when there is no opinion
};

/// Calls `take` for each exhibit that passes and has a result, scored or failed, in ascending order
/// of id. Memory holds one at a time. Blocks: about a second for 100 000 exhibits and seven
/// experts. `take` may use the case. Returns false when stopped before the last one. Throws
/// CaseError, and what `take` throws.
bool read_opinions(const CaseFile& file, const ExhibitFilter& filter,
                   const std::function<void(const RecordedOpinion&)>& take,
                   const std::stop_token& stop = {});

}  // namespace dfd
