// Attribution methods and targets, with their names. Plain C++.
#pragma once

#include <optional>
#include <string>

namespace dfd {

enum class AttributionMethod {
    GradCam,
    GradCamPlusPlus,
    LayerCam,
    Exact,
    // Not to be chosen: how experts are explained that cannot be looked into.
    Occlusion,
    Own,  ///< the map that the expert itself makes
};
/// Stable names for options and exports: "gradcam", "gradcam++", "layercam", "exact", "occlusion",
/// "own".
[[nodiscard]] const char* method_name(AttributionMethod method);
/// Empty for an unknown name, and for those that are not to be chosen.
[[nodiscard]] std::optional<AttributionMethod> method_of(const std::string& name);
/// The formula in one line; A is an activation of channel c at location p, g the target's gradient.
[[nodiscard]] const char* method_formula(AttributionMethod method);

/// The explained value: one of the two logits, or the log-odds of "deepfake", which is their
/// difference and alone determines the score.
enum class AttributionTarget { Fake, Real, LogOdds };
[[nodiscard]] const char* target_name(AttributionTarget target);  ///< "fake", "real", "log-odds"
[[nodiscard]] std::optional<AttributionTarget> target_of(const std::string& name);

}  // namespace dfd
