// Writing comma-separated values as RFC 4180 has them. Plain C++.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// The field, quoted when it has to be. Bytes are kept as they are.
[[nodiscard]] std::string csv_field(std::string_view field);

/// Fields with commas between them, without a line break at the end.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

}  // namespace dfd
