// The one kind of failure of data preparing, training and evaluation. Plain C++.
#pragma once

#include <stdexcept>

namespace dfd {

/// What is wrong with the data, the options or the course of a training: a sentence that says
/// what, where and what to do.
class TrainingError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace dfd
