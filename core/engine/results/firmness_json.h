// How firm a verdict is, as JSON.
// Internal to core/engine.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "core/opinion/firmness.h"
#include "core/panel/json_line.h"

namespace dfd {

/// "fake" or "real": a side of the threshold.
[[nodiscard]] inline const char* side_name(bool fake) {
    return fake ? "fake" : "real";
}

/// threshold, score (of the untouched picture), low, high (over ordinary re-sharing; the score
/// where none was tried), ordinary {versions, other_side}, versions, passages [{name, score}]
/// (hard ones: printing and scanning), flips [{operation, who, panel, at (number or null), lower,
/// upper (number or null), before, after ("real" or "fake"), words}].
[[nodiscard]] nlohmann::ordered_json firmness_json(const Firmness& firmness);

}  // namespace dfd
