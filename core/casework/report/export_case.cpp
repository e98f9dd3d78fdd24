#include "core/casework/report/export_case.h"

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/casework/database/snapshot.h"
#include "core/casework/database/writer_lock.h"
#include "core/casework/report/case_report.h"
#include "core/casework/report/exhibit_lines.h"
#include "core/casework/report/export_records.h"
#include "core/casework/store/paths.h"
#include "core/casework/store/recording.h"
#include "core/checkpoint/input_file.h"
#include "core/engine/replay/signed_file.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<CaseExport, const char*> kNames[] = {{CaseExport::Csv, "csv"},
                                                         {CaseExport::JsonLines, "jsonl"},
                                                         {CaseExport::Html, "html"},
                                                         {CaseExport::Pdf, "pdf"},
                                                         {CaseExport::Records, "records"}};

/// Throws for files that an export must never replace.
void check_target(const CaseFile& file, const fs::path& out) {
    std::error_code ignored;
    if (fs::is_directory(out, ignored))
        throw CaseError(quoted(out) + " is a folder; choose a file to write the export to.");
    for (const auto* end : {"", "-wal", "-shm", "-writer", "-examining"})
        if (const fs::path own = file.path().native() + end;
            whole_path(out) == whole_path(own) || fs::equivalent(out, own, ignored))
            throw CaseError("An export cannot replace " + quoted(own) +
                            ", which belongs to the case itself; choose another file.");
    auto& exhibit = file.database().cached(
        "SELECT 1 FROM sightings WHERE path = ?1 AND current = 1 AND exhibit IS NOT NULL",
        as_bytes(whole_path(out).native()));
    if (exhibit.step())
        throw CaseError("An export cannot replace " + quoted(out) +
                        ", which is an exhibit of the case; choose another file.");
}

/// Buffers one file's bytes and writes them in larger pieces.
class BufferedOutput {
  public:
    explicit BufferedOutput(AtomicFile& file) : file_(file) {}
    void put(std::span<const std::uint8_t> bytes) {
        buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
        if (buffer_.size() >= kPiece)
            flush();
    }
    void put(const std::string& text) { put(as_bytes(text)); }
    void flush() {
        file_.write(buffer_);
        buffer_.clear();
    }

  private:
    static constexpr std::size_t kPiece = std::size_t{1} << 18;
    AtomicFile& file_;
    Blob buffer_;
};

void write_lines(const CaseFile& file, const ExportRequest& request, BufferedOutput& out,
                 const std::function<void(std::size_t)>& done, const std::stop_token& stop) {
    const auto thresholds = active_thresholds(file);
    const bool csv = request.format == CaseExport::Csv;
    if (csv) {
        const auto scorer = shown_scorer(file);
        out.put(
            exhibit_csv_header(scorer == 0 ? PanelRecord{} : recorded_scorer(file, scorer).panel));
    }
    for (std::size_t i = 0; i < request.ids.size(); ++i) {
        check_stop(stop);
        const auto record = read_exhibit(file, request.ids[i], !csv && request.maps);
        out.put(csv ? exhibit_csv(record, thresholds)
                    : exhibit_json(record, thresholds, request.maps) + '\n');
        done(i + 1);
    }
}

std::string words_of(const std::function<std::string()>& chosen) {
    return chosen ? chosen() : std::string();
}

/// The file is mapped, not read: it may be larger than memory.
std::array<std::uint8_t, 64> signature_of(const SigningKey& key, const fs::path& path) {
    const InputFile file(path);
    const auto bytes = file.map(0, file.size());
    return key.sign({bytes->data(), bytes->size()});
}

}  // namespace

const char* export_name(CaseExport format) {
    for (const auto& [each, name] : kNames)
        if (each == format)
            return name;
    return "";
}

std::optional<CaseExport> export_named(std::string_view name) {
    for (const auto& [format, known] : kNames)
        if (name == known)
            return format;
    return std::nullopt;
}

ExportSummary export_case(const fs::path& case_path, const ExportRequest& request,
                          const MakeReportWriter& pdf, const ExportProgress& progress,
                          std::stop_token stop) {
    const std::optional<SigningKey> key =
        request.key.empty() ? std::nullopt : std::optional<SigningKey>(std::in_place, request.key);
    const CaseFile file(case_path, CaseAccess::Read, request.by);
    const Snapshot snapshot(file.database());
    ExportSummary summary;
    summary.request = request;
    summary.request.by = file.by();
    summary.exhibits = static_cast<std::int64_t>(request.ids.size());
    summary.thresholds = active_thresholds(file).name;
    const auto done = [&](std::size_t count) {
        if (progress)
            progress(static_cast<std::int64_t>(count), summary.exhibits);
    };
    if (request.format == CaseExport::Records) {
        export_records(file, key ? &*key : nullptr, summary, done, stop);
        return summary;
    }
    check_target(file, request.out);
    AtomicFile output(request.out);
    BufferedOutput buffered(output);
    if (request.format == CaseExport::Csv || request.format == CaseExport::JsonLines) {
        write_lines(file, request, buffered, done, stop);
    } else {
        const auto sink = [&](std::span<const std::uint8_t> bytes) { buffered.put(bytes); };
        const auto writer = request.format == CaseExport::Html ? html_report(sink) : pdf(sink);
        write_report(file, request.ids,
                     {words_of(request.chosen), file.by(), request.program, request.maps}, *writer,
                     done, stop);
    }
    buffered.flush();
    output.finish();
    check_stop(stop);
    summary.sha256 = sha256_hex_of_file(output.temporary());
    summary.bytes = fs::file_size(output.temporary());
    std::optional<std::array<std::uint8_t, 64>> signature;
    if (key)
        signature = signature_of(*key, output.temporary());
    // An older file's signature must never stand beside a newer file.
    const auto signature_file = signature_path(request.out);
    fs::remove(signature_file);
    output.put_in_place();
    if (signature)
        write_file_atomically(signature_file, *signature);
    return summary;
}

void log_export(CaseFile& file, const ExportSummary& summary) {
    const InEnglish english;
    const auto& request = summary.request;
    nlohmann::ordered_json details{
        {"format", export_name(request.format)}, {"file", whole_path(request.out).native()},
        {"exhibits", summary.exhibits},          {"chosen", words_of(request.chosen)},
        {"thresholds", summary.thresholds},      {"signed", !request.key.empty()}};
    if (request.format == CaseExport::Records)
        details["left_out"] = summary.left_out.size();
    else
        details["bytes"] = summary.bytes;
    details["sha256"] = summary.sha256;
    Recording recording(file, request.by);
    recording.finish("exported", json_line(details));
}

std::string try_log_export(const fs::path& case_path, const ExportSummary& summary) {
    try {
        CaseFile file(case_path, CaseAccess::Write, summary.request.by);
        log_export(file, summary);
        return {};
    } catch (const CaseError& error) {
        return say("The export is not in the case's audit log.") + ' ' + error.what();
    }
}

}  // namespace dfd
