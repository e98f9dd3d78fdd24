#include "core/training/measuring/scope_fit.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace dfd {
namespace {

constexpr double kTail = 0.01;  ///< share of the calibration's pictures beyond a limit
constexpr double kTimesMore = 2;

using Pictures = std::vector<ScopePicture>;

bool is_misleading(const ScopePicture& picture) {
    return picture.fake ? picture.log_ratio < 0 : picture.log_ratio > 0;
}

/// At most kTail of the pictures are beyond it.
double limit_of(const Pictures& pictures, const std::string& trait) {
    std::vector<double> values;
    for (const auto& each : pictures)
        values.push_back(trait_of(each.traits, trait));
    std::ranges::sort(values);
    const auto beyond = static_cast<std::size_t>(kTail * static_cast<double>(values.size()));
    return is_lower_limit(trait) ? values[beyond] : values[values.size() - 1 - beyond];
}

template <class Counts>
double share_of(const Pictures& pictures, const Counts& counts) {
    return pictures.empty() ? 0
                            : static_cast<double>(std::ranges::count_if(pictures, counts)) /
                                  static_cast<double>(pictures.size());
}

}  // namespace

FittedScope fit_scope(const Pictures& inside, const Pictures& outside, bool faces_only) {
    FittedScope fitted;
    if (inside.empty() || (outside.empty() && !faces_only))
        return fitted;
    each_trait(PictureTraits{}, [&](const char* trait, double) {
        const bool checked = std::ranges::none_of(inside, [&](const ScopePicture& picture) {
            return trait_of(picture.traits, trait) == kNotChecked;
        });
        if (!checked)
            return;
        const bool declared = faces_only && trait == std::string_view(kFaceTrait);
        const TraitLimit limit{trait, declared ? 1 : limit_of(inside, trait)};
        const auto beyond = [&](const ScopePicture& picture) {
            return !exceeded(picture.traits, {&limit, 1}).empty();
        };
        LimitCost cost{share_of(inside, beyond), share_of(outside, beyond), 0};
        cost.saved = static_cast<std::size_t>(
            std::ranges::count_if(outside, [&](const ScopePicture& picture) {
                return is_misleading(picture) && beyond(picture);
            }));
        const bool saves = cost.saved > 0 && cost.outside_withheld >= kTimesMore * cost.withheld;
        if (!saves && !declared)
            return;
        fitted.limits.push_back(limit);
        fitted.costs.push_back(cost);
    });
    const auto withheld = [&](const ScopePicture& picture) {
        return !exceeded(picture.traits, fitted.limits).empty();
    };
    fitted.withheld = share_of(inside, withheld);
    fitted.outside.pictures = outside.size();
    for (const auto& picture : outside) {
        const bool wrong = is_misleading(picture), assessed = !withheld(picture);
        fitted.outside.misleading += wrong ? 1 : 0;
        fitted.outside.assessed += assessed ? 1 : 0;
        fitted.outside.misleading_left += wrong && assessed ? 1 : 0;
    }
    return fitted;
}

}  // namespace dfd
