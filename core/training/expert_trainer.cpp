#include "core/training/expert_trainer.h"

#include <ATen/autocast_mode.h>
#include <torch/nn/functional.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>

#include "core/networks/preprocess.h"
#include "core/networks/trace_network.h"

namespace dfd {
namespace {

constexpr double kEdited = 0.6;      // a window with more of it edited counts as edited
constexpr double kUntouched = 0.02;  // with less, as untouched
constexpr double kPatchEdited = 0.5;
constexpr double kLargestGradient = 5;

class MixedPrecision {
  public:
    explicit MixedPrecision(bool on) : before_(at::autocast::is_cpu_enabled()) {
        at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
        at::autocast::set_cpu_enabled(on);
    }
    ~MixedPrecision() {
        at::autocast::clear_cache();
        at::autocast::set_cpu_enabled(before_);
    }
    MixedPrecision(const MixedPrecision&) = delete;
    MixedPrecision& operator=(const MixedPrecision&) = delete;

  private:
    bool before_;
};

// Cross entropy of log-odds against labels where `counts`, edited and untouched weighing the same.
torch::Tensor balanced(const torch::Tensor& log_odds, const torch::Tensor& edited,
                       const torch::Tensor& counts) {
    const auto fake = edited.to(torch::kFloat32) * counts;
    const auto real = (1 - edited.to(torch::kFloat32)) * counts;
    const auto of_fake = torch::softplus(-log_odds) * fake / (fake.sum() + 1);
    const auto of_real = torch::softplus(log_odds) * real / (real.sum() + 1);
    return (of_fake.sum() + of_real.sum()) / 2;
}

cv::Mat flipped(const cv::Mat& picture, int way) {
    if (way > 2)
        return picture;
    cv::Mat result;
    cv::flip(picture, result, way - 1);
    return result;
}

}  // namespace

PatchBatch make_batch(const std::vector<PatchPair>& pairs, Dice& dice) {
    const auto side = static_cast<std::int64_t>(pairs.front().mask.rows);
    const auto blocks = side / kTraceStride;
    const auto count = static_cast<std::int64_t>(pairs.size()) * 2;
    PatchBatch batch{torch::empty({count, side, side, 3}, torch::kUInt8),
                     torch::zeros({count, blocks, blocks})};
    std::int64_t row = 0;
    for (const auto& pair : pairs) {
        const int way = dice.whole(0, 3);  // both axes, rows, columns, none
        const auto place = [&](const cv::Mat& bgr) {
            cv::Mat rgb(pair.mask.rows, pair.mask.cols, CV_8UC3, batch.rgb[row].data_ptr());
            cv::cvtColor(flipped(bgr, way), rgb, cv::COLOR_BGR2RGB);
        };
        place(pair.edited);
        cv::Mat coverage;
        flipped(pair.mask, way).convertTo(coverage, CV_32F, 1.0 / 255);
        cv::Mat small(static_cast<int>(blocks), static_cast<int>(blocks), CV_32F,
                      batch.coverage[row].data_ptr());
        cv::resize(coverage, small, small.size(), 0, 0, cv::INTER_AREA);
        ++row;
        place(pair.untouched);
        ++row;
    }
    return batch;
}

InputPolicy input_policy(const Architecture& architecture, int patch) {
    InputPolicy policy;
    policy.size = patch;
    if (architecture.native_resolution) {
        policy.resize = Resize::Native;
        policy.mean = {0, 0, 0};
        policy.std = {1, 1, 1};
    }
    return policy;
}

torch::Tensor evidence_loss(const torch::Tensor& evidence, const torch::Tensor& coverage) {
    const auto windows = TraceNetwork::window_means(evidence);
    const auto covered = TraceNetwork::window_means(coverage);
    const auto of_windows =
        balanced(windows, covered > kEdited, ((covered > kEdited) | (covered < kUntouched)));
    const auto patch = coverage.mean({1, 2});
    const auto of_patches = balanced(evidence.mean({1, 2}), patch >= kPatchEdited,
                                     ((patch >= kPatchEdited) | (patch == 0)));
    return (of_windows + of_patches) / 2;
}

ExpertTrainer::ExpertTrainer(const std::string& architecture, const TrainOptions& options,
                             std::uint64_t seed)
    : architecture_(architecture), patch_(options.patch), ema_decay_(options.ema_decay) {
    torch::manual_seed(seed);
    network_ = make_network(architecture, {options.dropout, options.stochastic_depth});
    network_->train();
    std::vector<torch::Tensor> matrices;
    std::vector<torch::Tensor> others;
    for (auto& parameter : network_->parameters()) {
        if (parameter.dim() == 4)
            parameter.set_data(parameter.data().contiguous(torch::MemoryFormat::ChannelsLast));
        (parameter.dim() > 1 ? matrices : others).push_back(parameter);
        average_.push_back(parameter.detach().clone());
    }
    // Norms and biases are not pulled towards zero.
    const auto group = [&](const std::vector<torch::Tensor>& parameters, double decay) {
        return torch::optim::OptimizerParamGroup(
            parameters, std::make_unique<torch::optim::AdamWOptions>(
                            torch::optim::AdamWOptions(options.learning_rate).weight_decay(decay)));
    };
    optimiser_ = std::make_unique<torch::optim::AdamW>(
        std::vector{group(matrices, options.weight_decay), group(others, 0)});
}

torch::Tensor ExpertTrainer::loss(const PatchBatch& batch) const {
    const auto policy = input_policy(find_architecture(architecture_), patch_);
    const auto pixels = normalise(batch.rgb, policy.mean, policy.std);
    if (auto* trace = dynamic_cast<TraceNetwork*>(network_.get())) {
        const auto evidence = trace->evidence(trace->feature_map(pixels)).to(torch::kFloat32);
        return evidence_loss(evidence, batch.coverage);
    }
    const auto logits = network_->forward(stretch(pixels, policy.size)).to(torch::kFloat32);
    const auto labels = (batch.coverage.mean({1, 2}) >= kPatchEdited).to(torch::kLong);
    return torch::nn::functional::cross_entropy(logits, labels);
}

double ExpertTrainer::step(const PatchBatch& batch, double learning_rate, bool mixed) {
    torch::Tensor value;
    {
        const MixedPrecision precision(mixed);
        value = loss(batch);
    }
    const double result = value.item<double>();
    if (!std::isfinite(result))
        throw TrainingError("The loss of " + architecture_ + " became " +
                            (std::isnan(result) ? "not a number" : "infinite") + " after " +
                            std::to_string(updates_) +
                            " steps; resume from the last checkpoint with a lower learning rate.");
    optimiser_->zero_grad();
    value.backward();
    const auto parameters = network_->parameters();
    torch::nn::utils::clip_grad_norm_(parameters, kLargestGradient);
    for (auto& group : optimiser_->param_groups())
        static_cast<torch::optim::AdamWOptions&>(group.options()).lr(learning_rate);
    optimiser_->step();

    const torch::NoGradGuard guard;
    ++updates_;
    const auto n = static_cast<double>(updates_);
    const double decay = std::min(ema_decay_, (1 + n) / (10 + n));
    for (std::size_t i = 0; i < parameters.size(); ++i)
        average_[i].lerp_(parameters[i], 1 - decay);
    return result;
}

std::shared_ptr<ExpertNetwork> ExpertTrainer::averaged() const {
    const torch::NoGradGuard guard;
    auto copy = make_network(architecture_);
    auto from = named_tensors(*network_);
    auto to = named_tensors(*copy);
    std::size_t parameter = 0;
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i].tensor.copy_(to[i].parameter ? average_[parameter++] : from[i].tensor);
    return copy;
}

void ExpertTrainer::save(torch::serialize::OutputArchive& archive) const {
    torch::serialize::OutputArchive network;
    network_->save(network);
    archive.write("network", network);
    torch::serialize::OutputArchive optimiser;
    optimiser_->save(optimiser);
    archive.write("optimiser", optimiser);
    for (std::size_t i = 0; i < average_.size(); ++i)
        archive.write("average" + std::to_string(i), average_[i], true);
    archive.write("updates", torch::tensor(updates_), true);
}

void ExpertTrainer::load(torch::serialize::InputArchive& archive) {
    torch::serialize::InputArchive network;
    archive.read("network", network);
    network_->load(network);
    torch::serialize::InputArchive optimiser;
    archive.read("optimiser", optimiser);
    optimiser_->load(optimiser);
    for (std::size_t i = 0; i < average_.size(); ++i) {
        torch::Tensor average;
        archive.read("average" + std::to_string(i), average, true);
        TORCH_CHECK(average.sizes() == average_[i].sizes(), "a moving average has another shape");
        average_[i] = average;
    }
    torch::Tensor updates;
    archive.read("updates", updates, true);
    updates_ = updates.item<std::int64_t>();
}

}  // namespace dfd
