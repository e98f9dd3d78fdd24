// Files of pooled features, bound to the pictures of a manifest. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

/// The output of `dfd prepare encode`, as safetensors: `features` float32 [N,C], `sha256` uint8
/// [N,32] (of each picture's file) and `paths` uint8 (as spelt in the manifest, zero-terminated,
/// any encoding). The rest is metadata.
struct Features {
    std::int64_t width = 0;     ///< C: the pooled width of the architecture
    std::vector<float> values;  ///< rows() x width, row-major, finite
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> digests;  ///< SHA-256, 64 lower-case hexadecimal digits
    std::string panel;                 ///< its name, for people
    std::string panel_digest;  ///< SHA-256 of panel.json: identifies weights and preprocessing
    std::string expert;        ///< its name in that panel
    std::string architecture;
    std::int64_t first_row = 0;      ///< in the manifest, from 0; above 0 for later shards
    std::int64_t manifest_rows = 0;  ///< rows of the whole manifest

    [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(paths.size()); }
    [[nodiscard]] bool whole() const { return first_row == 0 && rows() == manifest_rows; }
    [[nodiscard]] std::span<const float> row(std::int64_t index) const {
        return std::span(values).subspan(static_cast<std::size_t>(index * width),
                                         static_cast<std::size_t>(width));
    }
};

/// Blocks. Throws TrainingError when the file is missing, damaged or of another kind, and when a
/// number is not finite (with its row).
[[nodiscard]] Features read_features(const std::filesystem::path& file);

/// Atomic. Blocks. Throws TrainingError.
void write_features(const std::filesystem::path& file, const Features& features);

/// Joins shards, in any order. Throws a TrainingError that says which rows are missing or
/// duplicate, or which file belongs to another expert or manifest.
[[nodiscard]] Features join_features(const std::vector<std::filesystem::path>& files);

/// Throws TrainingError unless the features belong to exactly these rows in this order. A row
/// matches when the manifest still spells its path in the same way; otherwise (the manifest was
/// moved) the picture's file is hashed and the digests are compared. `file` names the features in
/// errors. Blocks.
void require_same_rows(const Features& features, const Manifest& manifest,
                       const std::filesystem::path& file);

}  // namespace dfd
