// A file that appears whole or not at all. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace dfd {

/// A file that is written piece by piece beside its final place. It is removed again unless
/// put_in_place() is reached. Everything throws std::system_error with the path in its sentence.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::uint8_t> bytes);
    /// On the disk, whole, but still under its temporary name: nothing can be written any more.
    void finish();
    /// finish(), unless that was done, and rename: what stood there before is replaced in one step.
    void put_in_place();
    /// Where it is until then.
    [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }

  private:
    std::filesystem::path path_, temporary_;
    int file_ = -1;
    bool in_place_ = false;
};

/// Through a temporary file beside it, fsync and rename; what stood there before is replaced in one
/// step. Blocks. Throws std::system_error with the path in its sentence; nothing half-written
/// stays.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

}  // namespace dfd
