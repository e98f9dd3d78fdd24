// The safetensors container: 8-byte little-endian header length, JSON header, raw tensor data.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "core/checkpoint/input_file.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {

using Metadata = std::map<std::string, std::string>;

struct Safetensors {
    StateDict tensors;  ///< sorted by data offset; views of a private mapping they keep alive
    Metadata metadata;
};

/// Memory-maps and checks every offset against dtype, shape and file size. Throws CheckpointError.
[[nodiscard]] Safetensors read_safetensors(const std::filesystem::path& file);

/// The same for a file that is already mapped as a whole; `file` names it in errors.
[[nodiscard]] Safetensors read_safetensors(const std::shared_ptr<const FileMapping>& mapping,
                                           const std::filesystem::path& file);

/// Writes to a temporary file in the same folder, then fsync and rename. Tensors may be strided and
/// on any device. The data section and every tensor of a multiple of 64 bytes start on 64-byte
/// boundaries of the file. Returns the file's SHA-256 (lower-case hex), computed while writing.
/// Blocks. `progress` is called between pieces and may throw to stop; then nothing is left behind.
/// Throws CheckpointError (for a full disk it names the file and the space needed).
std::string write_safetensors(const std::filesystem::path& file, const StateDict& tensors,
                              const Metadata& metadata = {}, const ReadProgress& progress = {});

}  // namespace dfd
