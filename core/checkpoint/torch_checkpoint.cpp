#include "core/checkpoint/torch_checkpoint.h"

#include <torch/torch.h>

#include <algorithm>
#include <bit>
#include <set>

#include "core/base/wording.h"
#include "core/checkpoint/checkpoint_contents.h"
#include "core/checkpoint/impostor.h"
#include "core/checkpoint/tensor_checks.h"

namespace dfd {
namespace {

static_assert(std::endian::native == std::endian::little, "storages are little-endian in files");

using pickle::Kind;
using pickle::Node;

constexpr std::size_t kMostDimensions = 16;
constexpr std::int64_t kMostExperts = 1024;

std::vector<std::int64_t> integers(const pickle::Document& document, const Node& tuple,
                                   bool& usable) {
    std::vector<std::int64_t> values;
    usable = usable && tuple.items.size() <= kMostDimensions;
    for (std::size_t i = 0; usable && i < tuple.items.size(); ++i) {
        usable = document.at(tuple.items[i]).kind == Kind::Integer;
        values.push_back(document.at(tuple.items[i]).integer);
    }
    return values;
}

class EmaReader {
  public:
    explicit EmaReader(const std::filesystem::path& path) : contents_(open_checkpoint(path)) {}

    std::map<std::int64_t, EmaState> read(const ReadProgress& progress) {
        const auto& document = contents_->document();
        const auto& root = document.at(document.root);
        if (root.kind != Kind::Dict || root.items.empty())
            refuse("it contains " + std::string(pickle::kind_name(root.kind)) +
                   ", not a dict of experts");
        std::map<std::int64_t, EmaState> states;
        for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
            const auto& key = document.at(root.items[i]);
            if (key.kind != Kind::Integer || key.integer < 0 || key.integer >= kMostExperts)
                refuse("its key " + text_of(key) + " is not an expert's index");
            const auto [state, fresh] = states.emplace(key.integer, EmaState{});
            if (!fresh)
                refuse("expert " + std::to_string(key.integer) + " occurs twice");
            plan_expert(key.integer, document.at(root.items[i + 1]), state->second);
        }
        auto tensors = contents_->load(progress);
        auto next = tensors.begin();
        for (auto& [index, count] : counts_)
            for (std::size_t i = 0; i < count; ++i)
                states[index].shadow.push_back(std::move(*next++));
        return states;
    }

  private:
    [[noreturn]] void refuse(const std::string& why) const {
        throw CheckpointError(quoted(contents_->file().path()) +
                              " is not an EMA state (ema.state): " + why +
                              ". Choose the file that was published beside the weights.");
    }
    static std::string text_of(const Node& node) {
        if (node.kind == Kind::Text)
            return quoted_name(node.text);
        return node.kind == Kind::Integer ? std::to_string(node.integer)
                                          : pickle::kind_name(node.kind);
    }

    void plan_expert(std::int64_t index, const Node& entry, EmaState& state) {
        const auto& document = contents_->document();
        const auto expert = "expert " + std::to_string(index);
        const auto field = [&](const char* name) -> const Node& {
            const auto* found = document.find(entry, name);
            if (found == nullptr)
                refuse(expert + " has no \"" + name + "\"");
            return *found;
        };
        const auto& decay = field("decay");
        if (decay.kind != Kind::Real || !(decay.real > 0 && decay.real <= 1))
            refuse(expert + " has a \"decay\" that is not a number above 0 and at most 1");
        state.decay = decay.real;
        const auto& updates = field("num_updates");
        if (updates.kind == Kind::Integer)
            state.updates = updates.integer;
        else if (updates.kind != Kind::None)
            refuse(expert + " has " + pickle::kind_name(updates.kind) + " as \"num_updates\"");
        const auto& shadow = field("shadow_params");
        if (shadow.kind != Kind::List)
            refuse(expert + " has " + pickle::kind_name(shadow.kind) + " as \"shadow_params\"");
        for (std::size_t i = 0; i < shadow.items.size(); ++i) {
            const auto name = std::to_string(index) + ".shadow_params[" + std::to_string(i) + "]";
            const auto& tensor = document.at(shadow.items[i]);
            if (tensor.kind != Kind::Tensor)
                refuse(name + " is " + pickle::kind_name(tensor.kind) + ", not a tensor");
            contents_->plan(tensor, name);
        }
        counts_.emplace_back(index, shadow.items.size());
    }

