// CSV reader (RFC 4180); the writer is core/base/csv_line.h. Plain C++.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// Parses rows of fields. Quoted fields may contain commas, quotes and line breaks. Carriage
/// returns outside them, a byte order mark at the start, and empty lines are dropped. Other bytes
/// are kept unchanged. Throws TrainingError when a quoted field is not closed: it would swallow the
/// rest.
[[nodiscard]] std::vector<std::vector<std::string>> parse_csv(std::string_view text);

}  // namespace dfd
