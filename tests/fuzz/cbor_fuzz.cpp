// The reader of CBOR, descending everywhere.
#include "core/picture/provenance/cbor.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {
namespace {

void descend(picture_detail::CborReader item, int depth, int& left) {
    if (depth > 12 || --left < 0)
        return;
    auto text = item;
    (void)text.text();
    auto skipped = item;
    (void)skipped.skip();
    auto map = item;
    (void)map.map([&](const std::string&, picture_detail::CborReader value) {
        descend(value, depth + 1, left);
    });
    (void)item.array([&](picture_detail::CborReader value) { descend(value, depth + 1, left); });
}

}  // namespace

void run_one(std::span<const std::uint8_t> input) {
    int left = 10'000;
    descend(picture_detail::CborReader(input), 0, left);
}

}  // namespace dfd::fuzz