    std::unique_ptr<CheckpointContents> contents_;
    std::vector<std::pair<std::int64_t, std::size_t>> counts_;
};

}  // namespace

void CheckpointContents::damaged(const std::string& why) const {
    throw CheckpointError(quoted(file_->path()) + " is damaged: " + why + ". Fetch it again.");
}

void CheckpointContents::check_booleans(const PlannedTensor& planned, const void* data,
                                        std::size_t bytes) const {
    const auto* begin = static_cast<const std::uint8_t*>(data);
    if (std::any_of(begin, begin + bytes, [](std::uint8_t byte) { return byte > 1; }))
        damaged("the tensor " + quoted_name(planned.name) +
                " of booleans has bytes other than 0 and 1");
}

void CheckpointContents::plan(const Node& tensor, const std::string& name) {
    const auto& storage = document_.at(tensor.items[0]);
    PlannedTensor planned;
    planned.name = name;
    planned.key = storage.text;
    planned.type = storage.type;
    planned.elements = storage.integer;
    planned.offset = tensor.integer;
    bool usable = true;
    planned.sizes = integers(document_, document_.at(tensor.items[1]), usable);
    planned.strides = integers(document_, document_.at(tensor.items[2]), usable);
    if (!usable || !view_fits(planned.sizes, planned.strides, planned.offset, planned.elements))
        damaged("the tensor " + quoted_name(name) + " of shape " + shape_text(planned.sizes) +
                " exceeds its storage of " + std::to_string(planned.elements) + " elements");
    planned_.push_back(std::move(planned));
}

std::unique_ptr<CheckpointContents> open_checkpoint(const std::filesystem::path& path) {
    auto file = std::make_shared<InputFile>(path);
    std::string head(static_cast<std::size_t>(std::min<std::uint64_t>(file->size(), 512)), '\0');
    file->read_at(0, head.data(), head.size());
    if (const auto sentence = impostor_sentence(path, head, file->size()))
        throw CheckpointError(*sentence);
    if (head.starts_with("PK\x03\x04"))
        return open_zip_checkpoint(std::move(file));
    if (head.starts_with('\x80'))
        return open_legacy_checkpoint(std::move(file));
    throw CheckpointError(quoted(path) +
                          " was not written by torch.save: its first bytes are not those of a "
                          "checkpoint. Choose the file with the weights, or fetch it again.");
}

StateDict read_state_dict(const std::filesystem::path& path, const ReadProgress& progress) {
    const auto contents = open_checkpoint(path);
    const auto& document = contents->document();
    const auto& root = document.at(document.root);
    const auto refuse = [&](const std::string& why) {
        throw CheckpointError(quoted(path) + " is not a state dict: " + why +
                              ". Choose the file with the weights alone.");
    };
    if (root.kind != Kind::Dict)
        refuse("it contains " + std::string(pickle::kind_name(root.kind)) +
               ", not a dict of tensors");
    StateDict result;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
        const auto& key = document.at(root.items[i]);
        const auto& value = document.at(root.items[i + 1]);
        if (key.kind != Kind::Text)
            refuse(std::string("one of its keys is ") + pickle::kind_name(key.kind));
        if (value.kind != Kind::Tensor)
            refuse("its entry " + quoted_name(key.text) + " is " + pickle::kind_name(value.kind) +
                   ", not a tensor");
        if (!names.insert(key.text).second)
            refuse("the tensor " + quoted_name(key.text) + " occurs twice");
        contents->plan(value, std::string(key.text));
        result.emplace_back(key.text, torch::Tensor());
    }
    if (result.empty())
        refuse("it is empty");
    auto tensors = contents->load(progress);
    for (std::size_t i = 0; i < tensors.size(); ++i)
        result[i].second = std::move(tensors[i]);
    return result;
}

std::map<std::int64_t, EmaState> read_ema_state(const std::filesystem::path& path,
                                                const ReadProgress& progress) {
    return EmaReader(path).read(progress);
}

}  // namespace dfd
