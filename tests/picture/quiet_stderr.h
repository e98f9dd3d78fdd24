// Fails a test that writes to standard error.
#pragma once

#include <gtest/gtest.h>

namespace dfd::test {

/// Fails the test if anything is written to stderr during its lifetime.
class QuietStderr {
  public:
    QuietStderr() { testing::internal::CaptureStderr(); }
    QuietStderr(const QuietStderr&) = delete;
    QuietStderr& operator=(const QuietStderr&) = delete;
    ~QuietStderr() { EXPECT_EQ(testing::internal::GetCapturedStderr(), ""); }
};

}  // namespace dfd::test
