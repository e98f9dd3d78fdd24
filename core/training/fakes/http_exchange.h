// One question and its answer over HTTP, from a server that is not trusted. Plain C++: the HTTP
// library does not show.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "core/training/manifest/training_error.h"

namespace dfd {

struct HttpAddress {
    std::string url;  ///< as given
    bool tls = false;
    std::string host;  ///< lower case, an IPv6 address without its brackets
    int port = 80;
    std::string path;  ///< empty, or "/..." without a slash at its end

    /// localhost, 127.0.0.0/8 or ::1: nothing leaves this computer.
    [[nodiscard]] bool loopback() const;
};

/// "http://host:port/path", or https. Throws TrainingError for anything else, also for an address
/// with a user, a question or a fragment, and for https when the library was built without it.
[[nodiscard]] HttpAddress parse_http_address(const std::string& url);

struct HttpLimits {
    double connect_seconds = 3;
    double answer_seconds = 300;  ///< from the question to the answer's last byte
    std::uint64_t answer_bytes = std::uint64_t{64} << 20U;  ///< unpacked; more is broken off
};

enum class HttpTrouble {
    None,         ///< an answer came, whatever its status
    Unreachable,  ///< nobody listens there, or not within the time to connect
    Untrusted,    ///< no encrypted connection, or a certificate that is not valid
    BrokenOff,    ///< the connection ended before the answer did
    Late,
    TooLarge,
};

struct HttpReply {
    HttpTrouble trouble = HttpTrouble::None;
    int status = 0;        ///< 0 unless an answer came
    std::string location;  ///< where a redirection points; it is never followed
    std::string body;
};

/// Asks for `path` (below the address's own) with GET, or POSTs the JSON `body` when there is any.
/// Opens a connection and closes it again. Blocks; once connected, a stop request is heeded at once
/// and ends in Cancelled.
[[nodiscard]] HttpReply http_exchange(const HttpAddress& address, const HttpLimits& limits,
                                      const std::string& path, const std::string& body,
                                      const std::stop_token& stop);

}  // namespace dfd
