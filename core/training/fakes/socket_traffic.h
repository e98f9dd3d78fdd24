// How much came in over a connection, whatever the library above it does with it.
#pragma once

#include <cstdint>

namespace dfd {

/// Bytes that the TCP connection `socket` has received since it was made; 0 when the system does
/// not tell.
[[nodiscard]] std::uint64_t bytes_received(int socket);

}  // namespace dfd
