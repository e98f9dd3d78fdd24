// The identity of a training: what must match to resume it or to treat it as finished. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/training/experts/training_options.h"

namespace dfd {

/// One line for everything that influences the result: every option, every expert with the hash of
/// its starting weights, the manifest's bytes. `learning` is resolved, including its precision
/// (training_precision.h). Blocks: hashes the starting weights. Throws TrainingError or PanelError
/// when they no longer exist.
[[nodiscard]] std::string training_identity(const TrainOptions& options,
                                            const LearningOptions& learning,
                                            const std::string& manifest_digest);

/// The differing lines of two identities.
using IdentityDifference = std::pair<std::string, std::string>;

/// The first line in which two identities differ, of both ("nothing" where one has ended). Empty
/// when they are equal.
[[nodiscard]] std::optional<IdentityDifference> identity_difference(const std::string& found,
                                                                    const std::string& wanted);

/// A sentence with a leading space for a difference that the user may not have caused: another
/// processor's arithmetic, or starting weights that have changed. Otherwise empty.
[[nodiscard]] std::string difference_advice(const IdentityDifference& difference);

}  // namespace dfd
