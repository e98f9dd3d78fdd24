// The thresholds of words as JSON.
#pragma once

#include "core/opinion/bands.h"
#include "core/panel/json_line.h"

namespace dfd {

/// {real_below, fake_from}; null where no score has the word.
[[nodiscard]] inline nlohmann::ordered_json bands_json(const BandThresholds& thresholds) {
    return {{"real_below", or_null(thresholds.real_edge())},
            {"fake_from", or_null(thresholds.fake_edge())}};
}

/// The same for all questions. When they differ both members are null, and {questions: [...]} has
/// those of each, in the panel's order.
[[nodiscard]] inline nlohmann::ordered_json bands_json(const QuestionBands& bands) {
    if (const auto all = bands.common())
        return bands_json(*all);
    nlohmann::ordered_json json{{"real_below", nullptr},
                                {"fake_from", nullptr},
                                {"questions", nlohmann::ordered_json::array()}};
    for (const auto& each : bands.each())
        json["questions"].push_back(bands_json(each));
    return json;
}

}  // namespace dfd
