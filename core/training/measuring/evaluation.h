// How well a panel tells the fakes of a manifest from its real pictures. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/training/manifest/manifest.h"
#include "core/training/measuring/metrics.h"

namespace dfd {

/// What stands for an empty `operation` of a fake, or an empty `source`.
inline constexpr const char* kUnnamed = "unknown";

struct EvaluationOptions {
    /// Which rows: "test", "all" or a fold's number. Empty: the test rows, or all of a manifest
    /// that has none. Of a numbered fold only the experts that held it out know nothing.
    std::string fold;
    int batch = 8;  ///< pictures scored together, 1 or more
    /// Ask for Grad-CAM maps of the fakes that have a mask; about twice the time of those.
    bool maps = true;
    int rounds = 1000;       ///< of the bootstrap; 0: no intervals
    std::uint64_t seed = 1;  ///< of the bootstrap
};

struct ScoredPicture {
    ManifestRow row;
    std::vector<double> scores;  ///< 0..1: the experts in the panel's order, then the panel
};

/// A picture or mask that could not be used, and why (a sentence).
struct Unread {
    std::filesystem::path path;
    std::string why;
};

/// How many pictures bear a name.
struct NamedCount {
    std::string name;
    std::size_t real = 0;
    std::size_t fake = 0;
};

/// What one expert, or the panel, achieved.
struct EvaluationColumn {
    std::string name;          ///< of the expert; "panel" for the last column
    std::string architecture;  ///< empty for the panel
    Metrics all;
    /// In the order of Evaluation::operations: that operation's fakes against every real picture.
    std::vector<Metrics> operations;
    /// In the order of Evaluation::sources: AUC of the fakes of that source against its real
    /// pictures; NaN where it lacks either.
    std::vector<double> sources;
    /// Mean over fakes with a mask of the AUC of Grad-CAM's values, places inside the mask against
    /// places outside (those across its border do not count); NaN when there are none.
    double places = 0;
};

struct Evaluation {
    std::string panel;   ///< its name
    std::string digest;  ///< of its panel.json
    std::string device;
    std::string precision;
    std::filesystem::path manifest;
    std::string fold;  ///< "test", "all" or a number: which rows were chosen
    /// A sentence when rows were measured that experts may have learned from: of a numbered fold.
    std::string caution;
    std::uint64_t seed = 0;
    int rounds = 0;
    std::size_t real = 0;  ///< pictures that were scored
    std::size_t fake = 0;
    std::size_t groups = 0;                 ///< of the pictures that were scored
    std::size_t maps = 0;                   ///< fakes whose maps were measured
    std::vector<Unread> unread;             ///< pictures that are not among those scored
    std::vector<Unread> unread_masks;       ///< of pictures that were scored all the same
    std::vector<NamedCount> operations;     ///< of the fakes, by name; `real` is 0
    std::vector<NamedCount> sources;        ///< by name
    std::vector<EvaluationColumn> columns;  ///< experts in the panel's order, then the panel
    std::vector<ScoredPicture> pictures;    ///< as in the manifest
};

/// The rows that `fold` (see EvaluationOptions) means; `fold` becomes "test" or "all" when empty.
/// Throws TrainingError for a word it does not know and when there are no such rows.
[[nodiscard]] std::vector<ManifestRow> rows_of_fold(const Manifest& manifest, std::string& fold);

/// Scores the pictures and measures. Pictures are read by other threads a few ahead of the scoring;
/// besides these, memory holds scores only. A picture that cannot be read is listed and left out.
/// Blocks, for minutes. Throws TrainingError (no rows, no readable picture, a score that is no
/// number), Cancelled (between batches and figures), and what the evaluator throws.
[[nodiscard]] Evaluation evaluate_manifest(Evaluator& evaluator, const Manifest& manifest,
                                           EvaluationOptions options, const Progress& progress = {},
                                           std::stop_token stop = {});

}  // namespace dfd
