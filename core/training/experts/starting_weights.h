// Weights that an expert starts from instead of chance. Sees torch.
#pragma once

#include <string>

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// Loads `init` into a network of that architecture. It is one of
/// - PANEL:EXPERT, an expert of an installed panel or of one in a folder, by name or place from 0;
/// - a .safetensors file of our own;
/// - a published weight.pth, whose ema.state beside it is folded in when it is there; FILE:N picks
///   the expert, else the first of this architecture is taken;
/// - a timm-style state dict (.pth, .pt): tensors of the architecture's own names, perhaps all
///   below "module." or "model.".
/// The last linear layer may have another shape (another number of classes) or be missing; it is
/// then left as it is. Everything else must be there. Returns a sentence that says what was loaded
/// and what was left. Blocks. Throws TrainingError, PanelError or CheckpointError.
std::string load_starting_weights(ExpertNetwork& network, const std::string& architecture,
                                  const std::string& init);

/// What tells these starting weights from others: the SHA-256 of the file, of the expert's weights
/// in PANEL:EXPERT, and of an ema.state beside a .pth, too. Blocks. Throws as above.
[[nodiscard]] std::string starting_weights_digest(const std::string& init);

}  // namespace dfd
