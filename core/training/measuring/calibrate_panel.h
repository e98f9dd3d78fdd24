// Makes a panel's calibration from an evaluation of it. Plain C++.
#pragma once

#include <cstdint>
#include <string>

#include "core/panel/panel_record.h"
#include "core/training/measuring/evaluation.h"
#include "core/training/measuring/likelihood_ratios.h"

namespace dfd {

/// The column of the evaluation that has the question's scores. `question` is an id; it may be
/// empty only for a panel that asks one question. Throws TrainingError.
[[nodiscard]] std::size_t answer_column(const Evaluation& evaluation, const PanelRecord& panel,
                                        const std::string& question);

/// A column of the evaluation. Pictures without a group are groups of their own.
[[nodiscard]] std::vector<Labelled> labelled_scores(const Evaluation& evaluation,
                                                    std::size_t column);

/// What is known of the scored pictures: the 20 largest sources, kinds of fake, sizes and formats.
[[nodiscard]] CalibrationPopulation population_of(const Evaluation& evaluation);

struct CalibratedPanel {
    CalibrationFigures figures;
    PanelCalibration calibration;  ///< of this one question; for write_calibration()
    FeatureModels models;          ///< of the experts with a gate; for write_calibration()
    std::string question;          ///< its text; empty for a panel that asks only one
    /// Why add_scope() looked for no gates of experts: a sentence; else empty.
    std::string without_gates = {};
};

/// `question` is an id; it may be empty only for a panel that asks one question. `panel` is the one
/// that was evaluated, with the experts that scored. `date` as in MeasuredAnswer. Pictures without
/// a group are groups of their own. Each expert of the question is calibrated by itself, too. A
/// panel made for faces gets its limit to them: the evaluation needs its traits.
/// Throws TrainingError: an unknown question, too few groups of a class, or rows that experts
/// learned from.
[[nodiscard]] CalibratedPanel calibrate_panel(const Evaluation& evaluation,
                                              const PanelRecord& panel, const std::string& question,
                                              const std::string& date, std::uint64_t seed);

/// Gives the calibration a scope: the limits and the experts' gates that keep it from pictures of
/// `outside`, an evaluation of the same panel on pictures of other kinds than the calibration's.
/// Both evaluations need their traits and features, and scores without gates. With a gate the
/// calibration is fitted again, to the scores that the gates leave. Experts without features,
/// panels that combine by log-odds or a fusion, and those with experts made for faces get no gates.
/// Throws TrainingError for evaluations of different panels or precisions, or features that do not
/// differ.
void add_scope(CalibratedPanel& calibrated, const Evaluation& evaluation, const Evaluation& outside,
               const PanelRecord& panel, std::uint64_t seed);

/// The figures as text, with those of the experts and the table of false alarms.
[[nodiscard]] std::string calibration_text(const CalibratedPanel& calibrated);

}  // namespace dfd
