// The manifest: the CSV list of pictures that all steps of preparation and training share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/training/manifest/training_error.h"

namespace dfd {

inline constexpr int kNoFold = -1;
/// The fold of test rows: excluded from training and calibration, used by `evaluate`.
inline constexpr int kTestFold = -2;

/// One picture. In the file: path,label,source,group,operation,parameters,mask,cluster,fold.
struct ManifestRow {
    std::filesystem::path path;  ///< in the file: absolute, or relative to the manifest's folder
    bool fake = false;           ///< "fake" or "real" in the file ("1" and "0" are read too)
    std::string source;          ///< publisher of the photograph; empty when unknown
    /// Pictures that must stay together: a burst, a set, an edit and its original. Empty: the
    /// picture belongs to no group.
    std::string group;
    std::string operation;   ///< how a fake was made ("splice", "img2img"); empty for a real one
    std::string parameters;  ///< a JSON object or empty; see parameter()
    std::filesystem::path mask;  ///< 8-bit, 255 where edited, the picture's size; empty: all of it
    int cluster = -1;            ///< 0..K-1 after clustering, else -1
    int fold = kNoFold;          ///< 0..K-1, kTestFold ("test") or kNoFold (empty)

    /// A string member of `parameters`; empty when there is none. "twin" names the untouched
    /// picture that a fake is paired with, published in the same way. It is a path and is read and
    /// written like `path`, so that it stays valid in a manifest in another folder.
    [[nodiscard]] std::string parameter(const std::string& name) const;
};

struct Manifest {
    std::filesystem::path file;  ///< the file it was read from or written to
    std::vector<ManifestRow> rows;

    /// Makes a path of a row (mask, twin) absolute.
    [[nodiscard]] std::filesystem::path resolve(const std::filesystem::path& written) const;
    /// The inverse: the path as written to the file, relative if it lies inside the file's folder.
    [[nodiscard]] std::filesystem::path stored_path(const std::filesystem::path& path) const;
};

/// Reads a manifest. Only the columns `path` and `label` are required; the order is free. Unknown
/// columns are an error, to catch misspelt ones. Returns absolute `path` and `mask`. Does not check
/// that the pictures exist. Throws a TrainingError that names file and line.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& file);

/// Writes all columns atomically (temporary file, fsync, rename). Paths inside the file's folder
/// are written relative to it, so that the folder can be moved; others absolute. Keeps the order of
/// rows. Throws TrainingError.
void write_manifest(const std::filesystem::path& file, const std::vector<ManifestRow>& rows);

/// Replaces `file` by `bytes` atomically (temporary file, fsync, rename). Throws TrainingError; the
/// previous file is then unchanged.
void write_atomically(const std::filesystem::path& file, const std::string& bytes);

}  // namespace dfd
