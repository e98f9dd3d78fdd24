// An exhibit's record as a section of a report.
// Internal to core/casework/report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/report/report.h"

namespace dfd {

/// `thumbnail` is the case's JPEG, or empty; heatmaps are drawn over it if the record has maps.
/// Reads nothing else. Blocks for milliseconds. A record without an id belongs to no case; what
/// only a case has is left out.
[[nodiscard]] ReportSection exhibit_section(const ExhibitRecord& record,
                                            const std::vector<std::uint8_t>& thumbnail,
                                            const ThresholdProfile& thresholds);

/// The same picture on one page, for readers who decide and do not check: what the file declares,
/// the answers with the experts' scores, warnings, the picture with the mean maps and the main
/// limits.
[[nodiscard]] ReportSection summary_page(const ExhibitRecord& record,
                                         const std::vector<std::uint8_t>& thumbnail,
                                         const ThresholdProfile& thresholds);

/// The anchor of the exhibit's section: "e17".
[[nodiscard]] std::string exhibit_anchor(ExhibitId id);

/// A row's result: its band, "could not be examined" or "not scored".
struct ExhibitOutcome {
    std::string words;
    ReportTone tone = ReportTone::Quiet;
};
[[nodiscard]] ExhibitOutcome outcome_of(const ExhibitRow& row, const QuestionBands& bands);

}  // namespace dfd
