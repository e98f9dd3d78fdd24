// Makes photograph-like test pictures: shading, texture and sensor noise.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

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

/// A temporary folder that is deleted with the object.
class Folder {
  public:
    Folder() {
        const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
        path_ = std::filesystem::path(::testing::TempDir()) /
                (std::string("dfd-") + info->test_suite_name() + "-" + info->name() + "-" +
                 std::to_string(getpid()));  // two checkouts may be tested at the same time
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace dfd::testing
