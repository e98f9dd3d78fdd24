// Finds pictures that look alike: recompressed, resized or slightly edited. Plain C++.
#pragma once

#include <optional>
#include <vector>

#include "core/casework/exhibits/exhibits.h"

namespace dfd {

struct LookAlikes {
    std::vector<ExhibitId> ids;             ///< at least two, in the order of arrival
    std::optional<double> lowest, highest;  ///< of the members that have a score
    bool judged_differently =
        false;  ///< the scores have different words, or lie on different sides
};

inline constexpr int kDefaultHashDistance = 4;
inline constexpr int kLargestHashDistance = 7;
/// Groups of exhibits, the connected components of hashes that differ in at most `distance` bits (0
/// to kLargestHashDistance). Groups that are judged differently come first, then by size. Blocks:
/// under a second for 100 000 exhibits. Throws CaseError.
[[nodiscard]] std::vector<LookAlikes> find_look_alikes(const CaseFile& file,
                                                       int distance = kDefaultHashDistance);

}  // namespace dfd
