// Every alternative decoding of a file, with its pixels.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/picture/decode_policy.h"

namespace dfd::test {

struct PolicyPixels {
    DecodePolicy policy = DecodePolicy::Reference;
    std::string sentence;
    Pixels pixels;        ///< empty when there is a `problem`
    std::string problem;  ///< empty when there are pixels
};

[[nodiscard]] inline std::vector<PolicyPixels> all_decodings(std::span<const std::uint8_t> bytes,
                                                             const Picture& reference,
                                                             bool grey = false) {
    std::vector<PolicyPixels> found;
    for (const auto& other : other_decodings(bytes, reference, grey)) {
        auto& one = found.emplace_back();
        one.policy = other.policy;
        one.sentence = other.sentence;
        try {
            one.pixels = decoded_by(other.policy, bytes, reference);
            EXPECT_TRUE(decoded_by(other.policy, bytes, Picture(reference)).rgb == one.pixels.rgb)
                << "in the memory of the reference: " << other.sentence;
        } catch (const PictureError& error) {
            one.problem = error.what();
        }
    }
    return found;
}

}  // namespace dfd::test
