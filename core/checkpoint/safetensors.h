// The safetensors container: 8-byte little-endian header length, JSON header, raw tensor data.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {

using Metadata = std::map<std::string, std::string>;

struct Safetensors {
    StateDict tensors;  ///< sorted by data offset; views of a private mapping they keep alive
    Metadata metadata;
};

/// Memory-maps and checks every offset against dtype, shape and file size. Throws CheckpointError.
[[nodiscard]] Safetensors read_safetensors(const std::filesystem::path& file);

/// Writes through a temporary file, fsync and rename. Data is 64-byte aligned. Returns the file's
/// SHA-256, computed while writing. Throws CheckpointError (disk full names the file and the need).
std::string write_safetensors(const std::filesystem::path& file, const StateDict& tensors,
                              const Metadata& metadata = {});

}  // namespace dfd
