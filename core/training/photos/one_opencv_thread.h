// OpenCV on one thread for a scope.
#pragma once

#include <opencv2/core/utility.hpp>

namespace dfd {

/// Where our own threads work on pictures: OpenCV's would fight with them over the processors.
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
