// calibration.json: what a panel's scores are worth, measured by `dfd calibrate`. Plain C++.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/networks/experts/preprocessing_version.h"
#include "core/opinion/likelihood.h"
#include "core/panel/feature_models.h"

namespace dfd {

struct PanelRecord;

/// What one limit of the scope costs and saves.
struct LimitCost {
    double withheld = 0;          ///< share of the calibration's pictures beyond it
    double outside_withheld = 0;  ///< share of the pictures from outside beyond it
    std::size_t saved = 0;        ///< pictures from outside with misleading evidence beyond it
    bool operator==(const LimitCost&) const = default;
};

/// The pictures from outside of the population, on which the scope was tried.
struct OutsideFigures {
    std::string manifest;  ///< its file name; empty: none were looked at
    std::size_t pictures = 0;
    std::size_t misleading = 0;       ///< with a likelihood ratio for the other class
    std::size_t misleading_left = 0;  ///< of these, within the scope
    std::size_t assessed = 0;         ///< within the scope
    bool operator==(const OutsideFigures&) const = default;
};

/// Pictures of one name: a source, a kind of fake, a format.
struct PopulationCount {
    std::string name;  ///< empty: all others together
    std::size_t real = 0;
    std::size_t fake = 0;
    bool operator==(const PopulationCount&) const = default;
};

/// The pictures that a calibration was made on. Everything may be empty: older versions knew none.
struct CalibrationPopulation {
    std::string description;               ///< the user's own words
    std::vector<PopulationCount> sources;  ///< those with most pictures first, then all others
    std::vector<PopulationCount> kinds;    ///< of the fakes: the manifest's operations
    /// Megapixels: the least, the 0.05, 0.5 and 0.95 quantiles, and the most.
    std::vector<double> sizes;
    std::vector<PopulationCount> formats;  ///< of the files, "JPEG"
    bool operator==(const CalibrationPopulation&) const = default;
};
inline constexpr std::size_t kPopulationSizes = 5;
inline constexpr std::size_t kLongestDescription = 500;  ///< bytes

/// What one expert's scores are worth by themselves, on the same pictures, without gates.
struct MeasuredExpert {
    std::string expert;  ///< its name
    /// As in AnswerCalibration. All 0 when its higher scores are not more often those of fakes:
    /// then they favour neither.
    double slope = 0;
    double bias = 0;
    double bound_fake = 0;
    double bound_real = 0;
    double cllr = 1;  ///< bits, out of fold
    double cllr_min = 1;
    double auc = 0.5;
    bool operator==(const MeasuredExpert&) const = default;
    /// ln LR of a score, within the bounds.
    [[nodiscard]] double log_ratio(double score) const;
};

/// One question's calibration and the pictures that it was made on.
struct MeasuredAnswer {
    AnswerCalibration answer;
    std::string manifest;  ///< its file name
    std::string date;      ///< "2026-11-29"
    std::size_t real = 0;  ///< pictures
    std::size_t fake = 0;
    std::size_t real_groups = 0;
    std::size_t fake_groups = 0;
    double cllr = 0;  ///< bits, out of fold
    double cllr_min = 0;
    double equal_error_rate = 0;
    double auc = 0;
    std::vector<LimitCost> limits;   ///< one per limit of `answer.scope`
    std::vector<LimitCost> gates{};  ///< one per gate of `answer.gates`: pictures that it leaves
    std::string features{};          ///< SHA-256 of the file of the gates' models; empty without
    double withheld = 0;             ///< share of the calibration's pictures beyond any limit
    OutsideFigures outside;
    // With a fusion: what the mean has on the same pictures, out of fold.
    double cllr_of_mean = 0;
    double auc_of_mean = 0;
    std::vector<MeasuredExpert> experts{};  ///< the question's; empty: by an older version
    CalibrationPopulation population{};
};

/// The calibration of one combination of experts at one precision. A panel may have several, made
/// on other pictures and told apart by their names.
struct PanelCalibration {
    std::string digest;  ///< of the panel with these experts: digest_of_experts()
    std::string precision;
    std::vector<std::string> experts;  ///< names, in the panel's order
    std::vector<MeasuredAnswer> answers;
    std::string name{};  ///< "newsroom"; empty: the one that is used unless another is chosen
    int preprocessing = kPreprocessingVersion;
};

inline constexpr const char* kCalibrationFile = "calibration.json";

/// Throws PanelError with a sentence unless `name` can be the name of a calibration: 1 to 32
/// lower-case letters, digits, - and _.
void check_calibration_name(const std::string& name);

/// Throws PanelError with a sentence unless the text can describe a population: valid UTF-8 of at
/// most kLongestDescription bytes on one line.
void check_description(const std::string& text);

/// Reads `folder`/calibration.json and checks the digests of the models' files that it names; empty
/// when there is none. Throws PanelError with a sentence.
[[nodiscard]] std::vector<PanelCalibration> read_calibrations(const std::filesystem::path& folder);

/// Writes the file (atomic) beside the panel that is in the folder: `added` replaces the answers to
/// the same questions in the calibration of the same name, precision and experts. `models` are
/// those of its gates, which then are of one answer; they go into a file of their own. Calibrations
/// of another panel or preprocessing are dropped, with their models. Throws PanelError, also when
/// there is a file that cannot be read: it is not replaced.
void write_calibration(const std::filesystem::path& folder, PanelCalibration added,
                       const FeatureModels& models = {});

/// The names of the panel's calibrations, each once; an unnamed one is the empty name.
[[nodiscard]] std::vector<std::string> calibration_names(const PanelRecord& panel);

/// The panel whose scores are read by the calibration of this name; empty: the unnamed one. Throws
/// PanelError when it has none of that name.
[[nodiscard]] PanelRecord with_calibration(PanelRecord panel, const std::string& name);

/// Those with the chosen name, of all experts, precisions and questions.
[[nodiscard]] std::vector<PanelCalibration> chosen_calibrations(const PanelRecord& panel);

/// The first answer of the chosen calibrations that is as asked; null when none is. Copies nothing.
/// Lives as long as the record.
[[nodiscard]] const MeasuredAnswer* find_chosen_answer(
    const PanelRecord& panel, const std::function<bool(const MeasuredAnswer&)>& asked);

/// The panel's calibration of the chosen name for its present experts at this precision; null when
/// there is none. Lives as long as the record.
[[nodiscard]] const PanelCalibration* matching_calibration(const PanelRecord& panel,
                                                           const std::string& precision);

/// The answers of the matching calibration: one entry per question, in the panel's order; an entry
/// without alarms is of a question that was not calibrated. Null when there is none.
[[nodiscard]] AnswerCalibrations calibration_for(const PanelRecord& panel,
                                                 const std::string& precision);

}  // namespace dfd
