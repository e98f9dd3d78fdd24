// Order, validity and joining of texts.
#include "core/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dfd {
namespace {

using Texts = std::vector<std::string>;

TEST(Text, OrdersNaturally) {
    const Texts ordered{"a/b/c",      "a/b c", "a-b",      "img",     "img0",
                        "IMG1.jpeg",  "img02", "img2.jpg", "img2b",   "img10",
                        "img100.jpg", "imgs",  "z",        "\xC3\xA4"};
    auto shuffled = ordered;
    std::ranges::reverse(shuffled);
    std::ranges::sort(shuffled, {}, natural_key);
    EXPECT_EQ(shuffled, ordered);
    EXPECT_EQ(natural_key("img007"), natural_key("IMG7"));
}

}  // namespace
}  // namespace dfd
