// An opened torch.save file: its parsed objects and access to the tensor storages.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "core/checkpoint/input_file.h"
#include "core/checkpoint/pickle.h"
#include "core/checkpoint/torch_checkpoint.h"

namespace dfd {

/// A requested tensor: a validated view of a storage.
struct PlannedTensor {
    std::string name;  ///< for error messages and progress
    std::string key;   ///< key of its storage
    torch::ScalarType type{};
    std::int64_t elements = 0;  ///< in the whole storage
    std::int64_t offset = 0;    ///< in elements
    std::vector<std::int64_t> sizes, strides;
};

/// Usage: inspect document(), plan() each wanted tensor, then load() them all at once.
class CheckpointContents {
  public:
    virtual ~CheckpointContents() = default;

    [[nodiscard]] const pickle::Document& document() const { return document_; }
    [[nodiscard]] const InputFile& file() const { return *file_; }

    /// Validates shape, strides and offset against the storage's declared size before any memory is
    /// allocated. Throws CheckpointError.
    void plan(const pickle::Node& tensor, const std::string& name);

    /// Verifies the records and returns the planned tensors in order. Call once.
    [[nodiscard]] virtual std::vector<torch::Tensor> load(const ReadProgress& progress) = 0;

  protected:
    explicit CheckpointContents(std::shared_ptr<InputFile> file) : file_(std::move(file)) {}
    [[noreturn]] void damaged(const std::string& why) const;
    /// Throws CheckpointError unless every byte of a bool storage is 0 or 1.
    void check_booleans(const PlannedTensor& planned, const void* data, std::size_t bytes) const;

    std::shared_ptr<InputFile> file_;
    std::string bytes_;  ///< text that `document_` refers to
    pickle::Document document_;
    std::vector<PlannedTensor> planned_;
};

/// Detects the container format from the first bytes. Throws CheckpointError.
[[nodiscard]] std::unique_ptr<CheckpointContents> open_checkpoint(
    const std::filesystem::path& path);

/// The zip container (torch 1.6 and later) and the older legacy container.
[[nodiscard]] std::unique_ptr<CheckpointContents> open_zip_checkpoint(
    std::shared_ptr<InputFile> file);
[[nodiscard]] std::unique_ptr<CheckpointContents> open_legacy_checkpoint(
    std::shared_ptr<InputFile> file);

}  // namespace dfd
