// Stage II: a manifest in, a panel of trained experts out. Plain C++.
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
    double fraction = 0;       ///< of the phase; of the whole learning for Learning. 0..1
    double seconds_left = -1;  ///< of the learning; negative while unknown
    std::int64_t step = 0;     ///< batches learned from
    int epoch = 0;             ///< from 1
    int epochs = 0;
    double samples_per_second = 0;
    double learning_rate = 0;
    std::vector<std::string> names;  ///< of the experts
    std::vector<double> losses;      ///< total, mean over the epoch so far
    std::vector<double> aucs;        ///< of the last validation; empty before the first
    std::string note;                ///< something to be told once, as a sentence; else empty
};
/// Called from the thread that called train(), about once a second and at each change of phase.
using TrainCallback = std::function<void(const TrainProgress&)>;

/// Trains, validates after every epoch, calibrates trace experts on the validation pictures, and
/// writes into options.out: a safetensors file an expert and panel.json; training.json (options,
/// manifest's digest, figures of every epoch); log.jsonl; curves.svg. The panel carries the moving
/// averages.
///
/// The checkpoint is replaced atomically every few minutes, after every epoch and when stopped; on
/// the CPU, with the same number of threads, a training that was killed and resumed ends with the
/// same bytes as one that was not. It is removed at the end; resuming a finished training just
/// returns its panel.
///
/// Blocks for minutes to days. Throws TrainingError (options, pictures, a loss that is no number,
/// disk), DeviceError, Cancelled when `stop` asks (after saving the checkpoint), PanelError.
PanelRecord train(const TrainOptions& options, const TrainCallback& progress = {},
                  std::stop_token stop = {});

}  // namespace dfd
