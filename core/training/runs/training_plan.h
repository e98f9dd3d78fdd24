// A plan: a whole panel of experts to be trained, in one file. Plain C++.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/training/runs/trainer.h"

namespace dfd {

/// As a JSON object: name, title, licence, origin and starter of the panel; joint; any member of
/// LearningOptions, for all experts; experts, a list of objects with architecture, fold, and
/// perhaps name, init, and members of LearningOptions of their own. Experts without a seed of their
/// own have the plan's plus their place, so that equal architectures begin differently.
struct TrainingPlan {
    struct Expert {
        ExpertOptions asked;  ///< with a name
        LearningOptions learning;
    };
    PanelOptions panel;
    bool joint = false;  ///< all at once from shared batches; else one after the other
    LearningOptions learning;
    std::vector<Expert> experts;
};

/// Throws TrainingError that names the file, and the member when one is unknown, missing, of the
/// wrong type or impossible.
[[nodiscard]] TrainingPlan read_plan(const std::filesystem::path& file);

struct PlanOptions {
    std::filesystem::path manifest;
    std::filesystem::path plan;
    std::filesystem::path out;
    RunOptions run;
    std::optional<int> only;     ///< train this expert alone (from 0), assemble nothing
    bool assemble_only = false;  ///< train nothing, make the panel of experts that are finished
};

/// Where expert number `place` is trained: out/experts/<place>-<name>.
[[nodiscard]] std::filesystem::path expert_folder(const PlanOptions& options,
                                                  const TrainingPlan& plan, std::size_t place);

/// Trains every expert of the plan that is not finished, each as train() does in a folder of its
/// own, then makes `out` a panel of them all: their weights, one panel.json, and training.json with
/// all their stories. A joint plan is one train() into `out` itself. Several processes may work on
/// different experts (`only`) of one `out` at the same time. `progress` tells the expert by its
/// name. Returns the record of `out`, or with `only` that expert's. Blocks; throws as train().
PanelRecord train_plan(const PlanOptions& options, const TrainCallback& progress = {},
                       std::stop_token stop = {});

}  // namespace dfd
