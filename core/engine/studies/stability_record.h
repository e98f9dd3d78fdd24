// Stability sweeps as text that a case stores; reading restores them to the bit. Plain C++.
#pragma once

#include <string>

#include "core/engine/studies/stability.h"

namespace dfd {

/// One JSON object on one line: format (1), experts (how many), complete, untouched [[logit real,
/// logit fake], ...], operations [{name, title, unit, what, preset, passage, ordered, neutral,
/// variants [{amount, ordinary, steps [[step, amount], ...], and logits as above, or skipped (a
/// sentence), or neither for a version that was not reached}]}]. What counts as ordinary is stored
/// with the figures, so that a newer table of operations does not change earlier results.
[[nodiscard]] std::string stability_record(const Stability& stability);

/// Reads the sweep back for the panel that made it at this precision, in the reference combination.
/// Throws std::invalid_argument with a sentence for text that is not a record or has another number
/// of experts.
[[nodiscard]] Stability read_stability_record(const std::string& text, const PanelRecord& panel,
                                              const std::string& precision);

}  // namespace dfd
