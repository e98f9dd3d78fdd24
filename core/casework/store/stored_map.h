// A heatmap as a case stores it: small, float16.
// Internal to core/casework/store.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// IEEE 754 half precision, rounded to nearest (ties to even); infinity beyond its range.
[[nodiscard]] std::uint16_t to_half(float value);
[[nodiscard]] float from_half(std::uint16_t half);

struct StoredMap {
    int rows = 0, columns = 0;                ///< as stored
    int native_rows = 0, native_columns = 0;  ///< as the expert made it
    double scale = 0;  ///< the stored map's largest value; values are stored relative to it
    std::vector<std::uint8_t> halves;  ///< rows x columns float16, little-endian
};

/// Area-averaged until its longer side is at most `side` (0: unchanged); a cell of which a part was
/// looked at holds the mean of that part. The scale is stored separately, so the relative error of
/// a value is at most 1/2000, whatever its size.
[[nodiscard]] StoredMap store_map(const HeatMap& map, int side);
/// Throws CaseError when the bytes do not fit the size.
[[nodiscard]] HeatMap load_map(const StoredMap& stored);

}  // namespace dfd
