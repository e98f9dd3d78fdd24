#include "core/training/experts/expert_trainer.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/wording.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/experts/trace_network.h"
#include "core/networks/hardware/autocast.h"
#include "core/training/experts/losses.h"

namespace dfd {
namespace {

class MixedPrecision {
  public:
    explicit MixedPrecision(bool on) : scope_(on) {
        set_autocast_type(c10::kCPU, at::kBFloat16);
        set_autocast_type(c10::kCUDA, at::kBFloat16);
    }
    ~MixedPrecision() { at::autocast::clear_cache(); }
    MixedPrecision(const MixedPrecision&) = delete;
    MixedPrecision& operator=(const MixedPrecision&) = delete;

  private:
    AutocastScope scope_;
};

// Freezes BatchNorm's running statistics for a scope, so that they describe clean pictures only.
class KeptStatistics {
  public:
    explicit KeptStatistics(ExpertNetwork& network) {
        for (const auto& module : network.modules())
            if (auto* norm = module->as<torch::nn::BatchNorm2d>()) {
                kept_.emplace_back(norm, norm->options.momentum());
                norm->options.momentum(0);
            }
    }
    ~KeptStatistics() {
        for (auto& [norm, momentum] : kept_)
            norm->options.momentum(momentum);
    }
    KeptStatistics(const KeptStatistics&) = delete;
    KeptStatistics& operator=(const KeptStatistics&) = delete;

