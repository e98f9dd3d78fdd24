// A sweep as text that gives it back to the bit: what a case keeps. Plain C++.
#pragma once

#include <string>

#include "core/engine/studies/stability.h"

namespace dfd {

/// One JSON object on one line: format (1), experts (how many), complete, untouched [[logit real,
/// logit fake], ...], operations [{name, title, unit, what, preset, passage, ordered, neutral,
/// variants [{amount, ordinary, steps [[step, amount], ...], and logits as above or skipped, a
/// sentence, or neither for one that was not reached}]}]. What counts as ordinary is kept with the
/// figures, so that a newer table of operations changes nothing that was said.
[[nodiscard]] std::string stability_record(const Stability& stability);

/// The same sweep by the panel that made it, every expert counting alike. Throws
/// std::invalid_argument, a sentence, for text that is none or of another number of experts.
[[nodiscard]] Stability read_stability_record(const std::string& text, const PanelRecord& panel);

}  // namespace dfd
