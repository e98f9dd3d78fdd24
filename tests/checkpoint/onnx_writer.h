// Writes small ONNX files for tests: initializers and nodes, nothing else.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/checkpoint/onnx_bytes.h"

namespace dfd::test {

class OnnxWriter {
  public:
    void tensor(const std::string& name, const torch::Tensor& given) {
        const auto values = given.contiguous();
        std::string message;
        for (const auto size : values.sizes())
            message += onnx::number(1, static_cast<std::uint64_t>(size));
        message += onnx::number(2, values.scalar_type() == torch::kInt8 ? 3 : 1);
        message += onnx::bytes(8, name);
        message += onnx::bytes(9, {static_cast<const char*>(values.data_ptr()), values.nbytes()});
        message += onnx::number(14, 0);  // data in this file, as some writers say
        graph_ += onnx::bytes(5, message);
    }
    void node(const std::string& name, const std::string& operation,
              const std::vector<std::string>& inputs) {
        std::string message;
        for (const auto& input : inputs)
            message += onnx::bytes(1, input);
        graph_ += onnx::bytes(1, message + onnx::bytes(3, name) + onnx::bytes(4, operation));
    }
    void raw(const std::string& field) { graph_ += field; }
    /// The whole file: an IR version and the graph.
    [[nodiscard]] std::string model() const { return onnx::number(1, 7) + onnx::bytes(7, graph_); }

  private:
    std::string graph_;
};

}  // namespace dfd::test
