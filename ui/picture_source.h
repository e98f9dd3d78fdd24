// Reading a picture that several files may hold. For background threads.
#pragma once

#include <string>
#include <vector>

#include "core/engine/examiner.h"

namespace dfd::ui {

/// The first of `sources` that can be read and has this SHA-256 (hexadecimal; empty: any content
/// will do). Blocks. Throws what is wrong with the first one, a sentence; std::bad_alloc.
[[nodiscard]] Picture read_first(const std::vector<Source>& sources, const std::string& sha256);

}  // namespace dfd::ui
