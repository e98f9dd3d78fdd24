#include "core/panel/foreign_experts.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/file_hash.h"
#include "core/panel/json/json_fields.h"
#include "core/panel/panel_folders.h"
#include "core/panel/panel_target.h"
#include "core/panel/staging_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestManifest = 2u << 20;
constexpr const char* kManifest = "manifest.json";
constexpr const char* kModel = "model.onnx";

constexpr const char* kNotAsNamed = "is not the file that the manifest names.";

std::string manifest_text(const PanelRecord& panel, const ExpertRecord& expert) {
    const auto file = panel.folder / expert.file;
    auto text = read_small_file(file, kLargestManifest, "a manifest");
    if (sha256_hex(as_bytes(text)) != expert.sha256)
        throw PanelError(quoted(file) +
                         " is not the manifest that this panel was made with: its SHA-256 differs. "
                         "It was damaged or replaced; add the expert again.");
    return text;
}

/// Where each file of a manifest lies before it is added.
fs::path source_of(const ForeignFiles& files, const ForeignManifest& manifest,
                   const std::string& file) {
    return !manifest.program && file == manifest.model ? files.model
                                                       : files.manifest.parent_path() / file;
}

void check_kind(const ForeignFiles& files, const ForeignManifest& manifest) {
    if (manifest.program && !files.model.empty())
        throw PanelError("The manifest " + quoted(files.manifest) +
                         " is of a program, which has no model; give the manifest alone.");
    if (!manifest.program && files.model.empty())
        throw PanelError("The manifest " + quoted(files.manifest) +
                         " is of an ONNX model; give the model before the manifest.");
}

bool is_expert_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
           std::ranges::all_of(name, [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
           });
}

/// Copies the panel's and the expert's files and writes the new record beside them.
void fill(const PanelRecord& panel, PanelRecord record, const AddExpertRequest& request,
          const ForeignManifest& manifest, const fs::path& folder, const Progress& progress,
          const std::stop_token& stop) {
    fs::copy(panel.folder, folder,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    const auto& expert = record.experts.back();
    const auto place = folder / fs::path(expert.file).parent_path();
    if (fs::exists(place))
        throw PanelError("The panel has a file or folder " + quoted_name(expert.name) +
                         "; choose another name for the expert.");
    fs::create_directories(place);
    for (const auto& [file, sha256] : manifest.files()) {
        check_stop(stop);
        if (progress)
            progress(0, 1, say("Copying %1", {file}));
        fs::create_directories((place / file).parent_path());
        fs::copy_file(source_of(request.files, manifest, file), place / file);
        fs::permissions(place / file, fs::perms::owner_write, fs::perm_options::add);
        require_digest(place / file, sha256, kNotAsNamed, stop);
    }
    (void)write_panel(folder, std::move(record));
}

}  // namespace

ForeignManifest manifest_of(const PanelRecord& panel, const ExpertRecord& expert) {
    return parse_foreign_manifest(manifest_text(panel, expert), panel.folder / expert.file);
}

std::vector<BoundFile> files_of(const PanelRecord& panel, const ExpertRecord& expert) {
    std::vector<BoundFile> files{{expert.file, expert.sha256}};
    if (expert.kind == ExpertKind::Network)
        return files;
    const auto place = fs::path(expert.file).parent_path();
    for (const auto& [file, sha256] : manifest_of(panel, expert).files())
        files.push_back({(place / file).native(), sha256});
    return files;
}

std::unique_ptr<ForeignExpert> open_expert(const PanelRecord& panel, const ExpertRecord& expert) {
    const auto manifest = manifest_of(panel, expert);
    for (const auto& [file, sha256] : files_of(panel, expert))
        require_digest(panel.folder / file, sha256, kNotAsNamed);
    return open_foreign_expert(manifest, (panel.folder / expert.file).parent_path());
}

std::string missing_for(ExpertKind kind) {
    switch (kind) {
        case ExpertKind::Onnx:
            return missing_for_onnx();
        case ExpertKind::Program:
            return missing_for_programs();
        case ExpertKind::Network:
            break;
    }
    return {};
}

ExpertCheck check_expert(const ForeignFiles& files, const Progress& progress,
                         std::stop_token stop) {
    const auto tell = [&](double done, const std::string& what) {
        check_stop(stop);
        if (progress)
            progress(done, 1, what);
    };
    tell(0, say("Reading the manifest"));
    ExpertCheck check;
    check.manifest = read_manifest_file(files.manifest);
    check_kind(files, check.manifest);
    const auto folder =
        files.manifest.has_parent_path() ? files.manifest.parent_path() : fs::path(".");
    try {
        if (!check.manifest.program) {
            tell(0.1, say("Checking the model"));
            require_digest(files.model, check.manifest.model_sha256, kNotAsNamed, stop);
        }
        for (const auto& [file, sha256] : check.manifest.run.files)
            require_digest(folder / file, sha256, kNotAsNamed, stop);
        const auto expert = check.manifest.program ? open_program_expert(check.manifest, folder)
                                                   : open_onnx_expert(check.manifest, files.model);
        tell(0.3, say("Asking about the canaries"));
        check.canaries = run_canaries(*expert, folder, stop);
        check.problem = canaries_problem(*expert, check.canaries, folder, stop);
    } catch (const PanelError& error) {
        check.problem = error.what();
    }
    return check;
}

