// Reads text that containers store next to the pixels.
#include <algorithm>

#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/formats/unpacked.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 20;
constexpr std::size_t kLongestTogether = std::size_t{8} << 20;
constexpr std::size_t kMostTexts = 100;

std::string_view view(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The bytes before and after the first zero byte.
std::pair<Bytes, Bytes> split_at_zero(Bytes bytes) {
    const auto zero = std::find(bytes.begin(), bytes.end(), std::uint8_t{0});
    const auto length = static_cast<std::size_t>(zero - bytes.begin());
    return {part(bytes, 0, length), part(bytes, length + 1)};
}

class Collector {
  public:
    void add(const char* where, Bytes key, Bytes text, bool packed) {
        if (texts_.size() >= kMostTexts || total_ >= kLongestTogether)
            return;
        const std::size_t most = std::min(kLongestText, kLongestTogether - total_);
        EmbeddedText found{where, printable(text_of_latin1(part(key, 0, 79)), 160), {}, false};
        Unpacked whole;
        if (packed) {
            whole = unpacked(text, most);
            found.cut = whole.cut;
            text = as_bytes(whole.text);
        } else {
            found.cut = text.size() > most;
        }
        found.text = text_of_latin1(part(text, 0, most));
        total_ += found.text.size();
        texts_.push_back(std::move(found));
    }

    void add_chunk(std::string_view type, Bytes data) {
        const auto [key, rest] = split_at_zero(data);
        if (type == "tEXt") {
            add("PNG text", key, rest, false);
        } else if (type == "zTXt" && !rest.empty() && rest[0] == 0) {
            add("PNG text", key, part(rest, 1), true);
        } else if (type == "iTXt" && rest.size() >= 2 && rest[1] == 0) {
            const Bytes text = split_at_zero(split_at_zero(part(rest, 2)).second).second;
            add("PNG text", key, text, rest[0] == 1);
        }
    }

    [[nodiscard]] std::vector<EmbeddedText> take() { return std::move(texts_); }

  private:
    std::vector<EmbeddedText> texts_;
    std::size_t total_ = 0;
};

}  // namespace

std::string text_of_latin1(Bytes bytes) {
    if (is_utf8(view(bytes)))
        return std::string(view(bytes));
    std::string text;
    for (const std::uint8_t byte : bytes)
        append_utf8(text, byte);
    return text;
}

std::string user_comment_text(Bytes comment) {
    if (!text_at(comment, 0, "UNICODE")) {
        const bool named = text_at(comment, 0, "ASCII") || text_at(comment, 0, "JIS") ||
                           text_at(comment, 0, std::string_view("\0\0\0\0\0\0\0\0", 8));
        return text_of_latin1(part(comment, named ? 8 : 0));
    }
    Bytes text = part(comment, 8);
    // Detect the byte order: in big-endian text, Latin letters have a zero byte at even positions.
    std::size_t even = 0, odd = 0;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        even += text[i] == 0 ? 1 : 0;
        odd += text[i + 1] == 0 ? 1 : 0;
    }
    bool big = even >= odd;
    if (big_endian(text, 0, 2) == 0xFEFF || big_endian(text, 0, 2) == 0xFFFE) {
        big = *big_endian(text, 0, 2) == 0xFEFF;
        text = part(text, 2);
    }
    const auto unit = [&](std::size_t at) {
        return static_cast<std::uint32_t>(
            (big ? big_endian(text, at, 2) : little_endian(text, at, 2)).value_or(0));
    };
    std::string result;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
        std::uint32_t code = unit(at);
        const std::uint32_t low = unit(at + 2);
        if (code >= 0xD800 && code < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        } else if (code >= 0xD800 && code < 0xE000) {
            code = 0xFFFD;
        }
        append_utf8(result, code);
    }
    return result;
}

std::vector<EmbeddedText> embedded_texts(Bytes bytes, Format format) {
    constexpr std::uint8_t kComment = 0xFE;
    Collector collector;
    if (format == Format::Png) {
        each_png_chunk(bytes,
                       [&](std::string_view type, Bytes data) { collector.add_chunk(type, data); });
    } else if (format == Format::Jpeg) {
        each_jpeg_segment(bytes, [&](std::uint8_t marker, Bytes data) {
            if (marker == kComment)
                collector.add("JPEG comment", {}, data, false);
        });
    } else if (format == Format::Gif) {
        each_gif_block(bytes, [&](const GifBlock& block) {
            if (block.label == kComment)
                collector.add("GIF comment", {}, joined_sub_blocks(block.raw, kLongestText + 1),
                              false);
        });
    }
    return collector.take();
}

}  // namespace dfd::picture_detail
