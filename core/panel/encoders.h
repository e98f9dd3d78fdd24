// Encoder files: the tensors that several experts share, stored once outside of the panels. Plain
// C++.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

/// Folders searched for encoder files, first wins: each entry of DFD_ENCODERS (colon-separated) if
/// set, else $XDG_DATA_HOME/deepfake-defenders/encoders and then the folder `encoders` that was
/// installed with the program.
[[nodiscard]] std::vector<std::filesystem::path> encoder_folders();

/// The name of an encoder file, such as "clip_vit_b16-0123456789abcdef.safetensors".
[[nodiscard]] std::string encoder_file_name(const std::string& architecture,
                                            const std::string& sha256);

/// The expert's encoder file, found by its name; loading checks its digest. Empty when it is not
/// installed. The expert must have an encoder.
[[nodiscard]] std::optional<std::filesystem::path> find_encoder(const ExpertRecord& expert);

/// The panel without the experts that lack something on this machine: an encoder, or what runs
/// experts of their kind. They are named in `left_out`, and `digest` identifies the remaining
/// panel. A panel that lacks nothing is returned unchanged. Throws PanelError when no expert
/// remains.
[[nodiscard]] PanelRecord usable_panel(PanelRecord panel);

/// What a panel lacks and how to get it, for such experts: one sentence, empty for no experts.
[[nodiscard]] std::string left_out_sentence(const std::vector<std::string>& experts);

/// Names of the panel's experts whose encoder is not installed.
[[nodiscard]] std::vector<std::string> experts_without_encoder(const PanelRecord& panel);

}  // namespace dfd
