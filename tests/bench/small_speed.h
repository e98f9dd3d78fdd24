// A small panel for tests of the benchmark.
#pragma once

#include "app/bench/speed.h"

namespace dfd::test {

inline SpeedOptions small_speed() {
    SpeedOptions options;
    options.experts = {{"one \"quoted\"", "convnextv2_atto"}, {"two", "tf_efficientnet_b0"}};
    options.side = 64;
    options.rounds = 2;
    options.batches = {1, 2};
    return options;
}

}  // namespace dfd::test
