// Versions of exhibits, tried and kept one exhibit after another. Plain C++.
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
    /// Also those of which the case keeps all these operations already.
    bool again = false;
};

struct CaseStabilityProgress {
    std::size_t exhibits = 0;  ///< asked for
    std::size_t looked_at = 0;
    std::size_t kept = 0;    ///< newly
    std::size_t known = 0;   ///< passed over: the case has them
    std::size_t points = 0;  ///< versions of the exhibit under way that are scored
    std::size_t planned = 0;
    std::vector<std::string> left_out;  ///< "PATH: sentence"
};

/// Tries versions of the exhibits with the panel whose results the case shows, and keeps each
/// exhibit's as soon as they are complete, joined with what was kept of other operations. Blocks; a
/// stop loses the exhibit under way and nothing else, and the same call goes on there. `progress`
/// is told on the caller's thread. Exhibits without a score, whose bytes nobody holds any more, or
/// that are decoded otherwise now are left out with a sentence. Throws CaseError: the evaluator is
/// of another panel, precision or preprocessing than the results, or the case cannot be written;
/// DeviceError; Cancelled.
CaseStabilityProgress try_versions(
    CaseFile& file, Evaluator& evaluator, const CaseStabilityRequest& request,
    const std::function<void(const CaseStabilityProgress&)>& progress = {},
    const std::stop_token& stop = {});

}  // namespace dfd
