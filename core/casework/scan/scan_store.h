// What a scan reads from a case and writes to it, batch by batch.
// Internal to core/casework/scan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/casework/scan/scan.h"
#include "core/casework/store/case_rows.h"

namespace dfd {

struct SeenFile {
    std::string path;  ///< absolute
    std::int64_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds
    CaseTime at = 0;            ///< when it was looked at
};

/// A finished examination, ready to be written.
struct FinishedPicture {
    ExhibitContent content;
    ResultRow result;  ///< exhibit, scorer and session are filled in when it is written
    std::vector<SeenFile> files;
};

/// Made from an examination that ended as Scored, Explained or Failed. The thumbnail and the
/// perceptual hash are made from Examination::thumbnail. `recorded` is what
/// ScanStore::recorded_calibration() returns.
using RecordedCalibration = std::optional<AnswerCalibrations>;
[[nodiscard]] FinishedPicture finished_picture(const Examination& examination, const Blob& sha256,
                                               int map_side,
                                               const RecordedCalibration& recorded = {});

/// The rows of one transaction.
struct ScanBatch {
    struct Sighting {
        SeenFile file;
        std::optional<RowId> exhibit;  ///< nothing: the file is gone
    };
    struct Unread {
        SeenFile file;
        Failure failure;
    };
    std::vector<FinishedPicture> pictures;
    std::vector<Sighting> sightings;
    std::vector<Unread> unread;

    [[nodiscard]] std::size_t size() const {
        return pictures.size() + sightings.size() + unread.size();
    }
};

/// Thread-safe.
class ScanStore {
  public:
    /// Records the scan's session: who scans, and with what. Throws CaseError.
    ScanStore(CaseFile& file, const Evaluator& evaluator, const ScanOptions& options);

    /// The calibration that the case keeps of this panel, if it is another than the panel has now:
    /// results of a case have one scope, and one leading answer follows from it.
    [[nodiscard]] const RecordedCalibration& recorded_calibration() const { return recorded_; }

    /// Whether size and time are as recorded, the time is old enough to be trusted, and the content
    /// has a settled result, one that another try would not change.
    [[nodiscard]] bool unchanged(const SeenFile& file);
    /// What is recorded about a content: its exhibit, and whether it has a settled result.
    struct Known {
        std::optional<RowId> exhibit;
        bool settled = false;
    };
    [[nodiscard]] Known known(const Blob& sha256);
    /// Whether the file must be recorded (again) as a sighting of this content.
    [[nodiscard]] bool worth_recording(const SeenFile& file, RowId exhibit);
    /// Whether the path was last seen with readable content.
    [[nodiscard]] bool was_present(const std::string& path);
    /// Paths last seen in `folder`, or with `recursive` anywhere below it. Includes the folder
    /// itself if it was recorded as a file that could not be read, because it did not exist then.
    [[nodiscard]] std::vector<std::string> recorded_in(const std::string& folder, bool recursive);

    /// Writes one transaction with one log entry, which also says how far the scan is. Returns the
    /// exhibits of batch.pictures, in order.
    std::vector<RowId> write(const ScanBatch& batch, const ScanProgress& so_far);
    /// Writes the scan's last log entry.
    void finish(const ScanProgress& counts, bool stopped);

  private:
    CaseFile& file_;
    Database& database_;
    RowId scorer_ = 0, session_ = 0;
    RecordedCalibration recorded_;
    std::string uuid_;
};

}  // namespace dfd
