// What leaves a case: files made of nothing but what the case recorded. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "core/casework/report/html_report.h"

namespace dfd {

enum class CaseExport {
    Csv,        ///< RFC 4180; a line an exhibit
    JsonLines,  ///< an object an exhibit: `dfd case list --format json` and more
    Html,       ///< a report in one file
    Pdf,        ///< the same report in pages
    Records,    ///< replay records, one an exhibit, in a folder
};
[[nodiscard]] const char* export_name(CaseExport format);  ///< "csv", "jsonl", "html", "pdf"
[[nodiscard]] std::optional<CaseExport> export_named(std::string_view name);

struct ExportRequest {
    CaseExport format = CaseExport::Html;
    std::filesystem::path out;  ///< replaced in one step when the export is whole
    std::vector<ExhibitId> ids;
    std::string chosen;                         ///< how they were chosen, in words
    std::string by;                             ///< who exports; empty: the login name
    std::string program = "DeepFakeDefenders";  ///< with its version
    bool maps = true;                           ///< heatmaps; nothing to CSV
    std::filesystem::path key;  ///< a PEM that signs: OUT.sig beside OUT; empty: unsigned
};

struct ExportSummary {
    ExportRequest request;
    std::int64_t exhibits = 0;
    std::string sha256;  ///< of the file
    std::uint64_t bytes = 0;
    std::string thresholds;  ///< their profile
    /// Records alone: what was left out, and why: "PATH: sentence".
    std::vector<std::string> left_out;
};

/// Exhibits done, of all.
using ExportProgress = std::function<void(std::int64_t done, std::int64_t total)>;
/// Who lays out pages, given where the bytes go.
using MakeReportWriter = std::function<std::unique_ptr<ReportWriter>(ReportSink)>;

/// Reads the case as it is at this moment through a connection of its own, so that a scan may go on
/// beside it, and keeps one exhibit at a time in memory. `pdf` is needed for Pdf alone: core lays
/// out no pages. Blocks. Throws CaseError, SigningError, std::system_error when `out` cannot be
/// written, Cancelled; nothing at `out` has changed then. Refuses to write over the case itself and
/// over a file that is an exhibit of it.
[[nodiscard]] ExportSummary export_case(const std::filesystem::path& case_path,
                                        const ExportRequest& request,
                                        const MakeReportWriter& pdf = {},
                                        const ExportProgress& progress = {},
                                        std::stop_token stop = {});

/// An entry of the audit log about it. Throws CaseError.
void log_export(CaseFile& file, const ExportSummary& summary);
/// Opens the case for that. Returns why it could not be logged: a sentence; empty when it was.
[[nodiscard]] std::string try_log_export(const std::filesystem::path& case_path,
                                         const ExportSummary& summary);

}  // namespace dfd
