// Makes a small manifest with pictures: untouched ones, and copies blurred in one half.
#pragma once

#include "core/training/manifest/manifest.h"
#include "tests/training/test_photos.h"

namespace dfd::testing {

struct ManifestShape {
    int pairs = 6;  ///< fakes, each with its twin
    int folds = 3;  ///< pair i is in fold i mod folds; 0: no folds
    int width = 160;
    int height = 144;
    bool twins = true;     ///< fakes name their twin
    bool lossless = true;  ///< PNG, else JPEG
};

/// Writes real/I, fake/I, mask/I.png below `folder` and returns the rows (reals first in each
/// pair).
inline std::vector<ManifestRow> make_rows(const std::filesystem::path& folder,
                                          const ManifestShape& shape = {}) {
    std::vector<ManifestRow> rows;
    for (const auto* name : {"real", "fake", "mask"})
        std::filesystem::create_directories(folder / name);
    for (int i = 0; i < shape.pairs; ++i) {
        const auto name = std::to_string(i) + (shape.lossless ? ".png" : ".jpg");
        const auto picture = make_picture(shape.width, shape.height, static_cast<unsigned>(i));
        cv::Mat blurred;
        cv::GaussianBlur(picture, blurred, {}, 1.5);
        cv::Mat mask = cv::Mat::zeros(picture.size(), CV_8U);
        const cv::Rect half(0, 0, shape.width * 2 / 3, shape.height);
        mask(half).setTo(255);
        auto fake = picture.clone();
        blurred(half).copyTo(fake(half));
        cv::imwrite((folder / "real" / name).native(), picture);
        cv::imwrite((folder / "fake" / name).native(), fake);
        cv::imwrite((folder / "mask" / (std::to_string(i) + ".png")).native(), mask);
        ManifestRow real;
        real.path = folder / "real" / name;
        real.source = "here";
        real.group = "group " + std::to_string(i);
        real.fold = shape.folds > 0 ? i % shape.folds : kNoFold;
        rows.push_back(real);
        auto edited = real;
        edited.path = folder / "fake" / name;
        edited.fake = true;
        edited.operation = "blur";
        edited.mask = folder / "mask" / (std::to_string(i) + ".png");
        if (shape.twins)
            edited.parameters = R"({"twin":"real/)" + name + R"("})";
        rows.push_back(edited);
    }
    return rows;
}

/// The same as folder/manifest.csv.
inline std::filesystem::path make_manifest(const std::filesystem::path& folder,
                                           const ManifestShape& shape = {}) {
    const auto file = folder / "manifest.csv";
    write_manifest(file, make_rows(folder, shape));
    return file;
}

}  // namespace dfd::testing
