// An opened torch.save file: its objects, and the storages behind its tensors.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint/input_file.h"
#include "core/checkpoint/pickle.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {

/// A tensor that was asked for: a checked view of a storage.
struct PlannedTensor {
    std::string name;  ///< for people
    std::string key;   ///< of its storage
    torch::ScalarType type{};
    std::int64_t elements = 0;  ///< of the whole storage
    std::int64_t offset = 0;    ///< in elements
    std::vector<std::int64_t> sizes, strides;
};

/// Objects first, then plan() the tensors that are wanted, then load() all at once.
class CheckpointContents {
  public:
    virtual ~CheckpointContents() = default;

    [[nodiscard]] const pickle::Document& document() const { return document_; }
    [[nodiscard]] const InputFile& file() const { return *file_; }

    /// Checks shape, strides and offset against the storage's announced size before anything is
    /// taken from memory. Throws CheckpointError.
    void plan(const pickle::Node& tensor, const std::string& name);

    /// Checks every record and returns the planned tensors in order. Call once.
    [[nodiscard]] virtual std::vector<torch::Tensor> load(const ReadProgress& progress) = 0;

  protected:
    explicit CheckpointContents(std::shared_ptr<InputFile> file) : file_(std::move(file)) {}
    [[noreturn]] void damaged(const std::string& why) const;
    /// Throws unless the bytes of a storage of truth values are all 0 or 1.
    void check_truths(const PlannedTensor& planned, const void* data, std::size_t bytes) const;

    std::shared_ptr<InputFile> file_;
    std::string bytes_;  ///< that the document's texts lie in
    pickle::Document document_;
    std::vector<PlannedTensor> planned_;
};

/// Recognises the container by its first bytes. Throws CheckpointError.
[[nodiscard]] std::unique_ptr<CheckpointContents> open_checkpoint(
    const std::filesystem::path& path);

/// The zip container of torch 1.6 and later / the container of older ones.
[[nodiscard]] std::unique_ptr<CheckpointContents> open_zip_checkpoint(
    std::shared_ptr<InputFile> file);
[[nodiscard]] std::unique_ptr<CheckpointContents> open_legacy_checkpoint(
    std::shared_ptr<InputFile> file);

}  // namespace dfd
