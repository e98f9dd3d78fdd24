// A heatmap as a case keeps it: small, float16.
// Internal to core/casework/store.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// IEEE 754 half precision, to the nearest (ties to even); beyond its range, infinity.
[[nodiscard]] std::uint16_t to_half(float value);
[[nodiscard]] float from_half(std::uint16_t half);

struct StoredMap {
    int rows = 0, columns = 0;                ///< as kept
    int native_rows = 0, native_columns = 0;  ///< as the expert gave it
    double scale = 0;  ///< the kept map's largest value; kept values are shares of it
    std::vector<std::uint8_t> halves;  ///< rows x columns float16, little-endian
};

/// Area-averaged until its longer side is at most `side` (0: as it is). Values stay within a
/// two-thousandth of themselves, whatever their size: the scale is kept apart.
[[nodiscard]] StoredMap store_map(const HeatMap& map, int side);
/// Throws CaseError when the bytes do not fit the size.
[[nodiscard]] HeatMap load_map(const StoredMap& stored);

}  // namespace dfd
