#include "core/engine/scoring/calibrated_reading.h"

#include <algorithm>

#include "core/engine/scoring/evaluator.h"
#include "core/picture/pixels/traits.h"

namespace dfd {

AnswerCalibrations calibration_of_reading(const PanelRecord& panel,
                                          const AnswerCalibrations& calibration,
                                          const Pixels& picture, bool everywhere) {
    const auto in_windows = [&](const ExpertRecord& expert) {
        return looked_at(picture.width, picture.height, expert.input).has_value();
    };
    return everywhere && std::ranges::any_of(panel.experts, in_windows) ? nullptr : calibration;
}

void add_traits(const Pixels& picture, bool wanted, PanelOpinion& opinion) {
    const auto has_limits = [](const AnswerCalibration& answer) { return !answer.scope.empty(); };
    if (wanted || (opinion.calibration && std::ranges::any_of(*opinion.calibration, has_limits)))
        opinion.traits = measure_traits(picture);
}

bool has_face_limit(const AnswerCalibrations& calibration) {
    return calibration && std::ranges::any_of(*calibration, [](const AnswerCalibration& answer) {
               return std::ranges::find(answer.scope, kFaceTrait, &TraitLimit::trait) !=
                      answer.scope.end();
           });
}

}  // namespace dfd
