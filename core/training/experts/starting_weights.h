// Loads pretrained starting weights into an expert. Uses torch.
#pragma once

#include <string>

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// Loads `init` into a network of that architecture. It is one of
/// - PANEL:EXPERT, an expert of an installed panel or of one in a folder, by name or index from 0;
/// - a .safetensors file of this project;
/// - a published weight.pth; an ema.state file next to it is folded in. FILE:N selects the expert,
///   else the first one of this architecture is taken;
/// - a timm-style state dict (.pth, .pt): tensors with the architecture's names, optionally all
///   prefixed with "module." or "model."; for an EfficientNet also with the names of the
///   EfficientNet-PyTorch library;
/// - for clip_vit_b16, an ONNX file of CLIP's image tower (see clip_tensors).
/// The last linear layer may be missing or have another shape (another number of classes); it is
/// then left unchanged. All other tensors are required. Returns a sentence that says what was
/// loaded and what was not. Blocks. Throws TrainingError, PanelError or CheckpointError.
std::string load_starting_weights(ExpertNetwork& network, const std::string& architecture,
                                  const std::string& init);

/// Identifies starting weights: the SHA-256 of the file, of the expert's weights for PANEL:EXPERT,
/// and also of an ema.state next to a .pth. Blocks. Throws as above.
[[nodiscard]] std::string starting_weights_digest(const std::string& init);

}  // namespace dfd
