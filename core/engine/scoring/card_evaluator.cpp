#include "core/engine/scoring/card_evaluator.h"

#include <c10/core/DeviceGuard.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/language.h"
#include "core/engine/devices/device_memory.h"
#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/expert_explainer.h"
#include "core/engine/scoring/expert_scoring.h"
#include "core/engine/scoring/face_search.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/engine/scoring/loaded_panel.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/hardware/device_lanes.h"
#include "core/networks/hardware/memory_failure.h"
#include "core/networks/trunk/folded_trunk.h"
#include "core/panel/panel_networks.h"

namespace dfd {
namespace {

/// [H,W,3] uint8 on the device. LibTorch keeps pinned memory and reuses a block only after all
/// copies from it are done, so the next picture can be prepared while this one is being copied.
torch::Tensor upload(const Pixels& pixels, const torch::Device& device) {
    const auto rgb = wrap_rgb(pixels.rgb.data(), pixels.width, pixels.height);
    return device.is_cpu() ? rgb.clone() : rgb.pin_memory().to(device, /*non_blocking=*/true);
}

/// Moves the tensors that are not part of the trunk.
void move_head(ExpertNetwork& network, const TrunkPlan& trunk, const torch::Device& device) {
    std::set<const void*> in_trunk;
    for (const auto& tensor : tensors_of(trunk))
        in_trunk.insert(tensor.unsafeGetTensorImpl());
    for (auto& each : named_tensors(network))
        if (!in_trunk.contains(each.tensor.unsafeGetTensorImpl()))
            each.tensor.set_data(each.tensor.to(device));
}

/// While it exists, all of a network's tensors are on the device. Those that were not are put back:
/// they are views of a file.
class WholeOnDevice {
  public:
    WholeOnDevice(ExpertNetwork& network, const torch::Device& device) {
        try {
            move(network, device);
        } catch (...) {  // half of it did not fit
            put_back();
            throw;
        }
    }
    ~WholeOnDevice() { put_back(); }
    WholeOnDevice(const WholeOnDevice&) = delete;
    WholeOnDevice& operator=(const WholeOnDevice&) = delete;

  private:
    void move(ExpertNetwork& network, const torch::Device& device) {
        const torch::NoGradGuard no_gradients;
        for (auto& each : named_tensors(network)) {
            if (each.tensor.device() == device)
                continue;
            const auto copy = each.tensor.to(device);
            moved_.push_back({each.tensor, each.tensor.detach()});
            each.tensor.set_data(copy);
        }
    }
    void put_back() {
        for (auto& [tensor, before] : moved_)
            tensor.set_data(before);
    }

    struct Moved {
        torch::Tensor tensor, before;
    };
    std::vector<Moved> moved_;
};

/// The batch with its last picture repeated up to `size` pictures.
torch::Tensor filled_up(const torch::Tensor& batch, std::size_t size) {
    const auto missing = static_cast<std::int64_t>(size) - batch.size(0);
    if (missing <= 0)
        return batch;
    auto last = batch.narrow(0, batch.size(0) - 1, 1);
    return torch::cat({batch, last.expand({missing, -1, -1, -1})});
}

class CardEvaluator final : public LoadedPanel {
  public:
    CardEvaluator(PanelRecord panel, torch::Device device, DeviceInfo info, Precision precision,
                  OpenOnProcessor open_on_processor, FaceCheck face_check, const Progress& progress,
                  const std::stop_token& stop)
        : LoadedPanel(std::move(panel), std::move(info), precision),
          device_(device),
          open_on_processor_(std::move(open_on_processor)),
          faces_(std::move(face_check), std::min(8u, std::thread::hardware_concurrency())),
          lanes_(device, panel_.experts.size()) {
        const c10::DeviceGuard here(device_);
        prepare_device(device_);
        trunks_.resize(networks_.size());
        for (std::size_t e = 0; e < networks_.size(); ++e) {
            before_loading(e, progress, stop);
            load(e);
        }
        after_loading({});
        warm_up(progress, stop);
        if (progress) {
            const auto total = static_cast<double>(networks_.size());
            progress(total, total, say("Loaded %1", {panel_.name}));
        }
    }

    ~CardEvaluator() override {
        trunks_.clear();
        networks_.clear();
        release_cached_memory(device_);
    }
    CardEvaluator(const CardEvaluator&) = delete;
    CardEvaluator& operator=(const CardEvaluator&) = delete;

    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override try {
        return explain_here(picture, expert, options, stop, progress);
    } catch (const std::bad_alloc&) {
        auto& explainer = dynamic_cast<ExpertExplainer&>(processor(stop));
        auto explanation = explainer.explain(picture, expert, options, stop, progress);
        explanation.remark = out_of_memory(to_say(
            "There was not enough free memory on %1 (%2); it was explained on the processor."));
        return explanation;
    }

