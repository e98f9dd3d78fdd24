// What a score is worth, as exports state it.
// Internal to core/engine.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// {state: "assessed", lr, log10_lr, bound, at_bound, words, words_source, false_alarms {at, rate,
/// low, high, groups}, misses (the same of the fakes that score at most this), calibration {name,
/// manifest, date, real, fake, real_groups, fake_groups, cllr}, sentence}; or {state: "no
/// assessment", reasons [{code, reason}]} outside of the scope; or {state: "not calibrated",
/// reason}: "no calibration", "other combination" (experts of the question are weighted or muted),
/// "A has no opinion" or "not answered".
[[nodiscard]] nlohmann::ordered_json assessment_json(const PanelOpinion& opinion,
                                                     std::size_t question,
                                                     const PanelRecord& panel);

/// The name of the chosen calibration if it has one, and the experts beyond their gates ("; ") if
/// it has gates; then for each question of a calibrated panel: log10 LR, its bound, the rate of
/// false alarms with its interval, and the words, or "no assessment: " and codes; the score that
/// the rate is of; the rate of misses with interval and score; and what was measured: manifest,
/// date, pictures and groups of each class. Empty for a panel without a calibration.
[[nodiscard]] std::vector<std::string> assessment_columns(const PanelRecord& panel);
[[nodiscard]] std::vector<std::string> assessment_fields(const PanelOpinion& opinion,
                                                         const PanelRecord& panel);

}  // namespace dfd
