// What a case recorded of one exhibit as a line of CSV or of JSON.
// Internal to core/casework/report.
#pragma once

#include <string>

#include "core/casework/exhibits/exhibit_record.h"

namespace dfd {

/// `to_json` with the case's thresholds, and one member more, "exhibit": {state, copies, bytes,
/// modified, added, perceptual, also [paths], metadata {}, provenance_recorded, scored {at, by,
/// device {id, name, detail, threads}, preprocessing, versions {}}, panel {title, ema, weights
/// {expert: SHA-256}, gradcam {class, layers {expert: layer}}}, leave_one_out {lowest, highest},
/// where versions were tried stability {at, by, device, versions, planned},
/// thresholds {profile, real_below, fake_from}, mark, marks [{mark, by, at}], tags [], notes
/// [{text, by, at}]}. What has no result yet has the error code "unscored". No line break.
[[nodiscard]] std::string exhibit_json(const ExhibitRecord& record,
                                       const ThresholdProfile& thresholds, bool maps);

/// `csv_header` and `to_csv` with columns behind theirs, the last `firmness_csv` and who tried
/// versions when, and CR LF.
[[nodiscard]] std::string exhibit_csv_header(const PanelRecord& panel);
[[nodiscard]] std::string exhibit_csv(const ExhibitRecord& record,
                                      const ThresholdProfile& thresholds);

}  // namespace dfd
