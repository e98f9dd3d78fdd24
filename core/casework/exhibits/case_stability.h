// Tries versions of exhibits and stores the results, one exhibit after another. Plain C++.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/store/case_file.h"
#include "core/engine/studies/stability.h"

namespace dfd {

struct CaseStabilityRequest {
    std::vector<ExhibitId> ids;
    StabilityOptions how;
    /// Also exhibits for which the case already has all these operations.
    bool again = false;
};

struct CaseStabilityProgress {
    std::size_t exhibits = 0;  ///< requested
    std::size_t looked_at = 0;
    std::size_t kept = 0;    ///< newly stored
    std::size_t known = 0;   ///< skipped: the case has them already
    std::size_t points = 0;  ///< versions of the current exhibit that are scored or skipped
    std::size_t planned = 0;
    std::vector<std::string> left_out;  ///< "PATH: sentence"
};

/// Tries versions of the exhibits with the panel whose results the case shows. Stores each
/// exhibit's result as soon as it is complete, merged with the stored operations. Blocks. A stop
/// loses only the current exhibit, and the same call continues there. `progress` is called on the
/// caller's thread. Exhibits are left out with a sentence when they have no score, when no file
/// holds their bytes any more, or when they are decoded differently now. Throws CaseError when the
/// evaluator's panel, precision or preprocessing is not that of the results, or when the case
/// cannot be written; DeviceError; Cancelled.
CaseStabilityProgress try_versions(
    CaseFile& file, Evaluator& evaluator, const CaseStabilityRequest& request,
    const std::function<void(const CaseStabilityProgress&)>& progress = {},
    const std::stop_token& stop = {});

}  // namespace dfd
