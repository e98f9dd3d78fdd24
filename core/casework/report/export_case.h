// Exports a case as CSV, JSON lines, HTML, PDF or replay records. Plain C++.
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
    Csv,        ///< RFC 4180; one line per exhibit
    JsonLines,  ///< one object per exhibit: `dfd case list --format json` and more
    Html,       ///< a report in one file
    Pdf,        ///< the same report in pages
    Records,    ///< replay records, one per exhibit, in a folder
};
/// "csv", "jsonl", "html", "pdf", "records"
[[nodiscard]] const char* export_name(CaseExport format);
[[nodiscard]] std::optional<CaseExport> export_named(std::string_view name);

struct ExportRequest {
    CaseExport format = CaseExport::Html;
    std::filesystem::path out;  ///< replaced atomically when the export is complete
    std::vector<ExhibitId> ids;
    /// Says how they were chosen, in the language in use: for the cover, and in English for the
    /// log.
    std::function<std::string()> chosen;
    std::string by;                             ///< who exports; empty: the login name
    std::string program = "DeepFakeDefenders";  ///< with its version
    bool maps = true;                           ///< heatmaps; no effect on CSV
    std::filesystem::path key;  ///< a PEM to sign with: OUT.sig beside OUT; empty: unsigned
};

struct ExportSummary {
    ExportRequest request;
    std::int64_t exhibits = 0;
    std::string sha256;  ///< of the file
    std::uint64_t bytes = 0;
    std::string thresholds;  ///< the name of their profile
    /// Only for Records: what was left out, and why: "PATH: sentence".
    std::vector<std::string> left_out;
};

/// The number of exhibits done, and of all.
using ExportProgress = std::function<void(std::int64_t done, std::int64_t total)>;
/// Creates a writer that lays out pages and sends its bytes to the sink.
using MakeReportWriter = std::function<std::unique_ptr<ReportWriter>(ReportSink)>;

/// Exports the case as it is at this moment, through a connection of its own, so that a scan may
/// continue meanwhile. Keeps one exhibit at a time in memory. `pdf` is only needed for Pdf: core
/// does not lay out pages. Blocks. Throws CaseError, SigningError, std::system_error when `out`
/// cannot be written, Cancelled; then `out` has not changed, except for Records, which are written
/// one by one. Refuses to overwrite the case itself or a file that is one of its exhibits.
[[nodiscard]] ExportSummary export_case(const std::filesystem::path& case_path,
                                        const ExportRequest& request,
                                        const MakeReportWriter& pdf = {},
                                        const ExportProgress& progress = {},
                                        std::stop_token stop = {});

/// Adds an entry about the export to the audit log, signed by who exported. Throws CaseError.
void log_export(CaseFile& file, const ExportSummary& summary);
/// Opens the case to log the export. Returns a sentence why it could not be logged, or empty.
[[nodiscard]] std::string try_log_export(const std::filesystem::path& case_path,
                                         const ExportSummary& summary);

}  // namespace dfd
