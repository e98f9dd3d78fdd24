// The technical part of an exhibit's section, for those who check a result.
// Internal to core/casework/report.
#pragma once

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/report/report.h"

namespace dfd {

/// Adds the facts of the file, what it states about its origin, how it was examined with the exact
/// scores, and its metadata. `shown` is the record's opinion with the names that are shown, or
/// null.
void add_technical(const ExhibitRecord& record, const PanelOpinion* shown, ReportSection& section);

}  // namespace dfd
