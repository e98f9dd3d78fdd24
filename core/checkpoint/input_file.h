// A weights file, opened once: positional reads and memory mapping of ranges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace dfd {

/// A private, writable mapping: writes never reach the file. Unmapped when the last owner releases
/// it. The file's length is checked when mapping. If another program shortens the file afterwards,
/// accessing the lost pages raises SIGBUS. (This project always replaces weights by rename, never
/// in place.)
class FileMapping {
  public:
    FileMapping(const FileMapping&) = delete;
    FileMapping& operator=(const FileMapping&) = delete;
    ~FileMapping();

    [[nodiscard]] std::uint8_t* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Returns the pages to the system; they are read from the file again on access. Data written
    /// to the mapping is lost.
    void forget_pages() const;

  private:
    friend class InputFile;
    FileMapping(void* base, std::size_t mapped, std::size_t skip, std::size_t size);

    void* base_;
    std::size_t mapped_;
    std::uint8_t* data_;
    std::size_t size_;
};

class InputFile {
  public:
    /// Throws CheckpointError when it is missing, unreadable or not a regular file.
    explicit InputFile(std::filesystem::path path);
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;
    ~InputFile();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// Fills `out` exactly. Throws CheckpointError on read errors and beyond the end. Thread-safe.
    void read_at(std::uint64_t offset, void* out, std::size_t bytes) const;

    /// Maps [offset, offset + bytes), which must lie inside the file; `bytes` may be 0.
    /// Throws CheckpointError. Thread-safe.
    [[nodiscard]] std::shared_ptr<const FileMapping> map(std::uint64_t offset,
                                                         std::uint64_t bytes) const;

  private:
    [[nodiscard]] std::uint64_t size_now() const;

    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace dfd
