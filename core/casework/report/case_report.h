// A report on a case, from its cover to the limits of the method, handed to whoever lays it out.
// Internal to core/casework/report.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/report/report.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// What a cover says beyond what the case holds.
struct ReportOrder {
    std::string chosen;   ///< how the exhibits were chosen, in words
    std::string by;       ///< who exports
    std::string program;  ///< "DeepFakeDefenders 0.2.0"
    bool maps = true;     ///< heatmaps, too
};

/// Cover, table of exhibits, a section an exhibit in the order of `ids`, limits. Reads the case
/// piece by piece and nothing else; memory does not grow with the number of exhibits. `done` is
/// told after each exhibit. Throws Cancelled, CaseError, and what `writer` throws.
void write_report(const CaseFile& file, std::span<const ExhibitId> ids, const ReportOrder& order,
                  ReportWriter& writer, const std::function<void(std::size_t)>& done,
                  const std::stop_token& stop);

}  // namespace dfd
