#include "core/training/trainer.h"

#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <numbers>
#include <opencv2/core/utility.hpp>
#include <thread>

#include "core/engine/evaluator.h"
#include "core/training/calibrate_networks.h"
#include "core/training/training_checkpoint.h"
#include "core/training/write_trained_panel.h"

namespace dfd {
namespace {

using Clock = std::chrono::steady_clock;
using Experts = std::vector<std::unique_ptr<ExpertTrainer>>;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void check(const TrainOptions& options) {
    const auto refuse = [](const std::string& sentence) { throw TrainingError(sentence); };
    if (options.architectures.empty())
        refuse("No architecture to train was named; give at least one with --architectures.");
    for (const auto& name : options.architectures) {
        try {
            static_cast<void>(find_architecture(name));
        } catch (const std::invalid_argument& unknown) {
            refuse(unknown.what());
        }
    }
    if ((options.minutes > 0) == (options.patches > 0))
        refuse("Say how long to train with either --minutes or --patches, one of them.");
    if (options.patch < 64 || options.patch % 8 != 0)
        refuse("A patch must be a multiple of 8 pixels and at least 64, not " +
               std::to_string(options.patch) + ".");
    if (options.pairs < 2)
        refuse("A batch needs at least 2 pairs of patches.");
    if (!(options.learning_rate > 0) || !(options.ema_decay >= 0 && options.ema_decay < 1))
        refuse("The learning rate must be positive and the EMA decay in [0,1).");
}

// Warm-up, then half a cosine down to nothing.
double rate_at(double progress, const TrainOptions& options) {
    if (progress < options.warm_up)
        return options.learning_rate * std::max(0.02, progress / options.warm_up);
    const double along = (progress - options.warm_up) / (1 - options.warm_up);
    return options.learning_rate * (1 + std::cos(std::numbers::pi * std::min(1.0, along))) / 2;
}

bool use_mixed(const TrainOptions& options) {
    if (options.mixed != TrainOptions::Mixed::Auto)
        return options.mixed == TrainOptions::Mixed::On;
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

// The number of threads LibTorch uses, set for a scope.
class ThreadCount {
  public:
    explicit ThreadCount(int count) : before_(torch::get_num_threads()) {
        torch::set_num_threads(count);
    }
    ~ThreadCount() { torch::set_num_threads(before_); }
    ThreadCount(const ThreadCount&) = delete;
    ThreadCount& operator=(const ThreadCount&) = delete;

  private:
    int before_;
};

// One thread an expert: they need not wait for each other inside a step, as threads that share one
// convolution do.
std::vector<double> step_all(Experts& experts, const PatchBatch& batch, double rate, bool mixed) {
    std::vector<double> losses(experts.size());
    std::vector<std::exception_ptr> failures(experts.size());
    {
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < experts.size(); ++i)
            workers.emplace_back([&, i] {
                try {
                    at::init_num_threads();
                    losses[i] = experts[i]->step(batch, rate, mixed);
                } catch (...) {
                    failures[i] = std::current_exception();
                }
            });
    }
    for (const auto& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
    return losses;
}

class Learning {
  public:
    Learning(const TrainOptions& options, const PhotoLibrary& library, const TrainCallback& report)
        : options_(options), report_(report), file_(options.out / "checkpoint.pt") {
        for (std::size_t i = 0; i < options.architectures.size(); ++i)
            experts_.push_back(std::make_unique<ExpertTrainer>(options.architectures[i], options,
                                                               options.seed * 1000 + i));
        state_.losses.assign(experts_.size(), std::numbers::ln2);
        if (options.resume)
            state_ = load_checkpoint(file_, options, experts_);
        else if (std::filesystem::exists(file_))
            throw TrainingError("There is a checkpoint in " + options.out.string() +
                                " already; resume it with --resume, or delete it.");
        StreamOptions stream;
        stream.side = options.patch;
        stream.seed = options.seed;
        stream.first_scene = state_.scenes;
        photos_ = library.of(Split::Train);
        if (photos_.size() < 2)
            throw TrainingError("No photographs are left to train on after " +
                                options.photos.string() + " was divided; give more of them.");
        stream_ = std::make_unique<PatchStream>(photos_, stream);
    }

    Experts& run(std::stop_token stop) {
        const auto processors = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
        const int threads = options_.threads > 0 ? options_.threads : processors;
        const ThreadCount count(std::max(1, threads / static_cast<int>(experts_.size())));
        const bool mixed = use_mixed(options_);
        const double spent_before = state_.seconds;
        const auto start = Clock::now();
        const auto batches_before = state_.batches;
        auto last_report = start;
        auto last_saved = start;
        while (progress() < 1) {
            if (stop.stop_requested()) {
                save();
                throw Cancelled();
            }
            stream_->set_progress(progress());
            std::vector<PatchPair> pairs;
            try {
                pairs = stream_->draw(options_.pairs, stop);
            } catch (const Cancelled&) {
                save();
                throw;
            }
            Dice flips(options_.seed ^ 0xF11B, static_cast<std::uint64_t>(state_.batches));
            const auto losses =
                step_all(experts_, make_batch(pairs, flips), rate_at(progress(), options_), mixed);
            for (std::size_t i = 0; i < losses.size(); ++i)
                state_.losses[i] += (losses[i] - state_.losses[i]) / 100;
            ++state_.batches;
            state_.seconds = spent_before + since(start);
            state_.scenes = stream_->scenes();
            if (since(last_saved) > options_.checkpoint_minutes * 60) {
                save();
                last_saved = Clock::now();
            }
            if (report_ && since(last_report) > 1) {
                last_report = Clock::now();
                tell(static_cast<double>(state_.batches - batches_before) * patches_a_batch() /
                     since(start));
            }
        }
        save();
        return experts_;
    }

    [[nodiscard]] const TrainingState& state() const { return state_; }

  private:
    [[nodiscard]] double patches_a_batch() const { return 2.0 * options_.pairs; }
    [[nodiscard]] double progress() const {
        if (options_.minutes > 0)
            return state_.seconds / (options_.minutes * 60);
        return static_cast<double>(state_.batches) * patches_a_batch() /
               static_cast<double>(options_.patches);
    }
    void save() const { save_checkpoint(file_, options_, state_, experts_); }
    void tell(double rate) const {
        TrainProgress now;
        now.phase = TrainProgress::Phase::Learning;
        now.fraction = progress();
        now.patches = state_.batches * 2 * options_.pairs;
        now.patches_per_second = rate;
        now.learning_rate = rate_at(progress(), options_);
        now.losses = state_.losses;
        now.seconds_left =
            options_.minutes > 0
                ? options_.minutes * 60 - state_.seconds
                : static_cast<double>(options_.patches - now.patches) / std::max(rate, 1e-9);
        report_(now);
    }

    const TrainOptions& options_;
    const TrainCallback& report_;
    std::filesystem::path file_;
    Experts experts_;
    TrainingState state_;
    std::vector<const Photo*> photos_;
    std::unique_ptr<PatchStream> stream_;
};

}  // namespace

PanelRecord train(const TrainOptions& options, const TrainCallback& progress,
                  std::stop_token stop) {
    check(options);
    std::error_code error;
    std::filesystem::create_directories(options.out, error);
    if (error)
        throw TrainingError("The folder " + options.out.string() +
                            " could not be made: " + error.message() + ".");
    const auto tell = [&](TrainProgress::Phase phase) {
        return [&progress, phase](double fraction) {
            if (!progress)
                return;
            TrainProgress now;
            now.phase = phase;
            now.fraction = fraction;
            progress(now);
        };
    };
    // OpenCV's own threads would fight with the experts' over the processors.
    const int cv_threads = cv::getNumThreads();
    cv::setNumThreads(1);
    try {
        LibraryOptions where;
        where.folder = options.photos;
        where.seed = options.seed;
        where.memory = options.memory;
        const auto library = open_library(where, tell(TrainProgress::Phase::Reading), stop);

        std::vector<TrainedExpert> trained;
        TrainingState state;
        {
            Learning learning(options, library, progress);
            for (const auto& expert : learning.run(stop))
                trained.push_back({expert->architecture(), expert->averaged(), {}});
            state = learning.state();
        }
        calibrate(trained, library.of(Split::Calibrate), options.seed,
                  tell(TrainProgress::Phase::Calibrating), stop);
        tell(TrainProgress::Phase::Writing)(0);
        auto record = write_trained_panel(options, library, state, trained);
        tell(TrainProgress::Phase::Writing)(1);
        cv::setNumThreads(cv_threads);
        return record;
    } catch (...) {
        cv::setNumThreads(cv_threads);
        throw;
    }
}

}  // namespace dfd
