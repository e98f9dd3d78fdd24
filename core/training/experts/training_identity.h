// What must agree for a training to be resumed or counted as done. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/training/experts/training_options.h"

namespace dfd {

/// One line for each thing that has an influence on the result: every option, every expert with
/// the bytes of its starting weights, the manifest's bytes. `learning` is resolved, its precision
/// settled (training_precision.h). Blocks: starting weights are hashed. Throws TrainingError or
/// PanelError when they are not there any more.
[[nodiscard]] std::string training_identity(const TrainOptions& options,
                                            const LearningOptions& learning,
                                            const std::string& manifest_digest);

/// A line of each of two identities.
using IdentityDifference = std::pair<std::string, std::string>;

/// The first line in which two identities differ, of both ("nothing" where one has ended). None
/// when they agree.
[[nodiscard]] std::optional<IdentityDifference> identity_difference(const std::string& found,
                                                                    const std::string& wanted);

/// A sentence with a space before it for a difference that the user may not have asked for: another
/// processor's arithmetic, starting weights that have changed since. Else empty.
[[nodiscard]] std::string difference_advice(const IdentityDifference& difference);

}  // namespace dfd
