// Reads checkpoints in the legacy container (before torch 1.6).
#include <torch/torch.h>

#include <algorithm>
#include <map>

#include "core/base/wording.h"
#include "core/checkpoint/checkpoint_contents.h"

namespace dfd {
namespace {

constexpr std::uint64_t kLargestPickles = 64u << 20;
constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kProtocol = 1001;

/// The torch.save format before 1.6: five pickles (magic, protocol, system, objects, storage keys),
/// then the element count and bytes of each storage. The format has no checksums, so only its
/// structure can be checked.
class LegacyCheckpoint : public CheckpointContents {
  public:
    explicit LegacyCheckpoint(std::shared_ptr<InputFile> file)
        : CheckpointContents(std::move(file)) {
        bytes_.resize(static_cast<std::size_t>(std::min(file_->size(), kLargestPickles)));
        file_->read_at(0, bytes_.data(), bytes_.size());
        const auto magic = next();
        if (root(magic).kind != pickle::Kind::BigInteger || root(magic).text != kMagic)
            throw CheckpointError(quoted(file_->path()) +
                                  " is a plain pickle, not a checkpoint written by torch.save. "
                                  "Choose the file with the weights.");
        const auto protocol = next();
        if (root(protocol).kind != pickle::Kind::Integer || root(protocol).integer != kProtocol)
            damaged("its format version is not supported");
        const auto system = next();
        const auto* little = system.find(root(system), "little_endian");
        if (little == nullptr || little->kind != pickle::Kind::Bool || little->integer != 1)
            damaged("it was written on a big-endian machine, or its byte order is missing");
        document_ = next();
        keys_ = next();
    }

    std::vector<torch::Tensor> load(const ReadProgress& progress) override {
        const auto storages = read_storages(progress);
        std::vector<torch::Tensor> tensors;
        for (const auto& planned : planned_) {
            const auto found = storages.find(planned.key);
            if (found == storages.end() || found->second.scalar_type() != planned.type ||
                found->second.numel() != planned.elements)
                damaged("the tensor " + quoted_name(planned.name) +
                        " has no data of its type and size");
            tensors.push_back(
                found->second.as_strided(planned.sizes, planned.strides, planned.offset));
        }
        return tensors;
    }

  private:
    static const pickle::Node& root(const pickle::Document& document) {
        return document.at(document.root);
    }

    pickle::Document next() {
        auto document = pickle::parse(std::string_view(bytes_).substr(at_), quoted(file_->path()));
        at_ += document.consumed;
        return document;
    }

    /// The storages declared by the objects, by key.
    std::map<std::string_view, const pickle::Node*> declared_storages() const {
        std::map<std::string_view, const pickle::Node*> storages;
        for (const auto& node : document_.nodes)
            if (node.kind == pickle::Kind::Storage)
                storages.emplace(node.text, &node);
        return storages;
    }

    std::map<std::string, torch::Tensor> read_storages(const ReadProgress& progress) {
        std::map<std::string_view, const PlannedTensor*> wanted;
        for (const auto& planned : planned_)
            wanted.emplace(planned.key, &planned);
        const auto all = declared_storages();
        const auto& keys = root(keys_);
        if (keys.kind != pickle::Kind::List)
            damaged("its list of storages is missing");
        std::map<std::string, torch::Tensor> storages;
        std::uint64_t at = at_;
        for (const auto ref : keys.items) {
            const auto& key = keys_.at(ref);
            const auto found = key.kind == pickle::Kind::Text ? all.find(key.text) : all.end();
            if (found == all.end())
                damaged("it has a storage that no object describes");
            const auto owner = wanted.find(key.text);
            const auto name = owner != wanted.end() ? owner->second->name : std::string(key.text);
            at = read_storage(*found->second, owner != wanted.end() ? owner->second : nullptr, name,
                              at, storages);
            if (progress)
                progress(at, file_->size(), name);
        }
        if (at != file_->size())
            damaged("it has extra data after its last tensor");
        return storages;
    }

    std::uint64_t read_storage(const pickle::Node& declared, const PlannedTensor* owner,
                               const std::string& name, std::uint64_t at,
                               std::map<std::string, torch::Tensor>& storages) {
        std::int64_t count = 0;
        if (file_->size() - at < sizeof count)
            cut_off(name);
        file_->read_at(at, &count, sizeof count);
        at += sizeof count;
        if (count != declared.integer)
            damaged("the tensor " + quoted_name(name) + " has " + std::to_string(count) +
                    " elements, expected " + std::to_string(declared.integer));
        const auto need = static_cast<unsigned __int128>(count) * c10::elementSize(declared.type);
        if (need > file_->size() - at)
            cut_off(name);
        const auto bytes = static_cast<std::size_t>(need);
        if (owner != nullptr && !storages.contains(std::string(declared.text))) {
            auto data = torch::empty({count}, torch::TensorOptions().dtype(declared.type));
            if (bytes > 0)
                file_->read_at(at, data.data_ptr(), bytes);
            if (declared.type == torch::kBool)
                check_booleans(*owner, data.data_ptr(), bytes);
            storages.emplace(declared.text, std::move(data));
        }
        return at + bytes;
    }

    [[noreturn]] void cut_off(const std::string& name) const {
        throw CheckpointError(quoted(file_->path()) + " is cut off inside the tensor " +
                              quoted_name(name) + ". Fetch it again.");
    }

    std::size_t at_ = 0;
    pickle::Document keys_;
};

}  // namespace

std::unique_ptr<CheckpointContents> open_legacy_checkpoint(std::shared_ptr<InputFile> file) {
    return std::make_unique<LegacyCheckpoint>(std::move(file));
}

}  // namespace dfd
