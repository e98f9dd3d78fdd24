// A folder of photographs: which there are, who published them, which belong together.
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
    std::string source;  ///< who published it: MANIFEST.csv's source_repo, else the folder's name
    /// Pictures that belong together: near-identical ones and, where MANIFEST.csv tells their
    /// origin, a burst or set as their names suggest. Else the photograph's own path.
    std::string series;
    std::uint64_t fingerprint = 0;  ///< 64-bit gradient hash; near-identical pictures differ little
};

struct LibraryOptions {
    std::filesystem::path folder;  ///< searched with its sub-folders; MANIFEST.csv is used if there
    int pixels_each = 8'000'000;   ///< larger photographs are cut to about this
    int smallest_side = 160;       ///< smaller pictures are left out
    int least = 10;                ///< fewer usable photographs are refused
};

/// Decodes every photograph once (seconds to minutes; blocks) and joins the series of
/// near-identical ones. No pixels are kept. Files and sub-folders that cannot be read are left out
/// and named in `skipped`. Throws TrainingError when fewer than `least` remain, Cancelled when
/// stopped.
struct PhotoLibrary {
    std::vector<Photo> photos;  ///< sorted by file name
    std::vector<std::string> skipped;
};
[[nodiscard]] PhotoLibrary open_library(const LibraryOptions& options,
                                        const std::function<void(double)>& progress = {},
                                        std::stop_token stop = {});

/// Throws TrainingError when `out` lies in the folder of photographs: fakes in it would be taken
/// for photographs the next time.
void refuse_nested(const std::filesystem::path& photos, const std::filesystem::path& out);

/// 8-bit BGR (OpenCV's order), as stored: EXIF orientation is not applied and nothing is resized,
/// so that the 8 x 8 grid of the file's own JPEG starts at the corner. Large photographs are cut to
/// a central part whose corner is a multiple of 16. Thread-safe. Throws TrainingError.
[[nodiscard]] cv::Mat load_pixels(const Photo& photo, const LibraryOptions& options);

/// The series a photograph's name suggests: its folder if that is small, else its name without the
/// number at its end. `folder_count` is how many photographs the folder holds.
[[nodiscard]] std::string series_of(const std::string& source,
                                    const std::filesystem::path& original, int folder_count);

/// Gives series whose pictures are near-identical one name. Depends on names and fingerprints only.
void join_near_identical(std::vector<Photo>& photos);

}  // namespace dfd
