// What scores are worth: of one exhibit, and of a panel.
// Internal to core/casework/report.
#pragma once

#include <string>

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/report/report.h"

namespace dfd {

/// Adds the chosen calibration of the panel at this precision: for each question what is weighed,
/// the pictures it was made on, its bound, its errors and its limits; or that there is none.
void add_calibration(const ScoredBy& by, ReportSection& section);

/// Adds what each answer is worth: what is weighed, the likelihood ratio with its bound and its
/// scale, and the rates of errors; or why there is none. `shown` is the record's opinion with the
/// names that are shown.
void add_worth(const ExhibitRecord& record, const PanelOpinion& shown, ReportSection& section);

/// Why the answer to a question has no likelihood ratio, a sentence; empty when it has one.
[[nodiscard]] std::string without_ratio(const PanelOpinion& opinion, std::size_t question);

}  // namespace dfd
