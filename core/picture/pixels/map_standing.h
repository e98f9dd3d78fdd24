// How far a heatmap may be relied on, and so how faint it is drawn. Plain C++.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/opinion/deletion.h"
#include "core/opinion/opinion.h"

namespace dfd {

/// Only a firm map has a line around its strongest part; all others are drawn faint.
enum class MapStanding : std::uint8_t {
    Firm,
    NoAssessment,      ///< the picture is outside the panel's scope
    NotSupported,      ///< by the map's deletion test
    NothingStandsOut,  ///< `strongest_level` is 0
    NotConcentrated,   ///< the strongest part has less than `kConcentratedShare`
};

/// What is known about a map besides its values.
struct MapFacts {
    bool assessed = true;  ///< whether there is an assessment of its question
    std::optional<Support> support = std::nullopt;  ///< empty: not tested
    bool is_signed = false;  ///< in logits, for and against: it has no strongest part
};

/// The first that applies, in the order of MapStanding; firm if none does, and for an empty map.
[[nodiscard]] MapStanding standing_of(const HeatMap& map, const MapFacts& facts = {});

/// Empty for a test that could not be made: the picture has too few cells.
[[nodiscard]] std::optional<Support> support_of(const std::optional<DeletionTest>& test);

/// What the opacity of a map is multiplied by.
[[nodiscard]] constexpr double opacity_factor(MapStanding standing) {
    return standing == MapStanding::Firm ? 1.0 : 0.4;
}

/// The level of the line around the strongest part; 0 for no line.
[[nodiscard]] float outlined_level(const HeatMap& map, MapStanding standing);

/// Why the map is faint, as a sentence; empty for a firm one.
[[nodiscard]] std::string standing_sentence(MapStanding standing);

}  // namespace dfd
