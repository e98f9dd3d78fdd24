#include "core/training/scene.h"

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace dfd {
namespace {

constexpr double kCurriculum = 0.3;  // share of the training with more of the plain kinds

EditKind random_kind(Dice& dice, double progress) {
    static constexpr std::array plain{EditKind::Blur,    EditKind::Noise,       EditKind::Sharpen,
                                      EditKind::Inpaint, EditKind::Resynthesis, EditKind::Splice};
    const double extra = 0.6 * std::clamp(1 - progress / kCurriculum, 0.0, 1.0);
    return dice.chance(extra) ? dice.pick(plain) : dice.pick(kEditKinds);
}

cv::Mat after_geometry(const cv::Mat& picture, const Publication& publication, int interpolation) {
    cv::Mat result =
        picture(cv::Rect(publication.shift_x, publication.shift_y,
                         picture.cols - publication.shift_x, picture.rows - publication.shift_y));
    if (publication.scale != 1) {
        cv::Mat scaled;
        cv::resize(result, scaled, {}, publication.scale, publication.scale, interpolation);
        result = scaled;
    }
    return result;
}

}  // namespace

Publication random_publication(Dice& dice) {
    Publication publication;
    publication.quality = dice.whole(80, 98);
    const double course = dice.unit();
    if (course < 0.12) {
        publication.quality = 0;
    } else if (course < 0.20) {
        publication.shift_x = dice.whole(1, 15);
        publication.shift_y = dice.whole(0, 15);
    } else if (course < 0.34) {
        publication.scale = dice.between(0.6, 1.3);
        publication.interpolation = publication.scale < 1 && dice.chance(0.6) ? cv::INTER_AREA
                                    : dice.chance(0.5)                        ? cv::INTER_LINEAR
                                                                              : cv::INTER_CUBIC;
    }
    return publication;
}

PublishedFile publish_file(const cv::Mat& picture, const Publication& publication) {
    const auto shaped = after_geometry(picture, publication, publication.interpolation);
    const bool lossless = publication.quality == 0;
    PublishedFile file;
    file.extension = lossless ? ".png" : ".jpg";
    cv::imencode(file.extension, shaped, file.bytes,
                 lossless ? std::vector<int>{}
                          : std::vector<int>{cv::IMWRITE_JPEG_QUALITY, publication.quality});
    return file;
}

cv::Mat publish(const cv::Mat& picture, const Publication& publication) {
    if (publication.quality == 0)
        return after_geometry(picture, publication, publication.interpolation).clone();
    return cv::imdecode(publish_file(picture, publication).bytes, cv::IMREAD_COLOR);
}

cv::Mat publish_mask(const cv::Mat& mask, const Publication& publication) {
    return after_geometry(mask, publication, cv::INTER_NEAREST).clone();
}

cv::Mat random_crop(const cv::Mat& photo, int side, Dice& dice) {
    const int width = std::min(side, photo.cols) / 16 * 16;
    const int height = std::min(side, photo.rows) / 16 * 16;
    const int x = 16 * dice.whole(0, (photo.cols - width) / 16);
    const int y = 16 * dice.whole(0, (photo.rows - height) / 16);
    return photo(cv::Rect(x, y, width, height));
}

std::optional<Scene> make_scene(const std::vector<const Photo*>& photos, std::uint64_t seed,
                                std::uint64_t index, double progress) {
    Dice dice(seed, index);
    const auto& photo = *dice.pick(photos);
    const auto* donor = dice.pick(photos);
    for (int attempt = 0; attempt < 8 && donor->series == photo.series; ++attempt)
        donor = dice.pick(photos);
    Scene scene;
    scene.kind = random_kind(dice, progress);
    const auto publication = random_publication(dice);
    // What will be scaled down starts out larger, or little would be left to take patches from.
    const int side = static_cast<int>(dice.whole(400, 560) / std::min(1.0, publication.scale));
    const auto original = random_crop(photo.bgr, side, dice);
    const auto edit = make_edit(original, {random_crop(donor->bgr, 896, dice), {}, {}}, scene.kind,
                                dice, {0.3, 0.7});
    if (!edit)
        return std::nullopt;
    scene.untouched = publish(original, publication);
    scene.edited = publish(edit->edited, publication);
    scene.mask = publish_mask(edit->mask, publication);
    return scene;
}

}  // namespace dfd
