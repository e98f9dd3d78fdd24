// Atomic file writing: a file is complete or it does not exist. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace dfd {

/// A file written in pieces under a temporary name in the target folder. The destructor removes it
/// unless put_in_place() succeeded. All functions throw std::system_error with the path in the
/// message.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::uint8_t> bytes);
    /// Flushes to disk (fsync) and closes the temporary file. Nothing can be written after this.
    void finish();
    /// Calls finish() if needed, then renames. An existing file is replaced atomically.
    void put_in_place();
    /// The temporary path, valid until put_in_place().
    [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }

  private:
    std::filesystem::path path_, temporary_;
    int file_ = -1;
    bool in_place_ = false;
};

/// Syncs the folder, if it can, so that new names in it survive a power failure.
void sync_folder(const std::filesystem::path& folder);

/// Writes a temporary file in the same folder, syncs it and renames it. An existing file is
/// replaced atomically. Blocks. Throws std::system_error with the path in the message; no partial
/// file remains.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

}  // namespace dfd
