// Stage II: trains a panel of experts from a manifest. Plain C++.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/training/experts/training_options.h"
#include "core/training/manifest/training_error.h"

namespace dfd {

struct TrainProgress {
    enum class Phase { Checking, Learning, Validating, Writing } phase = Phase::Checking;
    double fraction = 0;       ///< of the phase, 0..1; in the phase Learning, of the whole learning
    double seconds_left = -1;  ///< of the learning; negative when unknown
    std::int64_t step = 0;     ///< batches so far
    int epoch = 0;             ///< from 1
    int epochs = 0;
    double samples_per_second = 0;
    double learning_rate = 0;
    std::vector<std::string> names;  ///< of the experts
    std::vector<double> losses;      ///< total, mean over the epoch so far
    std::vector<double> aucs;        ///< of the last validation; empty before the first
    std::string note;                ///< empty, or a sentence to show once
};
/// Called on the thread that called train(), about once a second and at each change of phase.
using TrainCallback = std::function<void(const TrainProgress&)>;

/// Trains, validates after every epoch, calibrates trace experts on the validation pictures, and
/// writes to options.out: a safetensors file per expert and panel.json; training.json (options, the
/// manifest's digest, figures of every epoch); log.jsonl; curves.svg. The panel's weights are the
/// moving averages.
///
/// The checkpoint is replaced atomically every few minutes, after every epoch and when stopped. On
/// the CPU, with the same number of threads, a killed and resumed training ends with the same bytes
/// as an uninterrupted one. The checkpoint is removed at the end. Resuming a finished training only
/// returns its panel.
///
/// Blocks for minutes to days. Throws TrainingError (options, pictures, a loss that is not finite,
/// disk), DeviceError, Cancelled on a stop request (after saving the checkpoint), PanelError.
PanelRecord train(const TrainOptions& options, const TrainCallback& progress = {},
                  std::stop_token stop = {});

}  // namespace dfd
