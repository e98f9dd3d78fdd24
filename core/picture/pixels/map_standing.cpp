#include "core/picture/pixels/map_standing.h"

#include "core/base/language.h"
#include "core/opinion/map_focus.h"
#include "core/picture/pixels/map_outline.h"

namespace dfd {

MapStanding standing_of(const HeatMap& map, const MapFacts& facts) {
    if (map.values.empty())
        return MapStanding::Firm;
    if (!facts.assessed)
        return MapStanding::NoAssessment;
    if (facts.support == Support::Unsupported)
        return MapStanding::NotSupported;
    if (facts.is_signed)
        return MapStanding::Firm;
    if (!(strongest_level(map) > 0))
        return MapStanding::NothingStandsOut;
    // In agreement with the story's sentence on where the maps are concentrated.
    const auto focus = focus_of(map);
    return focus && !is_concentrated(*focus) ? MapStanding::NotConcentrated : MapStanding::Firm;
}

std::optional<Support> support_of(const std::optional<DeletionTest>& test) {
    return test && test->displaced.size() >= kDisplacedMaps ? std::optional(test->verdict)
                                                            : std::nullopt;
}

float outlined_level(const HeatMap& map, MapStanding standing) {
    return standing == MapStanding::Firm ? strongest_level(map) : 0;
}

std::string standing_sentence(MapStanding standing) {
    switch (standing) {
        case MapStanding::NoAssessment:
            return say("No assessment: this map says nothing about a fake.");
        case MapStanding::NotSupported:
            return say("The deletion test does not support this map.");
        case MapStanding::NothingStandsOut:
            return say("No place stands out.");
        case MapStanding::NotConcentrated:
            return say("The map is not concentrated in one place.");
        case MapStanding::Firm:
            break;
    }
    return {};
}

}  // namespace dfd
