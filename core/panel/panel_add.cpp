#include "core/panel/panel_add.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <set>
#include <system_error>
#include <vector>

#include "core/base/cancelled.h"
#include "core/base/wording.h"
#include "core/panel/file_hash.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/panel_target.h"
#include "core/panel/staging_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// Optional files that describe a panel, besides panel.json.
constexpr std::array kDocuments{"README.md", "training.json", kCalibrationFile};

void require_valid(const PanelRecord& panel, const Progress& progress,
                   const std::stop_token& stop) {
    for (const auto& check : verify_panel(panel, progress, stop))
        if (!check.ok && !check.absent)
            throw PanelError(check.problem);
}

/// Copies a file and waits until the copy is on disk.
void copy_synced(const fs::path& from, const fs::path& to) {
    fs::create_directories(to.parent_path());
    fs::copy_file(from, to);
    const int descriptor = ::open(to.c_str(), O_RDONLY | O_CLOEXEC);
    const int error = descriptor < 0 || ::fsync(descriptor) != 0 ? errno : 0;
    if (descriptor >= 0)
        ::close(descriptor);
    if (error != 0)
        throw PanelError(quoted(to) +
                         " could not be written: " + std::generic_category().message(error) +
                         ". Check the folder's permissions and the free space.");
}

/// Files of models that the panel's calibrations name.
std::set<fs::path> feature_files(const PanelRecord& panel) {
    std::set<fs::path> files;
    for (const auto& calibration : panel.calibrations)
        for (const auto& answer : calibration.answers)
            if (!answer.features.empty())
                files.insert(feature_file_name(answer.features));
    return files;
}

std::vector<fs::path> documents_in(const fs::path& folder) {
    std::vector<fs::path> documents;
    std::error_code error;
    for (const auto* name : kDocuments)
        if (fs::is_regular_file(folder / name, error))
            documents.emplace_back(name);
    return documents;
}

/// Copies panel.json unchanged where possible, which keeps the panel's digest.
void write_record(const PanelRecord& panel, const std::string& name, const fs::path& folder) {
    if (panel.name != name || panel.starter) {
        auto record = panel;
        record.name = name;
        if (record.starter)
            record.title = name;
        record.starter = false;
        const auto written = write_panel(folder, record);
        // The experts are the same, so what their scores are worth is the same, too.
        for (auto calibration : panel.calibrations) {
            calibration.digest = digest_of_experts(written, calibration.experts);
            write_calibration(folder, calibration);
        }
        return;
    }
    copy_synced(panel.folder / "panel.json", folder / "panel.json");
    if (read_panel(folder).digest != panel.digest)
        throw PanelError(quoted(panel.folder / "panel.json") +
                         " changed while it was being copied. Add the panel again.");
}

PanelRecord add(const AddRequest& request, const Progress& progress, const std::stop_token& stop) {
    const auto panel = read_panel(request.folder);
    const auto name = request.name.empty() ? panel.name : request.name;
    const auto into = request.into.empty() ? user_panel_folder() : request.into;
    check_panel_target(name, into, request.replace);
    require_valid(panel, progress, stop);

    StagingFolder staging(into, name);
    std::uint64_t bytes = 0;
    std::vector<BoundFile> files;
    for (const auto& expert : panel.experts)
        for (auto& each : files_of(panel, expert))
            files.push_back(std::move(each));
    for (const auto& each : files)
        bytes += fs::file_size(panel.folder / each.file);
    check_panel_space(staging.path(), bytes);
    for (const auto& [file, sha256] : files) {
        check_stop(stop);
        copy_synced(panel.folder / file, staging.path() / file);
        const auto digest =
            hash_file(staging.path() / file, [&](std::uint64_t) { check_stop(stop); });
        if (digest != sha256)
            throw PanelError(quoted(panel.folder / file) +
                             " changed while it was being copied. Add the panel again.");
    }
    const bool rewritten = panel.name != name || panel.starter;
    for (const auto& file : feature_files(panel))
        copy_synced(panel.folder / file, staging.path() / file);
    for (const auto& document : documents_in(panel.folder))
        if (!rewritten || document != kCalibrationFile)
            copy_synced(panel.folder / document, staging.path() / document);
    write_record(panel, name, staging.path());
    check_stop(stop);
    return read_panel(staging.publish(request.replace));
}

}  // namespace

PanelRecord add_panel(const AddRequest& request, const Progress& progress,
                      std::stop_token stop) try {
    return add(request, progress, stop);
} catch (const fs::filesystem_error& error) {
    throw PanelError("The panel could not be added: " + std::string(error.what()) + ".");
} catch (const std::bad_alloc&) {
    throw PanelError(
        "The panel could not be added: there is not enough memory. Close other programs and try "
        "again.");
}

}  // namespace dfd
