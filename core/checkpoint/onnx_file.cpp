#include "core/checkpoint/onnx_file.h"

#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/wording.h"
#include "core/checkpoint/input_file.h"
#include "core/checkpoint/protobuf_message.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {
namespace {

using Bytes = std::span<const char>;
using Damaged = ProtobufDamaged;
using Message = ProtobufMessage;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30;
constexpr std::size_t kMostItems = 1'000'000;
constexpr std::size_t kMostDimensions = 8;

// Field numbers of onnx.proto.
namespace model {
constexpr std::uint64_t kGraph = 7;
}
namespace graph {
constexpr std::uint64_t kNode = 1, kInitializer = 5;
}
namespace node {
constexpr std::uint64_t kInput = 1, kName = 3, kOperation = 4;
}
namespace tensor {
constexpr std::uint64_t kDims = 1, kType = 2, kFloats = 4, kIntegers = 5, kName = 8, kRaw = 9,
                        kLocation = 14;
}

std::optional<torch::ScalarType> type_of(std::uint64_t onnx) {
    switch (onnx) {
        case 1:
            return torch::kFloat32;
        case 2:
            return torch::kUInt8;
        case 3:
            return torch::kInt8;
        case 6:
            return torch::kInt32;
        case 7:
            return torch::kInt64;
        case 10:
            return torch::kFloat16;
        default:
            return std::nullopt;
    }
}

void read_tensor(Bytes bytes, OnnxFile& file) {
    std::string name;
    std::vector<std::int64_t> dims;
    std::optional<torch::ScalarType> type;
    Bytes raw;           // little-endian values
    std::string listed;  // the same, from lists
    std::vector<std::int32_t> integers;
    std::uint64_t count = 1;
    for (Message message(bytes); message.next();) {
        switch (message.field()) {
            case tensor::kDims:
                message.integers([&](std::uint64_t size) {
                    if (size > kMostBytes || dims.size() == kMostDimensions ||
                        (size > 0 && count > kMostBytes / size))
                        throw Damaged{"one of its tensors has impossible sizes"};
                    count *= size;
                    dims.push_back(static_cast<std::int64_t>(size));
                });
                break;
            case tensor::kType:
                type = type_of(message.value());
                break;
            case tensor::kName:
                name = message.text();
                break;
            case tensor::kRaw:
                raw = message.content();
                break;
            case tensor::kFloats:  // little-endian float32
                listed.append(message.content().data(), message.content().size());
                break;
            case tensor::kIntegers:  // of all types of at most 32 bits, but for float32
                message.integers([&](std::uint64_t value) {
                    integers.push_back(static_cast<std::int32_t>(value));
                });
                break;
            case tensor::kLocation:  // 0: in this file, as without the field
                if (message.value() != 0)
                    throw Damaged{"its tensors are in other files"};
                break;
            default:
                break;
        }
    }
    if (!type)
        return;  // of a kind that weights do not have
    for (const auto value : integers)
        listed.append(reinterpret_cast<const char*>(&value), c10::elementSize(*type));
    if (raw.empty())
        raw = listed;
    if (raw.size() != count * c10::elementSize(*type))
        throw Damaged{"the tensor " + quoted_name(name) + " has another size than its shape"};
    auto values = torch::empty(dims, *type);
    std::memcpy(values.data_ptr(), raw.data(), raw.size());
    file.tensors.emplace(std::move(name), std::move(values));
}

void read_node(Bytes bytes, OnnxFile& file) {
    OnnxNode read;
    for (Message message(bytes); message.next();) {
        if (message.field() == node::kInput)
            read.inputs.push_back(message.text());
        else if (message.field() == node::kName)
            read.name = message.text();
        else if (message.field() == node::kOperation)
            read.operation = message.text();
    }
    file.nodes.push_back(std::move(read));
}

}  // namespace

OnnxFile read_onnx(const std::filesystem::path& path) {
    const auto fail = [&](const std::string& why) -> void {
        throw CheckpointError("The ONNX file " + quoted(path) + " cannot be read: " + why + ".");
    };
    const InputFile input(path);
    if (input.size() > kMostBytes)
        fail("it has " + size_text(input.size()) + ", and at most " + size_text(kMostBytes) +
             " are supported");
    const auto mapped = input.map(0, input.size());
    const Bytes bytes(reinterpret_cast<const char*>(mapped->data()), mapped->size());
    OnnxFile file;
    try {
        for (Message whole(bytes); whole.next();) {
            if (whole.field() != model::kGraph)
                continue;
            for (Message part(whole.content()); part.next();) {
                if (file.nodes.size() + file.tensors.size() > kMostItems)
                    throw Damaged{"it has too many nodes and tensors"};
                if (part.field() == graph::kNode)
                    read_node(part.content(), file);
                else if (part.field() == graph::kInitializer)
                    read_tensor(part.content(), file);
            }
        }
    } catch (const Damaged& damaged) {
        fail(damaged.why);
    }
    if (file.tensors.empty())
        fail("it is not an ONNX model with weights");
    return file;
}

}  // namespace dfd
