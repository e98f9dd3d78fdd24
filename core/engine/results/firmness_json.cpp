#include "core/engine/results/firmness_json.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

Json flip_json(const FlipPoint& flip) {
    return {{"operation", flip.operation},
            {"who", flip.who},
            {"panel", flip.panel},
            {"at", or_null(flip.at)},
            {"lower", or_null(flip.lower)},
            {"upper", or_null(flip.upper)},
            {"before", side_name(flip.fake_before)},
            {"after", side_name(flip.fake_after)},
            {"words", flip.words}};
}

}  // namespace

Json firmness_json(const Firmness& firmness) {
    Json object{
        {"threshold", firmness.threshold},
        {"score", firmness.score},
        {"low", firmness.low},
        {"high", firmness.high},
        {"ordinary", {{"versions", firmness.ordinary}, {"other_side", firmness.other_side}}},
        {"versions", firmness.versions},
        {"passages", Json::array()},
        {"flips", Json::array()}};
    for (const auto& treatment : firmness.severe)
        object["passages"].push_back({{"name", treatment.name}, {"score", treatment.score}});
    for (const auto& flip : firmness.flips)
        object["flips"].push_back(flip_json(flip));
    return object;
}

}  // namespace dfd
