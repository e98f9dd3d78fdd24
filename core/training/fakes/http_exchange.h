// One HTTP request to an untrusted server, with limits on time and size. Plain C++: the HTTP
// library is not exposed.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "core/training/manifest/training_error.h"

namespace dfd {

struct HttpAddress {
    std::string url;  ///< as passed to parse_http_address
    bool tls = false;
    std::string host;  ///< lower case; IPv6 without brackets
    int port = 80;
    std::string path;  ///< empty, or "/..." without a trailing slash

    /// localhost, 127.0.0.0/8 or ::1: data stays on this computer.
    [[nodiscard]] bool loopback() const;
};

/// Parses "http://host:port/path", or https. Throws TrainingError for anything else, also for an
/// address with a user, a query or a fragment.
[[nodiscard]] HttpAddress parse_http_address(const std::string& url);

struct HttpLimits {
    double connect_seconds = 3;
    double answer_seconds = 300;  ///< from the request to the last byte of the answer
    std::uint64_t answer_bytes = std::uint64_t{64} << 20U;  ///< larger: aborted
};

enum class HttpTrouble {
    None,         ///< an answer was received, with any status
    Unreachable,  ///< no listener, or the connect time-out was reached
    Untrusted,    ///< no encrypted connection, or an invalid certificate
    BrokenOff,    ///< the connection ended before the answer did
    Late,
    TooLarge,
};

struct HttpReply {
    HttpTrouble trouble = HttpTrouble::None;
    int status = 0;        ///< 0 unless an answer was received
    std::string location;  ///< target of a redirect; never followed
    std::string body;
};

/// Sends GET for `path` (relative to the address's own path), or POSTs `body` as JSON when it is
/// not empty. Opens a new connection and closes it. Blocks. A stop request aborts it at once with
/// Cancelled.
[[nodiscard]] HttpReply http_exchange(const HttpAddress& address, const HttpLimits& limits,
                                      const std::string& path, const std::string& body,
                                      const std::stop_token& stop);

}  // namespace dfd
