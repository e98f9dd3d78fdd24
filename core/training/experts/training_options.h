// What a training is asked for. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

/// How an expert learns. Names here are those of a plan's members and, with dashes, of the command
/// line's options. What is not given depends on the architecture; see resolved().
struct LearningOptions {
    int epochs = 10;  ///< every fake is met once an epoch
    std::uint64_t seed = 1;
    std::optional<int> batch;             ///< samples, half of them fakes; 64 patches or 16 crops
    std::optional<double> learning_rate;  ///< 2e-3; for crops 5e-4, or 1e-4 from starting weights
    double weight_decay = 0.02;           ///< of kernels and matrices only
    double warm_up = 0.05;                ///< share of the steps; then half a cosine down to 0
    double nce = 0.1;                     ///< weight of L_nce
    double temperature = 0.1;             ///< of L_nce
    double kl = 0.1;                      ///< weight of L_kl; 0 also saves half the time
    std::optional<double> noise;  ///< of L_kl: sigma, pixels from 0 to 1; 0.004, for crops 0.02
    double dropout = 0;
    double stochastic_depth = 0;
    double ema_decay = 0.995;        ///< effective decay min(ema_decay, (1+n)/(10+n)) at update n
    double clip = 5;                 ///< largest norm of all gradients together
    int patch = 96;                  ///< native experts: side of a patch, a multiple of 8
    int input_size = 512;            ///< others: side of their input, in training and in scoring
    std::optional<int> samples;      ///< taken from each decoded picture; 4 patches or 1 crop
    std::string augment;             ///< "none", "traces", "full"; empty: traces, for crops full
    int validation = 400;            ///< at most so many whole pictures are validated on
    double hold_out = 0.1;           ///< share of the groups to validate on when no fold is given
    std::string precision = "auto";  ///< "fp32", "bf16" (convolutions), "auto": where it is fast
};

/// A JSON object of all that is set, members in the order above.
[[nodiscard]] std::string options_json(const LearningOptions& options);

/// Takes the members of a JSON object over. `where` begins the sentence of the TrainingError that
/// an unknown member, a wrong type or an impossible value ends in.
void apply_options(LearningOptions& options, const std::string& json, const std::string& where);

/// Every optional filled in as the architecture wants it, and everything checked. Throws
/// TrainingError that names the option.
[[nodiscard]] LearningOptions resolved(LearningOptions options, const std::string& architecture,
                                       bool starting_weights);

/// One expert to be trained.
struct ExpertOptions {
    std::string name;          ///< unique in its panel; empty: the architecture's
    std::string architecture;  ///< of the architecture registry
    int fold = kNoFold;        ///< held out for validation; kNoFold: a random share of the groups
    std::string init;          ///< starting weights (starting_weights.h); empty: from scratch
};

/// What a panel says about itself.
struct PanelOptions {
    std::string name = "trained";  ///< empty: the folder's name where that can be one
    std::string title;             ///< for people; empty: the name
    std::string licence = "CC0-1.0";
    std::string origin;  ///< for people; empty: says how it was trained
    bool starter = false;
};

/// The machine's part, which has no influence on what is learned (up to rounding between devices
/// and numbers of threads).
struct RunOptions {
    std::string device = "auto";    ///< as open_evaluator's
    int threads = 0;                ///< that compute; 0: by the processors
    int loaders = 0;                ///< threads that read pictures; 0: by the processors
    bool resume = false;            ///< go on from out/checkpoint.pt where there is one
    double checkpoint_minutes = 2;  ///< between checkpoints; each epoch ends with one, too
};

struct TrainOptions {
    std::filesystem::path manifest;
    std::filesystem::path out;  ///< becomes the panel's folder; holds checkpoint.pt meanwhile
    /// Usually one. Several learn jointly from the same batches; each counts only what lies
    /// outside its own fold, and their combined answer is a term of the loss.
    std::vector<ExpertOptions> experts;
    LearningOptions learning;
    PanelOptions panel;
    RunOptions run;
};

}  // namespace dfd
