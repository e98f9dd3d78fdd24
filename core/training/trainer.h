// Stage II in its first edition: photographs in, a calibrated panel out. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

/// What is wrong with a training: a sentence that says what, where and what to do.
class TrainingError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct TrainOptions {
    std::filesystem::path photos;  ///< folder of untouched photographs (searched recursively)
    std::filesystem::path out;     ///< becomes the panel's folder; holds checkpoint.pt meanwhile
    /// Names of the architecture registry. They learn side by side from the same patches.
    std::vector<std::string> architectures{"trace_luma", "trace_colour", "trace_blocks"};
    double minutes = 0;        ///< wall time of the learning itself; the schedule ends with it
    std::int64_t patches = 0;  ///< else this many patches an expert (edited and untouched)
    std::uint64_t seed = 1;    ///< of split, edits, publication and initial weights
    bool resume = false;       ///< go on from out/checkpoint.pt; its options must agree
    int patch = 96;            ///< side in pixels, a multiple of 8
    int pairs = 32;            ///< pairs a batch: one edited and one untouched patch each
    double learning_rate = 2e-3;
    double weight_decay = 0.02;
    double warm_up = 0.02;     ///< share of the schedule
    double ema_decay = 0.995;  ///< effective decay min(ema_decay, (1+n)/(10+n)) at update n
    double checkpoint_minutes = 3;
    double dropout = 0;
    double stochastic_depth = 0;
    double memory = 6e9;  ///< bytes that the decoded photographs may take; more is refused
    int threads = 0;      ///< for learning; 0 means one a processor
    enum class Mixed { Auto, On, Off } mixed = Mixed::Auto;  ///< bfloat16 convolutions
    std::string name = "trained";                            ///< of the panel
    std::string title;  ///< for people; empty: made from the name
    std::string licence = "CC0-1.0";
    std::string origin;  ///< for people; empty: says how it was trained
    bool starter = false;
};

struct TrainProgress {
    enum class Phase { Reading, Learning, Calibrating, Writing } phase = Phase::Reading;
    double fraction = 0;       ///< of the phase, 0..1
    double seconds_left = -1;  ///< of the phase; negative while unknown
    std::int64_t patches = 0;  ///< seen by each expert
    double patches_per_second = 0;
    double learning_rate = 0;
    std::vector<double> losses;  ///< running mean, in the order of `architectures`
};
/// Called from the thread that called train(), about once a second and at each change of phase.
using TrainCallback = std::function<void(const TrainProgress&)>;

/// Trains, calibrates on photographs of their own, and writes the panel. Blocks for minutes to
/// hours. The checkpoint is replaced atomically every few minutes and when stopped, so a training
/// that is killed at any moment resumes from the last one.
/// Throws TrainingError (options, photographs, a loss that is no number, disk), Cancelled when
/// `stop` asks (after saving the checkpoint), PanelError.
PanelRecord train(const TrainOptions& options, const TrainCallback& progress = {},
                  std::stop_token stop = {});

}  // namespace dfd
