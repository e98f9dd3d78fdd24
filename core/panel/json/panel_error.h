// The error of panels, experts and what belongs to them. Plain C++.
#pragma once

#include <stdexcept>

namespace dfd {

/// An invalid panel, expert, manifest or checkpoint. what() is a sentence that names the file and
/// the part of it.
class PanelError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace dfd