  private:
    void load(std::size_t index) {
        const torch::NoGradGuard no_gradients;
        const auto& record = panel_.experts[index];
        networks_[index] = load_expert(panel_, record, encoders_, [&](ExpertNetwork& network) {
            for (auto& parameter : network.parameters())
                parameter.set_requires_grad(false);
            const auto plan =
                record.input.resize == Resize::Stretch ? trunk_plan_of(network) : TrunkPlan{};
            // Without a plan trunk and head are not apart, and heads and maps are of float32.
            if (plan.steps.empty()) {
                network.to(device_);
                return;
            }
            trunks_[index].emplace(plan, device_, scalar_type(precision_));
            move_head(network, plan, device_);
        });
    }

    /// Scores a blank picture, so that the libraries choose and compile what they need while the
    /// panel is opened. What does not fit is left to the first picture.
    void warm_up(const Progress& progress, const std::stop_token& stop) {
        if (progress) {
            const auto total = static_cast<double>(networks_.size());
            progress(total, total, say("Preparing %1", {info_.id}));
        }
        const torch::NoGradGuard no_gradients;
        int side = 512;
        for (const auto& expert : panel_.experts)  // more than the windows, so that they are used
            if (const auto& windows = expert.input.windows)
                side = std::max(
                    side,
                    windows->size * static_cast<int>(std::ceil(std::sqrt(windows->most))) + 8);
        Pixels blank{side, side, {}};
        blank.rgb.assign(
            std::size_t{3} * static_cast<std::size_t>(side) * static_cast<std::size_t>(side), 127);
        const Pixels* const pictures[] = {&blank};
        std::vector<PanelOpinion> opinions(1);
        opinions.front().experts.resize(networks_.size());
        const EvaluateOptions with_maps{true};
        try {
            score_in_parts(pictures, with_maps, stop, opinions);
        } catch (const DeviceError&) {  // a logit that is not finite says nothing yet
        }
    }

    void score_all(std::span<const Pixels* const> pictures, const EvaluateOptions& options,
                   const std::stop_token& stop, std::span<PanelOpinion> opinions) override {
        const c10::DeviceGuard here(device_);
        std::optional<FaceSearch::Round> searching;
        if (looks_for_faces_ || options.traits)
            searching.emplace(faces_, pictures);
        const auto misfits = score_in_parts(pictures, options, stop, opinions);
        std::vector<double> faces(pictures.size(), kNotChecked);
        if (searching)
            faces = searching->found(stop);
        for (std::size_t p = 0; p < pictures.size(); ++p)
            if (std::ranges::binary_search(misfits, p))
                opinions[p] = on_processor(*pictures[p], options, stop);
            else
                finish_opinion(panel_, *pictures[p], faces[p], opinions[p]);
    }

    /// The indices of the pictures that do not fit into the device's memory.
    std::vector<std::size_t> score_in_parts(std::span<const Pixels* const> pictures,
                                            const EvaluateOptions& options,
                                            const std::stop_token& stop,
                                            std::span<PanelOpinion> opinions) {
        return batches_.run(pictures.size(), [&](const FittingBatches::Part& part) {
            score_part(pictures.subspan(part.first, part.count), options, stop, part.side_by_side,
                       opinions.subspan(part.first, part.count));
        });
    }

    torch::Tensor run_trunk(std::size_t index, const torch::Tensor& input) override {
        return trunks_[index] ? trunks_[index]->run(input) : torch::Tensor();
    }

    [[nodiscard]] torch::ScalarType type_of_modules() const override { return torch::kFloat32; }

