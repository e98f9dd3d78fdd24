// Which checks were made of an exhibit, which were not, and which are not possible.
// Internal to core/casework/report.
#pragma once

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/report/report.h"

namespace dfd {

/// Adds a table of every check that the program knows, its state and the reason or extent. `shown`
/// is the record's opinion with the names that are shown, or null.
void add_checks(const ExhibitRecord& record, const PanelOpinion* shown, ReportSection& section);

}  // namespace dfd
