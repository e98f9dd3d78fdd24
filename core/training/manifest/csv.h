// Reading comma-separated values as RFC 4180 has them; writing: core/base/csv_line.h. Plain C++.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// Rows of fields. Quoted fields may hold commas, quotes and line breaks; carriage returns outside
/// them and a byte order mark at the start are dropped, as are empty lines. Bytes are kept as they
/// are. Throws TrainingError when a quoted field has no end: it would swallow the rest.
[[nodiscard]] std::vector<std::vector<std::string>> parse_csv(std::string_view text);

}  // namespace dfd
