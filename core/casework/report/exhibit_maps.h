// An exhibit's picture and heatmaps in a report.
// Internal to core/casework/report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/report/report.h"

namespace dfd {

enum class ReportedMaps {
    All,
    Means,  ///< large, below no heading: for a page that must hold much
};

/// Adds the thumbnail and the maps over it, as the window draws them: the picture under a map grey
/// and dim, the experts' maps on one scale, each mean on its own, a line around the strongest part,
/// and maps that do not stand firm faint. `thumbnail` is a JPEG, or empty; `shown` is the record's
/// opinion with the names that are shown, or null. Reads nothing else. Blocks for milliseconds.
void add_maps(const ExhibitRecord& record, const std::vector<std::uint8_t>& thumbnail,
              const PanelOpinion* shown, const QuestionBands& bands, ReportSection& section,
              ReportedMaps which = ReportedMaps::All);

/// How the maps were made, and the largest values of their scales: "Grad-CAM of the class ...".
/// Empty without maps.
[[nodiscard]] std::string maps_sentence(const ExhibitRecord& record);

/// The panel's record of an expert; null when it is not known.
[[nodiscard]] const ExpertRecord* recorded_expert(const ExhibitRecord& record,
                                                  const ExpertOpinion& expert);

}  // namespace dfd
