// Bytes received over a TCP socket, from the kernel's counters.
#pragma once

#include <cstdint>

namespace dfd {

/// Bytes received by the TCP connection `socket` since it was opened; 0 when the system does not
/// report it.
[[nodiscard]] std::uint64_t bytes_received(int socket);

}  // namespace dfd
