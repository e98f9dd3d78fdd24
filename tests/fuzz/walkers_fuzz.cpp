// The walkers through every container, each on the same bytes whatever format they claim to have.
#include "core/picture/formats/containers.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/formats/jpeg_facts.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {
namespace {

using namespace picture_detail;

/// Whether a part lies within the whole.
bool inside(Bytes part, Bytes whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

void run_one(std::span<const std::uint8_t> input) {
    constexpr std::size_t kMost = 4096;
    (void)each_jpeg_segment(input, [&](std::uint8_t, Bytes data) { require(inside(data, input)); });
    const auto piece = [&](std::string_view type, Bytes data) {
        require(type.size() == 4 && inside(data, input));
    };
    each_png_chunk(input, piece);
    each_riff_chunk(input, piece);
    each_box(input, piece);
    each_gif_block(input, [&](const GifBlock& block) {
        require(inside(block.raw, input));
        require(joined_sub_blocks(block.raw, kMost).size() <= kMost);
    });
    require(inside(heif_descriptions(input), input));
    std::size_t items = 0;
    each_heif_item(input, kMost, [&](const HeifItem& item) {
        require(++items <= 32 && item.data.size() <= kMost);
    });
    each_tiff_field(input, [&](const TiffField& field) {
        require(inside(field.values, input));
        (void)is_tiff_directory(input, tiff_number(input, field.values));
    });
    require(tiff_end(input) <= input.size());
    for (const auto picture : other_mpo_pictures(input))
        require(inside(picture, input));
    if (const auto facts = jpeg_facts(input))
        require(facts->quality >= 1 && facts->quality <= 100);
}

}  // namespace dfd::fuzz
