// Names of the files that are made from an examination. Plain C++.
// Internal to core/engine.
#pragma once

#include <string>

#include "core/engine/examine/examiner.h"

namespace dfd {

/// A file name for one expert's picture: letters, digits, dot, dash and underscore only.
[[nodiscard]] std::string plain_name(const std::string& name);

/// The picture's file name without its extension, at most 160 bytes of it, and the first 8 digits
/// of its SHA-256: short enough for every file system, and different for different pictures.
[[nodiscard]] std::string export_stem(const Examination& examination);

/// The picture's file name, raw bytes, or what a picture without a file is called.
[[nodiscard]] std::string shown_name(const Examination& examination);

/// "The expert Brightness traces (trace_luma-0)"; the name once when the title is the name.
[[nodiscard]] std::string named_expert(const std::string& title, const std::string& name);

}  // namespace dfd
