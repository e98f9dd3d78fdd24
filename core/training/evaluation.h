// How well a panel tells edited pictures from untouched ones. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/evaluator.h"

namespace dfd {

struct EvaluationOptions {
    std::filesystem::path photos;  ///< folder of untouched photographs
    /// "held-out", "calibrate", "train" or "all". Empty: "held-out" for a panel that carries a
    /// training.json (its seed then divides the photographs as they were for the training, which
    /// needs the same folder), else "all".
    std::string split;
    std::optional<std::uint64_t> seed;  ///< of the division and the edits; default training.json's
    int side = 640;                     ///< crops are at most this wide and high, never resized
    double memory = 6e9;  ///< bytes that the decoded photographs may take; more is refused
    int untouched = 2;    ///< untouched pictures a photograph
    bool maps = true;     ///< measure the Grad-CAM maps too
};

/// What one expert, or the panel, achieved. Every AUC is of scores: edited against untouched.
struct EvaluationRow {
    std::string name;  ///< of the expert; "panel" for the last row
    double auc = 0;    ///< all kinds of edit together
    double low = 0;    ///< 95 % interval of `auc`, photographs drawn anew 1000 times
    double high = 0;
    std::vector<double> by_kind;  ///< in the order of Evaluation::kinds; NaN where none was made
    double seen_sources = 0;      ///< photographs of sources the training saw others of
    double unseen_sources = 0;    ///< photographs of sources held out whole; NaN without
    double caught = 0;            ///< share of edited pictures that score 0.5 or more
    double false_alarms = 0;      ///< share of untouched pictures that score 0.5 or more
    /// Mean over edited pictures of the AUC of map values, places inside the edit against places
    /// outside; NaN when maps were not asked for.
    double places = 0;
};

struct Evaluation {
    std::string panel;
    std::string digest;
    std::string split;
    std::uint64_t seed = 0;
    int side = 0;
    int photographs = 0;
    int untouched = 0;
    int edited = 0;
    std::vector<std::string> kinds;
    std::vector<int> edited_by_kind;
    std::vector<EvaluationRow> rows;  ///< experts in the panel's order, then the panel
};

/// Makes test pictures and scores them. Blocks for minutes; `progress` gets 0..1. Throws
/// TrainingError (photographs), Cancelled, and what the evaluator throws.
[[nodiscard]] Evaluation evaluate_panel(Evaluator& evaluator, const EvaluationOptions& options,
                                        const std::function<void(double)>& progress = {},
                                        std::stop_token stop = {});

/// A GitHub-flavoured table, two decimals, with a line that says what was measured.
[[nodiscard]] std::string evaluation_markdown(const Evaluation& evaluation);
/// The same at full precision; figures that could not be measured are null.
[[nodiscard]] std::string evaluation_json(const Evaluation& evaluation);

}  // namespace dfd
