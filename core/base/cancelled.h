// The exception of work that was asked to stop.
#pragma once

#include <stdexcept>
#include <stop_token>

namespace dfd {

/// Thrown by anything that was asked to stop. Not an error to report.
class Cancelled : public std::runtime_error {
  public:
    Cancelled() : std::runtime_error("Cancelled.") {}
};

/// Throws Cancelled when a stop was requested.
inline void check_stop(const std::stop_token& stop) {
    if (stop.stop_requested())
        throw Cancelled();
}

}  // namespace dfd
