#include <c10/util/Exception.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>

#include "core/engine/evaluator.h"
#include "core/engine/expert_explainer.h"
#include "core/engine/input_tensors.h"
#include "core/engine/side_by_side.h"
#include "core/engine/torch_device.h"
#include "core/networks/attribution.h"
#include "core/networks/grad_cam.h"
#include "core/networks/planned_trunk.h"
#include "core/networks/trunk_executor.h"
#include "core/panel/copied_weights.h"
#include "core/panel/panel_networks.h"
#include "core/picture/faces.h"

namespace dfd {
namespace {

torch::ScalarType scalar_type(Precision precision) {
    switch (precision) {
        case Precision::BFloat16:
            return torch::kBFloat16;
        case Precision::Float16:
            return torch::kFloat16;
        case Precision::Float32:
            break;
    }
    return torch::kFloat32;
}

HeatMap to_heat_map(const torch::Tensor& map) {
    const auto flat = map.to(torch::kCPU, torch::kFloat32).contiguous();
    HeatMap result;
    result.rows = static_cast<int>(flat.size(0));
    result.columns = static_cast<int>(flat.size(1));
    result.values.assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    return result;
}

class PanelEvaluator final : public Evaluator, public ExpertExplainer {
  public:
    PanelEvaluator(PanelRecord panel, const std::string& device, Precision precision,
                   const Progress& progress, std::stop_token stop)
        : panel_(std::move(panel)), device_(choose_device(device, info_)), precision_(precision) {
        if (precision == Precision::Float16 && device_.is_cpu())
            throw DeviceError(
                "fp16 needs a CUDA device; on a processor use --precision fp32 or bf16.");
        const double total = static_cast<double>(panel_.experts.size());
        for (const auto& expert : panel_.experts) {
            if (stop.stop_requested())
                throw Cancelled();
            if (progress)
                progress(static_cast<double>(networks_.size()), total, "Loading " + expert.name);
            load(expert);
        }
        if (progress)
            progress(total, total, "Loaded " + panel_.name);
    }

    [[nodiscard]] const PanelRecord& panel() const override { return panel_; }
    [[nodiscard]] const DeviceInfo& device() const override { return info_; }
    [[nodiscard]] Precision precision() const override { return precision_; }

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override try {
        use_all_processors();
        const torch::NoGradGuard no_gradients;
        std::vector<PanelOpinion> opinions(pictures.size());
        for (auto& opinion : opinions)
            opinion.experts.resize(networks_.size());

        // Stretched inputs have one size and are scored as one batch; native ones one by one.
        std::map<InputKey, torch::Tensor> batches;
        for (size_t e = 0; e < networks_.size(); ++e) {
            const auto& policy = panel_.experts[e].input;
            if (policy.resize == Resize::Native) {
                score_native(e, pictures, options, stop, opinions);
                continue;
            }
            auto& batch = batches[input_key(policy)];
            if (!batch.defined()) {
                std::vector<torch::Tensor> inputs;
                for (const auto* picture : pictures)
                    inputs.push_back(expert_input(*picture, policy, device_));
                batch = torch::cat(inputs);
            }
            score(e, batch, options, stop, opinions);
        }
        for (size_t p = 0; p < pictures.size(); ++p) {
            combine(opinions[p]);
            warn_of_stretching(*pictures[p], opinions[p]);
            if (panel_.subject == kFaces)
                warn_of_no_face(*pictures[p], opinions[p]);
        }
        return_free_memory();
        return opinions;
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id);
    }

    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override try {
        use_all_processors();
        TrunkRun trunk;
        if (executors_.at(expert))
            trunk = [&](const torch::Tensor& input) { return executors_[expert]->run(input); };
        auto explanation = explain_expert(*networks_.at(expert), panel_.experts.at(expert), picture,
                                          device_, options, stop, progress, trunk);
        return_free_memory();
        return explanation;
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id);
    }

    std::vector<std::string> layers(std::size_t expert) override {
        std::vector<std::string> names;
        for (auto& layer : earlier_layers(*networks_.at(expert)))
            names.push_back(std::move(layer.name));
        return names;
    }

  private:
    /// Where an executor runs the trunk, at this precision, the network keeps its head in float32.
    void load(const ExpertRecord& expert) {
        std::unique_ptr<TrunkExecutor> executor;
        const bool executed = device_.is_cpu() && expert.input.resize == Resize::Stretch &&
                              (precision_ == Precision::Float32 || bfloat16_is_native());
        auto network = executed ? load_expert(panel_, expert,
                                              [&](ExpertNetwork& loaded) {
                                                  executor = pack(loaded, expert.input.size);
                                              })
                                : load_expert(panel_, expert);
        for (auto& parameter : network->parameters())
            parameter.set_requires_grad(false);
        if (!executor && (!device_.is_cpu() || precision_ != Precision::Float32))
            network->to(device_, scalar_type(precision_));
        networks_.push_back(std::move(network));
        executors_.push_back(std::move(executor));
    }

