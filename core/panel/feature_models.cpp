#include "core/panel/feature_models.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <system_error>

#include "core/base/wording.h"
#include "core/panel/file_hash.h"
#include "core/panel/panel_record.h"
#include "core/panel/safetensors.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kParts[] = {"mean", "components", "variances", "residual"};

torch::Tensor row_of(const std::vector<float>& values) {
    return torch::tensor(values, torch::kFloat32);
}

std::vector<float> values_of(const torch::Tensor& tensor) {
    const auto flat = tensor.to(torch::kFloat32).contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

bool is_usable(const FeatureModel& model) {
    const auto finite = [](const std::vector<float>& values) {
        return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
    };
    const auto positive = [](float value) { return value > 0; };
    return !model.mean.empty() && finite(model.mean) && finite(model.components) &&
           finite(model.variances) && std::ranges::all_of(model.variances, positive) &&
           std::isfinite(model.residual) && positive(model.residual) &&
           model.components.size() == model.mean.size() * model.variances.size();
}

}  // namespace

double FeatureModel::distance(std::span<const float> features) const {
    const auto width = mean.size();
    if (features.size() != width || width == 0)
        throw std::invalid_argument("A model of " + std::to_string(width) +
                                    " features was asked about " + std::to_string(features.size()) +
                                    ".");
    std::vector<double> centred(width);
    double left = 0;  // squared length of what is across the components
    for (std::size_t i = 0; i < width; ++i) {
        centred[i] = static_cast<double>(features[i]) - static_cast<double>(mean[i]);
        left += centred[i] * centred[i];
    }
    double squared = 0;
    for (std::size_t k = 0; k < variances.size(); ++k) {
        double along = 0;
        for (std::size_t i = 0; i < width; ++i)
            along += static_cast<double>(components[k * width + i]) * centred[i];
        squared += along * along / static_cast<double>(variances[k]);
        left -= along * along;
    }
    squared += std::max(left, 0.0) / static_cast<double>(residual);
    return std::sqrt(squared / static_cast<double>(width));
}

std::string feature_file_name(const std::string& sha256) {
    return "features-" + sha256.substr(0, 16) + ".safetensors";
}

FeatureModel as_stored(FeatureModel model) {
    model.components = values_of(row_of(model.components).to(torch::kFloat16));
    return model;
}

std::string write_feature_models(const fs::path& folder, const FeatureModels& models) {
    StateDict tensors;
    for (const auto& [expert, model] : models) {
        const auto width = static_cast<std::int64_t>(model.mean.size());
        tensors.emplace_back(expert + ".mean", row_of(model.mean));
        tensors.emplace_back(expert + ".components",
                             row_of(model.components).view({-1, width}).to(torch::kFloat16));
        tensors.emplace_back(expert + ".variances", row_of(model.variances));
        tensors.emplace_back(expert + ".residual", row_of({model.residual}));
    }
    const auto draft = folder / "features.safetensors.part";
    try {
        const auto digest = write_safetensors(draft, tensors);
        fs::rename(draft, folder / feature_file_name(digest));
        return digest;
    } catch (const CheckpointError& error) {
        throw PanelError(error.what());
    } catch (const fs::filesystem_error& error) {
        throw PanelError(quoted(draft) + " cannot be renamed: " + error.code().message() + ".");
    }
}

FeatureModels read_feature_models(const fs::path& folder, const std::string& sha256) {
    if (const auto problem = feature_file_problem(folder, sha256); !problem.empty())
        throw PanelError(problem);
    const auto file = folder / feature_file_name(sha256);
    std::map<std::string, std::map<std::string, std::vector<float>>> read;
    try {
        for (const auto& [name, tensor] : read_safetensors(file).tensors) {
            const auto dot = name.rfind('.');
            if (dot == std::string::npos)
                throw PanelError(quoted(file) + " has an unknown tensor " + quoted_name(name) +
                                 ".");
            read[name.substr(0, dot)][name.substr(dot + 1)] = values_of(tensor);
        }
    } catch (const CheckpointError& error) {
        throw PanelError(error.what());
    }
    FeatureModels models;
    for (auto& [expert, parts] : read) {
        const bool whole =
            std::ranges::all_of(kParts, [&](const char* part) { return parts.contains(part); });
        if (!whole || parts["residual"].size() != 1)
            throw PanelError(quoted(file) + " does not have a whole model of the expert " +
                             quoted_name(expert) + ".");
        FeatureModel model{std::move(parts["mean"]), std::move(parts["components"]),
                           std::move(parts["variances"]), parts["residual"].front()};
        if (!is_usable(model))
            throw PanelError(quoted(file) + " has an impossible model of the expert " +
                             quoted_name(expert) + ".");
        models.emplace(expert, std::move(model));
    }
    return models;
}

std::string feature_file_problem(const fs::path& folder, const std::string& sha256) {
    const auto file = folder / feature_file_name(sha256);
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return quoted(file) +
               " is missing. Copy it from where the panel comes from, or make the "
               "calibration again with dfd calibrate.";
    try {
        require_digest(file, sha256,
                       "is not the file that the calibration was written with. Make the "
                       "calibration again with dfd calibrate.");
    } catch (const PanelError& other) {
        return other.what();
    }
    return {};
}

}  // namespace dfd
