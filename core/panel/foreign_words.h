// What a manifest and a check say of an expert, in lines for the command line and the window. Plain
// C++.
#pragma once

#include <string>

#include "core/panel/foreign_experts.h"

namespace dfd {

/// What a program wants to read of this machine, a line each; empty when nothing. To be shown
/// before anything of it is started.
[[nodiscard]] std::string reads_text(const ForeignManifest& manifest);

/// What it is, where it comes from and what it was made for.
[[nodiscard]] std::string identity_text(const ForeignManifest& manifest);

/// Where an expert would not fit: a sentence when it was made for something else than the panel's
/// question (an index; 0 in panels that ask one) is about, or for faces in a panel for any
/// picture. Empty when nothing speaks against it.
[[nodiscard]] std::string misfit_text(const ForeignManifest& manifest, const PanelRecord& panel,
                                      std::size_t question);

/// "pass  canary-desk.jpg: 0.8547, expected 0.8361, difference 0.0186 (tolerance 0.0800)", a line
/// each.
[[nodiscard]] std::string canaries_text(const ExpertCheck& check);

}  // namespace dfd
