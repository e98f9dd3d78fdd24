// The exception of work that was asked to stop.
#pragma once

#include <stdexcept>

namespace dfd {

/// Thrown by anything that was asked to stop. Not an error to report.
class Cancelled : public std::runtime_error {
  public:
    Cancelled() : std::runtime_error("Cancelled.") {}
};

}  // namespace dfd
