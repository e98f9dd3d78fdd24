#include "core/training/fakes/socket_traffic.h"

#include <linux/tcp.h>  // not <netinet/tcp.h>, whose tcp_info lacks this counter
#include <netinet/in.h>
#include <sys/socket.h>

namespace dfd {

std::uint64_t bytes_received(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return 0;
    return info.tcpi_bytes_received;
}

}  // namespace dfd
