// Pooled features of a manifest's pictures, in a file that knows which pictures they are of.
// Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

/// What `dfd prepare encode` writes, as safetensors: `features` float32 [N,C], `sha256` uint8
/// [N,32] (of each picture's file) and `paths` uint8 (each as the manifest spells it, ended by a
/// zero byte, in any encoding); the rest is metadata.
struct Features {
    std::int64_t width = 0;     ///< C: the architecture's pooled width
    std::vector<float> values;  ///< rows() x width, row-major, finite
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> digests;  ///< SHA-256, 64 lower-case hexadecimal digits
    std::string panel;                 ///< its name, for people
    std::string panel_digest;          ///< SHA-256 of panel.json: binds weights and preprocessing
    std::string expert;                ///< its name in that panel
    std::string architecture;
    std::int64_t first_row = 0;      ///< of the manifest, from 0; above 0 in a later shard
    std::int64_t manifest_rows = 0;  ///< rows of the whole manifest

    [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(paths.size()); }
    [[nodiscard]] bool whole() const { return first_row == 0 && rows() == manifest_rows; }
    [[nodiscard]] std::span<const float> row(std::int64_t index) const {
        return std::span(values).subspan(static_cast<std::size_t>(index * width),
                                         static_cast<std::size_t>(width));
    }
};

/// Blocks. Throws TrainingError when the file is missing, damaged, or not such a file; numbers
/// that are not finite are refused with their row.
[[nodiscard]] Features read_features(const std::filesystem::path& file);

/// Atomic. Blocks. Throws TrainingError.
void write_features(const std::filesystem::path& file, const Features& features);

/// Shards in any order -> the whole. Throws TrainingError that says which rows are missing or
/// there twice, or which file comes from another expert or manifest.
[[nodiscard]] Features join_features(const std::vector<std::filesystem::path>& files);

/// Throws TrainingError unless the features are those of exactly these rows in this order. A row
/// belongs when the manifest spells its path as it was spelt then; where it does not (the manifest
/// lies in another folder now), the picture's file is hashed and its digest decides. `file` names
/// the features in errors. Blocks.
void require_same_rows(const Features& features, const Manifest& manifest,
                       const std::filesystem::path& file);

}  // namespace dfd
