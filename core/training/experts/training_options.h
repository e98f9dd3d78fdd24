// Options of a training: learning, experts, panel, machine. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

/// How an expert learns. Names equal those of a plan's members and, with dashes, of the command
/// line options. Defaults of unset options depend on the architecture; see resolved().
struct LearningOptions {
    int epochs = 10;  ///< every fake is used once per epoch
    std::uint64_t seed = 1;
    std::optional<int> batch;  ///< samples, half of them fakes; default 64 patches or 16 crops
    std::optional<double> learning_rate;  ///< 2e-3; for crops 5e-4, or 1e-4 with starting weights
    double weight_decay = 0.02;           ///< of kernels and matrices only
    double warm_up = 0.05;                ///< share of the steps; then cosine decay to 0
    double nce = 0.1;                     ///< weight of L_nce
    double temperature = 0.1;             ///< of L_nce
    double kl = 0.1;                      ///< weight of L_kl; 0 skips it, which halves the time
    std::optional<double> noise;  ///< of L_kl: sigma for pixels in 0..1; 0.004, for crops 0.02
    double dropout = 0;
    double stochastic_depth = 0;
    double ema_decay = 0.995;  ///< effective decay min(ema_decay, (1+n)/(10+n)) at update n
    std::string frozen;    ///< names' beginnings, separated by commas, of tensors that stay as they
                           ///< are ("conv_stem.,bn1.,blocks.0."); empty: none
    double clip = 5;       ///< gradient clipping: largest norm of all gradients together
    int patch = 96;        ///< native experts: side of a patch, a multiple of 8
    int input_size = 512;  ///< others: side of their input, in training and in scoring
    std::optional<int> samples;  ///< per decoded picture; default 4 patches or 1 crop
    std::string augment;         ///< "none", "traces", "full"; empty: "traces", for crops "full"
    int validation = 400;        ///< largest number of whole pictures for validation
    double hold_out = 0.1;       ///< share of the groups for validation when no fold is given
    std::string precision = "auto";  ///< "fp32", "bf16" (convolutions), "auto": where it is fast
};

/// A JSON object of all options that are set, in the order above.
[[nodiscard]] std::string options_json(const LearningOptions& options);

/// Applies the members of a JSON object. `where` begins the sentence of the TrainingError that is
/// thrown for an unknown member, a wrong type or an invalid value.
void apply_options(LearningOptions& options, const std::string& json, const std::string& where);

/// Fills every unset option with the architecture's default and checks all of them. Throws a
/// TrainingError that names the option.
[[nodiscard]] LearningOptions resolved(LearningOptions options, const std::string& architecture,
                                       bool starting_weights);

/// One expert to be trained.
struct ExpertOptions {
    std::string name;          ///< unique in its panel; empty: the architecture's
    std::string architecture;  ///< of the architecture registry
    int fold = kNoFold;  ///< held-out fold for validation; kNoFold: a random share of the groups
    std::string init;    ///< starting weights (starting_weights.h); empty: from scratch
};

/// Metadata of the resulting panel.
struct PanelOptions {
    std::string name = "trained";  ///< empty: the folder's name if that is valid
    std::string title;             ///< for people; empty: the name
    std::string licence = "CC0-1.0";
    std::string origin;  ///< for people; empty: a description of the training
    bool starter = false;
};

/// Machine options. They do not influence the result (except for rounding between devices and
/// numbers of threads).
struct RunOptions {
    std::string device = "auto";    ///< as for open_evaluator
    int threads = 0;                ///< compute threads; 0: automatic
    int loaders = 0;                ///< threads that read pictures; 0: automatic
    bool resume = false;            ///< continue from out/checkpoint.pt if it exists
    double checkpoint_minutes = 2;  ///< between checkpoints; each epoch also ends with one
};

struct TrainOptions {
    std::filesystem::path manifest;
    std::filesystem::path out;  ///< becomes the panel's folder; holds checkpoint.pt during training
    /// Usually one. Several experts learn jointly from the same batches; each counts only samples
    /// outside its own fold, and their combined answer is a term of the loss.
    std::vector<ExpertOptions> experts;
    LearningOptions learning;
    PanelOptions panel;
    RunOptions run;
};

}  // namespace dfd
