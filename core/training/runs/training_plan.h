// Training plans: a file that describes all experts of a panel. Plain C++.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/training/runs/trainer.h"

namespace dfd {

/// A JSON object with: name, title, licence, origin and starter of the panel; joint, calibrate,
/// half, alarms and windows {size, most}; any member of
/// LearningOptions, for all experts; experts, a list of objects with architecture, fold, and
/// optionally name, init, and their own members of LearningOptions. An expert without a seed gets
/// the plan's seed plus its index, so that equal architectures start differently.
struct TrainingPlan {
    struct Expert {
        ExpertOptions requested;  ///< with a name
        LearningOptions learning;
    };
    PanelOptions panel;
    bool joint = false;  ///< all at once from shared batches; false: one after the other
    /// Fit each expert's scores to the labels of its validation pictures when the panel is
    /// assembled (not with `joint`; trace experts always are).
    bool calibrate = false;
    bool half = false;  ///< write float16 weights when the panel is assembled (not with `joint`)
    /// Lower each expert's log-odds when the panel is assembled, until at most this share of the
    /// real validation pictures of its fold "looks fake" (BandThresholds::fake_from). 0: do not.
    double alarms = 0;
    std::optional<WindowPolicy> windows;  ///< of the native experts of the panel
    LearningOptions learning;
    std::vector<Expert> experts;
};

/// Throws a TrainingError that names the file, and the member that is unknown, missing, of the
/// wrong type or invalid.
[[nodiscard]] TrainingPlan read_plan(const std::filesystem::path& file);

struct PlanOptions {
    std::filesystem::path manifest;
    std::filesystem::path plan;
    std::filesystem::path out;
    RunOptions run;
    std::optional<int> only;     ///< train only this expert (index from 0), do not assemble
    bool assemble_only = false;  ///< do not train, assemble the panel from finished experts
    /// Pictures for the plan's `calibrate` and `alarms`, of each expert's held-out fold; empty: the
    /// training manifest's. Real pictures here should be what users bring, not only what was
    /// edited.
    std::filesystem::path calibrate_on;
};

/// Folder of expert number `index`: out/experts/<index>-<name>.
[[nodiscard]] std::filesystem::path expert_folder(const PlanOptions& options,
                                                  const TrainingPlan& plan, std::size_t index);

/// Trains every unfinished expert of the plan with train() in its own folder, then assembles the
/// panel in `out`: weights, one panel.json, and one training.json with all trainings. A joint plan
/// is a single train() into `out`. Several processes may train different experts (`only`) of the
/// same `out` at the same time. `progress` identifies the expert by name. Returns the record of
/// `out`, or with `only` that expert's. Blocks; throws like train().
PanelRecord train_plan(const PlanOptions& options, const TrainCallback& progress = {},
                       std::stop_token stop = {});

}  // namespace dfd
