// Scans a folder of photographs and groups them by source and series.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace dfd {

struct Photo {
    std::filesystem::path file;
    std::string source;  ///< publisher: source_repo in MANIFEST.csv, else the folder's name
    /// Pictures that belong together: near-identical ones and, where MANIFEST.csv gives their
    /// origin, a burst or set according to their names. Else the photograph's own path.
    std::string series;
    std::uint64_t fingerprint = 0;  ///< 64-bit gradient hash; few bits differ if near-identical
};

struct LibraryOptions {
    std::filesystem::path folder;  ///< searched recursively; MANIFEST.csv is used if it exists
    int pixels_each = 8'000'000;   ///< larger photographs are cropped to about this size
    int smallest_side = 160;       ///< smaller pictures are skipped
    int least = 10;                ///< smallest number of usable photographs; fewer are refused
};

/// Decodes every photograph once (blocks for seconds to minutes) and joins the series of
/// near-identical ones. Keeps no pixels. Unreadable files and sub-folders are skipped and listed in
/// `skipped`. Throws TrainingError when fewer than `least` remain, Cancelled when stopped.
struct PhotoLibrary {
    std::vector<Photo> photos;  ///< sorted by file name
    std::vector<std::string> skipped;
};
[[nodiscard]] PhotoLibrary open_library(const LibraryOptions& options,
                                        const std::function<void(double)>& progress = {},
                                        std::stop_token stop = {});

/// Throws TrainingError when `out` lies in the folder of photographs: its fakes would be read as
/// photographs in the next run.
void refuse_nested(const std::filesystem::path& photos, const std::filesystem::path& out);

/// 8-bit BGR (OpenCV's order), as stored: EXIF orientation is not applied and nothing is resized,
/// so that the 8 x 8 grid of the file's own JPEG starts at the corner. Large photographs are
/// cropped to a central part whose corner is a multiple of 16. Thread-safe. Throws TrainingError.
[[nodiscard]] cv::Mat load_pixels(const Photo& photo, const LibraryOptions& options);

/// The series that a photograph's name suggests: its folder if that is small, else its name without
/// a trailing number. `folder_count` is the number of photographs in the folder.
[[nodiscard]] std::string series_of(const std::string& source,
                                    const std::filesystem::path& original, int folder_count);

/// Merges the series of near-identical pictures. Depends only on names and fingerprints.
void join_near_identical(std::vector<Photo>& photos);

}  // namespace dfd
