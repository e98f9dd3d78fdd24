// A small ONNX model for tests: log-odds = weights * means of the channels of a picture.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "tests/checkpoint/onnx_bytes.h"

namespace dfd::test {

/// What may be wrong with it.
struct OnnxFaults {
    std::string domain = {};  ///< of its first node
    bool external = false;    ///< a tensor has its values in another file
    bool function = false;    ///< an operator of its own
    int nested = 0;           ///< graphs in each other
    std::uint64_t size = 3;   ///< that its weights claim to have
    bool without_graph = false;
    std::string operation = "GlobalAveragePool";
    bool map = false;   ///< no fault: a second output "map", [1,1,side,side], red less green
    bool open = false;  ///< no fault: it takes any number of pictures at once
};

namespace onnx {

inline std::string text(int field, const std::string& content) {
    return bytes(field, content);
}
/// A length of 0 is left open.
inline std::string value_info(const std::string& name, const std::vector<std::uint64_t>& shape) {
    std::string dims;
    for (const auto length : shape)
        dims += bytes(1, length == 0 ? std::string() : number(1, length));
    return text(1, name) + bytes(2, bytes(1, number(1, 1) + bytes(2, dims)));
}
inline std::string node(const std::string& operation, const std::vector<std::string>& inputs,
                        const std::string& output, const std::string& more = "") {
    std::string message;
    for (const auto& input : inputs)
        message += text(1, input);
    return bytes(1, message + text(2, output) + text(4, operation) + more);
}

/// The node and its weights: a convolution with one pixel, red less green.
inline std::string map_of_channels() {
    const float weights[] = {1, -1, 0};
    std::string values(sizeof weights, '\0');
    std::memcpy(values.data(), weights, sizeof weights);
    std::string tensor;
    for (const std::uint64_t length : {1, 3, 1, 1})
        tensor += number(1, length);
    return node("Conv", {"picture", "filter"}, "map") +
           bytes(5, tensor + number(2, 1) + text(8, "filter") + bytes(9, values));
}

}  // namespace onnx

/// Input "picture" [1,3,side,side], output "logit" [1,1].
inline std::string onnx_model(const std::vector<float>& weights, std::uint64_t side,
                              const OnnxFaults& faults = {}) {
    using namespace onnx;
    if (faults.without_graph)
        return number(1, 8);
    std::string values(weights.size() * sizeof(float), '\0');
    std::memcpy(values.data(), weights.data(), values.size());
    std::string tensor = number(1, faults.size) + number(1, 1) + number(2, 1) + text(8, "weights");
    tensor += faults.external
                  ? bytes(13, text(1, "location") + text(2, "/etc/passwd")) + number(14, 1)
                  : bytes(9, values);
    std::string inner;  // attributes with graphs in each other
    for (int i = 0; i < faults.nested; ++i)
        inner = bytes(5, text(1, "body") + bytes(6, node("Identity", {"a"}, "b", inner)));
    const std::uint64_t pictures = faults.open ? 0 : 1;
    std::string graph = node(faults.operation, {"picture"}, "means",
                             (faults.domain.empty() ? "" : text(7, faults.domain)) + inner) +
                        node("Flatten", {"means"}, "flat") +
                        node("MatMul", {"flat", "weights"}, "logit") + text(2, "made") +
                        (faults.map ? map_of_channels() : "") + bytes(5, tensor) +
                        bytes(11, value_info("picture", {pictures, 3, side, side})) +
                        bytes(12, value_info("logit", {pictures, 1})) +
                        (faults.map ? bytes(12, value_info("map", {pictures, 1, side, side})) : "");
    std::string model = number(1, 8) + bytes(7, graph) + bytes(8, number(2, 13));
    if (faults.function)
        model += bytes(25, text(1, "Own"));
    return model;
}

}  // namespace dfd::test
