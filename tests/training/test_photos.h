// Makes photograph-like test pictures: shading, texture and sensor noise.
#pragma once

#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "tests/checkpoint/temporary_folder.h"

namespace dfd::testing {

inline cv::Mat make_picture(int width, int height, std::uint64_t seed) {
    cv::RNG random(seed * 7919 + 1);
    cv::Mat coarse(height / 16 + 2, width / 16 + 2, CV_8UC3);
    random.fill(coarse, cv::RNG::UNIFORM, 40, 215);
    cv::Mat picture;
    cv::resize(coarse, picture, {width, height}, 0, 0, cv::INTER_CUBIC);
    cv::Mat fine(height, width, CV_32FC3);
    random.fill(fine, cv::RNG::NORMAL, 0, 7);
    cv::add(picture, fine, picture, cv::noArray(), CV_8U);
    std::vector<unsigned char> encoded;
    cv::imencode(".jpg", picture, encoded, {cv::IMWRITE_JPEG_QUALITY, 75});
    return cv::imdecode(encoded, cv::IMREAD_COLOR);
}

using Folder = test::TemporaryFolder;

/// A folder per photograph, so that each is a series of its own.
inline void write_photos(const std::filesystem::path& folder, int count, int width, int height) {
    for (int i = 0; i < count; ++i) {
        const auto series = folder / ("series" + std::to_string(i));
        std::filesystem::create_directories(series);
        cv::imwrite(series / "a.jpg", make_picture(width, height, static_cast<std::uint64_t>(i)));
    }
}

/// Every file below a folder, by relative name, with its bytes.
inline std::map<std::string, std::string> tree_of(const std::filesystem::path& folder) {
    std::map<std::string, std::string> tree;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            tree[entry.path().lexically_relative(folder).native()] = test::file_bytes(entry.path());
    return tree;
}

}  // namespace dfd::testing
