// What must agree for a training to be resumed or counted as done. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/training/training_options.h"

namespace dfd {

/// One line for each thing that has an influence on the result: every option, every expert, the
/// manifest's bytes. `learning` is resolved.
[[nodiscard]] std::string training_identity(const TrainOptions& options,
                                            const LearningOptions& learning,
                                            const std::string& manifest_digest);

/// The first line in which two identities differ, of both ("nothing" where one has ended). None
/// when they agree.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> identity_difference(
    const std::string& found, const std::string& wanted);

}  // namespace dfd
