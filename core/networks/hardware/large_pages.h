// Memory on large pages: what a picture's computation reads through without end.
#pragma once

#include <cstddef>
#include <memory>

namespace dfd {

/// At least so many bytes, aligned to a large page; the system is asked for such pages and may give
/// small ones. Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<void> large_pages(std::size_t bytes);

/// The same for what stays, aligned to 64 bytes: small pieces that one thread asks for share pages,
/// which are freed with the last of them.
[[nodiscard]] std::shared_ptr<void> piece_of_large_pages(std::size_t bytes);

}  // namespace dfd