    /// Scores every picture with every expert. Frees what it puts on the device when it returns.
    void score_part(std::span<const Pixels* const> pictures, const EvaluateOptions& options,
                    const std::stop_token& stop, bool side_by_side,
                    std::span<PanelOpinion> opinions) {
        const WindowViews views(panel_, pictures, options);
        const auto size = sizes_.size_for(pictures.size(), batches_.limit());
        std::vector<torch::Tensor> uploaded;
        for (std::size_t p = 0; p < pictures.size(); ++p)
            uploaded.push_back(read_on_device(views, *pictures[p], p)
                                   ? upload(*pictures[p], device_)
                                   : torch::Tensor());
        std::map<InputKey, torch::Tensor> batches;
        for (const auto& [name, policy] : stretched_inputs()) {
            std::vector<torch::Tensor> inputs;
            for (std::size_t p = 0; p < pictures.size(); ++p)
                inputs.push_back(resized_on_processor(*pictures[p], policy)
                                     ? expert_input(*pictures[p], policy, device_)
                                     : expert_input(uploaded[p], policy));
            batches[name] = filled_up(torch::cat(inputs), size);
        }
        const auto score_by = [&](std::size_t e) {
            const auto& policy = panel_.experts[e].input;
            if (policy.resize == Resize::Stretch) {
                score(e, batches.at(input_key(policy)), options, stop, opinions);
                return;
            }
            for (std::size_t p = 0; p < pictures.size(); ++p)
                if (const auto* view = views.of(p, policy))
                    score(e, expert_input(upload(view->pixels, device_), policy), options, stop,
                          {&opinions[p], 1}, &view->windows);
                else
                    score(e, expert_input(uploaded[p], policy), options, stop, {&opinions[p], 1});
        };
        if (side_by_side)
            lanes_.run(score_by);
        else  // on the same threads, which have the libraries' handles and plans
            lanes_.run_in_turn(score_by);
        sizes_.add(size);
    }

    /// Whether some expert's input is made on the device from the whole picture.
    [[nodiscard]] bool read_on_device(const WindowViews& views, const Pixels& picture,
                                      std::size_t index) const {
        return std::ranges::any_of(panel_.experts, [&](const ExpertRecord& expert) {
            return expert.input.resize == Resize::Stretch
                       ? !resized_on_processor(picture, expert.input)
                       : views.of(index, expert.input) == nullptr;
        });
    }

    [[nodiscard]] std::map<InputKey, InputPolicy> stretched_inputs() const {
        std::map<InputKey, InputPolicy> inputs;
        for (const auto& expert : panel_.experts)
            if (expert.input.resize == Resize::Stretch)
                inputs.emplace(input_key(expert.input), expert.input);
        return inputs;
    }

    ExpertExplanation explain_here(const Pixels& picture, std::size_t expert,
                                   const ExplainOptions& options, const std::stop_token& stop,
                                   const ExpertProgress& progress) try {
        const c10::DeviceGuard here(device_);
        auto& network = *networks_.at(expert);
        const WholeOnDevice trunk_too(network, device_);
        return explain_expert(network, panel_.experts.at(expert), picture, device_, options, stop,
                              progress);
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id, "Explaining");
    }

    [[nodiscard]] std::string out_of_memory(std::string_view sentence) const {
        const InEnglish english;  // it is kept; say_again() shows it
        return say(sentence, {info_.id, info_.name});
    }

    Evaluator& processor(const std::stop_token& stop) {
        if (!processor_)
            processor_ = open_on_processor_({}, stop);
        return *processor_;
    }

    PanelOpinion on_processor(const Pixels& picture, const EvaluateOptions& options,
                              const std::stop_token& stop) {
        const Pixels* const pictures[] = {&picture};
        auto opinion = std::move(processor(stop).evaluate(pictures, options, stop).at(0));
        opinion.warnings.push_back(out_of_memory(
            to_say("There was not enough free memory on %1 (%2); this picture was scored on the "
                   "processor, in float32.")));
        return opinion;
    }

    const torch::Device device_;
    OpenOnProcessor open_on_processor_;
    std::unique_ptr<Evaluator> processor_;            // opened when something does not fit
    std::vector<std::optional<FoldedTrunk>> trunks_;  // none: the network's modules run
    FittingBatches batches_;
    BatchSizes sizes_;  // with which this panel's experts have run
    FaceSearch faces_;
    DeviceLanes lanes_;
};

}  // namespace

std::unique_ptr<Evaluator> open_card_evaluator(const PanelRecord& panel, torch::Device device,
                                               const DeviceInfo& info, Precision precision,
                                               OpenOnProcessor open_on_processor,
                                               const Progress& progress, std::stop_token stop,
                                               FaceCheck face_check) try {
    return std::make_unique<CardEvaluator>(panel, device, info, precision,
                                           std::move(open_on_processor), std::move(face_check),
                                           progress, stop);
} catch (const c10::Error& error) {
    release_cached_memory(device);
    rethrow_device_failure(error, info.id, "Opening the panel");
} catch (...) {
    release_cached_memory(device);
    throw;
}

}  // namespace dfd
