// Writing comma-separated values (RFC 4180). Plain C++.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// Quotes the field if needed. The bytes are unchanged.
[[nodiscard]] std::string csv_field(std::string_view field);

/// Joins the fields with commas. No line break at the end.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

}  // namespace dfd
