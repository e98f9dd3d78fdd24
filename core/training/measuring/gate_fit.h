// Finds how far an expert's view may be from the pictures of a calibration, and what that costs and
// saves. Plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/panel/feature_models.h"
#include "core/panel/panel_calibration.h"

namespace dfd {

/// Components of a FeatureModel, at most.
inline constexpr int kFeatureComponents = 32;

/// The Gaussian of these rows of features, all of one length; by subspace iteration. Throws
/// std::invalid_argument for fewer than two rows, or rows without any variance.
[[nodiscard]] FeatureModel fit_features(const std::vector<const std::vector<float>*>& rows,
                                        int components = kFeatureComponents);

/// A picture that every expert of one question has seen.
struct GatePicture {
    bool fake = false;
    bool assessed = true;                      ///< within the limits of the traits
    std::size_t group = 0;                     ///< pictures of a group are kept together
    std::vector<double> scores;                ///< one an expert
    std::vector<std::vector<float>> features;  ///< one row an expert
    std::vector<double> distances{};           ///< filled in: one an expert
};

struct FittedGates {
    std::vector<ExpertGate> gates;
    std::vector<LimitCost> costs;  ///< one per gate: shares of pictures that the expert leaves
    FeatureModels models;          ///< of the experts with a gate
};

/// Each limit is the 0.99 quantile of an expert's distances over `inside`, each distance by a model
/// of other groups. It is kept only if it saves something on `outside`: more pictures lose
/// misleading evidence than get it, by the scores without the expert (no evidence when no expert
/// remains), and it leaves at least twice the share of `outside` that it leaves of `inside`.
/// Pictures that are not assessed anyway save nothing. Gates are tried one after the other, the
/// later ones with those that were kept. Fills in the distances of both.
[[nodiscard]] FittedGates fit_gates(std::vector<GatePicture>& inside,
                                    std::vector<GatePicture>& outside,
                                    const std::vector<std::string>& experts,
                                    const AnswerCalibration& calibration, std::uint64_t seed);

/// The picture's score by the experts that are within their gates, by all when none is.
struct GatedScore {
    double score = 0;
    bool any_left = false;
    bool none_remains = false;
};
[[nodiscard]] GatedScore gated_score(const GatePicture& picture,
                                     const std::vector<std::string>& experts,
                                     const std::vector<ExpertGate>& gates);

}  // namespace dfd
