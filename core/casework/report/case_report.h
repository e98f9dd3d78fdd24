// The report on a case, from its cover to the limits of the method, sent to a ReportWriter.
// Internal to core/casework/report.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/report/report.h"
#include "core/engine/results/result_export.h"

namespace dfd {

/// What the cover shows besides the case's own data.
struct ReportOrder {
    std::string chosen;   ///< how the exhibits were chosen, in words
    std::string by;       ///< who exports
    std::string program;  ///< "DeepFakeDefenders 0.2.0"
    bool maps = true;     ///< include heatmaps
};

/// Writes the cover, the table of exhibits, a section per exhibit in the order of `ids`, and the
/// limits. Reads only the case, piece by piece; memory does not grow with the number of exhibits.
/// `done` is called after each exhibit. Throws Cancelled, CaseError, and what `writer` throws.
void write_report(const CaseFile& file, std::span<const ExhibitId> ids, const ReportOrder& order,
                  ReportWriter& writer, const std::function<void(std::size_t)>& done,
                  const std::stop_token& stop);

/// A section on the panel behind a result outside of a case, with its experts' weights.
[[nodiscard]] ReportSection panel_section(const ScoredBy& by);
/// What a report can and cannot say.
[[nodiscard]] ReportSection limits_section();

}  // namespace dfd
