// Memory on large pages, for data that is read repeatedly during a computation.
#pragma once

#include <cstddef>
#include <memory>

namespace dfd {

/// At least `bytes` bytes, aligned to a large page. The system is asked for large pages but may
/// provide small ones. Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<void> large_pages(std::size_t bytes);

/// The same for long-lived data, aligned to 64 bytes. Small pieces allocated by one thread share
/// pages, which are freed with the last piece.
[[nodiscard]] std::shared_ptr<void> piece_of_large_pages(std::size_t bytes);

}  // namespace dfd
