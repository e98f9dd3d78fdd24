// Translates the tensors of other libraries and file formats into those of timm.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {

/// Maps the names that EfficientNet-PyTorch gives (`_conv_stem`, `_blocks.N._expand_conv`, `_fc`)
/// to timm's names, `names`, of an EfficientNet's tensors. Empty for other networks.
[[nodiscard]] std::map<std::string, std::string> efficientnet_pytorch_names(
    const std::vector<std::string>& names);

/// The tensors of clip_vit_b16 without its classifier, from the image tower of CLIP ViT-B/16 as an
/// ONNX file of Hugging Face's CLIPVisionModelWithProjection. Weights may be stored as int8 with a
/// scale per output (zero point 0), which restores them exactly as that file's runtime uses them.
/// Throws CheckpointError, and TrainingError when the file is not such a model. Blocks.
[[nodiscard]] StateDict clip_tensors(const std::filesystem::path& onnx);

}  // namespace dfd
