// Words for errors: paths, names out of files, shapes and sizes, safe to show. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace dfd {

/// The path in double quotes, its bytes unchanged.
[[nodiscard]] std::string quoted(const std::filesystem::path& path);

/// A name out of an untrusted file, in double quotes: printable ASCII, at most 160 characters.
[[nodiscard]] std::string quoted_name(std::string_view name);

/// "[4, 3, 3]"; "[]" for a scalar.
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

/// "312 bytes", "41.3 MB" (decimal units).
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace dfd
