// Scores a recorded picture again and reports the first stage that differs. Plain C++.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/replay/replay_record.h"

namespace dfd {

/// In processing order.
enum class ReplayStage { Bytes, Pixels, Inputs, Panel, Precision, Scores };
/// Stable, for exports: "bytes", "pixels", "inputs", "panel", "precision", "scores".
[[nodiscard]] const char* replay_stage_name(ReplayStage stage);

struct StageCheck {
    enum class Outcome { Same, Differs, NotReached };
    ReplayStage stage = ReplayStage::Bytes;
    Outcome outcome = Outcome::NotReached;
    std::string sentence;  ///< in the language in use
};

struct ReplayReport {
    std::vector<StageCheck> stages;  ///< all six, in order
    /// Over the panel's score and the scores of the experts that both panels have.
    std::optional<double> largest_difference;
    std::string largest_of;  ///< an expert's name, or "panel"
    /// The record's tolerance, or that of the current precision and device if it is larger.
    double tolerance = 0;
    std::optional<double> score;  ///< the panel's score now

    [[nodiscard]] const StageCheck* first_difference() const;
    [[nodiscard]] bool matches() const { return first_difference() == nullptr; }
};

/// What is used instead of what a record names.
struct RecordedWith {
    std::string panel{};                      ///< a name or a path; empty: the record's
    std::optional<Precision> precision = {};  ///< nothing: the record's
};

/// Opens the panel that a record names, with its calibration and at its precision. As
/// open_evaluator(), and throws PanelError where there is no such panel.
[[nodiscard]] std::unique_ptr<Evaluator> open_recorded(const ReplayRecord& record,
                                                       const RecordedWith& other,
                                                       const std::string& device,
                                                       const Progress& progress = {},
                                                       std::stop_token stop = {});

/// Reads `picture`, prepares the inputs as recorded, scores it with `evaluator` and compares every
/// stage. A file that cannot be decoded is reported as a difference in the pixels. Blocks. Throws
/// std::system_error when the file cannot be read, DeviceError, Cancelled, std::bad_alloc.
[[nodiscard]] ReplayReport replay(const ReplayRecord& record, const std::filesystem::path& picture,
                                  Evaluator& evaluator, std::stop_token stop = {});

/// Whether it matches, else the first stage that differs; and by how much the scores differ.
[[nodiscard]] std::string replay_verdict(const ReplayReport& report);
/// What came of a stage, in words: "same", "differs", "not reached".
[[nodiscard]] std::string outcome_words(StageCheck::Outcome outcome);
/// A human-readable text: one line per stage and the verdict.
[[nodiscard]] std::string replay_text(const ReplayReport& report);
/// One JSON object on one line: matches, first_difference (a stage's name or null), stages [{stage,
/// outcome ("same", "differs", "not reached"), sentence}], largest_difference {value, of} or null,
/// tolerance, score {recorded, now}.
[[nodiscard]] std::string replay_json(const ReplayReport& report, const ReplayRecord& record);

}  // namespace dfd
