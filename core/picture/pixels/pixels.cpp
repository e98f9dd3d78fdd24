#include "core/picture/pixels/pixels.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <opencv2/imgproc.hpp>
#include <string_view>

#include "core/base/atomic_file.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/pixels/mat_view.h"
#include "core/picture/pixels/png_text.h"

namespace dfd {
namespace {

using picture_detail::view;

DrawRow rows_of(const Pixels& pixels) {
    return [&pixels](int y, std::span<std::uint8_t> row) {
        std::copy_n(pixels.rgb.begin() + static_cast<std::ptrdiff_t>(row.size()) * y, row.size(),
                    row.begin());
    };
}

/// Writes 8-bit RGB, row by row. Each row holds differences to the left (the filter "Sub"), which
/// are compressed fast: heatmaps are written for every expert.
class PngEncoder {
  public:
    using Sink = std::function<void(std::span<const std::uint8_t>)>;

    PngEncoder(int width, int height, Sink sink)
        : width_(width), height_(height), sink_(std::move(sink)) {
        if (width <= 0 || height <= 0) {
            throw PictureError(
                {failure_codes::kInternal,
                 to_say("There are no pixels to write as PNG; decode a picture first.")});
        }
        if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL, Z_RLE) !=
            Z_OK)
            throw std::bad_alloc();
    }
    ~PngEncoder() { deflateEnd(&stream_); }
    PngEncoder(const PngEncoder&) = delete;
    PngEncoder& operator=(const PngEncoder&) = delete;

    void encode(const DrawRow& draw, const PngText& text) {
        constexpr std::array<std::uint8_t, 8> kSignature{0x89, 'P',  'N',  'G',
                                                         '\r', '\n', 0x1A, '\n'};
        constexpr std::uint8_t kBits = 8, kRgb = 2, kSub = 1;
        sink_(kSignature);
        std::vector<std::uint8_t> header;
        append(header, static_cast<std::uint32_t>(width_));
        append(header, static_cast<std::uint32_t>(height_));
        header.insert(header.end(), {kBits, kRgb, 0, 0, 0});
        put_chunk("IHDR", header);
        for (const auto& [key, value] : text)
            put_text(key, value);
        const auto length = std::size_t{3} * static_cast<std::size_t>(width_);
        std::vector<std::uint8_t> row(length), filtered(length + 1, kSub);
        for (int y = 0; y < height_; ++y) {
            draw(y, row);
            for (std::size_t i = 0; i < length; ++i)
                filtered[i + 1] = static_cast<std::uint8_t>(row[i] - (i < 3 ? 0 : row[i - 3]));
            compress(filtered, Z_NO_FLUSH);
        }
        compress({}, Z_FINISH);
        put_chunk("IEND", {});
    }

  private:
    static void append(std::vector<std::uint8_t>& to, std::uint32_t number) {
        for (int shift = 24; shift >= 0; shift -= 8)
            to.push_back(static_cast<std::uint8_t>(number >> shift));
    }
    void put_chunk(std::string_view type, std::span<const std::uint8_t> data) {
        std::vector<std::uint8_t> chunk;
        append(chunk, static_cast<std::uint32_t>(data.size()));
        chunk.insert(chunk.end(), type.begin(), type.end());
        chunk.insert(chunk.end(), data.begin(), data.end());
        append(chunk, static_cast<std::uint32_t>(
                          crc32_z(crc32_z(0, nullptr, 0), chunk.data() + 4, chunk.size() - 4)));
        sink_(chunk);
    }
    /// As tEXt, which every reader knows, or as iTXt where ASCII is not enough.
    void put_text(const std::string& key, const std::string& value) {
        const bool ascii =
            std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        auto data = key + '\0';
        if (!ascii)
            data.append(4, '\0');  // not compressed, no language, no translated key
        data += value;
        put_chunk(ascii ? "tEXt" : "iTXt", as_bytes(data));
    }
    void compress(std::span<std::uint8_t> bytes, int flush) {
        stream_.next_in = bytes.data();
        stream_.avail_in = static_cast<uInt>(bytes.size());
        int code = Z_OK;
        do {
            stream_.next_out = buffer_.data() + filled_;
            stream_.avail_out = static_cast<uInt>(buffer_.size() - filled_);
            code = deflate(&stream_, flush);
            filled_ = buffer_.size() - stream_.avail_out;
            if (filled_ == buffer_.size() || code == Z_STREAM_END) {
                put_chunk("IDAT", std::span(buffer_).first(filled_));
                filled_ = 0;
            }
        } while (stream_.avail_in > 0 || (flush == Z_FINISH && code == Z_OK));
    }

    int width_, height_;
    Sink sink_;
    z_stream stream_{};
    std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(std::size_t{1} << 16);
    std::size_t filled_ = 0;
};

}  // namespace

Pixels thumbnail(const Pixels& pixels, int longest_side) {
    const int longest = std::max(pixels.width, pixels.height);
    if (pixels.empty() || longest <= std::max(longest_side, 1))
        return pixels;
    const double ratio = static_cast<double>(std::max(longest_side, 1)) / longest;
    Pixels small;
    small.width = std::max(1, static_cast<int>(std::lround(pixels.width * ratio)));
    small.height = std::max(1, static_cast<int>(std::lround(pixels.height * ratio)));
    small.rgb.resize(std::size_t{3} * static_cast<std::size_t>(small.width) *
                     static_cast<std::size_t>(small.height));
    cv::Mat target(small.height, small.width, CV_8UC3, small.rgb.data());
    cv::resize(view(pixels), target, target.size(), 0, 0, cv::INTER_AREA);
    return small;
}

std::vector<std::uint8_t> encode_png(const Pixels& pixels) {
    return encode_png(pixels, {});
}

std::vector<std::uint8_t> encode_png(const Pixels& pixels, const PngText& text) {
    std::vector<std::uint8_t> bytes;
    PngEncoder encoder(pixels.width, pixels.height, [&](std::span<const std::uint8_t> piece) {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
    });
    encoder.encode(rows_of(pixels), text);
    return bytes;
}

void write_png(const std::filesystem::path& path, const Pixels& pixels) {
    write_png(path, pixels, {});
}

void write_png(const std::filesystem::path& path, const Pixels& pixels, const PngText& text) {
    write_png(path, pixels.width, pixels.height, rows_of(pixels), text);
}

void write_png(const std::filesystem::path& path, int width, int height, const DrawRow& draw) {
    write_png(path, width, height, draw, {});
}

void write_png(const std::filesystem::path& path, int width, int height, const DrawRow& draw,
               const PngText& text) {
    AtomicFile file(path);
    PngEncoder encoder(width, height,
                       [&](std::span<const std::uint8_t> piece) { file.write(piece); });
    encoder.encode(draw, text);
    file.put_in_place();
}

}  // namespace dfd
