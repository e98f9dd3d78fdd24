// What an ONNX file declares, read as data, and whether it is of a kind that is taken. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd {

struct OnnxTensor {
    std::string name;
    bool float32 = false;
    std::vector<std::int64_t> shape;  ///< -1: a length that the file leaves open
};

struct OnnxDescription {
    std::vector<OnnxTensor> inputs;  ///< those that a caller gives, without stored values
    std::vector<OnnxTensor> outputs;
    std::size_t nodes = 0;
    /// It scales numbers by the range of a whole batch, so that the answer to a picture depends on
    /// the others in it.
    bool mixes_batches = false;
};

/// Reads the file without its values and refuses what is never run: operators that are not ONNX's
/// own, functions, values in other files, too many nodes or nested graphs, tensors or files that
/// are too large. Nothing is executed. Throws PanelError with a sentence. Blocks.
[[nodiscard]] OnnxDescription check_onnx(const std::filesystem::path& file);

}  // namespace dfd
