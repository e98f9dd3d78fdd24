// What experts saw of the pictures that a calibration was made on, as one Gaussian for each expert.
// Plain C++.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace dfd {

/// A Gaussian with a few wide directions and one variance for all others (probabilistic principal
/// components, Tipping and Bishop 1999): a shrunk estimate of the covariance of F pooled features.
struct FeatureModel {
    std::vector<float> mean;        ///< F
    std::vector<float> components;  ///< K x F, row-major: orthonormal rows
    std::vector<float> variances;   ///< K, each above 0: along the components
    float residual = 1;             ///< above 0: the variance across them

    /// Mahalanobis distance, divided by the square root of F: about 1 for the model's pictures.
    /// Throws std::invalid_argument for another number of features.
    [[nodiscard]] double distance(std::span<const float> features) const;
};

using FeatureModels = std::map<std::string, FeatureModel>;  ///< by the expert's name

/// "features-0123456789abcdef.safetensors"
[[nodiscard]] std::string feature_file_name(const std::string& sha256);

/// The components rounded to float16, as a file keeps them. Distances for limits are computed with
/// the rounded ones.
[[nodiscard]] FeatureModel as_stored(FeatureModel model);

/// Writes the models into a file of the folder that is named by its digest, which is returned.
/// Throws PanelError.
std::string write_feature_models(const std::filesystem::path& folder, const FeatureModels& models);

/// Checks digest, shapes and values. Throws PanelError.
[[nodiscard]] FeatureModels read_feature_models(const std::filesystem::path& folder,
                                                const std::string& sha256);

/// A sentence when the folder has no such file or it has another digest; else empty. Blocks for
/// milliseconds.
[[nodiscard]] std::string feature_file_problem(const std::filesystem::path& folder,
                                               const std::string& sha256);

}  // namespace dfd
