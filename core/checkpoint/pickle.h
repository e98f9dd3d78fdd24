// Reads a pickle as data. Only a short list of globals is accepted; nothing is ever executed.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dfd::pickle {

enum class Kind : std::uint8_t {
    None,
    Bool,        ///< integer: 0 or 1
    Integer,     ///< integer
    BigInteger,  ///< text: its little-endian bytes, more than 8 of them
    Real,        ///< real
    Text,        ///< text
    Tuple,       ///< items
    List,        ///< items
    Dict,        ///< items: key, value, key, value ...
    Name,        ///< an allowed global
    Storage,     ///< text: key; integer: elements; type
    Tensor,      ///< items: storage, sizes, strides; integer: offset in elements
};

/// The globals that a checkpoint of tensors needs. All others are refused.
enum class Global : std::uint8_t { OrderedDict, RebuildTensor, RebuildParameter, StorageClass };

using Ref = std::uint32_t;  ///< index into Document::nodes

struct Node {
    Kind kind = Kind::None;
    Global global = Global::OrderedDict;
    torch::ScalarType type = torch::ScalarType::Undefined;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text;  ///< points into the parsed bytes
    std::vector<Ref> items;
};

/// The objects of one pickle in a flat list: no recursion depth, and cycles are harmless.
struct Document {
    std::vector<Node> nodes;
    Ref root = 0;
    std::size_t consumed = 0;  ///< number of bytes up to and including STOP

    [[nodiscard]] const Node& at(Ref ref) const { return nodes[ref]; }
    /// The value for `key` in a dict. nullptr when `dict` is not a dict or has no such key.
    [[nodiscard]] const Node* find(const Node& dict, std::string_view key) const;
};

/// Parses one pickle. `file` (already quoted) starts every error message. `bytes` must outlive the
/// document. Memory use is a small multiple of the input size. Throws CheckpointError.
[[nodiscard]] Document parse(std::string_view bytes, const std::string& file);

/// "a text", "a list" ...: for error messages.
[[nodiscard]] const char* kind_name(Kind kind);

}  // namespace dfd::pickle