    [[nodiscard]] std::unique_ptr<TrunkExecutor> pack(ExpertNetwork& network, int size) const {
        auto executor = make_trunk_executor(trunk_plan_of(network),
                                            precision_ == Precision::BFloat16, workspace_);
        if (executor)
            executor->prepare(size, size);
        return executor;
    }

    [[nodiscard]] torch::Tensor feature_map(size_t index, const torch::Tensor& input) {
        if (executors_[index])
            return executors_[index]->run(input);
        // Networks at native resolution take float32 whatever their weights are: their residuals
        // are fainter than bfloat16's steps.
        const bool native = panel_.experts[index].input.resize == Resize::Native;
        return networks_[index]->feature_map(native ? input : input.to(scalar_type(precision_)));
    }

    /// A square input of a panorama shows the experts shapes they have never seen.
    void warn_of_stretching(const Pixels& picture, PanelOpinion& opinion) const {
        const auto [shorter, longer] = std::minmax(picture.width, picture.height);
        const bool stretched = std::any_of(
            panel_.experts.begin(), panel_.experts.end(),
            [](const ExpertRecord& expert) { return expert.input.resize == Resize::Stretch; });
        if (!stretched || longer <= 2 * shorter)
            return;
        char times[16];
        std::snprintf(times, sizeof times, "%.1f", static_cast<double>(longer) / shorter);
        opinion.warnings.push_back(
            std::string("The picture is ") + times + " times as " +
            (picture.width > picture.height ? "wide as high" : "high as wide") +
            "; experts that take a square input saw it strongly distorted.");
    }

    static void warn_of_no_face(const Pixels& picture, PanelOpinion& opinion) {
        const auto faces = find_faces(picture);
        if (!faces)
            opinion.warnings.emplace_back(
                "Whether the picture shows a face was not checked, because the face detector's "
                "data (package opencv-data) is missing; this panel was made for faces.");
        else if (faces->empty())
            opinion.warnings.emplace_back(
                "No face was found, and this panel was made for pictures of faces; its score says "
                "little here.");
    }

    /// One by one, or on a processor side by side where none is too large for that.
    void score_native(size_t index, std::span<const Pixels* const> pictures,
                      const EvaluateOptions& options, const std::stop_token& stop,
                      std::span<PanelOpinion> opinions) {
        const auto one = [&](std::int64_t p) {
            const auto at = static_cast<size_t>(p);
            score(index, expert_input(*pictures[at], panel_.experts[index].input, device_), options,
                  stop, opinions.subspan(at, 1));
        };
        std::int64_t largest = 0;
        for (const auto* picture : pictures)
            largest = std::max(largest, std::int64_t{picture->width} * picture->height);
        const auto count = std::ssize(pictures);
        const auto step = device_.is_cpu() && !options.maps ? pictures_side_by_side(largest) : 1;
        for (std::int64_t first = 0; first < count; first += step)
            side_by_side(std::min(step, count - first), [&](std::int64_t p) { one(first + p); });
    }

    void score(size_t index, const torch::Tensor& input, const EvaluateOptions& options,
               const std::stop_token& stop, std::span<PanelOpinion> opinions) {
        if (stop.stop_requested())
            throw Cancelled();
        auto& network = *networks_[index];
        const auto features = feature_map(index, input);
        torch::Tensor logits, maps;
        if (options.maps) {
            auto explained = grad_cam(network, features, options.target);
            logits = std::move(explained.logits);
            maps = std::move(explained.maps);
        } else {
            logits = network.logits(features);
        }
        logits = logits.to(torch::kCPU, torch::kFloat64);
        for (size_t p = 0; p < opinions.size(); ++p) {
            auto& opinion = opinions[p].experts[index];
            const auto row = static_cast<int64_t>(p);
            opinion.index = static_cast<int>(index);
            opinion.name = panel_.experts[index].name;
            opinion.architecture = panel_.experts[index].architecture;
            opinion.logits = {logits[row][0].item<double>(), logits[row][1].item<double>()};
            if (!std::isfinite(opinion.logits[0]) || !std::isfinite(opinion.logits[1]))
                throw DeviceError("The expert " + opinion.name +
                                  " gave a logit that is not a finite "
                                  "number at " +
                                  precision_name(precision_) +
                                  "; try --precision fp32, and `dfd panel verify`.");
            if (options.maps)
                opinion.map = to_heat_map(maps[row]);
        }
    }

    PanelRecord panel_;
    DeviceInfo info_;
    torch::Device device_;
    Precision precision_;
    std::shared_ptr<Workspace> workspace_ = make_workspace();
    std::vector<std::shared_ptr<ExpertNetwork>> networks_;
    std::vector<std::unique_ptr<TrunkExecutor>> executors_;  // null: the network runs by itself
};

}  // namespace

std::unique_ptr<Evaluator> open_evaluator(const PanelRecord& panel, const std::string& device,
                                          Precision precision, const Progress& progress,
                                          std::stop_token stop) {
    return std::make_unique<PanelEvaluator>(panel, device, precision, progress, stop);
}

}  // namespace dfd
