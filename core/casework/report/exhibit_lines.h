// An exhibit's record as a line of CSV or JSON.
// Internal to core/casework/report.
#pragma once

#include <string>

#include "core/casework/exhibits/exhibit_record.h"

namespace dfd {

/// `to_json` with the case's thresholds and one more member, "exhibit": {state, copies, sha256,
/// perceptual, bytes, modified, added, also [paths], metadata [[key, value]], provenance_recorded,
/// scored {at, by, device {id, name, detail, threads}, preprocessing, versions {}}, panel {title,
/// ema, weights {expert: SHA-256}, gradcam {class, layers {expert: layer}}}, leave_one_out {lowest,
/// highest}, if versions were tried stability {at, by, device, versions, planned}, thresholds
/// {profile, real_below, fake_from: of the question that leads}, mark, marks [{mark, by, at}], tags
/// [], notes [{text, by, at}]}. An exhibit without a result has the error code "unscored". No line
/// break.
[[nodiscard]] std::string exhibit_json(const ExhibitRecord& record,
                                       const ThresholdProfile& thresholds, bool maps);

/// `csv_header` and `to_csv` followed by further columns; the last ones are `firmness_csv` and when
/// and by whom versions were tried. Ends with CR LF.
[[nodiscard]] std::string exhibit_csv_header(const PanelRecord& panel);
[[nodiscard]] std::string exhibit_csv(const ExhibitRecord& record,
                                      const ThresholdProfile& thresholds);

}  // namespace dfd
