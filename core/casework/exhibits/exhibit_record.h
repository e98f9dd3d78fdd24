// Everything that a case recorded about one exhibit. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/exhibits/kept_stability.h"
#include "core/casework/exhibits/review.h"
#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"
#include "core/picture/picture.h"

namespace dfd {

/// The data of an exhibit's report.
struct ExhibitRecord {
    ExhibitRow row;
    /// The examination as it ended: Scored, Explained (maps present) or Failed, with facts,
    /// warnings and opinion, so that to_json() and to_csv() print what `dfd score` would have
    /// printed. Queued when the shown scorer has no result for it. Its thumbnail is always empty.
    Examination examination;
    ScoredBy by;              ///< the panel as it was recorded; its folder is empty
    std::string device_name;  ///< CPU or GPU
    DeviceInfo device;        ///< the same with its id, threads and BLAS; older cases lack the last
    int preprocessing = 0;    ///< kPreprocessingVersion at that time
    /// Whether provenance was recorded. Older versions did not record it.
    bool provenance_recorded = false;
    std::string perceptual;  ///< 64-bit perceptual hash, hexadecimal; empty when there is none
    CaseTime scored = 0;     ///< when it was scored
    std::string scored_by;   ///< "user@host"
    /// Of the program and its libraries at that time.
    std::vector<std::pair<std::string, std::string>> versions;
    std::vector<std::filesystem::path> paths;  ///< every file that holds it now, its own path first
    std::vector<MarkEvent> marks;              ///< in the log's order
    std::vector<std::string> tags;
    std::vector<Note> notes;
    /// How firm the verdict is, if versions were tried with this scorer.
    std::optional<KeptStability> stability;

    /// The files that hold the same bytes, besides its own path.
    [[nodiscard]] std::vector<std::filesystem::path> copies() const;
    /// The figures of `stability`; null without it.
    [[nodiscard]] const Firmness* firmness() const {
        return stability ? &stability->firmness : nullptr;
    }
};

/// Blocks for milliseconds. With `maps`, includes each expert's map as it is stored: float16 with
/// its own scale, at most ScanOptions::map_side a side. Throws CaseError when there is no such
/// exhibit.
[[nodiscard]] ExhibitRecord read_exhibit(const CaseFile& file, ExhibitId id, bool maps);

/// Decodes the first of the exhibit's files that still holds the recorded bytes. Blocks. Throws
/// PictureError with a sentence about the last file that was tried.
[[nodiscard]] Picture recorded_picture(const ExhibitRecord& record);

/// A scorer's panel as it was recorded, for instance for the header of a CSV. Throws CaseError.
[[nodiscard]] ScoredBy recorded_scorer(const CaseFile& file, ScorerId scorer);

}  // namespace dfd
