#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <torch/torch.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include "core/base/cancelled.h"
#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/expert_explainer.h"
#include "core/engine/scoring/expert_scoring.h"
#include "core/engine/scoring/input_tensors.h"
#include "core/engine/scoring/loaded_panel.h"
#include "core/engine/scoring/pictures_side_by_side.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/executor/trunk_executor.h"
#include "core/networks/experts/planned_trunk.h"
#include "core/networks/trunk/side_by_side.h"
#include "core/panel/panel_networks.h"
#include "core/picture/pixels/traits.h"

namespace dfd {
namespace {

/// The cost of loading each expert: its file is read, hashed and copied. 0 where it cannot be read;
/// loading reports that.
std::vector<double> file_sizes(const PanelRecord& panel) {
    std::vector<double> sizes;
    for (const auto& expert : panel.experts) {
        std::error_code unreadable;
        const auto size = std::filesystem::file_size(panel.folder / expert.file, unreadable);
        sizes.push_back(unreadable ? 0.0 : static_cast<double>(size));
    }
    return sizes;
}

/// In the unit of trunk_cost: the third of a second that a search takes when no face is found.
constexpr double kFaceSearchCost = 30e9;

class ProcessorEvaluator final : public LoadedPanel {
  public:
    ProcessorEvaluator(const PanelRecord& panel, const DeviceInfo& info, Precision precision,
                       const Progress& progress, const std::stop_token& stop)
        : LoadedPanel(panel, info, precision) {
        if (precision == Precision::Float16)
            throw DeviceError(
                "fp16 requires a CUDA device; on a processor use --precision fp32 or bf16.");
        load_all(progress, stop);
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
        return_free_memory(picture.rgb.size() / 3);
        return explanation;
    } catch (const c10::Error& error) {
        rethrow_device_failure(error, info_.id, "Explaining");
    }

  private:
    void score_all(std::span<const Pixels* const> pictures, const EvaluateOptions& options,
                   const std::stop_token& stop, std::span<PanelOpinion> opinions) override {
        use_all_processors();
        // Stretched inputs have one size and form one batch; native ones are scored one by one.
        const WindowViews views(panel_, pictures, options);
        std::map<InputKey, torch::Tensor> batches;
        std::vector<torch::Tensor> inputs_side_by_side(networks_.size());
        for (size_t e = 0; e < networks_.size(); ++e) {
            const auto& policy = panel_.experts[e].input;
            if (policy.resize == Resize::Native) {
                score_native(e, pictures, views, options, stop, opinions);
                continue;
            }
            auto& batch = batches[input_key(policy)];
            if (!batch.defined()) {
                std::vector<torch::Tensor> inputs;
                for (const auto* picture : pictures)
                    inputs.push_back(expert_input(*picture, policy, device_));
                batch = torch::cat(inputs);
            }
            if (executors_[e])
                inputs_side_by_side[e] = batch;
            else
                score(e, batch, options, stop, opinions);
        }
        std::vector<double> faces(pictures.size(), kNotChecked);
        const auto search_one = [&](std::int64_t p) {
            check_stop(stop);
            const auto at = static_cast<size_t>(p);
            faces[at] = measure_face(*pictures[at]);
        };
        const auto search_faces = [&] {
            for (std::int64_t p = 0; p < std::ssize(faces); ++p)
                search_one(p);
        };
        run_side_by_side(shares_, [&](size_t task, size_t) {
            if (task == networks_.size())
                search_faces();
            else
                score(task, inputs_side_by_side[task], options, stop, opinions);
        });
        if ((looks_for_faces_ || options.traits) && !faces_beside_experts_)
            side_by_side(std::ssize(faces), search_one);
        for (size_t p = 0; p < pictures.size(); ++p)
            finish_opinion(panel_, *pictures[p], faces[p], opinions[p]);
    }

    void load_all(const Progress& progress, const std::stop_token& stop) {
        use_all_processors();
        executors_.resize(networks_.size());
        costs_.assign(networks_.size(), 0.0);
        const int workers = experts_at_once(at::get_num_threads());
        run_side_by_side(share_out(file_sizes(panel_), workers), [&](size_t index, size_t) {
            before_loading(index, progress, stop);
            load(index);
        });
        share_executors(workers);
        after_loading(progress);
    }

