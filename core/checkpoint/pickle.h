// A pickle read as data. Only a short list of names is understood; nothing is ever executed.
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
    BigInteger,  ///< text: its little-endian bytes, more than 8
    Real,        ///< real
    Text,        ///< text
    Tuple,       ///< items
    List,        ///< items
    Dict,        ///< items: key, value, key, value ...
    Name,        ///< an allowed global
    Storage,     ///< text: key; integer: elements; type
    Tensor,      ///< items: storage, sizes, strides; integer: offset in elements
};

/// Globals a checkpoint of tensors needs. Everything else is refused.
enum class Global : std::uint8_t { OrderedDict, RebuildTensor, RebuildParameter, StorageClass };

using Ref = std::uint32_t;  ///< index into Document::nodes

struct Node {
    Kind kind = Kind::None;
    Global global = Global::OrderedDict;
    torch::ScalarType type = torch::ScalarType::Undefined;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text;  ///< lies in the bytes that were parsed
    std::vector<Ref> items;
};

/// The objects of one pickle, side by side: no depth to recurse into, cycles do no harm.
struct Document {
    std::vector<Node> nodes;
    Ref root = 0;
    std::size_t consumed = 0;  ///< bytes up to and with the STOP

    [[nodiscard]] const Node& at(Ref ref) const { return nodes[ref]; }
    /// The value of `key` in a dict, or null when it is no dict or has no such key.
    [[nodiscard]] const Node* find(const Node& dict, std::string_view key) const;
};

/// `file` (quoted already) begins every sentence. `bytes` must outlive the document.
/// Memory is bounded by a small multiple of the bytes. Throws CheckpointError.
[[nodiscard]] Document parse(std::string_view bytes, const std::string& file);

/// "a text", "a list" ...: for sentences.
[[nodiscard]] const char* kind_name(Kind kind);

}  // namespace dfd::pickle
