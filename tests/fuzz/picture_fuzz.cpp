// Every decoder with every fact and hint about the file.
#include "core/base/text.h"
#include "core/picture/picture.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    constexpr DecodeLimits kSmall{std::uint64_t{1} << 20, 256 * 256};
    const auto picture = decode_picture(input, kSmall, Provenance::Sought);
    const auto area = static_cast<std::size_t>(picture.pixels.width) *
                      static_cast<std::size_t>(picture.pixels.height);
    require(picture.pixels.rgb.size() == 3 * area && area > 0 && area <= kSmall.pixels);
    for (const auto& warning : picture.warnings)
        require(is_utf8(warning));
    for (const auto& [key, value] : picture.facts.metadata)
        require(is_utf8(key) && is_utf8(value));
}

}  // namespace dfd::fuzz
