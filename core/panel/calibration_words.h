// What a calibration was made on, how well it did and where it ends, in words. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/panel/panel_calibration.h"

namespace dfd {

/// "120 real pictures in 60 groups and 80 fakes in 40 groups, of m.csv, 2026-11-29".
[[nodiscard]] std::string population_words(const MeasuredAnswer& measured);

/// "This calibration states at most 25 to 1, either way.", or one bound for each class.
[[nodiscard]] std::string bound_sentence(const AnswerCalibration& calibration);

/// One line: what it is about, and what there is to say.
struct CalibrationFact {
    std::string name;
    std::string value;
};

/// The pictures, the bound, where the words for ratios come from, Cllr and the rates of errors (and
/// each expert's Cllr), the scores that are unusual for each class with the errors there, and every
/// limit of the scope. Names of sources are as they were written: show them as untrusted text.
[[nodiscard]] std::vector<CalibrationFact> calibration_facts(const MeasuredAnswer& measured);

}  // namespace dfd
