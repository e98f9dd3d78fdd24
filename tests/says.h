// Expectations on texts.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace dfd::test {

inline ::testing::AssertionResult contains(const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << '"' << part << "\" is not in: " << text;
}

}  // namespace dfd::test

#define EXPECT_SAYS(text, part) EXPECT_TRUE(::dfd::test::contains(text, part))
#define ASSERT_SAYS(text, part) ASSERT_TRUE(::dfd::test::contains(text, part))