    /// Assigns the executors to workers. All executors of a worker share a workspace.
    void share_executors(int workers) {
        std::vector<size_t> executed;
        std::vector<double> costs;
        for (size_t e = 0; e < executors_.size(); ++e)
            if (executors_[e]) {
                executed.push_back(e);
                costs.push_back(costs_[e]);
            }
        // The face search uses only one thread, so it runs as a task beside the experts. Its data
        // belongs to its thread, so it goes into the calling thread's share.
        faces_beside_experts_ = looks_for_faces_ && !executed.empty();
        if (faces_beside_experts_) {
            executed.push_back(executors_.size());
            costs.push_back(kFaceSearchCost);
        }
        shares_ = share_out(costs, workers);
        for (auto& share : shares_) {
            const auto workspace = make_workspace();
            for (auto& task : share)
                if ((task = executed[task]) < executors_.size())
                    executors_[task]->use(workspace);
        }
        if (faces_beside_experts_)
            std::stable_partition(shares_.begin(), shares_.end(), [&](const auto& share) {
                return std::find(share.begin(), share.end(), executors_.size()) != share.end();
            });
    }

    /// If an executor runs the trunk at this precision, the network keeps its head in float32.
    void load(size_t index) {
        const auto& expert = panel_.experts[index];
        std::unique_ptr<TrunkExecutor> executor;
        const bool executed = expert.input.resize == Resize::Stretch &&
                              (precision_ == Precision::Float32 || bfloat16_is_native());
        auto network =
            executed ? load_expert(panel_, expert, encoders_,
                                   [&](ExpertNetwork& loaded) { executor = pack(loaded, index); })
                     : load_expert(panel_, expert, encoders_);
        for (auto& parameter : network->parameters())
            parameter.set_requires_grad(false);
        if (!executor && precision_ != Precision::Float32)
            network->to(scalar_type(precision_));
        networks_[index] = std::move(network);
        executors_[index] = std::move(executor);
    }

    [[nodiscard]] std::unique_ptr<TrunkExecutor> pack(ExpertNetwork& network, size_t index) {
        const int size = panel_.experts[index].input.size;
        const auto plan = trunk_plan_of(network);
        auto executor = make_trunk_executor(plan, precision_ == Precision::BFloat16);
        if (executor) {
            costs_[index] = trunk_cost(plan, size, size);
            executor->prepare(size, size);
        }
        return executor;
    }

    torch::Tensor run_trunk(std::size_t index, const torch::Tensor& input) override {
        return executors_[index] ? executors_[index]->run(input) : torch::Tensor();
    }

    /// One by one, or side by side when no picture is too large for that.
    void score_native(size_t index, std::span<const Pixels* const> pictures,
                      const WindowViews& views, const EvaluateOptions& options,
                      const std::stop_token& stop, std::span<PanelOpinion> opinions) {
        const auto& policy = panel_.experts[index].input;
        const auto read = [&](size_t at) -> const Pixels& {
            const auto* view = views.of(at, policy);
            return view != nullptr ? view->pixels : *pictures[at];
        };
        const auto one = [&](std::int64_t p) {
            const auto at = static_cast<size_t>(p);
            const auto* view = views.of(at, policy);
            score(index, expert_input(read(at), policy, device_), options, stop,
                  opinions.subspan(at, 1), view != nullptr ? &view->windows : nullptr);
        };
        std::int64_t largest = 0;
        for (size_t p = 0; p < pictures.size(); ++p)
            largest = std::max(largest, std::int64_t{read(p).width} * read(p).height);
        const auto count = std::ssize(pictures);
        const auto step = !options.maps ? pictures_side_by_side(largest) : 1;
        for (std::int64_t first = 0; first < count; first += step)
            side_by_side(std::min(step, count - first), [&](std::int64_t p) { one(first + p); });
    }

    const torch::Device device_{torch::kCPU};
    std::vector<std::unique_ptr<TrunkExecutor>> executors_;  // null: the network's modules run
    std::vector<double> costs_;                              // of the executors
    // The tasks of each worker: indices of executors, or executors_.size() for the face search.
    Shares shares_;
    bool faces_beside_experts_ = false;
};

}  // namespace

std::unique_ptr<Evaluator> open_processor_evaluator(const PanelRecord& panel,
                                                    const DeviceInfo& info, Precision precision,
                                                    const Progress& progress,
                                                    const std::stop_token& stop) {
    return std::make_unique<ProcessorEvaluator>(panel, info, precision, progress, stop);
}

}  // namespace dfd
