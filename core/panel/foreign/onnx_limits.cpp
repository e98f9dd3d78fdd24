#include "core/panel/foreign/onnx_limits.h"

#include <set>
#include <span>

#include "core/base/wording.h"
#include "core/checkpoint/input_file.h"
#include "core/checkpoint/protobuf_message.h"
#include "core/checkpoint/torch_checkpoint.h"
#include "core/panel/json/panel_error.h"

namespace dfd {
namespace {

using Bytes = std::span<const char>;
using Message = ProtobufMessage;

constexpr std::uint64_t kMostBytes = (std::uint64_t{1} << 31) - 1;  // of protocol buffers
constexpr std::uint64_t kMostElements = std::uint64_t{1} << 31;
constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostDimensions = 8;
constexpr int kMostDepth = 4;

// Field numbers of onnx.proto.
namespace model {
constexpr std::uint64_t kGraph = 7, kFunction = 25;
}
namespace graph {
constexpr std::uint64_t kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12, kValueInfo = 13;
}
namespace node {
constexpr std::uint64_t kOperation = 4, kAttribute = 5, kDomain = 7;
}
namespace attribute {
constexpr std::uint64_t kTensor = 5, kGraph = 6, kTensors = 10, kGraphs = 11;
}
namespace tensor {
constexpr std::uint64_t kDims = 1, kName = 8, kExternal = 13, kLocation = 14;
}
namespace value_info {
constexpr std::uint64_t kName = 1, kType = 2, kTensorType = 1, kElement = 1, kShape = 2, kDim = 1,
                        kDimValue = 1;
constexpr std::uint64_t kFloat = 1;
}  // namespace value_info

[[noreturn]] void refuse(const std::string& why) {
    throw ProtobufDamaged{why};
}

bool is_onnx_domain(const std::string& domain) {
    return domain.empty() || domain == "ai.onnx";
}

class Reader {
  public:
    OnnxDescription read(Bytes bytes) {
        bool found = false;
        for (Message message(bytes); message.next();) {
            if (message.field() == model::kFunction)
                refuse("it defines operators of its own, which are not run");
            if (message.field() != model::kGraph)
                continue;
            if (found)
                refuse("it has two graphs");
            found = true;
            read_graph(message.content(), 0);
        }
        if (!found)
            refuse("it has no graph, so it is no ONNX model");
        std::erase_if(description_.inputs,
                      [&](const OnnxTensor& each) { return stored_.contains(each.name); });
        if (description_.inputs.empty() || description_.outputs.empty())
            refuse("it has no input or no output");
        return std::move(description_);
    }

  private:
    void read_graph(Bytes bytes, int depth) {
        if (depth > kMostDepth)
            refuse("its graphs are nested more than " + std::to_string(kMostDepth) + " times");
        for (Message message(bytes); message.next();) {
            switch (message.field()) {
                case graph::kNode:
                    if (++description_.nodes > kMostNodes)
                        refuse("it has more than " + std::to_string(kMostNodes) + " nodes");
                    read_node(message.content(), depth);
                    break;
                case graph::kInitializer:
                    stored_.insert(read_tensor(message.content()));
                    break;
                case graph::kInput:
                case graph::kOutput:
                case graph::kValueInfo: {
                    auto value = read_value(message.content());
                    if (depth > 0 || message.field() == graph::kValueInfo)
                        break;
                    (message.field() == graph::kInput ? description_.inputs : description_.outputs)
                        .push_back(std::move(value));
                    break;
                }
                default:
                    break;
            }
        }
    }

    void read_node(Bytes bytes, int depth) {
        std::string operation, domain;
        for (Message message(bytes); message.next();) {
            if (message.field() == node::kOperation)
                operation = message.text();
            else if (message.field() == node::kDomain)
                domain = message.text();
            else if (message.field() == node::kAttribute)
                read_attribute(message.content(), depth);
        }
        if (operation == "DynamicQuantizeLinear")
            description_.mixes_batches = true;
        if (!is_onnx_domain(domain))
            refuse("its operator " + quoted_name(operation) + " is not one of ONNX's own but of " +
                   quoted_name(domain) + "; such operators are not run");
    }

    void read_attribute(Bytes bytes, int depth) {
        for (Message message(bytes); message.next();) {
            if (message.field() == attribute::kTensor || message.field() == attribute::kTensors)
                (void)read_tensor(message.content());
            else if (message.field() == attribute::kGraph || message.field() == attribute::kGraphs)
                read_graph(message.content(), depth + 1);
        }
    }

    /// Returns the tensor's name.
    static std::string read_tensor(Bytes bytes) {
        std::string name;
        std::uint64_t count = 1;
        std::size_t dimensions = 0;
        for (Message message(bytes); message.next();) {
            switch (message.field()) {
                case tensor::kDims:
                    message.integers(
                        [&](std::uint64_t size) { count_in(size, count, dimensions); });
                    break;
                case tensor::kName:
                    name = message.text();
                    break;
                case tensor::kExternal:
                    refuse("it keeps values in another file; save it as one file");
                case tensor::kLocation:
                    if (message.value() != 0)
                        refuse("it keeps values in another file; save it as one file");
                    break;
                default:
                    break;
            }
        }
        return name;
    }

    static void count_in(std::uint64_t size, std::uint64_t& count, std::size_t& dimensions) {
        if (++dimensions > kMostDimensions || size > kMostElements ||
            (size > 0 && count > kMostElements / size))
            refuse("one of its tensors has impossible sizes");
        count *= size;
    }

    static OnnxTensor read_value(Bytes bytes) {
        OnnxTensor value;
        for (Message message(bytes); message.next();) {
            if (message.field() == value_info::kName)
                value.name = message.text();
            else if (message.field() == value_info::kType)
                read_type(message.content(), value);
        }
        return value;
    }

    static void read_type(Bytes bytes, OnnxTensor& value) {
        for (Message type(bytes); type.next();) {
            if (type.field() != value_info::kTensorType)
                continue;
            for (Message of_tensor(type.content()); of_tensor.next();) {
                if (of_tensor.field() == value_info::kElement)
                    value.float32 = of_tensor.value() == value_info::kFloat;
                else if (of_tensor.field() == value_info::kShape)
                    read_shape(of_tensor.content(), value);
            }
        }
    }

    static void read_shape(Bytes bytes, OnnxTensor& value) {
        std::uint64_t count = 1;
        std::size_t dimensions = 0;
        for (Message shape(bytes); shape.next();) {
            if (shape.field() != value_info::kDim)
                continue;
            std::int64_t length = -1;
            for (Message dim(shape.content()); dim.next();)
                if (dim.field() == value_info::kDimValue)
                    length = static_cast<std::int64_t>(dim.value());
            count_in(length < 0 ? 1 : static_cast<std::uint64_t>(length), count, dimensions);
            value.shape.push_back(length);
        }
    }

    OnnxDescription description_;
    std::set<std::string> stored_;
};

}  // namespace

OnnxDescription check_onnx(const std::filesystem::path& path) {
    try {
        const InputFile file(path);
        if (file.size() > kMostBytes)
            refuse("it has " + size_text(file.size()) + ", and a model has at most " +
                   size_text(kMostBytes));
        const auto mapping = file.map(0, file.size());
        return Reader().read({reinterpret_cast<const char*>(mapping->data()), mapping->size()});
    } catch (const ProtobufDamaged& error) {
        throw PanelError("The model " + quoted(path) + " cannot be used: " + error.why + ".");
    } catch (const CheckpointError& error) {
        throw PanelError(error.what());
    }
}

}  // namespace dfd
