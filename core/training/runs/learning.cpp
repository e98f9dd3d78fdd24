#include "core/training/runs/learning.h"

#include <c10/util/Exception.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <thread>

#include "core/base/cancelled.h"
#include "core/engine/devices/torch_device.h"
#include "core/networks/experts/trace_network.h"
#include "core/networks/hardware/card_arithmetic.h"
#include "core/networks/hardware/memory_failure.h"
#include "core/panel/json_line.h"
#include "core/training/experts/losses.h"
#include "core/training/experts/starting_weights.h"
#include "core/training/photos/one_opencv_thread.h"

namespace dfd {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::size_t kNamedPictures = 8;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

json number(double value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}

json terms_json(const LossTerms& terms) {
    return {{"loss", number(terms.total)},
            {"ce", number(terms.ce)},
            {"nce", number(terms.nce)},
            {"kl", number(terms.kl)}};
}

void add_to(LossTerms& sum, const LossTerms& terms, double weight = 1) {
    sum.total += weight * terms.total;
    sum.ce += weight * terms.ce;
    sum.nce += weight * terms.nce;
    sum.kl += weight * terms.kl;
}

int processors() {
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

// Sets the number of LibTorch's and OpenCV's threads for a scope.
class ThreadCounts {
  public:
    explicit ThreadCounts(int torch) : torch_(torch::get_num_threads()) {
        torch::set_num_threads(torch);
    }
    ~ThreadCounts() { torch::set_num_threads(torch_); }
    ThreadCounts(const ThreadCounts&) = delete;
    ThreadCounts& operator=(const ThreadCounts&) = delete;

  private:
    int torch_;
    OneOpenCvThread opencv_;
};

class Loop {
  public:
    Loop(const TrainOptions& options, const LearningOptions& learning, std::string identity,
         const TrainingSet& set, const TrainCallback& report, torch::Device device)
        : options_(options),
          learning_(learning),
          identity_(std::move(identity)),
          set_(set),
          report_(report),
          device_(device),
          mixed_(learning.precision == "bf16"),
          loaders_(options.run.loaders > 0 ? options.run.loaders
                                           : std::clamp(processors() / 2, 1, 8)),
          threads_(options.run.threads > 0 ? options.run.threads : computing_threads()),
          file_(options.out / "checkpoint.pt") {
        stream_options_.batch = *learning.batch;
        stream_options_.seed = learning.seed;
        stream_options_.threads = loaders_;
        const auto& first = find_architecture(options.experts.front().architecture);
        stream_options_.samples = {first.native_resolution, input_policy(first, learning).size,
                                   *learning.samples, *find_augment(learning.augment)};
        steps_ = BatchStream::batches(set.fakes(), learning.epochs, stream_options_);
        for (std::size_t i = 0; i < options.experts.size(); ++i)
            experts_.push_back(std::make_unique<ExpertTrainer>(
                options.experts[i].architecture, learning, learning.seed * 1000 + i, device_));
        state_.sums.resize(experts_.size());
        state_.epochs.resize(experts_.size());
    }

    Learned run(const std::stop_token& stop) {
        begin();
        log_ = std::make_unique<TrainingLog>(options_.out / "log.jsonl", state_.log_bytes);
        BatchStream stream(set_, stream_options_, state_.step, steps_);
        start_ = last_saved_ = Clock::now();
        first_step_ = state_.step;
        seconds_before_ = state_.seconds;
        try {
            while (finished_epochs() < learning_.epochs) {
                if (state_.step == end_of(finished_epochs() + 1)) {
                    finish_epoch(stop);
                    continue;
                }
                check_stop(stop);
                take_step(stream.next(stop));
                if (seconds_since(last_saved_) > options_.run.checkpoint_minutes * 60)
                    save();
                if (seconds_since(last_reported_) > 1)
                    notify(TrainProgress::Phase::Learning, progress());
            }
            return result(stop);
        } catch (const Cancelled&) {
            save();
            throw;
        }
    }

  private:
    [[nodiscard]] int finished_epochs() const {
        return static_cast<int>(state_.epochs.front().size());
    }
    /// The last step of epoch `epoch` (from 1).
    [[nodiscard]] std::int64_t end_of(int epoch) const {
        return (steps_ * epoch + learning_.epochs - 1) / learning_.epochs;
    }
    [[nodiscard]] double progress() const {
        return static_cast<double>(state_.step) / static_cast<double>(steps_);
    }

    /// Small networks on patches keep the loaders busy, and compute threads that share one small
    /// convolution spin while they wait. They therefore leave the loaders' processors free.
    [[nodiscard]] int computing_threads() const {
        const bool small =
            find_architecture(options_.experts.front().architecture).native_resolution;
        return small ? std::max(1, processors() - loaders_) : processors();
    }

    void begin() {
        if (options_.run.resume && std::filesystem::exists(file_)) {
            state_ = load_checkpoint(file_, identity_, experts_, device_);
            return;
        }
        if (std::filesystem::exists(file_))
            throw TrainingError("There is already an unfinished training in " +
                                options_.out.native() +
                                "; continue it with --resume, or delete its checkpoint.pt.");
        for (std::size_t i = 0; i < experts_.size(); ++i) {
            const auto& requested = options_.experts[i];
            if (requested.init.empty())
                continue;
            std::string note;
            experts_[i]->start_from([&](ExpertNetwork& network) {
                note = load_starting_weights(network, requested.architecture, requested.init);
            });
            notify(TrainProgress::Phase::Learning, 0, note);
        }
    }

    /// On a GPU in LibTorch's arithmetic, which is faster. Validation and calibration compute as
    /// scoring does.
    void take_step(const TrainingBatch& batch) {
        const LibTorchsCardArithmetic faster;
        const double rate = rate_at(progress(), learning_);
        double combined = 0;
        const auto losses = experts_.size() == 1
                                ? std::vector{experts_[0]->step(batch, rate, mixed_)}
                                : joint_step(batch, rate, combined);
        for (std::size_t i = 0; i < losses.size(); ++i)
            if (!std::isfinite(losses[i].total) || !std::isfinite(combined))
                refuse_loss(i, losses[i], batch);
        for (std::size_t i = 0; i < losses.size(); ++i)
            add_to(state_.sums[i], losses[i]);
        state_.combined += combined;
        ++state_.summed;
        ++state_.step;
        state_.seconds = seconds_before_ + seconds_since(start_);
        if (state_.step % log_every() == 0)
            log_step(losses, combined, rate);
    }

    /// Trains all experts on one batch: each on samples outside its own fold, plus the cross
    /// entropy of their mean answer over the experts that may see a sample.
    std::vector<LossTerms> joint_step(const TrainingBatch& batch, double rate, double& combined) {
        std::vector<LossTerms> losses(experts_.size());
        std::vector<bool> updated(experts_.size());
        const auto options = torch::TensorOptions().device(device_).dtype(torch::kFloat32);
        auto answers = torch::zeros({batch.fake.size(0)}, options);
        auto voters = torch::zeros({batch.fake.size(0)}, options);
        torch::Tensor total;
        for (std::size_t i = 0; i < experts_.size(); ++i) {
            const auto counts = batch.folds != set_.fold(i);
            updated[i] = counts.any().item<bool>();
            if (!updated[i])
                continue;
            const auto loss = experts_[i]->loss(batch, mixed_, counts);
            losses[i] = values_of(loss);
            const auto where = counts.to(device_);
            answers = answers + torch::zeros_like(answers).masked_scatter(where, loss.probability);
            voters = voters + where.to(torch::kFloat32);
            total = total.defined() ? total + loss.total : loss.total;
        }
        // Patches that are less than half edited are neither clearly fake nor real.
        auto clear = (voters > 0).cpu();
        if (stream_options_.samples.native)
            clear = clear & (batch.fake.logical_not() | (batch.coverage.mean({1, 2}) >= 0.5));
        if (clear.any().item<bool>()) {
            const auto where = clear.to(device_);
            const auto term = combined_cross_entropy((answers / voters.clamp_min(1)).index({where}),
                                                     batch.fake.to(device_).index({where}));
            combined = term.item<double>();
            total = total + term;
        }
        if (total.defined() && std::isfinite(total.item<double>())) {
            total.backward();
            for (std::size_t i = 0; i < experts_.size(); ++i)
                if (updated[i] && !experts_[i]->update(rate))
                    losses[i].total = std::numeric_limits<double>::quiet_NaN();
        }
        return losses;
    }

    [[noreturn]] void refuse_loss(std::size_t expert, const LossTerms& terms,
                                  const TrainingBatch& batch) {
        json event = terms_json(terms);
        event["event"] = "loss is not finite";
        event["step"] = state_.step;
        event["pictures"] = batch.pictures;
        log_->add(json_line(event));
        std::string pictures;
        for (std::size_t i = 0; i < std::min(kNamedPictures, batch.pictures.size()); ++i)
            pictures += (i ? ", " : "") + batch.pictures[i];
        if (batch.pictures.size() > kNamedPictures)
            pictures += " and " + std::to_string(batch.pictures.size() - kNamedPictures) +
                        " more, listed in log.jsonl";
        throw TrainingError("The loss of " + options_.experts[expert].name + " became " +
                            (std::isinf(terms.total) ? "infinite" : "not a number") + " in batch " +
                            std::to_string(state_.step) + " (epoch " +
                            std::to_string(finished_epochs() + 1) + "), which contains " +
                            pictures +
                            ". The batch did not change the weights. Train again with a lower "
                            "learning rate, or remove a damaged picture from the manifest.");
    }

    void finish_epoch(const std::stop_token& stop) {
        const int epoch = finished_epochs() + 1;
        std::vector<EpochFigures> figures(experts_.size());
        last_.clear();
        for (std::size_t i = 0; i < experts_.size(); ++i) {
            const auto network = experts_[i]->averaged();
            last_.push_back(measure(i, *network, stop));
            if (state_.summed > 0)
                add_to(figures[i].losses, state_.sums[i], 1 / static_cast<double>(state_.summed));
            figures[i].validation_auc = last_[i].auc;
            figures[i].validation_loss = last_[i].loss;
        }
        for (std::size_t i = 0; i < experts_.size(); ++i) {
            json line{{"event", "epoch"}, {"epoch", epoch}, {"step", state_.step}};
            line["expert"] = options_.experts[i].name;
            line.update(terms_json(figures[i].losses));
            line["validation_auc"] = number(last_[i].auc);
            line["validation_loss"] = number(last_[i].loss);
            line["seconds"] = state_.seconds;
            log_->add(line.dump());
            state_.epochs[i].push_back(figures[i]);
        }
        state_.sums.assign(experts_.size(), {});
        state_.combined = 0;
        state_.summed = 0;
        write_atomically(options_.out / "curves.svg", training_curves(names(), state_.epochs));
        save();
        notify(TrainProgress::Phase::Learning, progress());
    }

    Validation measure(std::size_t expert, ExpertNetwork& network, const std::stop_token& stop) {
        const auto pictures =
            set_.validation(expert, static_cast<std::size_t>(learning_.validation));
        return validate(
            network, policy(expert), device_, pictures, loaders_,
            [&](double fraction) {
                if (seconds_since(last_reported_) > 1)
                    notify(TrainProgress::Phase::Validating, fraction);
            },
            stop);
    }

    Learned result(const std::stop_token& stop) {
        Learned learned;
        learned.steps = state_.step;
        learned.seconds = state_.seconds;
        for (std::size_t i = 0; i < experts_.size(); ++i) {
            LearnedExpert expert{options_.experts[i], policy(i), experts_[i]->averaged(), {}, {}};
            // Already measured, unless the training was resumed after its last epoch.
            expert.validation = last_.empty() ? measure(i, *expert.network, stop) : last_[i];
            const auto& calibration = expert.validation.calibration;
            auto* trace = dynamic_cast<TraceNetwork*>(expert.network.get());
            if (trace && !expert.validation.calibrated)
                throw TrainingError("The validation scores of " + expert.requested.name +
                                    " are not numbers, so it cannot be calibrated; train it again "
                                    "with a lower learning rate.");
            if (trace)
                trace->set_calibration(calibration.strongest, calibration.overall,
                                       calibration.bias);
            expert.network->to(torch::kCPU);
            expert.epochs = state_.epochs[i];
            learned.experts.push_back(std::move(expert));
        }
        return learned;
    }

    [[nodiscard]] std::int64_t log_every() const {
        return std::clamp<std::int64_t>(steps_ / learning_.epochs / 20, 1, 50);
    }
    void log_step(const std::vector<LossTerms>& losses, double combined, double rate) {
        for (std::size_t i = 0; i < losses.size(); ++i) {
            json line{{"event", "step"}, {"step", state_.step}, {"epoch", finished_epochs() + 1}};
            if (losses.size() > 1) {
                line["expert"] = options_.experts[i].name;
                line["combined"] = number(combined);
            }
            line.update(terms_json(losses[i]));
            line["learning_rate"] = rate;
            line["patches_per_second"] = samples_per_second();
            log_->add(line.dump());
        }
    }
    [[nodiscard]] double samples_per_second() const {
        return static_cast<double>(state_.step - first_step_) * *learning_.batch /
               std::max(1e-9, seconds_since(start_));
    }

    void save() {
        state_.log_bytes = log_ ? log_->bytes() : 0;
        save_checkpoint(file_, identity_, state_, experts_);
        last_saved_ = Clock::now();
    }
    [[nodiscard]] InputPolicy policy(std::size_t expert) const {
        return input_policy(find_architecture(options_.experts[expert].architecture), learning_);
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& expert : options_.experts)
            all.push_back(expert.name);
        return all;
    }
    void notify(TrainProgress::Phase phase, double fraction, const std::string& note = {}) {
        last_reported_ = Clock::now();
        if (!report_)
            return;
        TrainProgress now;
        now.phase = phase;
        now.fraction = fraction;
        now.step = state_.step;
        now.epochs = learning_.epochs;
        now.epoch = std::min(finished_epochs() + 1, now.epochs);
        now.learning_rate = rate_at(progress(), learning_);
        now.names = names();
        now.note = note;
        for (std::size_t i = 0; i < experts_.size(); ++i) {
            if (state_.summed > 0)
                now.losses.push_back(state_.sums[i].total / static_cast<double>(state_.summed));
            if (!state_.epochs[i].empty())
                now.aucs.push_back(state_.epochs[i].back().validation_auc);
        }
        if (state_.step > first_step_) {
            now.samples_per_second = samples_per_second();
            now.seconds_left = static_cast<double>(steps_ - state_.step) * *learning_.batch /
                               now.samples_per_second;
        }
        report_(now);
    }

    const TrainOptions& options_;
    const LearningOptions& learning_;
    std::string identity_;
    const TrainingSet& set_;
    const TrainCallback& report_;
    torch::Device device_;
    bool mixed_;
    int loaders_;
    ThreadCounts threads_;
    std::filesystem::path file_;
    BatchStream::Options stream_options_;
    std::int64_t steps_ = 0;
    std::vector<std::unique_ptr<ExpertTrainer>> experts_;
    TrainingState state_;
    std::unique_ptr<TrainingLog> log_;
    std::vector<Validation> last_;  ///< of the last epoch of this session
    Clock::time_point start_ = Clock::now(), last_saved_ = start_, last_reported_ = start_;
    std::int64_t first_step_ = 0;
    double seconds_before_ = 0;
};

}  // namespace

double rate_at(double progress, const LearningOptions& options) {
    const double top = options.learning_rate.value_or(0);
    if (progress < options.warm_up)
        return top * std::max(0.02, progress / options.warm_up);
    const double along = (progress - options.warm_up) / (1 - options.warm_up);
    return top * (1 + std::cos(std::numbers::pi * std::min(1.0, along))) / 2;
}

Learned learn(const TrainOptions& options, const LearningOptions& learning,
              const std::string& identity, const TrainingSet& set, const TrainCallback& progress,
              const std::stop_token& stop) {
    DeviceInfo info;
    const auto device = choose_device(options.run.device, info);
    try {
        return Loop(options, learning, identity, set, progress, device).run(stop);
    } catch (const c10::Error& error) {
        if (!device.is_cpu() && is_out_of_memory(error))
            throw DeviceError("There is not enough free memory on " + info.id + " (" + info.name +
                              ") for this training. Close other programs that use the card, or "
                              "train with a smaller batch.");
        rethrow_device_failure(error, info.id, "Training");
    }
}

}  // namespace dfd
