// The restricted reader of pickles.
#include "core/checkpoint/pickle.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const auto document = pickle::parse(as_view(input), "input");
    require(document.consumed <= input.size() && document.root < document.nodes.size());
    for (const auto& node : document.nodes)
        for (const auto item : node.items)
            require(item < document.nodes.size());
}

}  // namespace dfd::fuzz
