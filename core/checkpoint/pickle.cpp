#include "core/checkpoint/pickle.h"

#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <unordered_map>

#include "core/base/wording.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd::pickle {
namespace {

constexpr std::size_t kMostObjects = 2'000'000;
constexpr std::size_t kMostArguments = 8;
constexpr std::size_t kLongestName = 256;

struct Allowed {
    std::string_view module, name;
    Global global;
    torch::ScalarType type = torch::ScalarType::Undefined;
};
constexpr std::array<Allowed, 13> kAllowed{{
    {"collections", "OrderedDict", Global::OrderedDict},
    {"torch._utils", "_rebuild_tensor_v2", Global::RebuildTensor},
    {"torch._utils", "_rebuild_parameter", Global::RebuildParameter},
    {"torch", "FloatStorage", Global::StorageClass, torch::kFloat32},
    {"torch", "DoubleStorage", Global::StorageClass, torch::kFloat64},
    {"torch", "HalfStorage", Global::StorageClass, torch::kFloat16},
    {"torch", "BFloat16Storage", Global::StorageClass, torch::kBFloat16},
    {"torch", "LongStorage", Global::StorageClass, torch::kInt64},
    {"torch", "IntStorage", Global::StorageClass, torch::kInt32},
    {"torch", "ShortStorage", Global::StorageClass, torch::kInt16},
    {"torch", "CharStorage", Global::StorageClass, torch::kInt8},
    {"torch", "ByteStorage", Global::StorageClass, torch::kUInt8},
    {"torch", "BoolStorage", Global::StorageClass, torch::kBool},
}};

/// A pickle stack machine without the instructions that can execute code.
class Machine {
  public:
    Machine(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

    Document run() {
        while (step()) {
        }
        if (stack_.size() != 1 || !marks_.empty())
            damaged("it ends with unused objects on the stack");
        document_.root = stack_.back();
        document_.consumed = at_;
        return std::move(document_);
    }

  private:
    [[noreturn]] void damaged(const std::string& why) const {
        throw CheckpointError(file_ + " has a damaged list of contents: " + why +
                              ". Fetch it again.");
    }

    // --- bytes
    std::string_view take(std::uint64_t size) {
        if (size > bytes_.size() - at_)
            damaged("it ends in the middle of an instruction");
        const auto part = bytes_.substr(at_, static_cast<std::size_t>(size));
        at_ += part.size();
        return part;
    }
    template <typename Integer>
    Integer take_number() {
        Integer value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::string_view take_line() {
        const auto end = bytes_.substr(at_, kLongestName).find('\n');
        if (end == std::string_view::npos)
            damaged("a name is not terminated");
        const auto line = take(end);
        ++at_;
        return line;
    }

    // --- objects
    Node& create(Kind kind) {
        if (document_.nodes.size() >= kMostObjects)
            throw CheckpointError(file_ + " contains more than " + std::to_string(kMostObjects) +
                                  " objects, the limit for a checkpoint. It was rejected.");
        stack_.push_back(static_cast<Ref>(document_.nodes.size()));
        auto& node = document_.nodes.emplace_back();
        node.kind = kind;
        return node;
    }
    void create_integer(std::int64_t value) { create(Kind::Integer).integer = value; }
    void create_text(std::uint64_t size) {
        const auto text = take(size);
        create(Kind::Text).text = text;
    }
    [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    Ref pop() {
        if (stack_.size() <= floor())
            damaged("an instruction has no operand");
        const auto top = stack_.back();
        stack_.pop_back();
        return top;
    }
    [[nodiscard]] Ref top() const {
        if (stack_.size() <= floor())
            damaged("an instruction has no operand");
        return stack_.back();
    }
    std::vector<Ref> pop_to_mark() {
        if (marks_.empty())
            damaged("a group has no start mark");
        std::vector<Ref> items(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()),
                               stack_.end());
        stack_.resize(marks_.back());
        marks_.pop_back();
        return items;
    }
    Node& node(Ref ref) { return document_.nodes[ref]; }
    Node& target(Kind kind) {
        auto& found = node(top());
        if (found.kind != kind)
            damaged(std::string("items are added to ") + kind_name(found.kind));
        return found;
    }
    void create_tuple(std::size_t size) {
        std::vector<Ref> items(size);
        for (auto item = items.rbegin(); item != items.rend(); ++item)
            *item = pop();
        create(Kind::Tuple).items = std::move(items);
    }
    void memoize(std::uint64_t slot) {
        if (memo_.size() >= kMostObjects)
            damaged("it memoizes more objects than the limit");
        memo_[slot] = top();
    }
    void recall(std::uint64_t slot) {
        const auto found = memo_.find(slot);
        if (found == memo_.end())
            damaged("it refers to an undefined object");
        stack_.push_back(found->second);
    }

    // --- instructions
    void name_global(std::string_view module, std::string_view name) {
        for (const auto& allowed : kAllowed) {
            if (allowed.module != module || allowed.name != name)
                continue;
            auto& created = create(Kind::Name);
            created.global = allowed.global;
            created.type = allowed.type;
            created.text = allowed.name;
            return;
        }
        throw CheckpointError(
            file_ + " refers to " + quoted_name(std::string(module) + "." + std::string(name)) +
            ", which weights do not need and which could run code in Python. The file was rejected "
            "and nothing was run; get the weights from their authors.");
    }

    void name_global_from_stack() {
        const auto& name = node(pop());
        const auto& module = node(pop());
        if (name.kind != Kind::Text || module.kind != Kind::Text)
            damaged("a name is not a string");
        name_global(module.text, name.text);
    }

    /// Returns a copy of a small tuple's items: creating new nodes can move the existing ones.
    std::vector<Ref> pop_arguments() {
        const auto& tuple = node(pop());
        if (tuple.kind != Kind::Tuple || tuple.items.size() > kMostArguments)
            damaged("a call has invalid arguments");
        return tuple.items;
    }

    void call() {
        const auto items = pop_arguments();
        const auto& called = node(pop());
        if (called.kind != Kind::Name)
            damaged(std::string("it calls ") + kind_name(called.kind));
        switch (called.global) {
            case Global::OrderedDict:
                if (!items.empty())
                    damaged("an OrderedDict is created with arguments");
                create(Kind::Dict);
                return;
            case Global::RebuildTensor:
                return rebuild_tensor(items);
            case Global::RebuildParameter:
                if (items.empty() || node(items[0]).kind != Kind::Tensor)
                    damaged("a parameter has no tensor");
                stack_.push_back(items[0]);
                return;
            case Global::StorageClass:
                damaged("it calls a storage class");
        }
    }

    /// (storage, offset, sizes, strides, requires_grad, hooks[, metadata])
    void rebuild_tensor(const std::vector<Ref>& items) {
        if (items.size() < 4 || items.size() > 7 || node(items[0]).kind != Kind::Storage ||
            node(items[1]).kind != Kind::Integer || node(items[2]).kind != Kind::Tuple ||
            node(items[3]).kind != Kind::Tuple)
            damaged("a tensor is not described by storage, offset, sizes and strides");
        const auto offset = node(items[1]).integer;
        auto& tensor = create(Kind::Tensor);
        tensor.integer = offset;
        tensor.items = {items[0], items[2], items[3]};
    }

    /// ("storage", class, key, location, elements[, view]). The location is ignored.
    void refer_to_storage() {
        const auto items = pop_arguments();
        const bool plausible =
            (items.size() == 5 || items.size() == 6) && node(items[0]).kind == Kind::Text &&
            node(items[0]).text == "storage" && node(items[1]).kind == Kind::Name &&
            node(items[1]).global == Global::StorageClass && node(items[2]).kind == Kind::Text &&
            node(items[4]).kind == Kind::Integer && node(items[4]).integer >= 0;
        if (!plausible)
            damaged("a storage is not described by class, key and size");
        if (items.size() == 6 && node(items[5]).kind != Kind::None)
            throw CheckpointError(
                file_ +
                " has storages that are views of other storages, a format of torch before 0.4 that "
                "is not supported. Save it again with a newer torch.");
        const auto type = node(items[1]).type;
        const auto key = node(items[2]).text;
        const auto elements = node(items[4]).integer;
        auto& storage = create(Kind::Storage);
        storage.type = type;
        storage.text = key;
        storage.integer = elements;
    }

    void set_items(const std::vector<Ref>& items) {
        if (items.size() % 2 != 0)
            damaged("a key has no value");
        auto& all = target(Kind::Dict).items;
        all.insert(all.end(), items.begin(), items.end());
    }
    void append(const std::vector<Ref>& items) {
        auto& all = target(Kind::List).items;
        all.insert(all.end(), items.begin(), items.end());
    }

    void take_long(std::uint64_t size) {
        const auto digits = take(size);
        if (digits.size() > 8) {
            create(Kind::BigInteger).text = digits;
            return;
        }
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < digits.size(); ++i)
            value |= std::uint64_t{static_cast<unsigned char>(digits[i])} << (8 * i);
        const auto unused = 64 - 8 * digits.size();  // two's complement: extend the sign
        if (!digits.empty() && unused > 0 && (digits.back() & 0x80) != 0)
            value |= ~std::uint64_t{0} << (64 - unused);
        create_integer(static_cast<std::int64_t>(value));
    }

    void take_real() {
        std::array<char, 8> bytes{};
        const auto source = take(8);
        for (std::size_t i = 0; i < 8; ++i)
            bytes[i] = source[7 - i];  // pickles store doubles big-endian
        create(Kind::Real).real = std::bit_cast<double>(bytes);
    }

    /// Executes one instruction. Returns false after STOP.
    bool step() {
        const auto code = static_cast<unsigned char>(take(1)[0]);
        switch (code) {
            case 0x80:  // PROTO
                if (take_number<std::uint8_t>() > 5)
                    damaged("its pickle protocol is newer than 5, the latest supported");
                break;
            case 0x95:  // FRAME
                take(8);
                break;
            case '(':
                marks_.push_back(stack_.size());
                break;
            case '.':
                return false;
            case 'N':
                create(Kind::None);
                break;
            case 0x88:
            case 0x89:
                create(Kind::Bool).integer = code == 0x88;
                break;
            case 'J':
                create_integer(take_number<std::int32_t>());
                break;
            case 'K':
                create_integer(take_number<std::uint8_t>());
                break;
            case 'M':
                create_integer(take_number<std::uint16_t>());
                break;
            case 0x8A:  // LONG1
                take_long(take_number<std::uint8_t>());
                break;
            case 'G':
                take_real();
                break;
            case 'X':
                create_text(take_number<std::uint32_t>());
                break;
            case 0x8C:  // SHORT_BINUNICODE
                create_text(take_number<std::uint8_t>());
                break;
            case ')':
                create(Kind::Tuple);
                break;
            case 0x85:
            case 0x86:
            case 0x87:
                create_tuple(code - 0x84u);
                break;
            case 't': {
                auto items = pop_to_mark();
                create(Kind::Tuple).items = std::move(items);
                break;
            }
            case ']':
                create(Kind::List);
                break;
            case '}':
                create(Kind::Dict);
                break;
            case 'a':
                append({pop()});
                break;
            case 'e':
                append(pop_to_mark());
                break;
            case 's': {
                const auto value = pop(), key = pop();
                set_items({key, value});
                break;
            }
            case 'u':
                set_items(pop_to_mark());
                break;
            case 'q':
                memoize(take_number<std::uint8_t>());
                break;
            case 'r':
                memoize(take_number<std::uint32_t>());
                break;
            case 0x94:  // MEMOIZE
                memoize(memo_.size());
                break;
            case 'h':
                recall(take_number<std::uint8_t>());
                break;
            case 'j':
                recall(take_number<std::uint32_t>());
                break;
            case 'c':
            case 'i': {  // INST is refused, but first its name is checked against the list
                const auto module = take_line(), name = take_line();
                name_global(module, name);
                if (code == 'i')
                    damaged("it uses the pickle instruction INST, which is not supported");
                break;
            }
            case 0x93:  // STACK_GLOBAL
                name_global_from_stack();
                break;
            case 'Q':
                refer_to_storage();
                break;
            case 'R':
                call();
                break;
            case 'b':  // BUILD: the state of an OrderedDict is its _metadata, which is ignored
                pop();
                target(Kind::Dict);
                break;
            default:
                refuse_instruction(code);
        }
        return true;
    }

    [[noreturn]] void refuse_instruction(unsigned char code) const {
        std::array<char, 8> hex{};
        std::snprintf(hex.data(), hex.size(), "0x%02X", code);
        throw CheckpointError(file_ + " uses the pickle instruction " + hex.data() +
                              ", which is not supported. The file was rejected and nothing was "
                              "run; save the weights again as a plain state dict.");
    }

    std::string_view bytes_;
    const std::string& file_;
    std::size_t at_ = 0;
    Document document_;
    std::vector<Ref> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, Ref> memo_;
};

}  // namespace

const Node* Document::find(const Node& dict, std::string_view key) const {
    if (dict.kind != Kind::Dict)
        return nullptr;
    const Node* found = nullptr;
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
        if (at(dict.items[i]).kind == Kind::Text && at(dict.items[i]).text == key)
            found = &at(dict.items[i + 1]);
    return found;
}

Document parse(std::string_view bytes, const std::string& file) {
    return Machine(bytes, file).run();
}

const char* kind_name(Kind kind) {
    switch (kind) {
        case Kind::None:
            return "None";
        case Kind::Bool:
            return "a boolean";
        case Kind::Integer:
        case Kind::BigInteger:
            return "an integer";
        case Kind::Real:
            return "a number";
        case Kind::Text:
            return "a string";
        case Kind::Tuple:
            return "a tuple";
        case Kind::List:
            return "a list";
        case Kind::Dict:
            return "a dict";
        case Kind::Name:
            return "a name";
        case Kind::Storage:
            return "a storage";
        case Kind::Tensor:
            return "a tensor";
    }
    return "an object";
}

}  // namespace dfd::pickle
