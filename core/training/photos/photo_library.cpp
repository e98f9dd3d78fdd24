#include "core/training/photos/photo_library.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "core/base/cancelled.h"
#include "core/base/text.h"
#include "core/training/manifest/csv.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr int kSmallFolder = 12;
constexpr int kNearIdentical = 6;  // distance in bits, of 64

std::vector<unsigned char> read_bytes(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

struct Origin {
    std::string source;
    fs::path original;
};

std::map<std::string, Origin> read_origins(const fs::path& folder) {
    std::map<std::string, Origin> origins;
    const auto file = folder / "MANIFEST.csv";
    if (std::error_code missing; !fs::exists(file, missing))
        return origins;
    const auto bytes = read_bytes(file);
    const auto rows = parse_csv(std::string(bytes.begin(), bytes.end()));
    const auto column = [&](const char* name) -> std::size_t {
        const auto found = std::find(rows.front().begin(), rows.front().end(), name);
        if (found == rows.front().end())
            throw TrainingError(file.string() + " has no column \"" + name +
                                "\"; it needs file, source_repo and original_path.");
        return static_cast<std::size_t>(found - rows.front().begin());
    };
    if (rows.empty())
        return origins;
    const auto name = column("file");
    const auto source = column("source_repo");
    const auto original = column("original_path");
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (rows[i].size() > std::max({name, source, original}))
            origins[rows[i][name]] = {rows[i][source], fs::path(rows[i][original])};
    return origins;
}

/// Adds sub-folders that may not be read to `skipped`.
std::vector<fs::path> picture_files(const fs::path& folder, std::vector<std::string>& skipped) {
    static const std::set<std::string> known{".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"};
    std::vector<fs::path> files;
    std::error_code problem;
    if (fs::directory_iterator(folder, problem); problem)
        throw TrainingError("The folder " + folder.native() +
                            " cannot be read: " + problem.message() + ".");
    for (const auto& entry :
         fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
        if (entry.is_directory(problem) && access(entry.path().c_str(), R_OK | X_OK) != 0)
            skipped.push_back(entry.path().string());
        if (entry.is_regular_file(problem) &&
            known.contains(lower_case(entry.path().extension().native())))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// The central part of at most about `pixels` pixels, with its corner on the 16-pixel grid of a JPEG
// with subsampled chroma.
cv::Mat central_part(const cv::Mat& whole, int pixels) {
    const double excess = static_cast<double>(whole.total()) / pixels;
    if (excess <= 1)
        return whole;
    const double shrink = 1 / std::sqrt(excess);
    const int width = static_cast<int>(whole.cols * shrink) / 16 * 16;
    const int height = static_cast<int>(whole.rows * shrink) / 16 * 16;
    const int x = (whole.cols - width) / 32 * 16;
    const int y = (whole.rows - height) / 32 * 16;
    return whole({x, y, width, height}).clone();
}

// As stored, EXIF orientation not applied; empty when it cannot be read.
cv::Mat decode(const fs::path& file) {
    const auto encoded = read_bytes(file);
    if (encoded.empty())
        return {};
    return cv::imdecode(encoded, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
}

std::uint64_t fingerprint_of(const cv::Mat& bgr) {
    cv::Mat grey;
    cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
    cv::resize(grey, grey, {9, 8}, 0, 0, cv::INTER_AREA);
    std::uint64_t bits = 0;
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x)
            bits = bits << 1 | (grey.at<unsigned char>(y, x) < grey.at<unsigned char>(y, x + 1));
    return bits;
}

}  // namespace

std::string series_of(const std::string& source, const fs::path& original, int folder_count) {
    const auto folder = source + ": " + original.parent_path().generic_string();
    if (folder_count <= kSmallFolder)
        return folder;
    auto stem = original.stem().string();
    const auto last = stem.find_last_not_of("0123456789 _-()");
    stem.erase(last == std::string::npos ? 0 : last + 1);
    return folder + "/" + stem;
}

void join_near_identical(std::vector<Photo>& photos) {
    std::map<std::string, std::string> joined;
    const auto root = [&](std::string series) {
        for (auto found = joined.find(series); found != joined.end(); found = joined.find(series))
            series = found->second;
        return series;
    };
    for (std::size_t i = 0; i < photos.size(); ++i)
        for (std::size_t j = i + 1; j < photos.size(); ++j)
            if (std::popcount(photos[i].fingerprint ^ photos[j].fingerprint) <= kNearIdentical) {
                const auto a = root(photos[i].series);
                const auto b = root(photos[j].series);
                if (a != b)
                    joined[std::max(a, b)] = std::min(a, b);
            }
    for (auto& photo : photos)
        photo.series = root(photo.series);
}

void refuse_nested(const fs::path& photos, const fs::path& out) {
    const auto inside = fs::weakly_canonical(out).lexically_relative(fs::weakly_canonical(photos));
    if (!inside.empty() && *inside.begin() != "..")
        throw TrainingError("The folder " + out.native() +
                            " is inside the folder of photographs, so its fakes would be used as "
                            "photographs. Give another --out.");
}

cv::Mat load_pixels(const Photo& photo, const LibraryOptions& options) {
    const auto bgr = decode(photo.file);
    if (bgr.empty())
        throw TrainingError("The photograph " + photo.file.native() +
                            " can no longer be read; was it moved or changed?");
    return central_part(bgr, options.pixels_each);
}

PhotoLibrary open_library(const LibraryOptions& options,
                          const std::function<void(double)>& progress, std::stop_token stop) {
    if (!fs::is_directory(options.folder))
        throw TrainingError("The folder " + options.folder.string() +
                            " does not exist; give a folder of photographs with --photos.");
    const auto origins = read_origins(options.folder);
    PhotoLibrary library;
    const auto files = picture_files(options.folder, library.skipped);
    std::map<std::string, int> folder_counts;
    const auto origin_of = [&](const fs::path& file) {
        const auto found = origins.find(file.filename().string());
        if (found != origins.end())
            return found->second;
        return Origin{file.parent_path().filename().string(),
                      file.lexically_relative(options.folder)};
    };
    const auto folder_of = [](const Origin& origin) {
        return origin.source + ": " + origin.original.parent_path().generic_string();
    };
    for (const auto& file : files)
        ++folder_counts[folder_of(origin_of(file))];
    for (std::size_t i = 0; i < files.size(); ++i) {
        check_stop(stop);
        const auto bgr = decode(files[i]);
        if (bgr.empty() || std::min(bgr.rows, bgr.cols) < options.smallest_side) {
            library.skipped.push_back(files[i].string());
            continue;
        }
        Photo photo;
        const auto origin = origin_of(files[i]);
        photo.file = files[i];
        photo.source = origin.source;
        // Names indicate series only if a manifest gives the origin: a camera names all of its
        // photographs alike. Otherwise only similar pictures are joined, below.
        photo.series =
            origins.contains(files[i].filename().string())
                ? series_of(origin.source, origin.original, folder_counts[folder_of(origin)])
                : origin.source + ": " + origin.original.generic_string();
        photo.fingerprint = fingerprint_of(bgr);
        library.photos.push_back(std::move(photo));
        if (progress)
            progress(static_cast<double>(i + 1) / static_cast<double>(files.size()));
    }
    if (library.photos.size() < static_cast<std::size_t>(options.least))
        throw TrainingError("Only " + std::to_string(library.photos.size()) + " photographs in " +
                            options.folder.string() + " can be used; at least " +
                            std::to_string(options.least) +
                            " are needed, and hundreds are recommended.");
    join_near_identical(library.photos);
    return library;
}

}  // namespace dfd
