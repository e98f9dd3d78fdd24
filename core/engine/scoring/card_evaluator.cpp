#include "core/engine/scoring/card_evaluator.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/engine/devices/device_memory.h"
#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/expert_explainer.h"
#include "core/engine/scoring/expert_scoring.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/engine/scoring/loaded_panel.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/hardware/card_arithmetic.h"
#include "core/networks/hardware/device_lanes.h"
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

class CardEvaluator final : public LoadedPanel {
  public:
    CardEvaluator(PanelRecord panel, torch::Device device, DeviceInfo info, Precision precision,
                  OpenOnProcessor open_on_processor, const Progress& progress,
                  const std::stop_token& stop)
        : LoadedPanel(std::move(panel), std::move(info), precision),
          device_(device),
          open_on_processor_(std::move(open_on_processor)),
          lanes_(device, panel_.experts.size()) {
        use_card_arithmetic(CardArithmetic::Exact);
        trunks_.resize(networks_.size());
        for (std::size_t e = 0; e < networks_.size(); ++e) {
            before_loading(e, progress, stop);
            load(e);
        }
        after_loading(progress);
    }

    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override try {
        return explain_here(picture, expert, options, stop, progress);
    } catch (const std::bad_alloc&) {
        auto& explainer = dynamic_cast<ExpertExplainer&>(processor(stop));
        auto explanation = explainer.explain(picture, expert, options, stop, progress);
        explanation.exactness += " " + out_of_memory() + "it was explained on the processor.";
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
            if (plan.steps.empty()) {
                network.to(device_, scalar_type(precision_));
                return;
            }
            trunks_[index].emplace(plan, device_, scalar_type(precision_));
            move_head(network, plan, device_);
        });
    }

    void score_all(std::span<const Pixels* const> pictures, const EvaluateOptions& options,
                   const std::stop_token& stop, std::span<PanelOpinion> opinions) override {
        const auto misfits = batches_.run(pictures.size(), [&](const FittingBatches::Part& part) {
            score_part(pictures.subspan(part.first, part.count), options, stop, part.side_by_side,
                       opinions.subspan(part.first, part.count));
        });
        for (std::size_t p = 0; p < pictures.size(); ++p)
            if (std::ranges::binary_search(misfits, p))
                opinions[p] = on_processor(*pictures[p], options, stop);
            else
                finish_opinion(panel_, *pictures[p],
                               panel_.subject == kFaces ? warning_of_no_face(*pictures[p]) : "",
                               opinions[p]);
    }

    torch::Tensor run_trunk(std::size_t index, const torch::Tensor& input) override {
        return trunks_[index] ? trunks_[index]->run(input) : torch::Tensor();
    }

    /// Scores every picture with every expert. Frees what it puts on the device when it returns.
    void score_part(std::span<const Pixels* const> pictures, const EvaluateOptions& options,
                    const std::stop_token& stop, bool side_by_side,
                    std::span<PanelOpinion> opinions) {
        const WindowViews views(panel_, pictures, options);
        std::vector<torch::Tensor> uploaded;
        for (std::size_t p = 0; p < pictures.size(); ++p)
            uploaded.push_back(read_whole(views, p) ? upload(*pictures[p], device_)
                                                    : torch::Tensor());
        std::map<InputKey, torch::Tensor> batches;
        for (const auto& [name, policy] : stretched_inputs()) {
            std::vector<torch::Tensor> inputs;
            for (std::size_t p = 0; p < pictures.size(); ++p)
                inputs.push_back(resized_on_processor(*pictures[p], policy)
                                     ? expert_input(*pictures[p], policy, device_)
                                     : expert_input(uploaded[p], policy));
            batches[name] = torch::cat(inputs);
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
        else
            for (std::size_t e = 0; e < networks_.size(); ++e)
                score_by(e);
    }

    /// Whether some expert reads the whole picture.
    [[nodiscard]] bool read_whole(const WindowViews& views, std::size_t picture) const {
        return std::ranges::any_of(panel_.experts, [&](const ExpertRecord& expert) {
            return views.of(picture, expert.input) == nullptr;
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
        auto& network = *networks_.at(expert);
        network.to(device_);  // moves its trunk too, the first time
        return explain_expert(network, panel_.experts.at(expert), picture, device_, options, stop,
                              progress);
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id);
    }

    [[nodiscard]] std::string out_of_memory() const {
        return "There was not enough free memory on " + info_.id + " (" + info_.name + "); ";
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
        opinion.warnings.push_back(out_of_memory() +
                                   "this picture was scored on the processor, in float32.");
        return opinion;
    }

    const torch::Device device_;
    OpenOnProcessor open_on_processor_;
    std::unique_ptr<Evaluator> processor_;            // opened when something does not fit
    std::vector<std::optional<FoldedTrunk>> trunks_;  // none: the network's modules run
    FittingBatches batches_;
    DeviceLanes lanes_;
};

}  // namespace

std::unique_ptr<Evaluator> open_card_evaluator(const PanelRecord& panel, torch::Device device,
                                               const DeviceInfo& info, Precision precision,
                                               OpenOnProcessor open_on_processor,
                                               const Progress& progress, std::stop_token stop) try {
    return std::make_unique<CardEvaluator>(panel, device, info, precision,
                                           std::move(open_on_processor), progress, stop);
} catch (const c10::Error& error) {
    rethrow_device_failure(error, info.id);
}

}  // namespace dfd
