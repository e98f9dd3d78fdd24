#include <c10/util/Exception.h>
#include <torch/torch.h>

#include <map>

#include "core/engine/card_evaluator.h"
#include "core/engine/evaluator.h"
#include "core/engine/expert_explainer.h"
#include "core/engine/expert_scoring.h"
#include "core/engine/input_tensors.h"
#include "core/engine/torch_device.h"
#include "core/networks/attribution.h"
#include "core/networks/planned_trunk.h"
#include "core/networks/trunk_executor.h"
#include "core/panel/copied_weights.h"
#include "core/panel/panel_networks.h"

namespace dfd {
namespace {

class PanelEvaluator final : public Evaluator, public ExpertExplainer {
  public:
    PanelEvaluator(PanelRecord panel, const std::string& device, Precision precision,
                   const Progress& progress, std::stop_token stop, const std::string& note)
        : panel_(std::move(panel)), device_(choose_device(device, info_)), precision_(precision) {
        info_.detail += note;
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
                for (size_t p = 0; p < pictures.size(); ++p)
                    score(e, expert_input(*pictures[p], policy, device_), options, stop,
                          {&opinions[p], 1});
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
        for (size_t p = 0; p < pictures.size(); ++p)
            finish_opinion(panel_, *pictures[p], opinions[p]);
        return_free_memory();
        return opinions;
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id);
    }

    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override try {
        use_all_processors();
        auto explanation = explain_expert(*networks_.at(expert), panel_.experts.at(expert), picture,
                                          device_, options, stop, progress);
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

    void score(size_t index, const torch::Tensor& input, const EvaluateOptions& options,
               const std::stop_token& stop, std::span<PanelOpinion> opinions) {
        if (stop.stop_requested())
            throw Cancelled();
        write_opinions(*networks_[index], feature_map(index, input), panel_.experts[index], index,
                       precision_, options, opinions);
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
    DeviceInfo info;
    const auto chosen = choose_device(device, info);
    if (chosen.is_cpu())
        return std::make_unique<PanelEvaluator>(panel, device, precision, progress, stop, "");
    const auto on_processor = [panel](const Progress& loading, std::stop_token stopping) {
        return open_evaluator(panel, "cpu", Precision::Float32, loading, stopping);
    };
    try {
        return open_card_evaluator(panel, chosen, info, precision, on_processor, progress, stop);
    } catch (const std::bad_alloc&) {
        const auto card = info.id + " (" + info.name + ")";
        if (device != "auto" || precision == Precision::Float16)
            throw DeviceError("There is not enough free memory on " + card + " for the panel " +
                              panel.name +
                              ". Close what else uses the card, try --precision fp16, or use "
                              "--device cpu.");
        return std::make_unique<PanelEvaluator>(panel, "cpu", precision, progress, stop,
                                                "; " + card + " has not enough free memory");
    }
}

}  // namespace dfd
