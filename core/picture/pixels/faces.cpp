#include "core/picture/pixels/faces.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <tuple>

#include "core/picture/pixels/mat_view.h"

namespace dfd {
namespace {

constexpr int kLongestSide = 640;
constexpr int kSmallestFace = 24;  // pixels in the reduced copy
constexpr double kStep = 1.1;      // ratio between searched scales
constexpr int kAgreement = 3;      // overlapping detections needed for a face

// Loaded once per thread: a cascade keeps state while it runs, and loading takes 50 ms.
struct Detectors {
    cv::CascadeClassifier front;
    cv::CascadeClassifier side;
    bool usable = false;

    Detectors() {
        const std::filesystem::path folder(DFD_CASCADES_DIR);
        std::error_code error;
        const auto load = [&](cv::CascadeClassifier& detector, const char* name) {
            const auto file = folder / name;
            return std::filesystem::exists(file, error) && detector.load(file.native());
        };
        try {
            usable = load(front, "haarcascade_frontalface_alt2.xml") &&
                     load(side, "haarcascade_profileface.xml");
        } catch (const cv::Exception&) {
            usable = false;
        }
    }
};

std::vector<cv::Rect> search(cv::CascadeClassifier& detector, const cv::Mat& grey) {
    std::vector<cv::Rect> found;
    detector.detectMultiScale(grey, found, kStep, kAgreement, 0, {kSmallestFace, kSmallestFace});
    return found;
}

}  // namespace

std::optional<std::vector<FaceBox>> find_faces(const Pixels& pixels) {
    thread_local Detectors detectors;
    if (!detectors.usable)
        return std::nullopt;
    std::vector<FaceBox> faces;
    if (pixels.empty())
        return faces;
    auto small = thumbnail(pixels, kLongestSide);
    const auto rgb = picture_detail::view(small);
    cv::Mat grey;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    cv::equalizeHist(grey, grey);
    auto found = search(detectors.front, grey);
    if (found.empty())
        found = search(detectors.side, grey);
    if (found.empty()) {  // the detector only knows faces turned to one side
        cv::Mat mirrored;
        cv::flip(grey, mirrored, 1);
        found = search(detectors.side, mirrored);
        for (auto& box : found)
            box.x = grey.cols - box.x - box.width;
    }
    std::ranges::sort(found, [](const cv::Rect& a, const cv::Rect& b) {
        return std::tuple(-a.area(), a.y, a.x) < std::tuple(-b.area(), b.y, b.x);
    });
    const double scale = static_cast<double>(pixels.width) / small.width;
    for (const auto& box : found) {
        const auto at = [&](int value, int most) {
            return std::clamp(static_cast<int>(std::lround(value * scale)), 0, most);
        };
        FaceBox face{at(box.x, pixels.width), at(box.y, pixels.height)};
        face.width = at(box.x + box.width, pixels.width) - face.x;
        face.height = at(box.y + box.height, pixels.height) - face.y;
        if (face.width > 0 && face.height > 0)
            faces.push_back(face);
    }
    return faces;
}

}  // namespace dfd
