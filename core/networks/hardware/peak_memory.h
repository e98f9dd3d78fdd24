// The process's peak resident memory, measurable more than once.
#pragma once

#include <cstdint>

namespace dfd {

/// Gives freed memory back and starts measuring anew. False where the system cannot.
bool reset_peak_memory();

/// Bytes; since the last reset, else since the process started. 0 where it is not known.
[[nodiscard]] std::int64_t peak_memory();

}  // namespace dfd
