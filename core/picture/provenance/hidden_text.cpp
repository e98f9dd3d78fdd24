// Settings that NovelAI, Forge and others hide in the lowest bits of alpha or of the colours, so
// that they survive websites that remove metadata ("stealth PNG info").
#include <array>
#include <string_view>

#include "core/base/text.h"
#include "core/picture/formats/frames.h"
#include "core/picture/formats/unpacked.h"
#include "core/picture/provenance/generator_json.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLongestText = std::size_t{1} << 20;

/// The lowest bits of some interleaved channels, column by column, as bytes.
class LowestBits {
  public:
    LowestBits(Bytes samples, int width, int height, std::size_t channels)
        : samples_(samples),
          width_(static_cast<std::size_t>(width)),
          height_(static_cast<std::size_t>(height)),
          channels_(channels) {}

    /// The next `count` bytes, or fewer at the end of the picture.
    std::vector<std::uint8_t> take(std::size_t count) {
        std::vector<std::uint8_t> bytes;
        while (bytes.size() < count && at_ + 8 <= width_ * height_ * channels_) {
            unsigned byte = 0;
            for (int bit = 0; bit < 8; ++bit, ++at_) {
                const std::size_t pixel = at_ / channels_;
                const std::size_t x = pixel / height_, y = pixel % height_;
                byte = byte << 1 | (samples_[(y * width_ + x) * channels_ + at_ % channels_] & 1U);
            }
            bytes.push_back(static_cast<std::uint8_t>(byte));
        }
        return bytes;
    }

  private:
    Bytes samples_;
    std::size_t width_, height_, channels_;
    std::size_t at_ = 0;
};

/// NovelAI hides its PNG texts as one JSON object; others hide the text itself.
void add_texts(const std::string& text, const char* where, std::vector<EmbeddedText>& texts) {
    const Json object = object_of(text);
    if (!object.contains("Comment")) {
        texts.push_back({where, {}, text, false});
        return;
    }
    for (const auto& [key, value] : object.items())
        if (value.is_string())
            texts.push_back({where, key, value.get<std::string>(), false});
}

void read_hidden(LowestBits bits, std::string_view plain, std::string_view packed,
                 const char* where, std::vector<EmbeddedText>& texts) {
    const auto name = bits.take(plain.size());
    const bool compressed = text_at(name, 0, packed);
    if (!compressed && !text_at(name, 0, plain))
        return;
    const std::uint64_t length = big_endian(bits.take(4), 0, 4).value_or(0) / 8;
    const auto data = bits.take(std::min<std::uint64_t>(length, kLongestText));
    if (data.size() < std::min<std::uint64_t>(length, kLongestText))
        return;
    const std::string text = compressed ? unpacked(data, kLongestText).text : text_of_latin1(data);
    add_texts(text_of_latin1(as_bytes(text)), where, texts);
}

}  // namespace

std::vector<EmbeddedText> hidden_texts(Bytes bytes, Format format, const Pixels& picture) {
    std::vector<EmbeddedText> texts;
    const auto count =
        static_cast<std::uint64_t>(picture.width) * static_cast<std::uint64_t>(picture.height);
    if ((format != Format::Png && format != Format::WebP) || count > kMostPixelsWithHiddenText)
        return texts;
    read_hidden({picture.rgb, picture.width, picture.height, 3}, "stealth_rgbinfo"sv,
                "stealth_rgbcomp"sv, "text hidden in the lowest bits of the colours", texts);
    if (const auto alpha = stored_alpha(bytes, format)) {
        read_hidden({alpha->samples, alpha->width, alpha->height, 1}, "stealth_pnginfo"sv,
                    "stealth_pngcomp"sv, "text hidden in the lowest bits of alpha", texts);
    }
    return texts;
}

}  // namespace dfd::picture_detail
