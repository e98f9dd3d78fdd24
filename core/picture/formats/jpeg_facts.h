// Compression parameters of a JPEG, read from its header. Plain C++.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace dfd {

/// From the quantisation tables and the frame header.
struct JpegFacts {
    /// 1..100: the IJG quality whose scaled standard luminance table (ITU-T T.81, K.1) has the same
    /// sum, or the nearest sum for other encoders' tables.
    double quality = 0;
    /// Luminance samples per chrominance sample: 1 (4:4:4), 2 (4:2:2), 4 (4:2:0); 1 for grey.
    int subsampling = 1;
    int components = 0;  ///< 1 grey, 3 colour, 4 CMYK
    /// Whether every table used equals K.1 (luminance) or K.2 (chrominance) scaled to `quality`.
    bool standard_tables = false;
    bool progressive = false;
    /// Sampling factors of luminance relative to chrominance, horizontally and vertically: 2 and 2
    /// for 4:2:0.
    int across = 1;
    int down = 1;
};
/// Reads the markers before the first scan. Empty for other formats and for damaged headers.
[[nodiscard]] std::optional<JpegFacts> jpeg_facts(std::span<const std::uint8_t> bytes);

}  // namespace dfd
