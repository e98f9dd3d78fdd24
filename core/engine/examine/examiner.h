// Many pictures through one evaluator: decode ahead, most wanted first, stop at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Where a picture comes from: a file, or bytes that never were one (clipboard, browser).
struct Source {
    std::filesystem::path path;                              ///< empty for bytes
    std::shared_ptr<const std::vector<std::uint8_t>> bytes;  ///< encoded; null for a file
    std::string label;                                       ///< shown for bytes ("Clipboard 1")
};

using ExaminationId = std::uint64_t;

/// Queued -> Decoded -> Scored -> Explained, or Failed / Cancelled from any of the first three.
/// Without maps Scored is final; with maps Explained is.
enum class ExaminationState { Queued, Decoded, Scored, Explained, Failed, Cancelled };

/// One step of one examination: an immutable value, a fresh one for each transition.
struct Examination {
    ExaminationId id = 0;
    Source source;
    ExaminationState state = ExaminationState::Queued;
    int width = 0;  ///< of the oriented pixels, from Decoded on
    int height = 0;
    FileFacts facts;   ///< from Decoded on
    Pixels thumbnail;  ///< from Decoded on, longest side ExaminerOptions::thumbnail
    std::vector<std::string> warnings;    ///< decoding's and, from Scored on, the panel's
    std::optional<PanelOpinion> opinion;  ///< from Scored on
    double seconds = 0;                   ///< spent scoring this picture (its share of a batch)
    Failure failure;                      ///< when Failed

    [[nodiscard]] bool finished(bool with_maps) const {
        return state == ExaminationState::Explained || state == ExaminationState::Failed ||
               state == ExaminationState::Cancelled ||
               (!with_maps && state == ExaminationState::Scored);
    }
};
using ExaminationPtr = std::shared_ptr<const Examination>;

struct ExaminerOptions {
    bool maps = true;
    int target = kFakeClass;
    int batch = 1;         ///< pictures scored together
    int decode_ahead = 4;  ///< decoded pictures kept waiting for the evaluator: bounds memory
    int thumbnail = 256;   ///< longest side in pixels; 0 makes none
    DecodeLimits limits;
};

/// Owns its threads. All calls are thread-safe, return at once and never throw for a bad picture.
class Examiner {
  public:
    /// Called from worker threads, one call at a time, in order for each id. Must not block long
    /// and must not call back into the Examiner. What it throws is dropped: it has been told.
    using Listener = std::function<void(ExaminationPtr)>;

    Examiner(std::shared_ptr<Evaluator> evaluator, ExaminerOptions options, Listener listener);
    /// Stops: waits only for the expert that is running now. Unfinished examinations end silently.
    ~Examiner();
    Examiner(const Examiner&) = delete;
    Examiner& operator=(const Examiner&) = delete;

    /// Queues a picture; the listener hears every later state exactly once. Ids rise from 1.
    ExaminationId submit(Source source);
    /// Moves them before everything else, the first of them first; the newest call wins. What is
    /// ready does not wait for a running one that comes later: that is put back.
    void prioritise(std::span<const ExaminationId> ids);
    void prioritise(ExaminationId id) { prioritise({&id, 1}); }
    /// Ends it as Cancelled unless it has finished.
    void cancel(ExaminationId id);
    void cancel_all();
    /// Examinations that have not finished.
    [[nodiscard]] std::size_t pending() const;
    /// Blocks until pending() <= most (for streaming a folder with bounded memory).
    void wait_until_pending_at_most(std::size_t most);

    [[nodiscard]] const Evaluator& evaluator() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dfd
