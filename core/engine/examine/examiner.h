// Examines many pictures with one evaluator: decodes ahead, allows priorities, stops at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/free_memory.h"
#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Where a picture comes from: a file, or bytes that never were a file (clipboard, browser).
struct Source {
    std::filesystem::path path;                              ///< empty for bytes
    std::shared_ptr<const std::vector<std::uint8_t>> bytes;  ///< encoded; null for a file
    std::string label;                                       ///< shown for bytes ("Clipboard 1")
};

using ExaminationId = std::uint64_t;

/// Queued -> Decoded -> Scored -> Explained, or Failed / Cancelled from any of the first three.
/// Without maps Scored is final; with maps Explained is.
enum class ExaminationState { Queued, Decoded, Scored, Explained, Failed, Cancelled };

/// A snapshot of one examination. Immutable; each state change makes a new one.
struct Examination {
    ExaminationId id = 0;
    Source source;
    ExaminationState state = ExaminationState::Queued;
    int width = 0;  ///< of the oriented pixels, from Decoded on
    int height = 0;
    FileFacts facts;   ///< from Decoded on
    Pixels thumbnail;  ///< from Decoded on, longest side ExaminerOptions::thumbnail
    std::vector<std::string> warnings;    ///< from decoding and, from Scored on, from the panel
    std::optional<PanelOpinion> opinion;  ///< from Scored on
    double seconds = 0;                   ///< spent scoring this picture (its share of a batch)
    Failure failure;                      ///< when Failed
    /// What was scored, with ExaminerOptions::keep_picture: in the last notice of one that did not
    /// fail.
    std::shared_ptr<const Picture> picture;

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
    bool everywhere = false;  ///< as EvaluateOptions::everywhere
    int batch = 1;            ///< pictures scored together
    int decode_ahead = 4;     ///< decoded pictures kept waiting for the evaluator, at most
    /// Bytes of decoded pictures, waiting and being scored, at most. One picture may be larger, and
    /// one more may be decoded for which priority was asked.
    std::uint64_t decode_ahead_bytes = std::uint64_t{192} << 20;
    int thumbnail = 256;  ///< longest side in pixels; 0 makes none
    /// Hands the decoded picture to the listener with the last notice. Scoring goes on when the
    /// listener has returned, so that the pictures in memory stay bounded.
    bool keep_picture = false;
    DecodeLimits limits;  ///< `free_memory` below is asked instead of theirs
    /// What the process can still take; a picture that needs more is a failure (out_of_memory).
    std::function<std::uint64_t()> free_memory = dfd::free_memory;
    /// Told which pictures are scored from now on; those that were scored before have finished
    /// or wait again. Called from another thread than the listener, under the same conditions; may
    /// be empty.
    std::function<void(std::span<const ExaminationId>)> scoring;
};

/// Examinations that go on behind the back of an Examiner that is gone, until their expert or
/// decoder returns. While there are any, a program must end by std::_Exit: they use libraries that
/// main()'s end takes away.
[[nodiscard]] std::size_t abandoned_examinations();

/// Owns its threads. All calls are thread-safe and never throw for a bad picture. All except the
/// destructor and wait_until_pending_at_most() return at once.
class Examiner {
  public:
    /// Called from a worker thread, one call at a time, in order for each id. Must not block long
    /// and must not call back into the Examiner. Exceptions are dropped; the notice counts as
    /// delivered.
    using Listener = std::function<void(ExaminationPtr)>;

    Examiner(std::shared_ptr<Evaluator> evaluator, ExaminerOptions options, Listener listener);
    /// Stops. Waits for a running call of the listener, and up to 0.3 seconds each for the running
    /// expert and the picture that is being decoded; after that they are abandoned: they end by
    /// themselves, without a notice, and keep the evaluator and their picture until then.
    /// Unfinished examinations end without a notice.
    ~Examiner();
    Examiner(const Examiner&) = delete;
    Examiner& operator=(const Examiner&) = delete;

    /// Queues a picture. The listener receives every later state exactly once. Ids start at 1 and
    /// increase.
    ExaminationId submit(Source source);
    /// Moves them before everything else, in the given order; the newest call wins. When one of
    /// them is ready to be scored, running pictures of lower priority are interrupted and put back.
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
    std::shared_ptr<Impl> impl_;
};

}  // namespace dfd
