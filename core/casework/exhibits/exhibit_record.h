// All that a case recorded of one exhibit, as the values it was made of. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/exhibits/kept_stability.h"
#include "core/casework/exhibits/review.h"
#include "core/engine/examine/examiner.h"
#include "core/engine/results/result_export.h"

namespace dfd {

/// What a report says of an exhibit.
struct ExhibitRecord {
    ExhibitRow row;
    /// The examination as it ended: Scored, Explained (maps present) or Failed, with facts,
    /// warnings and opinion, so that to_json() and to_csv() print what `dfd score` would have
    /// printed. Queued when this scorer has not seen it. Pixels::thumbnail stays empty.
    Examination examination;
    ScoredBy by;              ///< the panel as it was recorded; its folder is empty
    std::string device_name;  ///< processor or card
    DeviceInfo device;        ///< the same with its id, threads and BLAS; older cases lack the last
    int preprocessing = 0;    ///< kPreprocessingVersion then
    /// Whether it was kept what the file says of its origin: older cases did not.
    bool tells_provenance = false;
    std::string perceptual;  ///< 64-bit perceptual hash, hexadecimal; empty when there is none
    CaseTime scored = 0;     ///< when
    std::string scored_by;   ///< "user@host"
    std::vector<std::pair<std::string, std::string>> versions;  ///< of program and libraries then
    std::vector<std::filesystem::path> paths;                   ///< every file that holds it now
    std::vector<MarkEvent> marks;                               ///< first to last
    std::vector<std::string> tags;
    std::vector<Note> notes;
    /// How firm the verdict is, where versions were tried with this scorer.
    std::optional<KeptStability> stability;

    /// The same as figures; null for none.
    [[nodiscard]] const Firmness* firmness() const {
        return stability ? &stability->firmness : nullptr;
    }
};

/// Blocks for milliseconds. With `maps`, each expert's map as it is stored: float16 with a scale of
/// its own, at most ScanOptions::map_side a side. Throws CaseError when there is no such exhibit.
[[nodiscard]] ExhibitRecord read_exhibit(const CaseFile& file, ExhibitId id, bool maps);

/// The panel of a scorer, as it was recorded: what a CSV's header needs. Throws CaseError.
[[nodiscard]] ScoredBy recorded_scorer(const CaseFile& file, ScorerId scorer);

}  // namespace dfd