  private:
    std::vector<std::pair<torch::nn::BatchNorm2dImpl*, c10::optional<double>>> kept_;
};

/// Excludes parameters whose names begin with one of the prefixes (separated by commas) from
/// training, and keeps the statistics of norms there as they are.
void freeze(ExpertNetwork& network, const std::string& prefixes) {
    for (std::size_t begin = 0; begin < prefixes.size();) {
        const auto end = std::min(prefixes.find(',', begin), prefixes.size());
        const auto prefix = prefixes.substr(begin, end - begin);
        begin = end + 1;
        bool found = false;
        for (auto& item : network.named_parameters())
            if (item.key().starts_with(prefix)) {
                item.value().requires_grad_(false);
                found = true;
            }
        if (!found || prefix.empty())
            throw TrainingError("No tensor's name begins with " + quoted_name(prefix) +
                                ", which the option frozen names.");
        for (const auto& item : network.named_modules())
            if ((item.key() + ".").starts_with(prefix))
                item.value()->eval();
    }
}

double value_or_nan(const torch::Tensor& term) {
    return term.defined() ? term.item<double>() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

InputPolicy input_policy(const Architecture& architecture, const LearningOptions& options) {
    InputPolicy policy;
    policy.size = architecture.native_resolution ? options.patch : options.input_size;
    policy.mean = architecture.mean;
    policy.std = architecture.std;
    if (architecture.native_resolution) {
        policy.resize = Resize::Native;
        policy.mean = {0, 0, 0};
        policy.std = {1, 1, 1};
    }
    return policy;
}

ExpertTrainer::ExpertTrainer(const std::string& architecture, const LearningOptions& options,
                             std::uint64_t seed, torch::Device device)
    : architecture_(architecture),
      options_(options),
      seed_(seed),
      device_(device),
      policy_(input_policy(find_architecture(architecture), options)) {
    torch::manual_seed(seed);
    network_ = make_network(architecture, {options.dropout, options.stochastic_depth});
    network_->to(device);
    network_->train();
    freeze(*network_, options.frozen);
    std::vector<torch::Tensor> matrices;
    std::vector<torch::Tensor> others;
    for (auto& parameter : network_->parameters()) {
        if (parameter.dim() == 4)
            parameter.set_data(parameter.data().contiguous(torch::MemoryFormat::ChannelsLast));
        if (parameter.requires_grad())
            (parameter.dim() > 1 ? matrices : others).push_back(parameter);
        average_.push_back(parameter.detach().clone());
    }
    if (matrices.empty() && others.empty())
        throw TrainingError("Every tensor of " + architecture +
                            " is frozen, so there is nothing to train.");
    // No weight decay for norms and biases.
    const auto group = [](const std::vector<torch::Tensor>& parameters, double decay) {
        return torch::optim::OptimizerParamGroup(
            parameters, std::make_unique<torch::optim::AdamWOptions>(
                            torch::optim::AdamWOptions(1e-3).weight_decay(decay)));
    };
    optimiser_ = std::make_unique<torch::optim::AdamW>(
        std::vector{group(matrices, options.weight_decay), group(others, 0)});
}

void ExpertTrainer::start_from(const std::function<void(ExpertNetwork&)>& load) {
    const torch::NoGradGuard guard;
    load(*network_);
    // The mapping from evidence to score is fitted again when the training ends.
    if (auto* trace = dynamic_cast<TraceNetwork*>(network_.get()))
        trace->set_calibration(1, 0, 0);
    const auto parameters = network_->parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i)
        average_[i].copy_(parameters[i]);
}

ExpertTrainer::Answer ExpertTrainer::answer(const torch::Tensor& pixels, bool mixed) {
    Answer answer;
    {
        const MixedPrecision precision(mixed);
        const auto map = network_->feature_map(pixels);
        answer.features = network_->pool(map);
        if (auto* trace = dynamic_cast<TraceNetwork*>(network_.get()))
            answer.evidence = trace->evidence(map.map);
        else
            answer.logits = network_->logits(map);
    }
    // Losses sum many small numbers, so they are computed in float32 from here on.
    answer.features = answer.features.to(torch::kFloat32);
    if (answer.evidence.defined()) {
        answer.evidence = answer.evidence.to(torch::kFloat32);
        answer.logits = logits_of(TraceNetwork::summary(answer.evidence).select(1, 0));
        answer.places = logits_of(TraceNetwork::window_means(answer.evidence).flatten());
    } else {
        answer.logits = answer.logits.to(torch::kFloat32);
        answer.places = answer.logits;
    }
    return answer;
}

ExpertLoss ExpertTrainer::loss(const TrainingBatch& batch, bool mixed,
                               const torch::Tensor& counts) {
    torch::manual_seed(Dice(seed_, static_cast<std::uint64_t>(updates_)).bits());
    const auto counted = [&](const torch::Tensor& each) {
        return (counts.defined() ? each.index({counts}) : each).to(device_);
    };
    const auto fake = counted(batch.fake);
    const auto rgb = counted(batch.rgb);
    auto pixels = normalise(rgb, policy_.mean, policy_.std);
    if (policy_.resize == Resize::Stretch && rgb.size(1) != policy_.size)
        pixels = stretch(pixels, policy_.size);
    const auto clean = answer(pixels, mixed);
    ExpertLoss loss;
    loss.ce = clean.evidence.defined() ? evidence_loss(clean.evidence, counted(batch.coverage))
                                       : cross_entropy(clean.logits, fake);
    loss.total = loss.ce;
    if (options_.nce > 0) {
        loss.nce = info_nce(clean.features, fake, options_.temperature);
        loss.total = loss.total + options_.nce * loss.nce;
        loss.nce = loss.nce.detach();
    }
    if (options_.kl > 0) {
        const auto deviation =
            torch::tensor({policy_.std[0], policy_.std[1], policy_.std[2]}, pixels.options())
                .view({1, 3, 1, 1});
        const auto noise = torch::randn_like(pixels) * options_.noise.value_or(0) / deviation;
        const KeptStatistics guard(*network_);
        loss.kl = symmetric_kl(clean.places, answer(pixels + noise, mixed).places);
        loss.total = loss.total + options_.kl * loss.kl;
        loss.kl = loss.kl.detach();
    }
    loss.ce = loss.ce.detach();
    loss.probability = torch::softmax(clean.logits, 1).select(1, 1);
    return loss;
}

bool ExpertTrainer::update(double learning_rate) {
    const auto parameters = network_->parameters();
    if (!std::isfinite(torch::nn::utils::clip_grad_norm_(parameters, options_.clip))) {
        optimiser_->zero_grad();
        return false;
    }
    for (auto& group : optimiser_->param_groups())
        static_cast<torch::optim::AdamWOptions&>(group.options()).lr(learning_rate);
    optimiser_->step();
    optimiser_->zero_grad();

    const torch::NoGradGuard guard;
    ++updates_;
    const auto n = static_cast<double>(updates_);
    const double decay = std::min(options_.ema_decay, (1 + n) / (10 + n));
    for (std::size_t i = 0; i < parameters.size(); ++i)
        average_[i].lerp_(parameters[i], 1 - decay);
    return true;
}

LossTerms values_of(const ExpertLoss& loss) {
    return {value_or_nan(loss.total), value_or_nan(loss.ce), value_or_nan(loss.nce),
            value_or_nan(loss.kl)};
}

LossTerms ExpertTrainer::step(const TrainingBatch& batch, double learning_rate, bool mixed) {
    const auto of_batch = loss(batch, mixed);
    auto values = values_of(of_batch);
    if (!std::isfinite(values.total))
        return values;
    of_batch.total.backward();
    if (!update(learning_rate))
        values.total = std::numeric_limits<double>::quiet_NaN();
    return values;
}

std::shared_ptr<ExpertNetwork> ExpertTrainer::averaged() const {
    const torch::NoGradGuard guard;
    auto copy = make_network(architecture_);
    copy->to(device_);
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
        TORCH_CHECK(average.sizes() == average_[i].sizes(),
                    "a moving average has a different shape");
        average_[i] = average.to(device_);
    }
    torch::Tensor updates;
    archive.read("updates", updates, true);
    updates_ = updates.item<std::int64_t>();
}

}  // namespace dfd
