// Says everything in German while an object lives, from the program's own catalogue.
#pragma once

#include <gtest/gtest.h>

#include "core/base/language.h"

namespace dfd::test {

class InGerman {
  public:
    InGerman() { EXPECT_TRUE(use_language("de")); }
    ~InGerman() { use_language("en"); }
    InGerman(const InGerman&) = delete;
    InGerman& operator=(const InGerman&) = delete;
};

}  // namespace dfd::test
