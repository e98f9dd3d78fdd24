// Reads the tensors and the node names of an ONNX file as data: nothing in it is executed.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dfd {

struct OnnxNode {
    std::string name;
    std::string operation;  ///< "MatMulInteger", ...
    std::vector<std::string> inputs;
};

/// Only what is needed to take weights over: initializers and nodes of the main graph.
struct OnnxFile {
    std::map<std::string, torch::Tensor> tensors;  ///< float32, float16, int8, uint8, int32, int64
    std::vector<OnnxNode> nodes;                   ///< in file order
};

/// Sizes are checked against the file's before anything is allocated. Tensors with data in other
/// files, and files of more than 1 GB, are refused. Throws CheckpointError. Blocks.
[[nodiscard]] OnnxFile read_onnx(const std::filesystem::path& file);

}  // namespace dfd
