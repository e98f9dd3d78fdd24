// The peak resident memory of the process, with reset.
#pragma once

#include <cstdint>

namespace dfd {

/// Returns freed memory to the system and resets the peak. False when the system does not support
/// it.
bool reset_peak_memory();

/// In bytes, since the last reset or else since the process started. 0 when unknown.
[[nodiscard]] std::int64_t peak_memory();

}  // namespace dfd