PanelRecord add_expert(const AddExpertRequest& request, const Progress& progress,
                       std::stop_token stop) try {
    if (!request.new_panel.empty()) {
        const auto made = new_panel(request.new_panel, "");
        auto into = request;
        into.new_panel.clear();
        into.panel = made.folder.native();
        try {
            return add_expert(into, progress, stop);
        } catch (...) {
            remove_panel(made);
            throw;
        }
    }
    const auto panel = find_panel(request.panel);
    if (panel.starter || is_bundled(panel.folder))
        throw PanelError("The panel " + quoted_name(panel.name) +
                         " came with the program and is not changed. Make a copy with \"dfd panel "
                         "add " +
                         panel.folder.native() +
                         " --name NAME\", or a new one with \"dfd "
                         "panel new NAME\".");
    auto check = check_expert(request.files, progress, stop);
    if (!check.problem.empty())
        throw PanelError(check.problem);

    ExpertRecord expert;
    expert.name = request.name.empty() ? check.manifest.name : request.name;
    expert.kind = check.manifest.program ? ExpertKind::Program : ExpertKind::Onnx;
    expert.architecture = kind_name(expert.kind);
    expert.gradcam_layer = check.manifest.output.map ? kOwnMap : kOcclusion;
    expert.file = expert.name + "/" + kManifest;
    if (!is_expert_name(expert.name))
        throw PanelError("Invalid name of an expert: " + quoted_name(expert.name) +
                         ". Use 1 to 64 letters, digits or the characters . _ -, beginning with a "
                         "letter or digit.");
    if (std::ranges::find(panel.experts, expert.name, &ExpertRecord::name) != panel.experts.end())
        throw PanelError("The panel " + quoted_name(panel.name) + " has an expert " +
                         quoted_name(expert.name) + " already; choose another with --name.");
    if (!panel.questions.empty()) {
        const auto asked = std::ranges::find(panel.questions, request.question, &Question::id);
        if (asked == panel.questions.end())
            throw PanelError(
                "The panel asks several questions; choose with --question: " +
                joined(panel.questions, ", ", [](const Question& each) { return each.id; }) + ".");
        expert.question = static_cast<std::size_t>(asked - panel.questions.begin());
    } else if (!request.question.empty()) {
        throw PanelError("The panel " + quoted_name(panel.name) +
                         " asks one question; leave --question out.");
    }
    auto text = read_small_file(request.files.manifest, kLargestManifest, "a manifest");
    if (!check.manifest.program)
        text = with_model_name(text, kModel);
    const auto manifest = parse_foreign_manifest(text, request.files.manifest);
    expert.sha256 = sha256_hex(as_bytes(text));

    auto record = panel;
    record.combine = kLogOdds;
    record.experts.push_back(expert);
    auto folder = fs::absolute(panel.folder).lexically_normal();
    if (!folder.has_filename())
        folder = folder.parent_path();
    StagingFolder staging(folder.parent_path(), folder.filename());
    std::uint64_t bytes = 0;
    for (const auto& [file, sha256] : manifest.files())
        bytes += fs::file_size(source_of(request.files, manifest, file));
    for (const auto& entry : fs::recursive_directory_iterator(panel.folder))
        if (entry.is_regular_file())
            bytes += entry.file_size();
    check_panel_space(staging.path(), bytes);
    // The record is read back when it is written, so the manifest is there before it.
    fill(panel, record, request, manifest, staging.path(), progress, stop);
    write_file_atomically(staging.path() / expert.file, as_bytes(text));
    check_stop(stop);
    return read_panel(staging.publish(/*replace=*/true));
} catch (const fs::filesystem_error& error) {
    throw PanelError("The expert could not be added: " + std::string(error.what()) + ".");
} catch (const std::system_error& error) {
    throw PanelError("The expert could not be added: " + std::string(error.what()) + ".");
}

PanelRecord new_panel(const std::string& name, const std::string& title, const fs::path& into) try {
    const auto parent = into.empty() ? user_panel_folder() : into;
    check_panel_target(name, parent, /*replace=*/false);
    StagingFolder staging(parent, name);
    PanelRecord record;
    record.name = name;
    record.title = title.empty() ? name : title;
    record.combine = kLogOdds;
    record.ema = false;
    (void)write_panel(staging.path(), record);
    return read_panel(staging.publish(/*replace=*/false));
} catch (const fs::filesystem_error& error) {
    throw PanelError("The panel could not be made: " + std::string(error.what()) + ".");
}

}  // namespace dfd
