#include "core/networks/maps/attribution_method.h"

#include <algorithm>
#include <array>

#include "core/base/language.h"

namespace dfd {
namespace {

constexpr std::array kMethods{AttributionMethod::GradCam, AttributionMethod::GradCamPlusPlus,
                              AttributionMethod::LayerCam, AttributionMethod::Exact};
constexpr std::array kTargets{AttributionTarget::Fake, AttributionTarget::Real,
                              AttributionTarget::LogOdds};

}  // namespace

const char* method_name(AttributionMethod method) {
    switch (method) {
        case AttributionMethod::GradCam:
            return "gradcam";
        case AttributionMethod::GradCamPlusPlus:
            return "gradcam++";
        case AttributionMethod::LayerCam:
            return "layercam";
        case AttributionMethod::Occlusion:
            return "occlusion";
        case AttributionMethod::Own:
            return "own";
        case AttributionMethod::Exact:
            break;
    }
    return "exact";
}

std::optional<AttributionMethod> method_of(const std::string& name) {
    const auto found = std::ranges::find(kMethods, name, method_name);
    return found == kMethods.end() ? std::nullopt : std::optional(*found);
}

const char* method_formula(AttributionMethod method) {
    switch (method) {
        case AttributionMethod::GradCam:
            return to_say("sum over c of mean(g_c) * A_c(p)");
        case AttributionMethod::GradCamPlusPlus:
            return to_say(
                "sum over c of (w(g_c) - w(-g_c)) * A_c(p), w the weighted mean of positive g");
        case AttributionMethod::LayerCam:
            return to_say("sum over c of g_c(p) * A_c(p)");
        case AttributionMethod::Occlusion:
            return to_say("value - value with the cell made unrecognisable");
        case AttributionMethod::Own:
            return to_say("the log-odds that the expert itself gives each place");
        case AttributionMethod::Exact:
            break;
    }
    return to_say("sum over c of g_c(p) * A_c(p), with the divisor of a norm held");
}

const char* target_name(AttributionTarget target) {
    switch (target) {
        case AttributionTarget::Fake:
            return "fake";
        case AttributionTarget::Real:
            return "real";
        case AttributionTarget::LogOdds:
            break;
    }
    return "log-odds";
}

std::optional<AttributionTarget> target_of(const std::string& name) {
    const auto found = std::ranges::find(kTargets, name, target_name);
    return found == kTargets.end() ? std::nullopt : std::optional(*found);
}

}  // namespace dfd
