// Evaluation of a panel on the labelled pictures of a manifest. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/picture/pixels/alteration.h"
#include "core/training/manifest/manifest.h"
#include "core/training/measuring/metrics.h"

namespace dfd {

/// Name for an empty `operation` of a fake, or an empty `source`.
inline constexpr const char* kUnnamed = "unknown";
[[nodiscard]] inline const std::string& name_or_unknown(const std::string& name) {
    static const std::string unnamed = kUnnamed;
    return name.empty() ? unnamed : name;
}

struct EvaluationOptions {
    /// Rows to use: "test", "all" or a fold's number. Empty: the test rows, or all rows if there
    /// are none. For a numbered fold, only the experts that held it out have not seen the pictures.
    std::string fold;
    int batch = 8;  ///< pictures per batch, 1 or more
    /// Also compute Grad-CAM maps of fakes that have a mask, which roughly doubles their time.
    bool maps = true;
    bool traits = false;    ///< also measure each picture's traits
    bool features = false;  ///< also keep each expert's pooled features
    /// Applied to each picture before it is scored. Masks are then not used.
    std::vector<Alteration> steps;
    int rounds = 1000;       ///< of the bootstrap; 0: no confidence intervals
    std::uint64_t seed = 1;  ///< of the bootstrap
};

struct ScoredPicture {
    ManifestRow row;
    std::vector<double> scores;  ///< 0..1, in the order of Evaluation::columns
    PictureTraits traits;        ///< with EvaluationOptions::traits
    double megapixels = 0;
    /// Of each expert, with EvaluationOptions::features.
    std::vector<std::vector<float>> features{};
    std::vector<bool> left{};  ///< for each expert, whether it was beyond its gate
    std::string format{};      ///< of the file, "JPEG"
};

/// An unusable picture or mask, and the reason as a sentence.
struct Unread {
    std::filesystem::path path;
    std::string why;
};

/// Number of pictures with a name (an operation, a source or a subset).
struct NamedCount {
    std::string name;
    std::size_t real = 0;
    std::size_t fake = 0;
};

/// Figures of one expert, of one of the panel's questions, or of the panel.
struct EvaluationColumn {
    EvaluationColumn(std::string named, std::string built_as, bool asked = false)
        : name(std::move(named)), architecture(std::move(built_as)), question(asked) {}

    std::string name;          ///< of the expert; id of the question; "panel" for the last column
    std::string architecture;  ///< of an expert; empty for questions and the panel
    bool question = false;
    Metrics all;
    /// Per operation, in the order of Evaluation::operations: its fakes against all real pictures.
    std::vector<Metrics> operations;
    /// Per source, in the order of Evaluation::sources: AUC of its fakes against its real pictures;
    /// NaN unless it has both.
    std::vector<double> sources;
    /// Per subset, in the order of Evaluation::subsets, without intervals.
    std::vector<Metrics> subsets;
    /// Mean over fakes with a mask of the AUC of Grad-CAM values, cells inside the mask against
    /// cells outside (cells across the border are ignored); NaN when there are none.
    double places = 0;
};

struct Evaluation {
    std::string panel;   ///< its name
    std::string digest;  ///< SHA-256 of its panel.json
    std::string device;
    std::string precision;
    std::filesystem::path manifest;
    std::string fold;  ///< the rows that were used: "test", "all" or a number
    /// A sentence when experts may have learned from the evaluated rows (a numbered fold).
    std::string caution;
    std::uint64_t seed = 0;
    int rounds = 0;
    std::size_t real = 0;  ///< scored pictures
    std::size_t fake = 0;
    std::size_t groups = 0;              ///< of the scored pictures
    std::size_t maps = 0;                ///< fakes with evaluated maps
    std::vector<Unread> unread;          ///< pictures that were not scored
    std::vector<Unread> unread_masks;    ///< of pictures that were scored anyway
    std::vector<NamedCount> operations;  ///< of the fakes, by name; `real` is 0
    std::vector<NamedCount> sources;     ///< by name
    std::vector<NamedCount> subsets;     ///< by size and processing; a picture may be in several
    /// Experts in panel order, then the questions if the panel asks several (those whose encoder is
    /// installed), then the panel.
    std::vector<EvaluationColumn> columns;
    std::vector<ScoredPicture> pictures;  ///< in the manifest's order
};

/// Whether an expert did not count on some picture.
[[nodiscard]] bool any_left(const Evaluation& evaluation);

/// Selects the rows of `fold` (see EvaluationOptions); an empty `fold` becomes "test" or "all".
/// Throws TrainingError for an unknown word and when there are no such rows.
[[nodiscard]] std::vector<ManifestRow> rows_of_fold(const Manifest& manifest, std::string& fold);

/// Scores the pictures and computes the figures. Other threads read pictures a few ahead of
/// scoring; apart from these, memory holds only scores. An unreadable picture is listed and
/// skipped. Blocks for minutes. Throws TrainingError (no rows, no readable picture, a score that is
/// not a number), Cancelled (between batches and figures), and what the evaluator throws.
[[nodiscard]] Evaluation evaluate_manifest(Evaluator& evaluator, const Manifest& manifest,
                                           EvaluationOptions options, const Progress& progress = {},
                                           std::stop_token stop = {});

}  // namespace dfd
