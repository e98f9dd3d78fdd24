// Text for error messages: paths, names from files, shapes and sizes, safe to display. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace dfd {

/// The path in double quotes, as visible() shows it.
[[nodiscard]] std::string quoted(const std::filesystem::path& path);

/// A name from an untrusted file in double quotes. At most 160 characters; every character other
/// than printable ASCII, and the double quote, becomes "?".
[[nodiscard]] std::string quoted_name(std::string_view name);

/// For example "[4, 3, 3]"; "[]" for a scalar.
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

/// For example "312 bytes" or "41.3 MB" (decimal units).
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace dfd
