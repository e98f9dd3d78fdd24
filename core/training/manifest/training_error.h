// The exception type of data preparation, training and evaluation. Plain C++.
#pragma once

#include <stdexcept>

namespace dfd {

/// A problem with the data, the options or a training run. The message is a sentence that says what
/// is wrong, where, and what to do.
class TrainingError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace dfd
