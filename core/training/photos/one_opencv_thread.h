// Limits OpenCV to one thread for a scope.
#pragma once

#include <opencv2/core/utility.hpp>

namespace dfd {

/// For code that processes pictures on its own threads: OpenCV's would compete for the processors.
class OneOpenCvThread {
  public:
    OneOpenCvThread() : before_(cv::getNumThreads()) { cv::setNumThreads(1); }
    ~OneOpenCvThread() { cv::setNumThreads(before_); }
    OneOpenCvThread(const OneOpenCvThread&) = delete;
    OneOpenCvThread& operator=(const OneOpenCvThread&) = delete;

  private:
    int before_;
};

}  // namespace dfd
