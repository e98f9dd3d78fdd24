// Features that are already computed, on disk beside the file they will become. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace dfd {

/// An append-only file of (SHA-256 of a picture's file, its features, CRC-32). Killed at any moment
/// it loses at most the record being written. What a record holds depends on the picture's bytes
/// and `origin` alone, so it stays good when rows are added, removed or moved. One process at a
/// time: a second is refused. Not thread-safe.
class FeatureStore {
  public:
    /// Opens or begins `file`. `origin` is one line that says what computed the features; a store
    /// of another origin is refused. Blocks. Throws TrainingError.
    FeatureStore(std::filesystem::path file, const std::string& origin, std::int64_t width);
    ~FeatureStore();
    FeatureStore(const FeatureStore&) = delete;
    FeatureStore& operator=(const FeatureStore&) = delete;

    [[nodiscard]] std::size_t size() const { return places_.size(); }
    [[nodiscard]] bool contains(const std::string& digest) const {
        return places_.contains(digest);
    }
    [[nodiscard]] std::unordered_set<std::string> digests() const;
    /// Keeps `features` (width numbers) under a digest of 64 hexadecimal digits, unless it is
    /// known.
    void add(const std::string& digest, std::span<const float> features);
    /// Copies what is kept under a digest that is contained.
    void read(const std::string& digest, std::span<float> features) const;
    /// Deletes the file: what it held is kept elsewhere now.
    void remove();

  private:
    [[noreturn]] void fail(const std::string& what, int error) const;
    void index(std::uint64_t begin);

    std::filesystem::path file_;
    std::size_t width_;
    int descriptor_ = -1;
    std::uint64_t end_ = 0;
    std::unordered_map<std::string, std::uint64_t> places_;  ///< of the features in the file
};

}  // namespace dfd
