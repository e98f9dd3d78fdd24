// The experts of a panel that are no networks of ours: their manifests, files and what they need;
// adding them; new panels. Plain C++.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/foreign/canaries.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/panel/foreign/manifest.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// The expert's manifest, whose digest is checked. Throws PanelError.
[[nodiscard]] ForeignManifest manifest_of(const PanelRecord& panel, const ExpertRecord& expert);

/// Every file of an expert of any kind, relative to the panel's folder, with its digest. Throws
/// PanelError when its manifest cannot be read.
[[nodiscard]] std::vector<BoundFile> files_of(const PanelRecord& panel, const ExpertRecord& expert);

/// The expert, ready to be asked, after the digests of its files were checked. Blocks while it
/// hashes. Throws PanelError.
[[nodiscard]] std::unique_ptr<ForeignExpert> open_expert(const PanelRecord& panel,
                                                         const ExpertRecord& expert);

/// Why experts of this kind cannot be used on this machine: a sentence; empty when they can.
[[nodiscard]] std::string missing_for(ExpertKind kind);

/// A model (empty for a program) and its manifest, before they are added. The canaries and a
/// program's files lie beside the manifest.
struct ForeignFiles {
    std::filesystem::path model;
    std::filesystem::path manifest;
};

struct ExpertCheck {
    ForeignManifest manifest;
    std::vector<CanaryResult> canaries;
    std::string problem;  ///< a sentence; empty when the expert can be added
};

/// Checks everything, the canaries last. Blocks. Throws PanelError for what cannot be read at all,
/// and Cancelled.
[[nodiscard]] ExpertCheck check_expert(const ForeignFiles& files, const Progress& progress = {},
                                       std::stop_token stop = {});

struct AddExpertRequest {
    ForeignFiles files;
    std::string panel;     ///< name or path of an installed panel
    std::string name;      ///< of the expert there; empty: the manifest's
    std::string question;  ///< id; for panels that ask several
    /// In place of `panel`, the name of a new one; it is removed again when the expert cannot be
    /// added.
    std::string new_panel = {};
};
/// Checks the expert, copies its files into a folder of its name in the panel and adds it to
/// panel.json; the panel then combines by log-odds, and has another digest. The panel appears
/// complete or stays as it was. Refuses bundled panels. Blocks; throws PanelError, Cancelled.
PanelRecord add_expert(const AddExpertRequest& request, const Progress& progress = {},
                       std::stop_token stop = {});

/// An installed panel without experts, for add_expert(). `into` is empty for user_panel_folder().
/// Throws PanelError.
PanelRecord new_panel(const std::string& name, const std::string& title,
                      const std::filesystem::path& into = {});

}  // namespace dfd
