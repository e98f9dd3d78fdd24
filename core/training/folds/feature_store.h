// Append-only store of computed features on disk, for resuming an encoding. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace dfd {

/// An append-only file of (SHA-256 of a picture's file, its features, CRC-32). If the process is
/// killed, at most the record being written is lost. A record depends only on the picture's bytes
/// and `origin`, so it stays valid when rows are added, removed or moved. One process at a time: a
/// second one is refused. Not thread-safe.
class FeatureStore {
  public:
    /// Opens or creates `file`. `origin` is one line that identifies what computed the features; a
    /// store with another origin is refused. Blocks. Throws TrainingError.
    FeatureStore(std::filesystem::path file, const std::string& origin, std::int64_t width);
    ~FeatureStore();
    FeatureStore(const FeatureStore&) = delete;
    FeatureStore& operator=(const FeatureStore&) = delete;

    [[nodiscard]] std::size_t size() const { return places_.size(); }
    [[nodiscard]] bool contains(const std::string& digest) const {
        return places_.contains(digest);
    }
    [[nodiscard]] std::unordered_set<std::string> digests() const;
    /// Stores `features` (width numbers) under a digest of 64 hexadecimal digits. Does nothing if
    /// the digest is known.
    void add(const std::string& digest, std::span<const float> features);
    /// Copies the features of a digest, which must be contained.
    void read(const std::string& digest, std::span<float> features) const;
    /// Deletes the file, once its content is stored elsewhere.
    void remove();

  private:
    [[noreturn]] void fail(const std::string& what, int error) const;
    void index(std::uint64_t begin);

    std::filesystem::path file_;
    std::size_t width_;
    int descriptor_ = -1;
    std::uint64_t end_ = 0;
    std::unordered_map<std::string, std::uint64_t> places_;  ///< file offsets of the features
};

}  // namespace dfd
