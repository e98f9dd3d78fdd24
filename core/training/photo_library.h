// Photographs in memory, divided by source and series before anything else happens to them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace dfd {

/// What a photograph may be used for. A series is never divided.
enum class Split { Train, Calibrate, HeldOut };
[[nodiscard]] const char* split_name(Split split);  ///< "train", "calibrate", "held-out"

struct Photo {
    std::filesystem::path file;
    std::string source;  ///< who published it: MANIFEST.csv's source_repo, else the folder's name
    /// Pictures that belong together: near-identical ones and, where MANIFEST.csv tells their
    /// origin, a burst or set as their names suggest. Else the photograph's own path.
    std::string series;
    std::uint64_t fingerprint = 0;  ///< 64-bit gradient hash; near-identical pictures differ little
    Split split = Split::Train;
    bool unseen_source = false;  ///< held out, and so is everything else of its source
    /// 8-bit BGR (OpenCV's order), as stored: EXIF orientation is not applied and nothing is
    /// resized, so that the 8 x 8 grid of the file's own JPEG starts at the corner. Large
    /// photographs are cut to a central part whose corner is a multiple of 16.
    cv::Mat bgr;
};

struct LibraryOptions {
    std::filesystem::path folder;  ///< searched with its sub-folders; MANIFEST.csv is used if there
    std::uint64_t seed = 1;
    double held_out = 0.20;       ///< share of the photographs
    double calibrate = 0.15;      ///< share of the photographs
    int pixels_each = 8'000'000;  ///< larger photographs are cut to about this
    int smallest_side = 160;      ///< smaller pictures are left out
    double memory = 6e9;          ///< bytes; more is refused with a sentence
    int least = 10;               ///< fewer usable photographs are refused
    bool keep_pixels = true;      ///< else Photo::bgr stays empty; load_pixels() brings it
};

/// Decodes every photograph (seconds to minutes; blocks) and divides them. Files that cannot be
/// read are left out and named in `skipped`. Throws TrainingError when fewer than 10 remain or
/// memory does not suffice, Cancelled when stopped.
struct PhotoLibrary {
    std::vector<Photo> photos;  ///< sorted by file name
    std::vector<std::string> skipped;

    [[nodiscard]] std::vector<const Photo*> of(Split split) const;
};
[[nodiscard]] PhotoLibrary open_library(const LibraryOptions& options,
                                        const std::function<void(double)>& progress = {},
                                        std::stop_token stop = {});

/// Throws TrainingError when `out` lies in the folder of photographs: fakes in it would be taken
/// for photographs the next time.
void refuse_nested(const std::filesystem::path& photos, const std::filesystem::path& out);

/// What Photo::bgr holds, read again from the file. Thread-safe. Throws TrainingError.
[[nodiscard]] cv::Mat load_pixels(const Photo& photo, const LibraryOptions& options);

/// The series a photograph's name suggests: its folder if that is small, else its name without the
/// number at its end. `folder_count` is how many photographs the folder holds.
[[nodiscard]] std::string series_of(const std::string& source,
                                    const std::filesystem::path& original, int folder_count);

/// Joins series whose pictures are near-identical, then gives every photograph its split: sources
/// that make up less than a twentieth are held out whole (up to half of the held-out share), every
/// other source is divided by series (those of fewer than ten photographs as one). Depends on
/// names, fingerprints and seed only.
void divide(std::vector<Photo>& photos, const LibraryOptions& options);

}  // namespace dfd
