// The one list of pictures that flows through every step of data preparing and training.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/training/manifest/training_error.h"

namespace dfd {

inline constexpr int kNoFold = -1;
/// Rows that no expert may learn from or be calibrated with: what `evaluate` measures on.
inline constexpr int kTestFold = -2;

/// One picture. In the file: path,label,source,group,operation,parameters,mask,cluster,fold.
struct ManifestRow {
    std::filesystem::path path;  ///< as in the file when absolute, else below the manifest's folder
    bool fake = false;           ///< "fake" or "real" in the file ("1" and "0" are read too)
    std::string source;          ///< who published the photograph; empty when unknown
    /// Pictures that must stay together: a burst, a set, an edit and its original. Empty: the
    /// picture stands alone.
    std::string group;
    std::string operation;   ///< how a fake was made ("splice", "img2img"); empty for a real one
    std::string parameters;  ///< a JSON object or empty; see parameter()
    std::filesystem::path mask;  ///< 8-bit, 255 where edited, the picture's size; empty: all of it
    int cluster = -1;            ///< 0..K-1 after clustering, else -1
    int fold = kNoFold;          ///< 0..K-1, kTestFold ("test") or kNoFold (empty)

    /// A string member of `parameters`; empty when there is none. "twin" names the untouched
    /// picture that a fake is compared with (a path like `path`), published exactly as the fake;
    /// it is read and written as `path` is, so that it still points there from another folder.
    [[nodiscard]] std::string parameter(const std::string& name) const;
};

struct Manifest {
    std::filesystem::path file;  ///< where it was read from or written to
    std::vector<ManifestRow> rows;

    /// `written` as it stands in a row of the file (a mask, a twin), made absolute.
    [[nodiscard]] std::filesystem::path resolve(const std::filesystem::path& written) const;
    /// The other way: how the file spells a path, relative when it lies inside its folder.
    [[nodiscard]] std::filesystem::path spelling(const std::filesystem::path& path) const;
};

/// Reads a manifest. Only the column `path` and `label` are needed, in any order; unknown columns
/// are an error, so that a misspelt one is noticed. `path` and `mask` come back absolute. Does not
/// look whether the pictures exist. Throws TrainingError that names file and line.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& file);

/// Writes atomically (beside it, synced, renamed) with every column. Paths inside the file's folder
/// are written relative to it, so that the folder can be moved; others absolute. Rows keep their
/// order. Throws TrainingError.
void write_manifest(const std::filesystem::path& file, const std::vector<ManifestRow>& rows);

/// Replaces `file` by `bytes` atomically: beside it, synced, renamed. Throws TrainingError; the
/// previous file then still stands.
void write_atomically(const std::filesystem::path& file, const std::string& bytes);

}  // namespace dfd
