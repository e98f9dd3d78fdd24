// Finds the limits beyond which a calibration says nothing, and what they cost and save. Plain C++.
#pragma once

#include <vector>

#include "core/opinion/scope.h"
#include "core/panel/panel_calibration.h"

namespace dfd {

/// A picture that was scored: what kind of picture it is and what its score says.
struct ScopePicture {
    PictureTraits traits;
    bool fake = false;
    double log_ratio = 0;  ///< ln LR by the calibration; above 0 it favours "fake"
};

struct FittedScope {
    std::vector<TraitLimit> limits;
    std::vector<LimitCost> costs;  ///< one per limit
    double withheld = 0;           ///< share of `inside` beyond any limit
    OutsideFigures outside;        ///< without the manifest's name
};

/// Each limit is the 0.99 quantile of a trait over `inside`, the pictures of the calibration (0.01
/// where too little is outside). It is kept only if it saves something on `outside`, pictures that
/// the panel was not measured on: at least one with misleading evidence lies beyond it, and it
/// withholds at least twice the share of `outside` that it withholds of `inside`. Without `outside`
/// there are no limits. With `faces_only`, of a panel made for faces, pictures without a face are
/// beyond a limit whatever that costs and saves, unless faces could not be looked for.
[[nodiscard]] FittedScope fit_scope(const std::vector<ScopePicture>& inside,
                                    const std::vector<ScopePicture>& outside,
                                    bool faces_only = false);

}  // namespace dfd
