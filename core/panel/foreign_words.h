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

/// "pass  canary-desk.jpg: 0.8361, expected 0.8361", a line each.
[[nodiscard]] std::string canaries_text(const ExpertCheck& check);

}  // namespace dfd
