// calibration.json, and the same text in results and cases.
#include "core/panel/calibration_json.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const auto calibrations = parse_calibrations(std::string(as_view(input)));
    for (const auto& calibration : calibrations)
        for (const auto& measured : calibration.answers) {
            const auto& answer = measured.answer;
            require(answer.scope.size() == measured.limits.size());
            require(answer.gates.size() == measured.gates.size());
        }
    // What was read can be written and read again.
    const auto text = calibrations_text(calibrations);
    require(calibrations_text(parse_calibrations(text)) == text);
}

}  // namespace dfd::fuzz
