// What a case recorded of one exhibit as a section of a report.
// Internal to core/casework/report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/report/report.h"

namespace dfd {

/// `thumbnail` is the case's JPEG, or empty; heatmaps are laid over it where the record has maps.
/// Nothing but these is looked at. Blocks for milliseconds.
[[nodiscard]] ReportSection exhibit_section(const ExhibitRecord& record,
                                            const std::vector<std::uint8_t>& thumbnail,
                                            const ThresholdProfile& thresholds);

/// "e17": leads to the exhibit's section.
[[nodiscard]] std::string exhibit_anchor(ExhibitId id);

/// What a row says of how it ended: its band, "failed" or "not scored".
struct ExhibitOutcome {
    std::string words;
    ReportTone tone = ReportTone::Quiet;
};
[[nodiscard]] ExhibitOutcome outcome_of(const ExhibitRow& row, const BandThresholds& thresholds);

}  // namespace dfd
