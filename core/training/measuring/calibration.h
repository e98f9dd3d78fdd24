// Calibration: maps an expert's evidence to log-odds that are comparable between experts. Plain
// C++.
#pragma once

#include <vector>

namespace dfd {

/// An expert's evidence for one picture, before calibration.
struct Evidence {
    double strongest = 0;  ///< mean of its strongest windows
    double overall = 0;    ///< mean over the picture
    bool edited = false;   ///< the label
};

/// log-odds = strongest * Evidence::strongest + overall * Evidence::overall + bias.
struct Calibration {
    double strongest = 1;
    double overall = 0;
    double bias = 0;
    double loss = 0;  ///< class-balanced cross entropy on the pictures it was fitted to
};

/// Class-balanced logistic regression, so that a score of 0.5 means that an edited and an untouched
/// picture are equally likely. `overall` is at least -strongest / 2, so that more evidence never
/// lowers a score by much and Grad-CAM keeps its sign. An expert that learned nothing gets a scale
/// near zero. Throws std::invalid_argument unless both classes are present.
[[nodiscard]] Calibration fit_calibration(const std::vector<Evidence>& pictures);

}  // namespace dfd
