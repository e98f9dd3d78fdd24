#include "resources/samples/camera.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace dfd::samples {
namespace {

float gaussian(Random& random) {
    const float u = std::max(random.next(), 1e-7F);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * kPi * random.next());
}

/// Filmic tone curve (with toe and shoulder), then the sRGB curve.
float tone(float x) {
    x = std::max(x, 0.0F);
    const float curved = clamp01(x * (2.35F * x + 0.06F) / (x * (2.25F * x + 0.62F) + 0.12F));
    return curved <= 0.0031308F ? 12.92F * curved : 1.055F * std::pow(curved, 1 / 2.4F) - 0.055F;
}

cv::Mat with_bloom(const Rendering& rendering, const Film& film) {
    cv::Mat light(rendering.height, rendering.width, CV_32FC3);
    const float cx = static_cast<float>(rendering.width) / 2;
    const float cy = static_cast<float>(rendering.height) / 2;
    for (int y = 0; y < rendering.height; ++y) {
        for (int x = 0; x < rendering.width; ++x) {
            const Vec v = rendering.light[static_cast<std::size_t>(y * rendering.width + x)];
            const float dx = (static_cast<float>(x) - cx) / cx;
            const float dy = (static_cast<float>(y) - cy) / cx;
            const float falloff = 1 / std::pow(1 + film.vignette * (dx * dx + dy * dy), 2.0F);
            const Vec e = v * (film.exposure * falloff);
            light.at<cv::Vec3f>(y, x) = {e.z, e.y, e.x};
        }
    }
    cv::Mat glow = cv::min(light, cv::Scalar::all(6.0));
    cv::Mat wide;
    cv::GaussianBlur(glow, wide, {}, 14);
    cv::GaussianBlur(glow, glow, {}, 2.5);
    return light * 0.95 + glow * 0.035 + wide * 0.015;
}

}  // namespace

cv::Mat develop(const Rendering& rendering, const Film& film) {
    const cv::Mat light = with_bloom(rendering, film);
    // The sensor records one colour per pixel (RGGB) and counts photons.
    constexpr float kWhite = 4.0F;  // linear value at which a pixel saturates
    const float red_gain = 1.9F - 0.25F * film.warmth;
    const float blue_gain = 1.6F + 0.25F * film.warmth;
    cv::Mat mosaic(light.rows, light.cols, CV_16UC1);
    Random random(film.seed + 77);
    for (int y = 0; y < light.rows; ++y) {
        for (int x = 0; x < light.cols; ++x) {
            const cv::Vec3f v = light.at<cv::Vec3f>(y, x);
            const bool red = y % 2 == 0 && x % 2 == 0;
            const bool blue = y % 2 == 1 && x % 2 == 1;
            const float value = red ? v[2] / red_gain : (blue ? v[0] / blue_gain : v[1]);
            const float electrons = std::min(value / kWhite, 1.0F) * 30'000;
            const float spread = film.grain * std::sqrt(electrons * 1.2F + 90);
            const float read = electrons + spread * gaussian(random);
            mosaic.at<std::uint16_t>(y, x) =
                static_cast<std::uint16_t>(std::clamp(read * 2 + 512, 0.0F, 65535.0F));
        }
    }
    cv::Mat demosaiced;
    cv::demosaicing(mosaic, demosaiced, cv::COLOR_BayerBG2BGR_EA);
    cv::Mat linear;
    demosaiced.convertTo(linear, CV_32FC3, kWhite / 60'000.0, -512 * kWhite / 60'000.0);
    // Then as in a camera: white balance, chroma denoising, tone curve, sharpening.
    cv::multiply(linear,
                 cv::Scalar(blue_gain * (1 - 0.12F * film.warmth), 1.0,
                            red_gain * (1 + 0.12F * film.warmth)),
                 linear);
    cv::Mat ycc;
    cv::Mat toned(linear.size(), CV_32FC3);
    for (int y = 0; y < linear.rows; ++y) {
        for (int x = 0; x < linear.cols; ++x) {
            const cv::Vec3f v = linear.at<cv::Vec3f>(y, x);
            toned.at<cv::Vec3f>(y, x) = {tone(v[0]), tone(v[1]), tone(v[2])};
        }
    }
    cv::cvtColor(toned, ycc, cv::COLOR_BGR2YCrCb);
    std::vector<cv::Mat> planes;
    cv::split(ycc, planes);
    cv::GaussianBlur(planes[1], planes[1], {}, 1.2);
    cv::GaussianBlur(planes[2], planes[2], {}, 1.2);
    cv::Mat soft;
    cv::GaussianBlur(planes[0], soft, {}, 1.1);
    planes[0] = planes[0] * 1.55 - soft * 0.55;
    cv::merge(planes, ycc);
    cv::cvtColor(ycc, toned, cv::COLOR_YCrCb2BGR);
    cv::Mat result;
    toned.convertTo(result, CV_8UC3, 255);
    return result;
}

}  // namespace dfd::samples
