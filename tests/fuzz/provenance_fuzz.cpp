// The readers of containers, metadata blocks and C2PA, without decoding; the first byte says the
// format.
#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/frames.h"
#include "core/picture/provenance/metadata.h"
#include "core/picture/provenance/metadata_blocks.h"
#include "core/picture/provenance/origin.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    using namespace picture_detail;
    if (input.empty())
        return;
    constexpr int kFormats = static_cast<int>(Format::Pnm) + 1;
    const auto format = static_cast<Format>(input[0] % kFormats);
    const auto file = input.subspan(1);
    const auto texts = embedded_texts(file, format);
    const auto blocks = metadata_blocks(file, format);
    require(blocks.exif.size() <= 8 && blocks.xmp.size() <= 8);
    const auto metadata = read_metadata(file, format);
    (void)other_mpo_pictures(file);
    (void)heif_turns_itself(file);
    auto hints = content_credential_hints(file, format, metadata);
    if (auto hint = generation_hint(texts))
        hints.push_back(std::move(*hint));
    if (auto hint = compression_hint(file))
        hints.push_back(std::move(*hint));
    for (auto& hint : software_hints(metadata, texts))
        hints.push_back(std::move(hint));
    for (auto& hint : source_hints(metadata))
        hints.push_back(std::move(hint));
    for (const auto& hint : hints)
        require(is_utf8(hint.sentence) && is_utf8(hint.evidence));
}

}  // namespace dfd::fuzz
