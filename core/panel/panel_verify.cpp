#include <cerrno>
#include <set>
#include <stdexcept>
#include <system_error>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/panel/encoders.h"
#include "core/panel/file_hash.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/panel_folders.h"
#include "core/panel/panel_networks.h"
#include "core/panel/panel_record.h"
#include "core/panel/staging_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

std::string record_problem(const PanelRecord& record) {
    try {
        const auto now = read_panel(record.folder);
        if (!record.digest.empty() && now.digest != record.digest)
            return quoted(record.folder / "panel.json") +
                   " has changed since it was read. Load the panel again.";
    } catch (const PanelError& error) {
        return error.what();
    }
    return {};
}

std::string models_problem(const PanelRecord& record, const MeasuredAnswer& answer) {
    try {
        const auto models = read_feature_models(record.folder, answer.features);
        for (const auto& gate : answer.answer.gates)
            if (!models.contains(gate.expert))
                return "The calibration has no model of what the expert " +
                       quoted_name(gate.expert) + " saw. Make it again with dfd calibrate.";
    } catch (const PanelError& error) {
        return error.what();
    }
    return {};
}

bool same_folder(const fs::path& a, const fs::path& b) {
    std::error_code error;
    return fs::equivalent(a, b, error) && !error;
}

/// Adds a row for each encoder of the panel. Returns the digests of those that can be loaded.
std::set<std::string> check_encoders(const PanelRecord& record, Encoders& encoders,
                                     std::vector<FileCheck>& checks, const std::stop_token& stop) {
    std::set<std::string> seen, loadable;
    for (const auto& expert : record.experts) {
        if (expert.encoder.empty() || !seen.insert(expert.encoder).second)
            continue;
        check_stop(stop);
        FileCheck check;
        check.file = encoder_file_name(expert.architecture, expert.encoder);
        if (!find_encoder(expert)) {
            std::vector<std::string> names;
            for (const auto& each : record.experts)
                if (each.encoder == expert.encoder)
                    names.push_back(each.name);
            check.problem = left_out_sentence(names);
            check.absent = names.size() < record.experts.size();
        } else {
            try {
                (void)encoders.tensors(expert);
                check.ok = true;
                loadable.insert(expert.encoder);
            } catch (const std::runtime_error& error) {
                check.problem = error.what();
            }
        }
        checks.push_back(std::move(check));
    }
    return loadable;
}

/// The expert's files and its canaries, or, where it cannot be asked, its files alone.
FileCheck check_foreign(const PanelRecord& record, const ExpertRecord& expert,
                        const std::stop_token& stop) {
    FileCheck check;
    check.file = expert.file;
    try {
        check_stop(stop);
        const auto manifest = manifest_of(record, expert);
        for (const auto& [file, sha256] : files_of(record, expert))
            require_digest(record.folder / file, sha256,
                           "is not the file that this panel was made with; it was damaged or "
                           "replaced. Add the expert again.",
                           stop);
        if (const auto missing = missing_for(expert.kind); !missing.empty()) {
            check.problem =
                "Its files are as they were, but its canaries were not tried. " + missing;
            check.absent = true;
        } else {
            check.problem =
                expert_problem(manifest, (record.folder / expert.file).parent_path(), stop);
            check.ok = check.problem.empty();
        }
    } catch (const PanelError& error) {
        check.problem = error.what();
    }
    return check;
}

}  // namespace

std::vector<FileCheck> verify_panel(const PanelRecord& record, const Progress& progress,
                                    std::stop_token stop) {
    double total = 0, done = 0;
    for (const auto& expert : record.experts) {
        std::error_code error;
        const auto size = fs::file_size(record.folder / expert.file, error);
        total += error ? 0 : static_cast<double>(size);
    }
    std::vector<FileCheck> checks;
    const auto add = [&](const std::string& file, const std::string& problem) {
        checks.push_back({file, problem.empty(), problem});
    };
    add("panel.json", record_problem(record));
    for (const auto& calibration : record.calibrations)
        for (const auto& answer : calibration.answers)
            if (!answer.features.empty())
                add(feature_file_name(answer.features), models_problem(record, answer));
    Encoders encoders;
    const auto loadable = check_encoders(record, encoders, checks, stop);
    for (const auto& expert : record.experts) {
        if (expert.kind != ExpertKind::Network) {
            checks.push_back(check_foreign(record, expert, stop));
            continue;
        }
        const auto path = record.folder / expert.file;
        std::string problem;
        std::uint64_t bytes = 0;
        try {
            check_stop(stop);
            const auto digest = hash_file(path, [&](std::uint64_t at) {
                check_stop(stop);
                bytes = at;
                if (progress)
                    progress(done + static_cast<double>(at), total,
                             say("Checking %1", {expert.file}));
            });
            if (digest != expert.sha256)
                problem = quoted(path) +
                          " is not the file that this panel was installed with: its SHA-256 is " +
                          digest + ", expected " + expert.sha256 +
                          ". The file was damaged or replaced; install the panel again.";
            else if (expert.encoder.empty())
                (void)load_expert(record, expert, /*check_digest=*/false);
            else if (loadable.contains(expert.encoder))
                (void)load_expert(record, expert, encoders);
            else
                problem = head_problem(record, expert);
        } catch (const PanelError& error) {
            problem = error.what();
        }
        done += static_cast<double>(bytes);
        add(expert.file, problem);
    }
    if (progress)
        progress(total, total, say("Done"));
    return checks;
}

void remove_panel(const PanelRecord& record) {
    auto folder = record.folder.lexically_normal();
    if (!folder.has_filename())  // "panels/mine/"
        folder = folder.parent_path();
    if (is_bundled(folder))
        throw PanelError(quoted(folder) + " is the bundled panel, which cannot be removed.");
    std::error_code error;
    if (folder.empty() || !fs::exists(folder / "panel.json", error))
        throw PanelError(quoted(folder) + " is not a panel, so it was not removed.");
    // A whole folder is deleted, so it must be one that this program manages.
    const auto parent = fs::absolute(folder, error).parent_path();
    bool managed = false;
    for (const auto& each : panel_folders())
        managed = managed || same_folder(each, parent);
    if (!managed)
        throw PanelError(quoted(folder) +
                         " is not among the installed panels, so it was not removed. Delete the "
                         "folder yourself if it is no longer needed.");
    // Hide it first: if deleting stops half-way, no partial panel is listed.
    const auto aside = parent / partial_name(folder.filename().native());
    fs::rename(folder, aside, error);
    if (error)
        throw PanelError(quoted(folder) + " could not be removed: " + error.message() +
                         ". Check the permissions of its folder.");
    fs::remove_all(aside, error);
    if (error)
        throw PanelError(quoted(aside) +
                         " is a remainder of the removed panel and could not be deleted: " +
                         error.message() + ". Delete it yourself.");
}

}  // namespace dfd
