// Validates a calibrated panel on pictures that it was not calibrated on. Plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/opinion/bands.h"
#include "core/panel/panel_record.h"
#include "core/training/measuring/evaluation.h"
#include "core/training/measuring/likelihood_ratios.h"
#include "core/training/measuring/ratio_plots.h"

namespace dfd {

/// A figure that has to be reached, chosen before the pictures are looked at.
struct Acceptance {
    std::string figure;    ///< a name of acceptance_figures()
    bool at_most = false;  ///< else at least
    double limit = 0;
    [[nodiscard]] std::string words() const;  ///< "cllr <= 0.6"
};
/// "auc", "cllr", "cllr-min", "calibration-error", "equal-error-rate", "misleading-real",
/// "misleading-fake", "false-alarms", "found", "missed", "coverage".
[[nodiscard]] const std::vector<std::string>& acceptance_figures();
/// From "cllr<=0.6" or "found >= 0.5". Throws TrainingError with a sentence.
[[nodiscard]] Acceptance parse_acceptance(const std::string& text);

/// Figures of some pictures, by the calibration that the panel carries. Of the pictures that get an
/// assessment, except for the coverage.
struct ValidationFigures {
    std::size_t real = 0;  ///< pictures
    std::size_t fake = 0;
    GroupedShare coverage;  ///< share of the pictures that get an assessment
    double auc = 0;
    double auc_low = 0;
    double auc_high = 0;
    double cllr = 0;
    double cllr_min = 0;
    double equal_error_rate = 0;
    MisleadingEvidence misleading;
    double calibration_error = 0;  ///< of the ratios, at equal priors
    GroupedShare false_alarms;     ///< real pictures that look fake
    GroupedShare found;            ///< fakes that look fake
    GroupedShare missed;           ///< fakes that look real
    /// By the name of a criterion; NaN when it cannot be computed.
    [[nodiscard]] double value(const std::string& figure) const;
};

struct NamedFigures {
    std::string name;
    ValidationFigures figures;
};

/// One way in which the pictures were scored: as they are, or after re-sharing.
struct ValidatedCondition {
    std::string name;  ///< "as they are", "messaging app"
    ValidationFigures all;
    std::vector<NamedFigures> kinds;    ///< each kind of fake against all real pictures
    std::vector<NamedFigures> sources;  ///< pictures of each source
};

/// An expert by itself, with the ratios that its calibration states.
struct ValidatedExpert {
    MeasuredExpert calibration;
    double cllr = 0;  ///< of these pictures, as they are, with an assessment
    double cllr_min = 0;
    double auc = 0;
};

struct PanelValidation {
    std::string question;  ///< its text; empty for a panel that asks only one
    std::string fake;      ///< the propositions, as in Question
    std::string real;
    MeasuredAnswer calibration;
    BandThresholds bands;
    std::vector<ValidatedCondition> conditions;  ///< the first: as they are
    std::vector<LabelledRatio> ratios;     ///< of the pictures with an assessment, as they are
    std::vector<Labelled> scores;          ///< the same pictures' scores
    std::vector<ValidatedExpert> experts;  ///< those that the calibration has
    std::vector<std::pair<std::string, std::size_t>> reasons;  ///< codes and how often they applied
    struct Judged {
        Acceptance criterion;
        double value = 0;
        bool met = false;  ///< false also for a value that could not be computed
    };
    std::vector<Judged> acceptance;
    /// Whether every criterion is met; true without any.
    [[nodiscard]] bool accepted() const;
};

/// The calibration that a validation tests, of this question's id (empty for a panel that asks one)
/// and the panel's present experts. Lives as long as the record. Throws TrainingError when there is
/// none.
[[nodiscard]] const MeasuredAnswer& measured_answer_of(const PanelRecord& panel,
                                                       const std::string& precision,
                                                       const std::string& question);

/// One evaluation a condition, of the same rows with their traits; the first is of the pictures as
/// they are. `question` is an id, empty for a panel that asks one. Throws TrainingError when the
/// panel has no calibration for this question, and for rows that experts learned from.
struct ConditionEvaluation {
    std::string name;
    Evaluation evaluation;
};
[[nodiscard]] PanelValidation validate_panel(const std::vector<ConditionEvaluation>& conditions,
                                             const PanelRecord& panel, const std::string& question,
                                             const std::vector<Acceptance>& acceptance,
                                             std::uint64_t seed);

/// The table of criteria, conditions, kinds and sources as text.
[[nodiscard]] std::string validation_text(const PanelValidation& validation);

}  // namespace dfd
