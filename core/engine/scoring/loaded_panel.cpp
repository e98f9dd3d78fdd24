#include "core/engine/scoring/loaded_panel.h"

#include <c10/util/Exception.h>
#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/calibrated_reading.h"
#include "core/engine/scoring/expert_scoring.h"
#include "core/networks/experts/head_tensors.h"
#include "core/networks/maps/attribution.h"

namespace dfd {

LoadedPanel::LoadedPanel(PanelRecord panel, DeviceInfo info, Precision precision)
    : panel_(std::move(panel)),
      info_(std::move(info)),
      precision_(precision),
      networks_(panel_.experts.size()),
      calibration_(calibration_for(panel_, precision_name(precision_))),
      looks_for_faces_(panel_.subject == kFaces || has_face_limit(calibration_)) {
    if (const auto* measured = matching_calibration(panel_, precision_name(precision_)))
        for (const auto& answer : measured->answers)
            if (!answer.features.empty())
                models_.merge(read_feature_models(panel_.folder, answer.features));
}

void LoadedPanel::before_loading(std::size_t index, const Progress& progress,
                                 const std::stop_token& stop) {
    check_stop(stop);
    if (!progress)
        return;
    const std::lock_guard lock(loading_);
    progress(static_cast<double>(begun_++), static_cast<double>(networks_.size()),
             say("Loading %1", {panel_.experts[index].name}));
}

void LoadedPanel::after_loading(const Progress& progress) {
    share_encoders();
    encoders_.clear();
    const auto total = static_cast<double>(networks_.size());
    if (progress)
        progress(total, total, say("Loaded %1", {panel_.name}));
}

void LoadedPanel::share_encoders() {
    std::map<std::string, std::map<std::string, torch::Tensor>> first;
    for (std::size_t e = 0; e < networks_.size(); ++e) {
        const auto& encoder = panel_.experts[e].encoder;
        if (encoder.empty())
            continue;
        for (auto& each : named_tensors(*networks_[e])) {
            if (in_head(each.name))
                continue;
            const auto& shared = first[encoder].emplace(each.name, each.tensor).first->second;
            if (shared.scalar_type() == each.tensor.scalar_type() &&
                shared.device() == each.tensor.device())
                each.tensor.set_data(shared.detach());
        }
    }
}

std::vector<PanelOpinion> LoadedPanel::evaluate(std::span<const Pixels* const> pictures,
                                                const EvaluateOptions& options,
                                                std::stop_token stop) try {
    const std::lock_guard turn(evaluating_);
    const torch::NoGradGuard no_gradients;
    std::vector<PanelOpinion> opinions(pictures.size());
    std::uint64_t most_pixels = 0;
    for (std::size_t p = 0; p < opinions.size(); ++p) {
        auto& opinion = opinions[p];
        most_pixels = std::max<std::uint64_t>(most_pixels, pictures[p]->rgb.size() / 3);
        opinion = open_opinion(panel_);
        opinion.calibration =
            calibration_of_reading(panel_, calibration_, *pictures[p], options.everywhere);
        add_traits(*pictures[p], options.traits, opinion);
        opinion.experts.resize(networks_.size());
    }
    score_all(pictures, options, stop, opinions);
    return_free_memory(most_pixels);
    return opinions;
} catch (const c10::Error& error) {
    rethrow_device_failure(error, info_.id);
}

std::vector<std::string> LoadedPanel::layers(std::size_t expert) try {
    std::vector<std::string> names;
    for (auto& layer : earlier_layers(*networks_.at(expert)))
        names.push_back(std::move(layer.name));
    return names;
} catch (const c10::Error& error) {
    rethrow_device_failure(error, info_.id, "Listing the layers");
}

torch::ScalarType LoadedPanel::type_of_modules() const {
    return scalar_type(precision_);
}

void LoadedPanel::score(std::size_t index, const torch::Tensor& input,
                        const EvaluateOptions& options, const std::stop_token& stop,
                        std::span<PanelOpinion> opinions, const WindowChoice* windows) {
    check_stop(stop);
    const auto& expert = panel_.experts[index];
    const auto known = models_.find(expert.name);
    const auto* const model = known == models_.end() ? nullptr : &known->second;
    if (windows != nullptr) {
        const auto features = networks_[index]->feature_map_of_windows(input, windows->height);
        write_opinions(*networks_[index], features, expert, index, precision_, options, opinions,
                       windows, model);
        return;
    }
    const auto trunk = run_trunk(index, input);
    // Networks at native resolution take float32, whatever the precision of their weights: their
    // residuals are smaller than bfloat16's steps.
    const bool native = expert.input.resize == Resize::Native;
    const auto features =
        trunk.defined()
            ? FeatureMap(trunk)
            : networks_[index]->feature_map(native ? input : input.to(type_of_modules()));
    write_opinions(*networks_[index], features, expert, index, precision_, options, opinions,
                   nullptr, model);
}

}  // namespace dfd
