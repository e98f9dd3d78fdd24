// A report about one picture that belongs to no case. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/casework/report/export_case.h"
#include "core/engine/devices/devices.h"
#include "core/engine/results/result_export.h"

namespace dfd {

struct PictureReport {
    Examination examination;  ///< ended: Scored, Explained or Failed
    ScoredBy by;
    DeviceInfo device;
    std::vector<std::uint8_t> thumbnail;  ///< JPEG, of `report_thumbnail`; may be empty
    QuestionBands bands;
    std::string program;  ///< "DeepFakeDefenders 0.2.0"
};

/// A JPEG for PictureReport::thumbnail. Blocks. Throws PictureError.
[[nodiscard]] std::vector<std::uint8_t> report_thumbnail(const Pixels& pixels);

/// Writes a page for readers who decide, then the details for those who check: the picture's
/// section as in a case's report, the panel and the limits. `make` is `html_report` or a writer of
/// pages. `out` is replaced atomically. Blocks. Throws std::system_error.
void write_picture_report(const PictureReport& report, const std::filesystem::path& out,
                          const MakeReportWriter& make);

}  // namespace dfd
